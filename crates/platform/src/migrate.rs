//! Brings a database to this version's schema: our migrations, then the job queue's, then the application's rights on it.

use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::{
    Executor, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    connect::{self, NoDatabase},
    jobs,
};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

const FINGERPRINT_DIGITS: usize = 16;
/// Longest wait for a lock: a migration must not stand in a running shop's way.
const LOCK_TIMEOUT: &str = "500ms";
/// How long a database beside the shop may take to come up with it.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many tables of somebody else are named.
const NAMED_TABLES: usize = 3;

const DISK_FULL: &str = "53100";
const NO_RIGHT: &str = "42501";
const LOCK_NOT_HAD: &str = "55P03";
const READ_ONLY: &str = "25006";
/// An extension's control file is missing on the server.
const NOT_INSTALLED: [&str; 2] = ["0A000", "58P01"];

/// What a database holds, compared with this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// Nothing yet.
    Empty,
    /// Exactly this program's migrations.
    Current,
    /// So many of this program's migrations are still to come.
    Behind(usize),
    /// All of this program's migrations, and after them the named one that it does not know.
    Newer(i64),
    /// A migration whose text was another one when it was applied, or that has no place among this program's.
    Changed(i64),
    /// A migration that began and did not end.
    Unfinished(i64),
    /// Tables of another program; their number, and the first few.
    Foreign(i64, Vec<String>),
}

/// Why a database could not be brought to this version; each line ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("{0}")]
    Connect(#[from] NoDatabase),
    /// The database is newer than this program.
    #[error(
        "the database is of a newer QuickShop (it has migration {0}, this one ends at {last}), nothing was changed: start that version or a newer one, \
         or use another DATABASE_URL or DATA_DIR", last = newest()
    )]
    Newer(i64),
    /// A released migration has another text.
    #[error(
        "migration {0} was applied with another text than this program's, nothing was changed: start the version that made this database, or use another database"
    )]
    Changed(i64),
    /// A migration began and did not end.
    #[error("migration {0} was begun and not ended, nothing more was changed: restore the database from before it, or use another one")]
    Unfinished(i64),
    /// Somebody else's tables.
    #[error(
        "the database has {count} tables of another program ({named}) and none of QuickShop's, nothing was changed: \
         give QuickShop a database of its own (createdb quickshop)"
    )]
    Foreign {
        /// How many.
        count: i64,
        /// The first few.
        named: String,
    },
    /// The login role may not make tables.
    #[error(
        "the database refuses ({said}); migrations that ended before are kept: give the role of DATABASE_URL the right (alter database ... owner to ...)"
    )]
    NoRight {
        /// What the server said.
        said: String,
    },
    /// The server lacks an extension that the schema works with.
    #[error("the server lacks an extension ({said}); migrations that ended before are kept: install PostgreSQL's contrib package on it")]
    Extension {
        /// What the server said.
        said: String,
    },
    /// No room.
    #[error("the database's disk is full ({said}); what was stored before is untouched: make room and start again")]
    Full {
        /// What the server said.
        said: String,
    },
    /// Somebody else works on the tables.
    #[error("the database is in use by a long transaction ({said}); migrations that ended before are kept: try again when it has ended")]
    Busy {
        /// What the server said.
        said: String,
    },
    /// A copy that only reads.
    #[error("the database takes no changes ({said}), it is a replica or set so: set DATABASE_URL to the primary server")]
    ReadOnly {
        /// What the server said.
        said: String,
    },
    /// Something else.
    #[error("the database could not be brought to this version ({said}); migrations that ended before are kept: see the server's log")]
    Other {
        /// What the program or the server said.
        said: String,
    },
}

impl MigrateError {
    /// Of a statement that failed.
    fn of(error: &sqlx::Error) -> Self {
        let Some(refused) = error.as_database_error() else { return Self::Other { said: error.to_string() } };
        let said = refused.message().to_owned();
        match refused.code().as_deref() {
            Some(DISK_FULL) => Self::Full { said },
            Some(NO_RIGHT) => Self::NoRight { said },
            Some(LOCK_NOT_HAD) => Self::Busy { said },
            Some(READ_ONLY) => Self::ReadOnly { said },
            Some(code) if NOT_INSTALLED.contains(&code) && said.contains("extension") => Self::Extension { said },
            Some(_) | None => Self::Other { said },
        }
    }
}

impl From<sqlx::migrate::MigrateError> for MigrateError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as E;
        match error {
            E::Execute(error) | E::ExecuteMigration(error, _) => Self::of(&error),
            E::VersionMissing(version) => Self::Newer(version),
            E::VersionMismatch(version) => Self::Changed(version),
            E::Dirty(version) => Self::Unfinished(version),
            other => Self::Other { said: other.to_string() },
        }
    }
}

impl Schema {
    /// Refuses what this program cannot work with.
    ///
    /// # Errors
    /// When the database is newer, changed, half made, or somebody else's.
    pub fn check(self) -> Result<Self, MigrateError> {
        match self {
            Self::Newer(version) => Err(MigrateError::Newer(version)),
            Self::Changed(version) => Err(MigrateError::Changed(version)),
            Self::Unfinished(version) => Err(MigrateError::Unfinished(version)),
            Self::Foreign(count, tables) => {
                let more = if usize::try_from(count).is_ok_and(|count| count > tables.len()) { ", ..." } else { "" };
                Err(MigrateError::Foreign { count, named: tables.join(", ") + more })
            }
            Self::Empty | Self::Current | Self::Behind(_) => Ok(self),
        }
    }
}

/// Migrates as the login role; safe to run on every start and by several at once.
///
/// # Errors
/// When there is no database, or none that this program may change; a migration is applied whole or not at all.
pub async fn migrate(options: PgConnectOptions) -> Result<(), MigrateError> {
    let options = options.options([("lock_timeout", LOCK_TIMEOUT)]).application_name("quickshop migrate");
    let mut first = connect::connect(&options, PATIENCE).await?;
    look(&mut first).await.map_err(|error| MigrateError::of(&error))?.check()?;
    drop(first);
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await.map_err(|error| MigrateError::of(&error))?;
    let result = run(&pool).await;
    pool.close().await;
    result
}

async fn run(pool: &PgPool) -> Result<(), MigrateError> {
    MIGRATOR.run(pool).await?;
    jobs::migrate(pool).await.map_err(|error| MigrateError::Other { said: error.to_string() })?;
    pool.execute(
        "do $$
         declare
             closed regclass;
         begin
             if exists (select from pg_roles where rolname = 'quickshop_app') then
                 grant select on _sqlx_migrations to quickshop_app;
                 grant usage on schema graphile_worker to quickshop_app;
                 grant select, insert, update, delete on all tables in schema graphile_worker to quickshop_app;
                 grant usage, select on all sequences in schema graphile_worker to quickshop_app;
                 grant execute on all functions in schema graphile_worker to quickshop_app;
                 -- The queue's tables have row security without a policy: whoever does not own them sees and writes nothing.
                 for closed in
                     select oid from pg_class
                     where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
                       and not exists (select from pg_policy where polrelid = pg_class.oid and polname = 'quickshop_app')
                 loop
                     execute format('create policy quickshop_app on %s to quickshop_app using (true) with check (true)', closed);
                 end loop;
             end if;
         end $$",
    )
    .await
    .map_err(|error| MigrateError::of(&error))?;
    Ok(())
}

/// What the database holds; changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn look(db: &mut PgConnection) -> sqlx::Result<Schema> {
    let applied = history(db).await?;
    if !applied.is_empty() {
        return Ok(compare(&applied));
    }
    // Without our history it is either new, or somebody else's, among whose tables ours have no place.
    let tables = tables(db).await?;
    if tables.is_empty() {
        return Ok(Schema::Empty);
    }
    // They may be another shop's that started for the first time in between: it stores tables and history together.
    let applied = history(db).await?;
    if !applied.is_empty() {
        return Ok(compare(&applied));
    }
    let count = i64::try_from(tables.len()).unwrap_or(i64::MAX);
    Ok(Schema::Foreign(count, tables.into_iter().take(NAMED_TABLES).collect()))
}

/// A migration that a database had.
struct Applied {
    version: i64,
    checksum: Vec<u8>,
    success: bool,
}

/// In the order of their versions; none when there is no history.
async fn history(db: &mut PgConnection) -> sqlx::Result<Vec<Applied>> {
    let known = sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "known!""#).fetch_one(&mut *db).await?;
    if !known {
        return Ok(Vec::new());
    }
    sqlx::query_as!(Applied, r#"select version, checksum, success from _sqlx_migrations order by version"#).fetch_all(db).await
}

fn compare(applied: &[Applied]) -> Schema {
    let ours = |version| MIGRATOR.iter().find(|migration| migration.version == version);
    let whole = MIGRATOR.iter().all(|migration| applied.iter().any(|row| row.version == migration.version));
    for row in applied {
        match ours(row.version) {
            None if whole && row.version > newest() => return Schema::Newer(row.version),
            None => return Schema::Changed(row.version),
            Some(_) if !row.success => return Schema::Unfinished(row.version),
            Some(migration) if *migration.checksum != *row.checksum => return Schema::Changed(row.version),
            Some(_) => {}
        }
    }
    let missing = MIGRATOR.iter().count().saturating_sub(applied.len());
    if missing == 0 { Schema::Current } else { Schema::Behind(missing) }
}

/// The names of all tables but the history and those of extensions.
async fn tables(db: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select relname::text as "name!" from pg_class
           where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> '_sqlx_migrations'
             and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
           order by relname"#
    )
    .fetch_all(db)
    .await
}

fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// True when the database has every migration of this program.
pub async fn is_current(db: &mut PgConnection) -> bool {
    let applied = sqlx::query_scalar!(r#"select max(version) as "version" from _sqlx_migrations where success"#).fetch_one(db).await;
    applied.ok().flatten().is_some_and(|applied| applied >= newest())
}

/// Names this program's schema: another migration, another name. For templates that tests share.
pub fn fingerprint() -> String {
    let mut digest = Sha256::new();
    MIGRATOR.iter().for_each(|migration| digest.update(&migration.checksum));
    let mut name = hex::encode(digest.finalize());
    name.truncate(FINGERPRINT_DIGITS);
    name
}
