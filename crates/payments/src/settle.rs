//! Brings an order to what Stripe says of its intent. The one place where money and orders meet: webhook, expiry and
//! reconciliation all end here, in any order and as often as they like.

use kernel::{Ids, Money, RefundId};
use orders::{Links, LockedOrder, MarkPaidError, Status, history::Actor};
use platform::jobs::{self, JobError, When};
use sqlx::PgConnection;

use crate::{
    create_intent, refund,
    store::{self, Payment, PaymentState, Review, SettledBy},
    stripe::{IntentStatus, PaymentIntent},
};

/// Applies the intent as it is now, in the caller's transaction. Lock order: order, payment, stock.
pub(crate) async fn settle(
    db: &mut PgConnection,
    links: &Links,
    intent: &PaymentIntent,
    by: SettledBy,
    ids: &mut Ids,
) -> Result<(), JobError> {
    let Some((order, payment)) = find(db, intent, ids).await? else { return Ok(()) };
    match &intent.status {
        IntentStatus::Succeeded => capture(db, links, intent, (&order, &payment), by, ids).await,
        IntentStatus::Canceled => {
            if payment.state != PaymentState::Canceled {
                // Whoever tells of it first: it ended because the shop had asked for that.
                let by = if payment.state == PaymentState::CancelRequested { SettledBy::Expiry } else { by };
                store::set_canceled(db, payment.id, by, ids.now()).await?;
            }
            cancel_if_pending(db, &order, "payment ended without money", ids).await
        }
        _ => {
            if let Some(code) = intent.last_payment_error.as_ref().and_then(|error| error.decline_code.as_deref().or(error.code.as_deref()))
            {
                store::set_last_error(db, payment.id, code, ids.now()).await?;
            }
            Ok(())
        }
    }
}

/// Locks the order and payment that the intent belongs to; what fits nothing becomes a review.
async fn find(db: &mut PgConnection, intent: &PaymentIntent, ids: &mut Ids) -> Result<Option<(LockedOrder, Payment)>, JobError> {
    let order_id = match store::order_of_intent(db, &intent.id).await? {
        Some(order) => Some(order),
        None => intent.order_id(), // the answer to creating it was lost: the intent itself says whose it is
    };
    let order = match order_id {
        Some(id) => orders::lock(db, id).await?,
        None => None,
    };
    let payment = match &order {
        Some(order) => store::lock_of_order(db, order.id).await?,
        None => None,
    };
    // An account may serve others beside this shop: what moved no money is none of its business.
    let moved_money = intent.status == IntentStatus::Succeeded;
    let (Some(order), Some(payment)) = (order, payment) else {
        if moved_money {
            review(db, intent, None, "unknown_intent", "no order of this shop began this payment", ids).await?;
        }
        return Ok(None);
    };
    if payment.intent_id.as_ref().is_some_and(|known| *known != intent.id) {
        if moved_money {
            review(db, intent, Some(&order), "second_intent", "the order has another payment intent", ids).await?;
        }
        return Ok(None);
    }
    if payment.intent_id.is_none() {
        create_intent::record(db, order.id, intent, ids.now()).await?;
    }
    Ok(Some((order, payment)))
}

/// The money is in: the order is paid, or the money goes back.
async fn capture(
    db: &mut PgConnection,
    links: &Links,
    intent: &PaymentIntent,
    (order, payment): (&LockedOrder, &Payment),
    by: SettledBy,
    ids: &mut Ids,
) -> Result<(), JobError> {
    if payment.state == PaymentState::Succeeded {
        return Ok(()); // told before
    }
    let received = match intent.received() {
        Ok(received) if received.currency() == payment.amount.currency() && received.minor() <= payment.amount.minor() => received,
        _ => {
            // The review owns the money; the order will never be paid by it, and there is nothing to ask about any more.
            store::silent::put_off(db, payment.id, None).await?;
            review(db, intent, Some(order), "amount_mismatch", "another currency, or more than is due, was taken", ids).await?;
            return cancel_if_pending(db, order, "its payment did not fit", ids).await;
        }
    };
    store::set_captured(db, payment.id, received, by, ids.now()).await?;
    match orders::pay::mark_paid(db, order, received, Actor::Stripe, links, ids).await {
        Ok(()) | Err(MarkPaidError::AlreadyPaid) => Ok(()),
        Err(MarkPaidError::Db(fault)) => Err(fault.into()),
        Err(MarkPaidError::Cancelled | MarkPaidError::OutOfStock) => give_back(db, payment, received, "order_not_kept", ids).await,
        Err(refused @ MarkPaidError::WrongAmount { .. }) => {
            review(db, intent, Some(order), "amount_mismatch", &refused.to_string(), ids).await?;
            give_back(db, payment, received, "amount_mismatch", ids).await?;
            cancel_if_pending(db, order, "its payment did not fit", ids).await
        }
    }
}

/// Cancels a locked order that nothing will pay any more.
pub(crate) async fn cancel_if_pending(db: &mut PgConnection, order: &LockedOrder, reason: &str, ids: &mut Ids) -> Result<(), JobError> {
    if order.status != Status::Pending {
        return Ok(());
    }
    orders::pay::cancel(db, order, reason, ids).await.map_err(|error| JobError::Retry(error.to_string()))
}

/// Queues the whole capture to go back.
async fn give_back(db: &mut PgConnection, payment: &Payment, received: Money, reason: &str, ids: &mut Ids) -> Result<(), JobError> {
    let id: RefundId = ids.next();
    store::insert_refund(db, id, payment, received, reason, ids.now()).await?;
    Ok(jobs::enqueue(db, &refund::SendRefund { refund_id: id }, When::default()).await?)
}

/// A retry would not change the answer: a person must decide, so it is kept as work.
async fn review(
    db: &mut PgConnection,
    intent: &PaymentIntent,
    order: Option<&LockedOrder>,
    reason: &'static str,
    detail: &str,
    ids: &mut Ids,
) -> Result<(), JobError> {
    let review = Review { intent: &intent.id, order: order.map(|order| order.id), reason, detail };
    Ok(store::open_review(db, ids.next(), &review, ids.now()).await?)
}
