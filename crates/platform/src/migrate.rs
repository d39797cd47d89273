//! Brings a database to this version's schema: our migrations, then the job queue's, then the application's rights on it.

use sqlx::{
    Executor, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use sha2::{Digest, Sha256};

use crate::jobs;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

const FINGERPRINT_DIGITS: usize = 16;
/// Longest wait for a lock: a migration must not stand in a running shop's way.
const LOCK_TIMEOUT: &str = "500ms";

/// Why a database could not be brought to this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is newer than this program, or a migration failed.
    #[error("{0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// No connection, or a statement failed.
    #[error("{0}")]
    Sql(#[from] sqlx::Error),
    /// The job queue's schema could not be made.
    #[error("{0}")]
    Queue(#[from] jobs::WorkerError),
}

/// Migrates as the login role; safe to run on every start and by several at once.
pub async fn migrate(options: PgConnectOptions) -> Result<(), MigrateError> {
    let options = options.options([("lock_timeout", LOCK_TIMEOUT)]).application_name("quickshop migrate");
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await?;
    let result = run(&pool).await;
    pool.close().await;
    result
}

async fn run(pool: &PgPool) -> Result<(), MigrateError> {
    MIGRATOR.run(pool).await?;
    jobs::migrate(pool).await?;
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
    .await?;
    Ok(())
}

/// True when the database has every migration of this program.
pub async fn is_current(db: &mut sqlx::PgConnection) -> bool {
    let wanted = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
    let applied = sqlx::query_scalar!(r#"select max(version) as "version" from _sqlx_migrations where success"#).fetch_one(db).await;
    applied.ok().flatten().is_some_and(|applied| applied >= wanted)
}

/// Names this program's schema: another migration, another name. For templates that tests share.
pub fn fingerprint() -> String {
    let mut digest = Sha256::new();
    MIGRATOR.iter().for_each(|migration| digest.update(&migration.checksum));
    let mut name = hex::encode(digest.finalize());
    name.truncate(FINGERPRINT_DIGITS);
    name
}
