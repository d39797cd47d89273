//! Mails whose job has died: the queue gives a job up after some failures, a mail waits until it is sent or given up itself.

use std::time::Duration;

use chrono::TimeDelta;
use platform::{App, jobs::JobError, periodic::Periodic};

use crate::{
    send::{self, PAUSE_MAX},
    store,
};

/// How often forgotten mails are looked for.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// A mail that waits was tried within the longest pause, unless its job is gone, or nothing works at all.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(1);
/// Mails of one round; those that were tried since make room for the next ones.
const BATCH: i64 = 500;

const _: () = assert!(FORGOTTEN_AFTER.num_seconds() > 2 * PAUSE_MAX.num_seconds());

/// What comes round by itself: mails that nobody sends any more.
pub fn periodic(app: &App) -> Vec<Periodic> {
    vec![Periodic::new("email.enqueue_forgotten", EVERY, app, enqueue_forgotten)]
}

/// Enqueues a job for each; the job's key makes it the only one, and wakes one that has died.
async fn enqueue_forgotten(app: App) -> Result<(), JobError> {
    let mut tx = app.db.begin().await?;
    let forgotten = store::forgotten(&mut tx, app.clock.now() - FORGOTTEN_AFTER, BATCH).await?;
    for email in &forgotten {
        send::enqueue(&mut tx, *email, None).await?;
    }
    tx.commit().await?;
    if !forgotten.is_empty() {
        tracing::warn!(mails = forgotten.len(), "mails that nobody had tried to send for long are queued again");
    }
    Ok(())
}
