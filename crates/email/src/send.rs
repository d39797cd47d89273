//! The job `email.send`: renders a queued mail and hands it to SendGrid, at least once and, short of a lost answer, once.

use std::sync::Arc;

use kernel::{EmailId, OrderId};
use platform::{
    App,
    jobs::{self, Handler, Job, JobError},
    keys::{Keys, ORDER_ACCESS},
};
use serde::{Deserialize, Serialize};

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
    // More than a mail has: a database that failed in between costs the job an attempt and the mail none, and a mail whose
    // job was given up would wait for ever.
    const MAX_ATTEMPTS: i32 = MAIL_ATTEMPTS_MAX + 15;
}

/// So often a mail is tried before a person must look: about four days with the queue's backoff.
pub(crate) const MAIL_ATTEMPTS_MAX: i32 = 25;

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
    let mail = store::claim(&mut tx, id).await?;
    tx.commit().await?;
    Ok(mail)
}

async fn settle(app: &App, mail: &Claimed, delivery: Delivery) -> Result<(), JobError> {
    let delivery = match delivery {
        Delivery::Failed(error) if mail.attempts >= MAIL_ATTEMPTS_MAX => Delivery::Refused(error),
        other => other,
    };
    let mut tx = app.db.begin().await?;
    let result = match delivery {
        Delivery::Accepted => store::set_sent(&mut tx, mail.id, app.clock.now()).await.map(|()| Ok(())),
        Delivery::Failed(error) => store::set_last_error(&mut tx, mail.id, &error).await.map(|()| Err(JobError::Retry(error))),
        Delivery::Refused(error) => {
            tracing::error!(email = %mail.id, template = mail.template, attempts = mail.attempts, error, "mail given up");
            store::set_dead(&mut tx, mail.id, &error).await.map(|()| Ok(()))
        }
    }?;
    tx.commit().await?;
    result
}
