//! Work that comes round by itself, such as releasing holds that ran out.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use crate::jobs::JobError;

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
            if let Err(error) = self.run_once().await {
                tracing::warn!(task = self.name, %error, "periodic task failed, the next round tries again");
            }
        }
    }
}
