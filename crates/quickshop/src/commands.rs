//! The commands that do one thing and end.

use std::{collections::BTreeMap, net::SocketAddr};

use platform::{App, Db, clock::Clock, config::Config, db};

use server::http::Limits;

use crate::{database::Database, failure::Failure, process, stand_ins};

/// Connections of a command that does one thing.
const FEW_CONNECTIONS: usize = 2;

/// `quickshop migrate`.
pub(crate) async fn migrate() -> Result<(), Failure> {
    process::look()?;
    let config = Config::from_env()?;
    let database = Database::join_or_start(&config).await?;
    let migrated = platform::migrate::migrate(db::options(&database.url)?).await;
    database.stop().await;
    migrated?;
    process::say("The database has this version's schema.");
    Ok(())
}

/// `quickshop seed`.
pub(crate) async fn seed() -> Result<(), Failure> {
    let app = app()?;
    let mut tx = app.db.begin().await?;
    let added = server::seed(&mut tx, &mut app.ids()).await?;
    tx.commit().await?;
    process::say(&match added {
        0 => "Everything of the demo was there already.".to_owned(),
        added => format!("Added {added} demo products."),
    });
    Ok(())
}

/// `quickshop admin link`.
pub(crate) async fn admin_link() -> Result<(), Failure> {
    let app = app()?;
    let mut tx = app.db.begin().await?;
    let link = server::admin_link(&mut tx, &app.config, &mut app.ids()).await?;
    tx.commit().await?;
    process::say(&link.keep(&app.config));
    Ok(())
}

/// The shop's state, on a database that runs.
fn app() -> Result<App, Failure> {
    let config = Config::from_env()?;
    let database = Database::join(&config)?;
    Ok(App::new(Db::new(db::options(&database.url)?, FEW_CONNECTIONS)?, Clock::system(), config))
}

/// `quickshop openapi`: from the routes alone, whatever the environment says.
pub(crate) fn openapi() -> Result<(), Failure> {
    let nowhere = tempfile::tempdir()?;
    let variables = BTreeMap::from([("DATA_DIR".to_owned(), nowhere.path().display().to_string())]);
    let never_connected = Db::new(db::options("postgres://nowhere.invalid/quickshop")?, FEW_CONNECTIONS)?;
    let document = server::openapi(&App::new(never_connected, Clock::system(), Config::from_variables(variables)?))?;
    process::say(&document.to_pretty_json()?);
    Ok(())
}

/// `quickshop simulator`: for a shop, or other clients of Stripe's, in other processes.
pub(crate) async fn simulator(address: SocketAddr, webhook_url: Option<String>) -> Result<(), Failure> {
    let config = Config::from_env()?;
    if !config.is_development() {
        return Err(Failure::new("the payment simulator is refused in production"));
    }
    let webhook_url = webhook_url.unwrap_or_else(|| format!("http://{}{}", stand_ins::reachable(config.bind), server::WEBHOOK_PATH));
    let listener = process::listen(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let simulator = stand_ins::payment_simulator(&config, webhook_url.clone(), url.clone())?;
    let stop = process::stop_on_signals()?;
    process::say(&format!("Simulating Stripe's API at {url}, events go to {webhook_url}."));
    process::say(&format!("Its book is at {url}/_book; for a shop beside it: STRIPE_API_BASE={url}"));
    tokio::join!(
        server::http::serve(listener, simulator.router(), stop.clone(), Limits::default()),
        simulator.run_webhooks(stop.cancelled_owned()),
    );
    Ok(())
}
