//! Many callers at the same moment, each in a task and on a connection of its own.

use std::{future::Future, sync::Arc};

use tokio::{sync::Barrier, task::JoinSet};

/// Starts every call when all are ready; answers in the order of the calls.
pub async fn at_once<F>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let calls: Vec<F> = calls.into_iter().collect();
    let ready = Arc::new(Barrier::new(calls.len()));
    let mut running = JoinSet::new();
    for (at, call) in calls.into_iter().enumerate() {
        let ready = ready.clone();
        running.spawn(async move {
            ready.wait().await;
            (at, call.await)
        });
    }
    let mut answers = running.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
