//! Which PostgreSQL it is: the one of `DATABASE_URL`, the private one that runs already, or a private one to start.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use platform::{
    clock::Clock,
    config::Config,
    connect, db,
    embedded_pg::{self, Binaries, Server, Settings, StartError},
    facts::Facts,
    machine,
    migrate::Schema,
};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::{disk, failure::Failure};

/// A server that ends so often in so short a time will not stay.
const RESTARTS: usize = 5;
const CALM_AFTER: Duration = Duration::from_secs(60);

/// A database to work on.
pub(crate) struct Database {
    pub(crate) url: String,
    private: Option<(Settings, Server)>,
}

impl Database {
    /// One that runs already.
    pub(crate) fn join(config: &Config) -> Result<Self, Failure> {
        Self::running(config).ok_or_else(|| {
            let folder = config.data_dir.display();
            Failure::new(format!("no database: set DATABASE_URL, or start `quickshop up` on the same DATA_DIR ({folder})"))
        })
    }

    /// One that runs already, or else the private one, started.
    pub(crate) async fn join_or_start(config: &Config) -> Result<Self, Failure> {
        match Self::running(config) {
            Some(running) => Ok(running),
            None => Self::start(config).await,
        }
    }

    /// The configured one, or else the private one, started: a second shop on its data directory is refused.
    pub(crate) async fn own(config: &Config) -> Result<Self, Failure> {
        match &config.database_url {
            Some(url) => Ok(Self { url: url.expose_secret().to_owned(), private: None }),
            None => Self::start(config).await,
        }
    }

    fn running(config: &Config) -> Option<Self> {
        let configured = config.database_url.as_ref().map(|url| url.expose_secret().to_owned());
        let url = configured.or_else(|| embedded_pg::running(&config.data_dir))?;
        Some(Self { url, private: None })
    }

    async fn start(config: &Config) -> Result<Self, Failure> {
        let settings = Settings::new(config.data_dir.clone(), find_binaries(config).await?);
        let server = Server::start(&settings).await?;
        Ok(Self { url: server.url().to_owned(), private: Some((settings, server)) })
    }

    /// The private server's major version.
    pub(crate) fn private_major(&self) -> Option<u32> {
        self.private.as_ref().map(|(settings, _)| settings.binaries.major)
    }

    /// Keeps a private server running until `stop`, then ends it.
    pub(crate) async fn keep(self, stop: &CancellationToken) -> Result<(), Failure> {
        let Some((settings, mut server)) = self.private else {
            stop.cancelled().await;
            return Ok(());
        };
        let mut restarts: Vec<Instant> = Vec::new();
        loop {
            let status = tokio::select! {
                status = server.ended() => status,
                () = disk::watch(&settings.data_dir) => continue,
                () = stop.cancelled() => {
                    server.stop().await;
                    return Ok(());
                }
            };
            tracing::warn!(%status, "PostgreSQL ended by itself: starting it again");
            restarts.retain(|at| at.elapsed() < CALM_AFTER);
            if restarts.len() >= RESTARTS {
                return Err(Failure::new(format!(
                    "PostgreSQL ended again and again ({status}), what was committed is kept: see postgres.log in {}",
                    settings.data_dir.display()
                )));
            }
            restarts.push(Instant::now());
            drop(server);
            server = match start_again(&settings.data_dir, stop, async || Server::start(&settings).await).await? {
                Some(again) => again,
                None => return Ok(()),
            };
        }
    }

    /// Ends a private server that this process started.
    pub(crate) async fn stop(self) {
        if let Some((_, server)) = self.private {
            server.stop().await;
        }
    }
}

/// Refuses a private PostgreSQL that cannot start, before anything of it is made.
pub(crate) async fn check(config: &Config) -> Result<(), Failure> {
    if config.database_url.is_none() {
        embedded_pg::inspect(&config.data_dir, &find_binaries(config).await?)?;
    }
    Ok(())
}

/// PostgreSQL's programs for this configuration.
pub(crate) async fn find_binaries(config: &Config) -> Result<Binaries, Failure> {
    let (pg_bin, data_dir) = (config.pg_bin.clone(), config.data_dir.clone());
    // It runs the programs to ask for their versions.
    let found = tokio::task::spawn_blocking(move || {
        let bundled = embedded_pg::Bundled::of(std::env::current_exe().ok().as_deref(), cache_home().as_deref());
        embedded_pg::find_binaries(pg_bin.as_deref(), &bundled, &data_dir)
    });
    Ok(found.await??)
}

/// Says when the database makes this machine's clock doubtful, or the other way round. It only warns: that it could not ask
/// is no reason to refuse a start either.
pub(crate) async fn warn_of_clock(url: &str) {
    match clock_doubt(url).await {
        Ok(Some(doubt)) => tracing::warn!("{doubt}"),
        Ok(None) => {}
        Err(failure) => tracing::warn!(%failure, "the clock was not compared with the database's"),
    }
}

async fn clock_doubt(url: &str) -> Result<Option<String>, Failure> {
    let mut db = connect::connect(&db::options(url)?, Duration::ZERO).await?;
    Ok(Facts::ask(&mut db, &Schema::Current).await?.clock_doubt(Clock::system().now()))
}

/// A server that ended is started again, when the disk is full as soon as there is room; None when the shop stops first.
async fn start_again<S>(
    data_dir: &Path,
    stop: &CancellationToken,
    mut start: impl AsyncFnMut() -> Result<S, StartError>,
) -> Result<Option<S>, Failure> {
    let starting = async {
        loop {
            disk::wait_for_room(data_dir).await;
            match start().await {
                Ok(server) => return Ok(Some(server)),
                Err(error) if matches!(error, StartError::DiskFull { .. }) || machine::is_full(data_dir) => {
                    tracing::error!(%error, "PostgreSQL cannot start yet");
                    tokio::time::sleep(disk::LOOK_AGAIN).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    tokio::select! {
        started = starting => started,
        () = stop.cancelled() => Ok(None),
    }
}

/// Where `make run` puts the relocatable build.
fn cache_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> StartError {
        StartError::DiskFull { path: PathBuf::from("/shop"), why: "No space left on device".to_owned() }
    }

    async fn stopped(start: impl AsyncFnMut() -> Result<(), StartError>, stop: &CancellationToken) -> bool {
        let again = tokio::time::timeout(3 * disk::LOOK_AGAIN, start_again(Path::new("/"), stop, start)).await;
        matches!(again, Ok(Ok(None)))
    }

    #[tokio::test]
    async fn a_restart_that_fails_or_hangs_ends_with_the_shop() {
        let stop = CancellationToken::new();
        let fails = async || {
            stop.cancel();
            Err(full())
        };
        assert!(stopped(fails, &stop).await, "one that fails for want of room");
        let stop = CancellationToken::new();
        let hangs = async || {
            stop.cancel();
            std::future::pending().await
        };
        assert!(stopped(hangs, &stop).await, "one that does not end");
    }

    #[tokio::test]
    async fn a_restart_waits_for_room_and_for_nothing_else() {
        let (stop, mut tries) = (CancellationToken::new(), 0);
        let second = start_again(Path::new("/"), &stop, async || {
            tries += 1;
            if tries == 1 { Err(full()) } else { Ok(tries) }
        });
        assert!(matches!(second.await, Ok(Some(2))));
        let other = start_again(Path::new("/"), &stop, async || Err::<(), _>(StartError::NoAccount)).await;
        assert!(other.is_err_and(|failure| failure.to_string().contains("root")));
    }

    #[tokio::test]
    async fn a_clock_that_cannot_be_compared_does_not_matter() {
        warn_of_clock("postgres:///shop?host=/nowhere").await;
        warn_of_clock("nonsense").await;
    }
}
