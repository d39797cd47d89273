//! Which PostgreSQL it is: the one of `DATABASE_URL`, the private one that runs already, or a private one to start.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use platform::{
    config::Config,
    embedded_pg::{self, Server, Settings},
};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

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
        let (pg_bin, data_dir) = (config.pg_bin.clone(), config.data_dir.clone());
        // It runs the programs to ask for their versions.
        let found = tokio::task::spawn_blocking(move || {
            let bundled = embedded_pg::bundled_folders(cache_home().as_deref());
            embedded_pg::find_binaries(pg_bin.as_deref(), &bundled, &data_dir)
        });
        let settings = Settings::new(config.data_dir.clone(), found.await??);
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
                () = stop.cancelled() => {
                    server.stop().await;
                    return Ok(());
                }
            };
            restarts.retain(|at| at.elapsed() < CALM_AFTER);
            if restarts.len() >= RESTARTS {
                return Err(Failure::new(format!(
                    "PostgreSQL ended again and again ({status}): see postgres.log in {}",
                    settings.data_dir.display()
                )));
            }
            restarts.push(Instant::now());
            tracing::warn!(%status, "PostgreSQL ended by itself: starting it again");
            drop(server);
            server = Server::start(&settings).await?;
        }
    }

    /// Ends a private server that this process started.
    pub(crate) async fn stop(self) {
        if let Some((_, server)) = self.private {
            server.stop().await;
        }
    }
}

/// Where `make run` puts the relocatable build.
fn cache_home() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}
