//! Orders whose hold ran out while a payment was under way: Stripe is asked to end it, and its answer decides.

use kernel::{
    OrderId,
    event::{OrderCancelled, OrderHoldReleased},
};
use platform::jobs::JobError;

use crate::{
    Payments, create_intent, reconcile, settle,
    store::{self, PaymentState, Review, SettledBy},
    stripe::{IntentStatus, PaymentIntent, StripeError},
};

pub(crate) async fn on_hold_released(payments: Payments, event: OrderHoldReleased) -> Result<(), JobError> {
    end(&payments, event.order_id).await
}

pub(crate) async fn on_cancelled(payments: Payments, event: OrderCancelled) -> Result<(), JobError> {
    end(&payments, event.order_id).await
}

/// Ends the payment of an order, if one is open: canceled means the order is cancelled, succeeded that it is paid if
/// units are still free, and otherwise that the money goes back. As often as one likes.
pub(crate) async fn end(payments: &Payments, order: OrderId) -> Result<(), JobError> {
    let Some(intent_id) = request_cancel(payments, order).await? else { return Ok(()) };
    let intent = cancel(payments, &intent_id).await?;
    if !matches!(intent.status, IntentStatus::Canceled | IntentStatus::Succeeded) {
        return Err(JobError::Retry(format!("the intent of order {order} is {:?}: asking again later", intent.status)));
    }
    let mut tx = payments.app.db.begin().await?;
    settle::settle(&mut tx, &payments.links, &intent, SettledBy::Expiry, &mut payments.app.ids()).await?;
    Ok(tx.commit().await?)
}

/// Notes that the payment is to end, then names its intent; None when there is nothing to end. An intent whose creation was
/// never answered is found by asking for it again under the same key.
async fn request_cancel(payments: &Payments, order: OrderId) -> Result<Option<String>, JobError> {
    let app = &payments.app;
    let mut tx = app.db.begin().await?;
    let Some(locked) = orders::lock(&mut tx, order).await? else { return Ok(None) };
    let Some(payment) = store::lock_of_order(&mut tx, order).await? else { return Ok(None) };
    if matches!(payment.state, PaymentState::Succeeded | PaymentState::Canceled) {
        return Ok(None);
    }
    let now = app.clock.now();
    store::set_cancel_requested(&mut tx, payment.id, now + reconcile::PAUSES.first, now).await?;
    tx.commit().await?;
    if payment.intent_id.is_some() {
        return Ok(payment.intent_id);
    }
    let due = orders::Payable { id: locked.id, number: locked.number, total: locked.total, email: locked.email };
    match create_intent::ask(&payments.stripe, &due).await {
        Ok(intent) => {
            let mut tx = app.db.begin().await?;
            create_intent::record(&mut tx, order, &intent, app.clock.now()).await?;
            tx.commit().await?;
            Ok(Some(intent.id))
        }
        // Stripe made none and never will: nobody ever had a secret to pay with.
        Err(StripeError::InvalidRequest { .. } | StripeError::Amount(_) | StripeError::Declined { .. }) => {
            end_without_intent(payments, order).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends a payment that never had an intent, and with it the order.
async fn end_without_intent(payments: &Payments, order: OrderId) -> Result<(), JobError> {
    let mut ids = payments.app.ids();
    let mut tx = payments.app.db.begin().await?;
    let Some(locked) = orders::lock(&mut tx, order).await? else { return Ok(()) };
    let Some(payment) = store::lock_of_order(&mut tx, order).await?.filter(|payment| payment.intent_id.is_none()) else { return Ok(()) };
    store::set_canceled(&mut tx, payment.id, SettledBy::Expiry, ids.now()).await?;
    settle::cancel_if_pending(&mut tx, &locked, "it could not be paid", &mut ids).await?;
    Ok(tx.commit().await?)
}

/// Ends a payment that is to end and whose intent Stripe does not know, and with it the order. Nobody has said what became of
/// its money, so a person must look; money that is told of later goes back as any other late money.
pub(crate) async fn end_unknown(payments: &Payments, order: OrderId, intent_id: &str) -> Result<(), JobError> {
    let mut ids = payments.app.ids();
    let mut tx = payments.app.db.begin().await?;
    let Some(locked) = orders::lock(&mut tx, order).await? else { return Ok(()) };
    let payment = store::lock_of_order(&mut tx, order).await?;
    let Some(payment) = payment.filter(|payment| payment.state == PaymentState::CancelRequested) else { return Ok(()) };
    store::set_canceled(&mut tx, payment.id, SettledBy::Expiry, ids.now()).await?;
    settle::cancel_if_pending(&mut tx, &locked, "Stripe does not know its payment", &mut ids).await?;
    let detail = "the order was ended although Stripe does not know its payment: see whether money was taken, perhaps by another account";
    let review = Review { intent: intent_id, order: Some(order), reason: "intent_missing", detail };
    store::open_review(&mut tx, ids.next(), &review, ids.now()).await?;
    Ok(tx.commit().await?)
}

/// Cancelling twice is harmless, so each attempt has a key of its own: a refusal must not be replayed for a day.
async fn cancel(payments: &Payments, intent_id: &str) -> Result<PaymentIntent, StripeError> {
    let key = payments.app.ids().next::<kernel::EventId>().to_string();
    match payments.stripe.cancel_intent(intent_id, &key).await {
        Err(StripeError::InvalidRequest { .. }) => payments.stripe.retrieve_intent(intent_id).await,
        answer => answer,
    }
}
