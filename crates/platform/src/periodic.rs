//! Work that comes round by itself, such as releasing holds that ran out.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use futures::FutureExt;

use crate::jobs::JobError;

const ROUND_WITHIN: Duration = Duration::from_secs(60);

type Running = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// A recurring task. Every worker runs it, so it must be safe beside itself.
#[derive(Clone)]
pub struct Periodic {
    /// `domain.verb_noun`.
    pub name: &'static str,
    every: Duration,
    run: Arc<dyn Fn() -> Running + Send + Sync>,
}

impl Periodic {
    /// A task that runs `every` so often, with its state.
    pub fn new<S, F, Fut>(name: &'static str, every: Duration, state: &S, run: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let state = state.clone();
        Self { name, every, run: Arc::new(move || Box::pin(run(state.clone()))) }
    }

    /// Runs it once, now.
    pub async fn run_once(&self) -> Result<(), JobError> {
        (self.run)().await
    }

    /// Runs it again and again; a failure is logged and the next round tries again.
    pub async fn run_forever(self) {
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // Neither a panic nor a database that swallows packets may end the rounds.
            let round = tokio::time::timeout(ROUND_WITHIN, AssertUnwindSafe(self.run_once()).catch_unwind());
            let failure = match round.await {
                Ok(Ok(Ok(()))) => continue,
                Ok(Ok(Err(error))) => error.to_string(),
                Ok(Err(_)) => "it panicked".to_owned(),
                Err(_) => "it took too long".to_owned(),
            };
            tracing::error!(task = self.name, failure, "periodic task failed, the next round tries again");
        }
    }
}
