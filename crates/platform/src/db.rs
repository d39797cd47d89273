//! The pool of database connections and the one kind of transaction.
//!
//! Invariant: a connection whose transaction was not committed never goes straight back to the pool. sqlx's own
//! transaction only queues its ROLLBACK on drop, and a request can be cancelled inside BEGIN or COMMIT; so the guard
//! hands the connection to a cleaner task, which rolls back, or closes it when that takes too long.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::sync::mpsc;

use crate::Problem;

const ACQUIRE_WITHIN: Duration = Duration::from_millis(500);
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const ROLL_BACK_WITHIN: Duration = Duration::from_secs(1);
const PING_AFTER_IDLE: Duration = Duration::from_secs(1);
const MAX_LIFETIME: Duration = Duration::from_mins(30);
const STATEMENT_TIMEOUT: &str = "2s";
const LOCK_TIMEOUT: &str = "1s";
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "5s";

/// Why there is no answer from the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection could be had in time.
    #[error("no database connection: {0}")]
    Unavailable(String),
    /// A statement failed.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        if is_outage(&error) {
            tracing::error!(%error, "database unavailable");
            return Self::unavailable("db_unavailable", "the shop's database does not answer right now; try again");
        }
        Self::internal(&error)
    }
}

/// True when trying again later can help: no connection, a broken one, or a statement that was stopped.
fn is_outage(error: &DbError) -> bool {
    match error {
        DbError::Unavailable(_) | DbError::Sql(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_)) => true,
        // 57: operator intervention, 08: connection, 53: resources, 55P03: lock not had, 25006: read-only.
        DbError::Sql(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
            ["57", "08", "53"].iter().any(|class| code.starts_with(class)) || ["55P03", "25006", "40001", "40P01"].contains(&code.as_ref())
        }),
        DbError::Sql(_) => false,
    }
}

/// How to connect to the server of a `postgres://` address.
pub fn options(url: &str) -> Result<PgConnectOptions, DbError> {
    Ok(url.parse()?)
}

/// The shop's connections. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: managed::Pool<Manager>,
    cleaner: mpsc::UnboundedSender<Object<Manager>>,
}

impl Db {
    /// Prepares a pool of at most `size` connections; connects when first asked.
    pub fn new(options: PgConnectOptions, size: usize) -> Result<Self, DbError> {
        let options = options
            .options([
                ("statement_timeout", STATEMENT_TIMEOUT),
                ("lock_timeout", LOCK_TIMEOUT),
                ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
            ])
            .application_name("quickshop");
        let pool = managed::Pool::builder(Manager { options })
            .max_size(size)
            .wait_timeout(Some(ACQUIRE_WITHIN))
            .create_timeout(Some(CONNECT_WITHIN))
            .recycle_timeout(Some(CONNECT_WITHIN))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { pool, cleaner: spawn_cleaner() })
    }

    /// A connection for reading, outside a transaction.
    pub async fn read(&self) -> Result<Conn, DbError> {
        self.acquire().await.map(Conn)
    }

    /// Opens a transaction.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        // Guarded before BEGIN is sent: a cancelled BEGIN may have reached the server.
        let mut tx = Tx { object: Some(self.acquire().await?), cleaner: self.cleaner.clone() };
        sqlx::raw_sql("begin").execute(&mut *tx).await?;
        Ok(tx)
    }

    async fn acquire(&self) -> Result<Object<Manager>, DbError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => DbError::Unavailable(error.to_string()),
            other => DbError::Unavailable(other.to_string()),
        })
    }

    /// Closes every idle connection and refuses new ones.
    pub fn close(&self) {
        self.pool.close();
    }
}

/// A connection outside a transaction.
pub struct Conn(Object<Manager>);

impl Deref for Conn {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// An open transaction; dropped without `commit`, it is rolled back.
pub struct Tx {
    object: Option<Object<Manager>>,
    cleaner: mpsc::UnboundedSender<Object<Manager>>,
}

impl Tx {
    /// Makes everything in it durable.
    pub async fn commit(mut self) -> Result<(), DbError> {
        // After a failed statement PostgreSQL answers COMMIT with a friendly ROLLBACK; `select` is what complains.
        sqlx::raw_sql("select; commit").execute(&mut *self).await?;
        self.object = None; // committed: straight back to the pool
        Ok(())
    }

    /// Undoes everything in it; its locks are free when this returns. A drop does the same a moment later.
    pub async fn rollback(mut self) {
        if sqlx::raw_sql("rollback").execute(&mut *self).await.is_ok() {
            self.object = None;
        } // else the guard closes the connection, which undoes it as well
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            // Without a cleaner (the runtime is ending) the connection is closed with the object.
            if let Err(unsent) = self.cleaner.send(object) {
                drop(Object::take(unsent.0));
            }
        }
    }
}

impl Deref for Tx {
    type Target = PgConnection;
    #[expect(clippy::unreachable, reason = "the object leaves only in commit and drop, which consume the guard")]
    fn deref(&self) -> &PgConnection {
        self.object.as_deref().unwrap_or_else(|| unreachable!("a transaction in use holds its connection"))
    }
}

impl DerefMut for Tx {
    #[expect(clippy::unreachable, reason = "the object leaves only in commit and drop, which consume the guard")]
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.object.as_deref_mut().unwrap_or_else(|| unreachable!("a transaction in use holds its connection"))
    }
}

#[expect(clippy::disallowed_methods, reason = "the cleaner outlives the requests whose connections it takes")]
fn spawn_cleaner() -> mpsc::UnboundedSender<Object<Manager>> {
    // Unbounded in type only: it can never hold more than the pool's connections.
    let (sender, mut abandoned) = mpsc::unbounded_channel::<Object<Manager>>();
    tokio::spawn(async move {
        while let Some(object) = abandoned.recv().await {
            tokio::spawn(roll_back(object));
        }
    });
    sender
}

async fn roll_back(mut object: Object<Manager>) {
    let rolled_back = tokio::time::timeout(ROLL_BACK_WITHIN, sqlx::raw_sql("rollback").execute(&mut *object)).await;
    if !matches!(rolled_back, Ok(Ok(_))) {
        let connection = Object::take(object);
        let _closed_by_force = connection.close_hard().await;
    }
}

/// Makes connections under the application's role and drops those that are broken or old.
#[derive(Debug)]
pub struct Manager {
    options: PgConnectOptions,
}

impl managed::Manager for Manager {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        // Where the server forbade the role, the shop works under its login.
        connection
            .execute(
                "select set_config('role', 'quickshop_app', false) where exists (select from pg_roles where rolname = 'quickshop_app')",
            )
            .await?;
        Ok(connection)
    }

    async fn recycle(&self, connection: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.age() > MAX_LIFETIME {
            return Err(RecycleError::message("too old"));
        }
        // The last use ended in a broken pipe: what it wanted to write is still there.
        if connection.should_flush() {
            return Err(RecycleError::message("broken"));
        }
        // A server that went away, or was started again, is noticed here and not by the next shopper.
        if metrics.last_used() > PING_AFTER_IDLE {
            connection.ping().await?;
        }
        Ok(())
    }
}
