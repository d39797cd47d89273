//! What the shop's own tables know of an order's payment, told to a person. The payment provider's side of it is
//! [`crate::simulator::Simulator::moments`].

use chrono::{DateTime, Utc};
use kernel::{Money, OrderId};
use platform::story::{Moment, Mood, Part};
use sqlx::PgConnection;

use crate::store::{
    PaymentState, RefundState, SettledBy,
    story::{self, ReceivedEvent, Told, ToldRefund, ToldReview},
};

/// What happened to the payment of an order: asked for, told by events, settled and by what, sent back. In no order.
///
/// # Errors
/// When the database fails.
pub async fn story(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Moment>> {
    let Some(payment) = story::payment(db, order).await? else { return Ok(Vec::new()) };
    let mut moments = of_payment(&payment);
    if let Some(intent) = &payment.intent_id {
        moments.extend(story::events(db, intent).await?.iter().flat_map(of_event));
        moments.extend(story::reviews(db, intent).await?.iter().map(of_review));
    }
    moments.extend(story::refunds(db, payment.id).await?.iter().flat_map(of_refund));
    Ok(moments)
}

fn moment(at: DateTime<Utc>, part: Part, mood: Mood, what: impl Into<String>, detail: impl Into<String>) -> Moment {
    Moment { at, part, mood, what: what.into(), detail: detail.into() }
}

fn words(money: Money) -> String {
    format!("{} {}", money.amount(), money.currency())
}

fn of_payment(payment: &Told) -> Vec<Moment> {
    let mut moments = vec![moment(payment.created_at, Part::Payment, Mood::Done, "A payment began", words(payment.amount))];
    if let (Some(at), Some(intent)) = (payment.opened_at, &payment.intent_id) {
        moments.push(moment(at, Part::Payment, Mood::Done, "The payment intent was tied to the order", intent.as_str()));
    }
    if let Some(at) = payment.asked_at {
        let again = payment.next_ask_at.filter(|_| payment.settled.is_none());
        let again = again.map(|at| format!(", again at {} UTC", at.format("%T"))).unwrap_or_default();
        let detail = format!("asked {} so far{again}", times(payment.times_asked));
        let mood = if payment.settled.is_some() { Mood::Done } else { Mood::Waiting };
        moments.push(moment(at, Part::Payment, mood, "No webhook had come, so the shop asked the payment provider", detail));
    }
    moments.extend(payment.settled.map(|(at, by)| settled(payment, at, by)));
    moments
}

fn times(count: i32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn settled(payment: &Told, at: DateTime<Utc>, by: SettledBy) -> Moment {
    if payment.state != PaymentState::Succeeded {
        let detail = payment.last_error_code.clone().unwrap_or_default();
        return moment(at, Part::Payment, Mood::Done, "The payment ended without money", detail);
    }
    let (mood, what) = match by {
        SettledBy::Webhook => (Mood::Done, "The money is in"),
        SettledBy::Reconciler => (Mood::Healed, "Healed: the money is in, though the webhook never came"),
        SettledBy::Expiry => (Mood::Healed, "Healed: the time to pay was over, and the payment provider had the money"),
    };
    moment(at, Part::Payment, mood, what, words(payment.amount))
}

fn of_event(event: &ReceivedEvent) -> Vec<Moment> {
    let kind = &event.kind;
    let arrived = format!("The webhook {kind} arrived, its signature is right");
    let mut moments = vec![moment(event.received_at, Part::Webhook, Mood::Done, arrived, event.event_id.as_str())];
    match event.processed_at {
        Some(at) if kind.starts_with("payment_intent.") => {
            let applied = format!("The webhook {kind} was applied");
            moments.push(moment(at, Part::Webhook, Mood::Done, applied, "the payment was asked for as it is now"));
        }
        Some(_) => {}
        None => {
            let waits = format!("The webhook {kind} waits for a worker");
            moments.push(moment(event.received_at, Part::Webhook, Mood::Waiting, waits, ""));
        }
    }
    moments
}

fn of_refund(refund: &ToldRefund) -> Vec<Moment> {
    let amount = words(refund.amount);
    let began = moment(refund.created_at, Part::Payment, Mood::Done, format!("{amount} is to go back"), refund.reason.as_str());
    let (mood, what) = match refund.state {
        RefundState::Queued => (Mood::Waiting, "The payment provider is asked to send the money back"),
        RefundState::Pending => (Mood::Waiting, "The payment provider sends the money back, the bank takes its time"),
        RefundState::Succeeded => (Mood::Done, "The money went back"),
        RefundState::Failed => (Mood::Trouble, "The bank did not take the money back"),
    };
    vec![began, moment(refund.updated_at, Part::Payment, mood, what, refund.refund_id.clone().unwrap_or_default())]
}

fn of_review(review: &ToldReview) -> Moment {
    match review.resolved_at {
        Some(at) => moment(at, Part::Payment, Mood::Healed, "A person decided about the money", review.reason.as_str()),
        None => {
            let detail = format!("{}: {}", review.reason, review.detail);
            moment(review.created_at, Part::Payment, Mood::Trouble, "The money does not fit: a person must decide", detail)
        }
    }
}
