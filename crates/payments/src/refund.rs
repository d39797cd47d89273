//! Sending money back: a job that asks Stripe under the refund's own id until it answers. A refund that fails becomes a review.

use kernel::{RefundId, event::PaymentRefunded};
use platform::{
    events,
    jobs::{Job, JobError},
};
use serde::{Deserialize, Serialize};

use crate::{
    Payments,
    store::{self, RefundState, Review},
    stripe::{CreateRefund, RefundStatus, StripeError},
};

/// Sends a queued refund.
#[derive(Serialize, Deserialize)]
pub(crate) struct SendRefund {
    pub refund_id: RefundId,
}

impl Job for SendRefund {
    const NAME: &'static str = "payments.send_refund";
}

pub(crate) async fn run(payments: Payments, job: SendRefund) -> Result<(), JobError> {
    let id = job.refund_id;
    let Some(refund) = store::queued_refund(&mut *payments.app.db.read().await?, id).await? else { return Ok(()) };
    let wanted = CreateRefund { intent_id: &refund.intent_id, amount: refund.amount, refund_id: id };
    let answer = payments.stripe.create_refund(&wanted, &id.to_string()).await;
    let (stripe_id, state) = match answer {
        Ok(answer) => match answer.status {
            Some(RefundStatus::Failed | RefundStatus::Canceled) => (answer.id, RefundState::Failed),
            Some(RefundStatus::Succeeded) => (answer.id, RefundState::Succeeded),
            _ => (answer.id, RefundState::Pending),
        },
        Err(StripeError::InvalidRequest { code, .. }) => {
            tracing::error!(refund = %id, code, "Stripe refused a refund: a person must look");
            (format!("refused:{id}"), RefundState::Failed)
        }
        Err(error) => return Err(error.into()),
    };
    let mut ids = payments.app.ids();
    let mut tx = payments.app.db.begin().await?;
    store::lock(&mut tx, refund.payment_id).await?;
    if !store::answer_refund(&mut tx, id, &stripe_id, state, ids.now()).await? {
        return Ok(());
    }
    if state == RefundState::Failed {
        let review = Review {
            intent: &refund.intent_id,
            order: Some(refund.order_id),
            reason: "refund_failed",
            detail: "the refund did not go through",
        };
        store::open_review(&mut tx, ids.next(), &review, ids.now()).await?;
    }
    if state == RefundState::Succeeded {
        store::add_refunded(&mut tx, refund.payment_id, refund.amount, ids.now()).await?;
        events::publish(&mut tx, &PaymentRefunded { payment_id: refund.payment_id, order_id: refund.order_id }, &mut ids).await?;
        orders::confirmation::queue_refunded(&mut tx, refund.order_id, refund.amount, &payments.links, &mut ids).await?;
    }
    Ok(tx.commit().await?)
}
