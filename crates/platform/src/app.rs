//! What every route and job has at hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::Ids;
use rand::RngCore;

use crate::{Db, clock::Clock, config::Config, keys::Keys};

/// The state of every route. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Connections.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Where ids and secrets come from.
    pub ids: IdSource,
    /// What was configured.
    pub config: Arc<Config>,
    /// Signing keys.
    pub keys: Keys,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Clock, config: Config) -> Self {
        let keys = Keys::new(config.secret_key.clone());
        Self { db, clock, ids: IdSource, config: Arc::new(config), keys }
    }

    /// Ids for one command, at the present instant.
    pub fn ids(&self) -> Ids {
        self.ids.at(self.clock.now())
    }
}

/// Makes id sources from the operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct IdSource;

impl IdSource {
    /// A source whose ids carry `now`.
    pub fn at(self, now: DateTime<Utc>) -> Ids {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        Ids::new(now, seed)
    }
}
