//! The job `email.send`: renders a queued mail and hands it to SendGrid, at least once and, short of a lost answer, once.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{EmailId, OrderId};
use platform::{
    App,
    jobs::{self, Handler, Job, JobError, When},
    keys::{Keys, ORDER_ACCESS},
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::{
    render,
    sendgrid::{Delivery, SendGrid},
    store::{self, Claimed},
};

/// The jobs of this crate, with their state.
pub fn jobs(app: &App) -> Vec<Handler> {
    let sender = Sender { app: app.clone(), sendgrid: Arc::new(SendGrid::new()) };
    vec![jobs::handler::<SendEmail, _, _, _>(&sender, send)]
}

/// Sends one mail.
#[derive(Serialize, Deserialize)]
pub(crate) struct SendEmail {
    pub(crate) email_id: EmailId,
}

impl Job for SendEmail {
    const NAME: &'static str = "email.send";
}

/// Enqueues the job of a mail, at once or not before an instant. While it waits, a mail has one job, however often this is called.
pub(crate) async fn enqueue(db: &mut PgConnection, email_id: EmailId, run_at: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    let key = format!("{}:{email_id}", SendEmail::NAME);
    jobs::enqueue(db, &SendEmail { email_id }, When { run_at, key: Some(&key) }).await
}

/// So long a mail is tried, and so often, before a person must look: days in which no worker ran are no attempts.
pub(crate) const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(4);
pub(crate) const GIVE_UP_ATTEMPTS_MIN: i32 = 20;
/// The next attempt of a mail that waited so long already comes after a part of that time, within these bounds: a provider
/// that was away for minutes has the mail within seconds of its return, and one that is away for days is not stormed.
const PART_WAITED: i32 = 8;
const PAUSE_MIN: TimeDelta = TimeDelta::seconds(3);
pub(crate) const PAUSE_MAX: TimeDelta = TimeDelta::minutes(15);

/// How long after a failed attempt the next one comes.
fn pause(waited: TimeDelta) -> TimeDelta {
    (waited / PART_WAITED).clamp(PAUSE_MIN, PAUSE_MAX)
}

#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) app: App,
    pub(crate) sendgrid: Arc<SendGrid>,
}

/// Three steps: count the attempt, call without a transaction, write down what happened. A worker that dies after the call
/// sends a second copy under the same Message-ID.
pub(crate) async fn send(sender: Sender, job: SendEmail) -> Result<(), JobError> {
    let Some(mail) = claim(&sender.app, job.email_id).await? else {
        return Ok(()); // an earlier run has settled it
    };
    let model = with_access(&sender.app.keys, mail.model.clone());
    let delivery = match render::render(&mail.template, &model) {
        Ok(rendered) => sender.sendgrid.deliver(&sender.app, &mail, &rendered).await,
        Err(error) => Delivery::Refused(error.to_string()),
    };
    settle(&sender.app, &mail, delivery).await
}

/// A guest's link with the token that opens the order: made now, because what is stored must open nothing.
fn with_access(keys: &Keys, mut model: serde_json::Value) -> serde_json::Value {
    let order: Option<OrderId> = model.get("guest_order").and_then(|id| id.as_str()?.parse().ok());
    if let (Some(order), Some(serde_json::Value::String(url))) = (order, model.get_mut("order_url")) {
        url.push_str("?token=");
        url.push_str(&keys.sign(ORDER_ACCESS, order.0.as_bytes()));
    }
    model
}

async fn claim(app: &App, id: EmailId) -> Result<Option<Claimed>, JobError> {
    let mut tx = app.db.begin().await?;
    let mail = store::claim(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(mail)
}

async fn settle(app: &App, mail: &Claimed, delivery: Delivery) -> Result<(), JobError> {
    let now = app.clock.now();
    let waited = now - mail.created_at;
    let is_given_up = waited >= GIVE_UP_AFTER && mail.attempts >= GIVE_UP_ATTEMPTS_MIN;
    let delivery = match delivery {
        Delivery::Failed(error) if is_given_up => Delivery::Refused(error),
        other => other,
    };
    let mut tx = app.db.begin().await?;
    match delivery {
        Delivery::Accepted => store::set_sent(&mut tx, mail.id, now).await?,
        Delivery::Failed(error) => {
            let pause = pause(waited);
            tracing::warn!(email = %mail.id, attempts = mail.attempts, error, again_in_s = pause.num_seconds(), "mail not delivered");
            store::set_last_error(&mut tx, mail.id, &error).await?;
            // A job of its own: the queue's own pauses grow to minutes before an outage has lasted one.
            enqueue(&mut tx, mail.id, Some(now + pause)).await?;
        }
        Delivery::Refused(error) => {
            tracing::error!(email = %mail.id, template = mail.template, attempts = mail.attempts, error, "mail given up");
            store::set_dead(&mut tx, mail.id, &error).await?;
        }
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_attempt_comes_soon_after_a_short_outage_and_seldom_in_a_long_one() {
        for (waited_s, pause_s) in [(-5, 3), (0, 3), (24, 3), (60, 7), (300, 37), (7200, 900), (86_400, 900)] {
            assert_eq!(pause(TimeDelta::seconds(waited_s)).num_seconds(), pause_s, "{waited_s}");
        }
    }
}
