//! The running private server: from a data directory to a URL that answers, and to a clean end.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use super::data_directory::{self, Lock};
use super::error::{self, StartError};
use super::places::{self, Places};
use super::process::{self, Process};
use super::{DATABASE, PORT, ROLE, SUPERUSER, Settings, postmaster, settings_files};

/// How often the start looks whether something is so far.
pub(super) const POLL: Duration = Duration::from_millis(10);

/// How long a start may take; a recovery after a crash replays at most `max_wal_size` of changes.
const START: Duration = Duration::from_secs(120);

/// How long one attempt to connect may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// How long backends of a killed server may keep its shared memory.
const LEFTOVERS: Duration = Duration::from_secs(10);

const INVALID_AUTHORIZATION: &str = "28000";
const INVALID_CATALOG: &str = "3D000";
const DUPLICATE_DATABASE: &str = "42P04";
const CANNOT_CONNECT_NOW: &str = "57P03";

/// A private PostgreSQL. Ends with [`Server::stop`]; when it is dropped, and when the shop's process dies, it is told to
/// end but nobody waits for it.
#[derive(Debug)]
pub struct Server {
    process: Process,
    url: String,
    /// Dropped last, so that the next shop finds the data directory free only when the server was told to end.
    _lock: Lock,
}

impl Server {
    /// Starts the server of `settings.data_dir`, which it makes first when needed, and waits until it answers.
    ///
    /// # Errors
    /// One line for a person who starts a shop: what is wrong and what to do.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let begun = Instant::now();
        let (data_dir, lock, places) = blocking(settings, prepare).await?;
        let retry_until = Instant::now() + LEFTOVERS;
        let process = loop {
            postmaster::make_way(&places).await?;
            match launch(settings, &data_dir, &places).await {
                Err(StartError::Ended { why, .. }) if why.contains("still in use") && Instant::now() < retry_until => {
                    sleep(POLL).await;
                }
                other => break other?,
            }
        };
        let url = super::url(&places.sockets);
        tracing::info!(
            cluster = %places.cluster.display(), major = settings.binaries.major, pid = process.pid(),
            milliseconds = begun.elapsed().as_millis(), "PostgreSQL is ready"
        );
        Ok(Self { process, url, _lock: lock })
    }

    /// How the shop connects; holds no secret.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process of the server.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.process.pid()
    }

    /// Waits until the server ends without being told to; answers its exit status.
    pub async fn ended(&self) -> String {
        self.process.ended().await
    }

    /// Ends the server within 5 s: cleanly, unless it hangs.
    pub async fn stop(self) {
        self.process.stop().await;
    }
}

/// Everything before the first process of the server: it reads and writes files and may run `initdb`.
fn prepare(settings: &Settings) -> Result<(PathBuf, Lock, Places), StartError> {
    let data_dir = data_directory::open(&settings.data_dir)?;
    let lock = data_directory::lock(&data_dir)?;
    let places = Places::of(&data_dir, &settings.binaries)?;
    data_directory::ensure_cluster(settings, &places)?;
    places::make_private(&places.sockets, &places.account)?;
    settings_files::write(settings, &places).map_err(error::unwritable(&places.cluster))?;
    Ok((data_dir, lock, places))
}

async fn blocking<T: Send + 'static>(
    settings: &Settings,
    work: impl FnOnce(&Settings) -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    let settings = settings.clone();
    match tokio::task::spawn_blocking(move || work(&settings)).await {
        Ok(result) => result,
        Err(error) => Err(StartError::Interrupted(error.to_string())),
    }
}

async fn launch(settings: &Settings, data_dir: &Path, places: &Places) -> Result<Process, StartError> {
    let program = places.programs.join("postgres");
    let (log_path, log) = data_directory::fresh_log(data_dir)?;
    let fails = |error: std::io::Error| StartError::Program { program: program.clone(), why: error.to_string() };
    let twin: File = log.try_clone().map_err(fails)?;
    let mut command = process::command(&program, &places.account);
    command.arg("-D").arg(&places.cluster).args(settings_files::arguments(settings, places)).stdout(log).stderr(twin);
    let process = Process::spawn(command).await.map_err(fails)?;
    wait_until_ready(&process, &places.sockets, settings.binaries.major, &log_path).await?;
    Ok(process)
}

/// Polls with real connections: a process that lives and a socket that exists do not answer yet.
async fn wait_until_ready(process: &Process, sockets: &Path, major: u32, log: &Path) -> Result<(), StartError> {
    let deadline = Instant::now() + START;
    let mut set_up = false;
    loop {
        if let Some(status) = process.exit_status() {
            let why = last_words(log);
            if error::is_disk_full(&why) {
                return Err(StartError::DiskFull { path: log.to_owned(), why });
            }
            return Err(StartError::Ended { status, why, log: log.to_owned() });
        }
        match connect(sockets, ROLE, DATABASE).await {
            Ok(connection) => return Ok(connection.close().await?),
            Err(error) if not_yet(&error) => {}
            Err(error) if !set_up && says(&error, &[INVALID_AUTHORIZATION, INVALID_CATALOG]) => {
                set_up_database(sockets, major).await?;
                set_up = true;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        if Instant::now() > deadline {
            return Err(StartError::Silent { seconds: START.as_secs(), log: log.to_owned() });
        }
        sleep(POLL).await;
    }
}

/// Makes the role and the database of the shop, as far as an interrupted first start did not.
async fn set_up_database(sockets: &Path, major: u32) -> Result<(), StartError> {
    let mut superuser = connect(sockets, SUPERUSER, "postgres").await?;
    superuser
        .execute(
            "do $$ begin
               if not exists (select from pg_roles where rolname = 'quickshop') then
                 create role quickshop login createdb createrole in role pg_monitor;
               end if;
             end $$",
        )
        .await?;
    if major >= 16 {
        // Until 15 a role that makes roles may become them; since 16 only when it says so beforehand.
        superuser.execute("alter role quickshop set createrole_self_grant = 'set, inherit'").await?;
    }
    match superuser.execute("create database quickshop owner quickshop").await {
        Err(error) if !says(&error, &[DUPLICATE_DATABASE]) => return Err(error.into()),
        Ok(_) | Err(_) => {}
    }
    Ok(superuser.close().await?)
}

/// Every part is spelt out, because what is left out would come from `PG*` variables of the environment.
async fn connect(sockets: &Path, role: &str, database: &str) -> sqlx::Result<PgConnection> {
    let options = PgConnectOptions::new_without_pgpass().socket(sockets).port(PORT).username(role).database(database);
    match timeout(ATTEMPT, Box::pin(options.connect())).await {
        Ok(result) => result,
        Err(elapsed) => Err(sqlx::Error::Io(elapsed.into())),
    }
}

fn not_yet(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_)) || says(error, &[CANNOT_CONNECT_NOW])
}

fn says(error: &sqlx::Error, codes: &[&str]) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| codes.contains(&code.as_ref()))
}

/// The line of the log that says why the server ended.
fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    // Early connections of the start itself are refused with this text.
    let mut lines = text.lines().rev().filter(|line| !line.contains("the database system is starting up"));
    let fatal = lines.find_map(|line| line.split_once("FATAL:").or_else(|| line.split_once("PANIC:")));
    // Before its log is set up it speaks for itself, over several lines.
    let early = text.lines().find_map(|line| line.strip_prefix("postgres: "));
    fatal.map(|(_, why)| why.trim()).or(early).or_else(|| text.lines().last()).unwrap_or("it wrote nothing").to_owned()
}
