//! Which PostgreSQL it is: the one of `DATABASE_URL`, the private one that runs already, or a private one to start.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use platform::{
    clock::Clock,
    config::Config,
    connect, db,
    embedded_pg::{self, Binaries, Server, Settings, StartError},
    facts::Facts,
    machine,
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
            server = match start_again(&settings, stop).await? {
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

/// Says when the database makes this machine's clock doubtful, or the other way round.
pub(crate) async fn warn_of_clock(url: &str) -> Result<(), Failure> {
    let mut db = connect::connect(&db::options(url)?, Duration::ZERO).await?;
    if let Some(doubt) = Facts::ask(&mut db).await?.clock_doubt(Clock::system().now()) {
        tracing::warn!("{doubt}");
    }
    Ok(())
}

/// A server that ended is started again, when the disk is full as soon as there is room; None when the shop stops first.
async fn start_again(settings: &Settings, stop: &CancellationToken) -> Result<Option<Server>, Failure> {
    loop {
        if !disk::wait_for_room(&settings.data_dir, stop).await {
            return Ok(None);
        }
        match Server::start(settings).await {
            Ok(server) => return Ok(Some(server)),
            Err(error) if matches!(error, StartError::DiskFull { .. }) || machine::is_full(&settings.data_dir) => {
                tracing::error!(%error, "PostgreSQL cannot start yet");
                tokio::time::sleep(disk::LOOK_AGAIN).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where `make run` puts the relocatable build.
fn cache_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}
