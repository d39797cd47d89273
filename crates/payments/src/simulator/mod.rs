//! A payment provider on loopback that speaks Stripe's HTTP protocol: the same client, another base URL.
//!
//! It knows test cards only, moves no money, and is refused in production. What it acknowledged it remembers, also
//! when the process is killed.

mod auth;
mod book;
mod cancel_intent;
mod cards;
mod challenge;
mod confirm_intent;
mod create_intent;
mod error;
mod expand;
mod faults;
mod form;
mod idempotency;
mod journal;
mod methods;
mod moments;
mod objects;
mod refunds;
mod requests;
mod routes;
mod shapes;
mod webhooks;

use std::{
    future::Future,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::Router;
use platform::{app::IdSource, clock::Clock, http};
use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use book::Book;
pub use faults::{ChargeFault, Faults, WebhookFault};

const REQUEST_ID_DIGITS: usize = 16;

/// How a simulator is set up.
pub struct SimulatorConfig {
    /// Folder of its own for the journal; none keeps everything in memory.
    pub data_dir: Option<PathBuf>,
    /// The shop's key.
    pub secret_key: SecretString,
    /// The browsers' key.
    pub publishable_key: String,
    /// Where events are sent; none sends them nowhere.
    pub webhook_url: Option<String>,
    /// Signs events.
    pub webhook_secret: SecretString,
    /// Where browsers reach it, absolute or as a path of the shop: the 3-D Secure page is below. Without a trailing slash.
    pub public_url: String,
    /// The time: the shop's own, so that signatures fit when a test moves it.
    pub clock: Clock,
}

/// A payment simulator. Cheap to clone; clones are the same simulator.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

struct Inner {
    config: SimulatorConfig,
    book: Mutex<Book>,
    http: reqwest::Client,
    news: Notify,
    /// True when nobody is to be kept waiting any more.
    ending: watch::Sender<bool>,
}

impl Simulator {
    /// Opens a simulator with what its journal remembers.
    pub fn open(config: SimulatorConfig) -> io::Result<Self> {
        let book = Mutex::new(Book::open(config.data_dir.as_deref())?);
        let http = http::client(webhooks::DELIVER_WITHIN).map_err(io::Error::other)?;
        Ok(Self { inner: Arc::new(Inner { config, book, http, news: Notify::new(), ending: watch::Sender::new(false) }) })
    }

    /// Its addresses: mounted at the root of its own listener, and below the shop's for browsers.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// Delivers events until `shutdown`. Run it once beside the routes.
    pub async fn run_webhooks(&self, shutdown: impl Future<Output = ()>) {
        webhooks::run(self, shutdown).await;
        self.let_go();
    }

    /// Delivers what waits, once, and returns: for who wants to say when.
    pub async fn deliver_due(&self) {
        webhooks::run_once(self).await;
    }

    fn config(&self) -> &SimulatorConfig {
        &self.inner.config
    }

    /// The book, locked. Nothing waits while it is held, and no request panics in the middle of a change.
    fn state(&self) -> MutexGuard<'_, Book> {
        self.inner.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    fn announce(&self) {
        self.inner.news.notify_one();
    }

    async fn news(&self) {
        self.inner.news.notified().await;
    }

    fn request_id(&self) -> String {
        let mut digits = hex::encode(IdSource.at(self.config().clock.now()).secret());
        digits.truncate(REQUEST_ID_DIGITS);
        format!("req_sim_{digits}")
    }
}

/// Serves a simulator's addresses on a loopback listener until `shutdown`.
pub async fn serve(listener: TcpListener, simulator: Simulator, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let router = simulator.router();
    let ending = async move {
        shutdown.await;
        simulator.let_go();
    };
    axum::serve(listener, router).with_graceful_shutdown(ending).await
}
