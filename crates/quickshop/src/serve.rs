//! `quickshop serve` and `quickshop worker`: parts of a shop, apart, on a database that runs.

use std::time::Duration;

use platform::{
    App, Db,
    clock::Clock,
    config::Config,
    connect, db,
    migrate::{self, Schema},
};
use server::{Parts, http::Limits};

use crate::{background, database::Database, failure::Failure, process, stand_ins::Addresses};

/// The shop's connections to its database; the worker has a few more of its own.
pub(crate) const CONNECTIONS: usize = 20;
/// How long requests may go on after the stop, where nothing else waits for them.
const DRAIN: Duration = Duration::from_secs(10);

/// How long a database may take that is started together with this process.
const PATIENCE: Duration = Duration::from_secs(10);

const NO_PAYMENTS: &str = "no payment provider: set STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY, or STRIPE_API_BASE for a simulator, \
                           or start `quickshop up` on the same DATA_DIR";
const NO_MAIL: &str = "no mail provider: set SENDGRID_API_KEY, or start `quickshop up` on the same DATA_DIR";

/// The web part.
pub(crate) async fn serve() -> Result<(), Failure> {
    let mut config = config()?;
    let listener = process::listen(config.bind).await?;
    process::adopt(&listener, &mut config)?;
    let (stop, connections) = (process::stop_on_signals()?, process::connections());
    let (_, app) = tokio::select! {
        joined = join(config) => joined?,
        () = stop.cancelled() => return Ok(()),
    };
    let router = server::build(&app, Parts { stopping: stop.clone(), ..Parts::default() })?;
    process::say(&format!("Serving {} (pid {}).", app.config.public_base_url, std::process::id()));
    server::http::serve(listener, router, stop, Limits { connections, drain: DRAIN }).await;
    Ok(())
}

/// The worker.
pub(crate) async fn work() -> Result<(), Failure> {
    let config = config()?;
    if config.mail.api_base.is_none() {
        return Err(Failure::new(NO_MAIL));
    }
    let stop = process::stop_on_signals()?;
    let (url, app) = tokio::select! {
        joined = join(config) => joined?,
        () = stop.cancelled() => return Ok(()),
    };
    process::say(&format!("Working (pid {}).", std::process::id()));
    background::work(app, url, stop).await
}

fn config() -> Result<Config, Failure> {
    process::look()?;
    let mut config = Config::from_env()?;
    Addresses::find(&config).apply(&mut config);
    if config.stripe.api_base.is_none() {
        return Err(Failure::new(NO_PAYMENTS));
    }
    Ok(config)
}

async fn join(config: Config) -> Result<(String, App), Failure> {
    let database = Database::join(&config)?;
    let mut first = connect::connect(&db::options(&database.url)?, PATIENCE).await?;
    match migrate::look(&mut first).await? {
        Schema::Current => {}
        Schema::Empty | Schema::Behind(_) => {
            return Err(Failure::new("the database has not this version's schema yet: run `quickshop migrate`"));
        }
        // Migrations leave the version before a schema that it can work with, so both may serve while one replaces the other.
        Schema::Newer(migration) => tracing::warn!(migration, "the database is of a newer QuickShop: put that version here soon"),
        unusable @ (Schema::Changed(_) | Schema::Unfinished(_) | Schema::Foreign(..)) => drop(unusable.check()?),
    }
    let app = App::new(Db::new(db::options(&database.url)?, CONNECTIONS)?, Clock::system(), config);
    Ok((database.url, app))
}
