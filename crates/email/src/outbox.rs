//! The outbox: a mail is a row written in the transaction that caused it, and a job that sends it.

use kernel::{Email, EmailId, Ids};
use serde::Serialize;
use sqlx::PgConnection;

use crate::{OrderConfirmation, OrderRefunded, Template, send, store};

/// A mail to be sent: values for a template, not yet a text.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What makes it unique, for example `order_confirmation:<order id>`: a second mail under one key is not sent. At most 200 characters.
    pub dedupe_key: String,
    /// Which template.
    pub template: Template,
    /// The template's model, as JSON.
    pub model: serde_json::Value,
    /// To whom.
    pub recipient: Email,
}

impl Mail {
    /// The receipt of a paid order.
    pub fn order_confirmation(dedupe_key: String, model: &OrderConfirmation, recipient: Email) -> sqlx::Result<Self> {
        Self::new(dedupe_key, Template::OrderConfirmation, model, recipient)
    }

    /// The notice that a late payment goes back.
    pub fn order_refunded(dedupe_key: String, model: &OrderRefunded, recipient: Email) -> sqlx::Result<Self> {
        Self::new(dedupe_key, Template::OrderRefunded, model, recipient)
    }

    fn new(dedupe_key: String, template: Template, model: &impl Serialize, recipient: Email) -> sqlx::Result<Self> {
        let model = serde_json::to_value(model).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        Ok(Self { dedupe_key, template, model, recipient })
    }
}

/// Queues a mail in the caller's transaction. A mail whose key is known is already on its way: nothing happens.
pub async fn queue(db: &mut PgConnection, mail: &Mail, ids: &mut Ids) -> sqlx::Result<()> {
    let id: EmailId = ids.next();
    if store::insert(db, id, mail, ids.now()).await? {
        send::enqueue(db, id, None).await?;
    }
    Ok(())
}
