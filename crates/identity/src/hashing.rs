//! bcrypt behind a bounded number of threads.

use std::{sync::Arc, time::Duration};

use bcrypt::BcryptError;
use platform::Problem;
use tokio::{sync::Semaphore, task, time};

use crate::password::Password;

/// bcrypt's cost for people's passwords: about 0.2 s of one core.
const COST: u32 = 12;
/// Whoever waits longer for a core is told to come back: a queue without end would serve nobody.
const TURN_WITHIN: Duration = Duration::from_secs(1);
/// Salt and hash of nobody's password.
const NOBODY: &str = "KJ9bZq0y4mGxU7wXc1sVee3p5R8nTfL2hYdC6kQaBvNiMoWzEuSgO";

/// How passwords are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    /// bcrypt's cost: a logarithm of the work. Only tests take less than the default.
    pub cost: u32,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { cost: COST }
    }
}

/// What is stored of a password.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct PasswordHash(String);

/// Hashes and compares passwords, as many at once as there are cores.
#[derive(Clone)]
pub(crate) struct Passwords {
    cost: u32,
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(hashing: Hashing) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { cost: hashing.cost, turns: Arc::new(Semaphore::new(cores)) }
    }

    /// The hash to store, under a salt of its own.
    pub(crate) async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        let (digest, cost) = (password.digest(), self.cost);
        self.in_turn(move || bcrypt::non_truncating_hash(digest, cost).map(PasswordHash)).await
    }

    /// True when it is the password of `hash`; the same work is done for nobody's.
    pub(crate) async fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> Result<bool, HashingError> {
        let (digest, known) = (password.digest(), hash.is_some());
        let hash = hash.map_or_else(|| self.nobody(), |hash| hash.0.clone());
        let same = self.in_turn(move || bcrypt::non_truncating_verify(digest, &hash)).await?;
        Ok(same && known)
    }

    fn nobody(&self) -> String {
        format!("$2b${:02}${NOBODY}", self.cost)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, BcryptError> + Send + 'static) -> Result<T, HashingError> {
        let turn = time::timeout(TURN_WITHIN, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_late| HashingError::Busy)?.map_err(|_closed| HashingError::Busy)?;
        let worked = task::spawn_blocking(move || {
            // Held by the work, not by the request: one that leaves does not free the core.
            let _turn = turn;
            work()
        });
        Ok(worked.await??)
    }
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashingError {
    #[error("every core is busy with passwords")]
    Busy,
    #[error(transparent)]
    Bcrypt(#[from] BcryptError),
    #[error(transparent)]
    Stopped(#[from] task::JoinError),
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::unavailable("sign_in_busy", "many people are signing in right now; try again in a moment"),
            HashingError::Bcrypt(error) => Self::internal(&error),
            HashingError::Stopped(error) => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests;
