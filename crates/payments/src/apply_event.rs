//! The job behind the webhook: asks Stripe for the intent as it is now (events come late, twice and out of order), then
//! applies it in one transaction.

use platform::jobs::{Job, JobError};
use serde::{Deserialize, Serialize};

use crate::{
    Payments, settle,
    store::{self, SettledBy},
    stripe::{PaymentIntent, StripeError},
};

/// Applies a stored event.
#[derive(Serialize, Deserialize)]
pub(crate) struct ApplyStripeEvent {
    pub event_id: String,
}

impl Job for ApplyStripeEvent {
    const NAME: &'static str = "payments.apply_stripe_event";
}

impl From<StripeError> for JobError {
    fn from(error: StripeError) -> Self {
        Self::Retry(error.to_string())
    }
}

pub(crate) async fn run(payments: Payments, job: ApplyStripeEvent) -> Result<(), JobError> {
    let event = store::event(&mut *payments.app.db.read().await?, &job.event_id).await?;
    if event.is_processed {
        return Ok(());
    }
    let intent = match event.intent_id.filter(|_| event.kind.starts_with("payment_intent.")) {
        Some(intent_id) => retrieve(&payments, &intent_id).await?,
        None => None,
    };
    let mut ids = payments.app.ids();
    let mut tx = payments.app.db.begin().await?;
    if let Some(intent) = intent {
        settle::settle(&mut tx, &payments.links, &intent, SettledBy::Webhook, &mut ids).await?;
    }
    store::set_processed(&mut tx, &job.event_id, ids.now()).await?;
    Ok(tx.commit().await?)
}

/// The intent as it is now; None for one that neither Stripe nor the shop knows, of which there is nothing to apply. One of
/// the shop's own is asked for again: Stripe knows it, unless the secret key is another account's just now.
async fn retrieve(payments: &Payments, intent_id: &str) -> Result<Option<PaymentIntent>, JobError> {
    match payments.stripe.retrieve_intent(intent_id).await {
        Ok(intent) => Ok(Some(intent)),
        Err(error) if error.has_code("resource_missing") => {
            tracing::warn!(intent_id, "an event names an intent that Stripe does not know");
            match store::order_of_intent(&mut *payments.app.db.read().await?, intent_id).await? {
                Some(_) => Err(error.into()),
                None => Ok(None),
            }
        }
        Err(error) => Err(error.into()),
    }
}
