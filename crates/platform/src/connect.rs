//! The first connection to a database: says in words why there is none, and refuses a server that is too old.

use std::{io::ErrorKind, time::Duration};

use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::time::{Instant, sleep, timeout};

use crate::unwritable::reason;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(3);
const TRY_AGAIN: Duration = Duration::from_millis(250);
/// The oldest major version that the schema works on.
pub const OLDEST_MAJOR: u32 = 15;

const PASSWORD: &str = "28P01";
const NOT_ALLOWED: &str = "28000";
const NO_DATABASE: &str = "3D000";
const NO_CONNECT_RIGHT: &str = "42501";
const TOO_MANY: &str = "53300";
const STARTING: &str = "57P03";

/// Why there is no connection, and after the last colon what to do; never the password.
#[derive(Debug, thiserror::Error)]
#[error("{line}")]
pub struct NoDatabase {
    line: String,
    /// True when it may be there in a moment.
    passing: bool,
}

/// Connects, waiting up to `patience` for a server that is only just starting, or not yet.
///
/// # Errors
/// When there is none, or none that the shop can use.
pub async fn connect(options: &PgConnectOptions, patience: Duration) -> Result<PgConnection, NoDatabase> {
    let deadline = Instant::now() + patience;
    loop {
        match attempt(options).await {
            Err(refused) if refused.passing && Instant::now() < deadline => sleep(TRY_AGAIN).await,
            other => return other,
        }
    }
}

async fn attempt(options: &PgConnectOptions) -> Result<PgConnection, NoDatabase> {
    let place = place(options);
    let lasting = |line: String| NoDatabase { line, passing: false };
    let Ok(connected) = timeout(ATTEMPT, Box::pin(options.connect())).await else {
        let seconds = ATTEMPT.as_secs();
        return Err(lasting(format!(
            "no PostgreSQL answers at {place} within {seconds} s: see what listens there and whether a firewall is between, or correct DATABASE_URL"
        )));
    };
    let mut connection = connected.map_err(|error| explain(&error, options))?;
    let major = major(&mut connection).await.map_err(|error| explain(&error, options))?;
    if major < OLDEST_MAJOR {
        return Err(lasting(format!("{place} is PostgreSQL {major}: {OLDEST_MAJOR} or newer is needed, set DATABASE_URL to one")));
    }
    Ok(connection)
}

/// The server's major version.
///
/// # Errors
/// When the connection broke.
pub async fn major(connection: &mut PgConnection) -> sqlx::Result<u32> {
    let number = sqlx::query_scalar!(r#"select current_setting('server_version_num')::int as "number!""#).fetch_one(connection).await?;
    Ok(u32::try_from(number / 10_000).unwrap_or(0))
}

/// Host, port and database as a person knows them.
pub fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or(options.get_username());
    match options.get_socket() {
        Some(folder) => format!("{} (database {database})", folder.display()),
        None => format!("{}:{} (database {database})", options.get_host(), options.get_port()),
    }
}

fn explain(error: &sqlx::Error, options: &PgConnectOptions) -> NoDatabase {
    let (place, user) = (place(options), options.get_username());
    let lasting = |line: String| NoDatabase { line, passing: false };
    match error {
        sqlx::Error::Io(io) if matches!(io.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound) => NoDatabase {
            line: format!("no PostgreSQL listens at {place}: start it, or correct DATABASE_URL (unset, the shop runs its own)"),
            passing: true,
        },
        sqlx::Error::Io(io) => lasting(format!("no way to {place} ({}): correct DATABASE_URL, or the network", reason(io))),
        sqlx::Error::Tls(_) => lasting(format!("no TLS with {place} ({error}): correct sslmode and sslrootcert in DATABASE_URL")),
        sqlx::Error::Protocol(_) => lasting(format!("what listens at {place} does not speak PostgreSQL's protocol: correct DATABASE_URL")),
        sqlx::Error::Database(said) => match said.code().as_deref() {
            Some(PASSWORD) => lasting(format!("{place} refuses the password of user {user}: correct it in DATABASE_URL")),
            Some(NOT_ALLOWED) => {
                lasting(format!("{place} refuses user {user} ({}): correct DATABASE_URL, or the server's pg_hba.conf", said.message()))
            }
            Some(NO_DATABASE) => lasting(format!("{place} does not exist on that server: make it (createdb), or correct DATABASE_URL")),
            Some(NO_CONNECT_RIGHT) => {
                lasting(format!("{place} is closed to user {user}: grant connect on the database, or correct DATABASE_URL"))
            }
            Some(TOO_MANY) => lasting(format!("{place} has no connection left: raise its max_connections, or stop other clients")),
            Some(STARTING) => NoDatabase { line: format!("{place} is still starting: try again in a moment"), passing: true },
            Some(_) | None => lasting(format!("{place} refuses the shop ({}): see the server's log", said.message())),
        },
        _ => lasting(format!("no connection to {place} ({error}): correct DATABASE_URL")),
    }
}
