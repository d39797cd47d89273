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

/// Connects, waiting up to `patience` for a server that is only just starting, or not yet; so may its name and the network be.
///
/// # Errors
/// When there is none, or none that the shop can use.
pub async fn connect(options: &PgConnectOptions, patience: Duration) -> Result<PgConnection, NoDatabase> {
    let deadline = Instant::now() + patience;
    loop {
        match attempt(options, ATTEMPT).await {
            Err(refused) if refused.passing && Instant::now() < deadline => sleep(TRY_AGAIN).await,
            other => return other,
        }
    }
}

async fn attempt(options: &PgConnectOptions, within: Duration) -> Result<PgConnection, NoDatabase> {
    let place = place(options);
    let asking = async {
        let mut connection = options.connect().await?;
        let major = major(&mut connection).await?;
        Ok((connection, major))
    };
    let Ok(answered) = timeout(within, Box::pin(asking)).await else {
        let seconds = within.as_secs();
        let line = format!(
            "no PostgreSQL answers at {place} within {seconds} s: see what listens there and whether a firewall is between, or correct DATABASE_URL"
        );
        return Err(NoDatabase { line, passing: true });
    };
    let (connection, major) = answered.map_err(|error| explain(&error, options))?;
    if major < OLDEST_MAJOR {
        let line = format!("{place} is PostgreSQL {major}: {OLDEST_MAJOR} or newer is needed, set DATABASE_URL to one");
        return Err(NoDatabase { line, passing: false });
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
    let passing = |line: String| NoDatabase { line, passing: true };
    match error {
        sqlx::Error::Io(io) if matches!(io.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound) => {
            passing(format!("no PostgreSQL listens at {place}: start it, or correct DATABASE_URL (unset, the shop runs its own)"))
        }
        sqlx::Error::Io(io) => passing(format!("no way to {place} ({}): correct DATABASE_URL, or the network", reason(io))),
        sqlx::Error::Tls(_) => lasting(format!("no TLS with {place} ({error}): correct sslmode and sslrootcert in DATABASE_URL")),
        // Also the word for a server that hangs up in the middle of its greeting, as one that is only just starting may.
        sqlx::Error::Protocol(_) => passing(format!("what listens at {place} does not speak PostgreSQL's protocol: correct DATABASE_URL")),
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
            Some(STARTING) => passing(format!("{place} is still starting: try again in a moment")),
            Some(_) | None => lasting(format!("{place} refuses the shop ({}): see the server's log", said.message())),
        },
        _ => lasting(format!("no connection to {place} ({error}): correct DATABASE_URL")),
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// Far longer than anything here takes.
    const LONG: Duration = Duration::from_secs(30);
    /// That the server goes without TLS, that the client is let in, that the server is ready.
    const NO_TLS: &[u8] = b"N";
    const WELCOME: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";

    async fn server() -> (TcpListener, PgConnectOptions) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port).username("shop"))
    }

    async fn answer(stream: &mut TcpStream, words: &[u8]) {
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        stream.write_all(words).await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_tried_again_while_patience_lasts() {
        let (listener, options) = server().await;
        let twice = async {
            for _ in 0..2 {
                drop(listener.accept().await.unwrap());
            }
        };
        tokio::select! {
            refused = connect(&options, LONG) => panic!("{:?}", refused.err()),
            came = timeout(LONG, twice) => came.unwrap(),
        }
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_yet_may_do_so_in_a_moment() {
        let options = PgConnectOptions::new_without_pgpass().host("database.invalid").username("shop");
        let refused = attempt(&options, ATTEMPT).await.unwrap_err();
        assert!(refused.passing, "{refused}");
        assert!(connect(&options, Duration::ZERO).await.is_err());
    }

    #[tokio::test]
    async fn a_server_that_falls_silent_after_its_welcome_keeps_nobody() {
        let (listener, options) = server().await;
        let welcoming = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            answer(&mut stream, NO_TLS).await;
            answer(&mut stream, WELCOME).await;
            while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
        };
        let (refused, ()) = timeout(LONG, async { tokio::join!(attempt(&options, ATTEMPT), welcoming) }).await.unwrap();
        let refused = refused.unwrap_err();
        assert!(refused.passing && refused.line.contains("no PostgreSQL answers at"), "{refused}");
    }
}
