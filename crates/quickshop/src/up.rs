//! `quickshop up`: the whole shop in one process plus PostgreSQL, with stand-ins for what is not configured.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use platform::{App, Db, clock::Clock, config::Config, db};
use server::{Parts, http::Limits};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    background,
    database::{self, Database},
    failure::Failure,
    process,
    serve::CONNECTIONS,
    stand_ins::StandIns,
};

/// How long requests may go on after Ctrl-C: everything must have ended within 5 s, PostgreSQL included.
const DRAIN: Duration = Duration::from_secs(2);

/// Starts everything, waits for the signal, ends everything.
pub(crate) async fn up() -> Result<(), Failure> {
    let begun = Instant::now();
    // First of all: a wrong variable and a taken port are found while nothing was made or started.
    let looked = process::look()?;
    let listener = process::listen(looked.bind).await?;
    database::check(&looked).await?;
    let mut config = Config::from_env()?;
    process::adopt(&listener, &mut config)?;
    let stop = process::stop_on_signals()?;
    let limits = Limits { connections: process::connections(), drain: DRAIN };
    let database = tokio::select! {
        started = Database::own(&config) => started?,
        () = stop.cancelled() => return Ok(()),
    };
    let place = database.private_major().map_or_else(|| "DATABASE_URL".to_owned(), |major| format!("private PostgreSQL {major}"));
    let (url, last) = (database.url.clone(), CancellationToken::new());
    let shop = async {
        let ended = run(config, url, listener, limits, &stop, |shop| greet(shop, &place, begun)).await;
        last.cancel();
        ended
    };
    let keeping = async {
        let ended = database.keep(&last).await;
        stop.cancel();
        ended
    };
    let (shop, kept) = tokio::join!(Box::pin(shop), Box::pin(keeping));
    shop.and(kept)
}

/// Everything but PostgreSQL, which is there before and after.
async fn run(
    config: Config,
    url: String,
    listener: TcpListener,
    limits: Limits,
    stop: &CancellationToken,
    ready: impl FnOnce(&Shop),
) -> Result<(), Failure> {
    let starting = Box::pin(Shop::start(config, url, stop));
    let shop = tokio::select! {
        shop = starting => shop?,
        () = stop.cancelled() => return Ok(()),
    };
    ready(&shop);
    let mut parts = JoinSet::new();
    let working = background::work(shop.app.clone(), shop.url, stop.clone());
    parts.spawn(async { working.await.inspect_err(|failure| tracing::error!(%failure, "the worker ended")) });
    server::http::serve(listener, shop.router, stop.clone(), limits).await;
    process::say("Stopping.");
    let worked = parts.join_next().await;
    shop.stand_ins.stop().await;
    shop.app.db.close();
    match worked {
        Some(ended) => ended?,
        None => Ok(()),
    }
}

/// The shop, ready to serve.
struct Shop {
    app: App,
    url: String,
    router: server::Router,
    stand_ins: StandIns,
    /// Until the admin has chosen a password: the address to do so, good once and for 30 minutes.
    admin: Option<String>,
}

impl Shop {
    async fn start(mut config: Config, url: String, stop: &CancellationToken) -> Result<Self, Failure> {
        platform::migrate::migrate(db::options(&url)?).await?;
        database::warn_of_clock(&url).await;
        let stand_ins = StandIns::start(&mut config, stop).await?;
        let app = App::new(Db::new(db::options(&url)?, CONNECTIONS)?, Clock::system(), config);
        let mut tx = app.db.begin().await?;
        let added = server::seed_if_empty(&mut tx, &mut app.ids()).await?;
        let admin = server::first_admin_link(&mut tx, &app.config, &mut app.ids()).await?;
        tx.commit().await?;
        let admin = admin.keep(&app.config);
        if added > 0 {
            tracing::info!(products = added, "an empty shop got the demo products");
        }
        let parts = Parts { stopping: stop.clone(), ..stand_ins.parts() };
        let router = server::build(&app, parts)?;
        Ok(Self { app, url, router, stand_ins, admin })
    }
}

fn greet(shop: &Shop, database: &str, begun: Instant) {
    let config = &shop.app.config;
    let url = &config.public_base_url;
    process::say(&format!("\n  Shop          {url}"));
    if let Some(link) = &shop.admin {
        process::say(&format!("  Admin         {}", admin_line(config, link)));
    }
    if config.is_development() {
        process::say(&format!("  Control room  {}", server::control_room(config)));
    }
    process::say(&format!("  Data          {} ({database})", config.data_dir.display()));
    if !config.is_development() && config.database_url.is_none() {
        process::say("  Backups       none: the private PostgreSQL has only this one copy of the data");
    }
    process::say(&format!("\nReady in {:.1} s. Ctrl-C stops everything.", begun.elapsed().as_secs_f64()));
}

/// A person at a terminal gets the link itself. What is not a terminal is kept as a log, where a key to the shop must not lie.
fn admin_line(config: &Config, link: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("{link}  (once, within 30 minutes)")
    } else {
        format!("its link is in {}  (once, within 30 minutes)", server::admin_link_file(config).display())
    }
}
