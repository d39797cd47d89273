//! The development mailbox: takes mails as SendGrid would, keeps them in `DATA_DIR/mailbox`, shows them in the browser.

mod api;
mod files;
mod incoming;
mod message;
mod pages;

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::Router;
use platform::clock::Clock;

use files::Files;
use message::Message;

/// Where the server nests [`Mailbox::pages_router`]; the pages' links begin with it.
pub const MOUNT: &str = "/_dev/mailbox";

/// Mails that were sent, newest 500. Cheap to clone; one process at a time may have a data directory's mailbox open.
#[derive(Clone)]
pub struct Mailbox {
    files: Arc<Files>,
    clock: Clock,
    down: Arc<AtomicBool>,
}

impl Mailbox {
    /// Opens the mailbox of a data directory, making it on first use. What cannot be read in it is left alone and not shown.
    pub fn open(data_dir: &Path, clock: Clock) -> io::Result<Self> {
        Ok(Self { files: Arc::new(Files::open(data_dir.join("mailbox"))?), clock, down: Arc::default() })
    }

    /// Lets the mail provider seem out of order, or in order again: while it is down it takes no mail and answers 503.
    /// Mails that it took before are still shown. In memory only: a restart is all well.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// True while it is down.
    pub fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }

    /// `POST /v3/mail/send` as SendGrid speaks it.
    pub fn api_router(&self) -> Router {
        api::router(self.clone())
    }

    /// The pages for a browser, to be nested at [`MOUNT`].
    pub fn pages_router(&self) -> Router {
        pages::router(self.clone())
    }
}
