//! What only the simulator knows of a payment, told to a person who sees a payment provider from inside for the first
//! time. In memory, and only of the last payments.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use platform::story::{Moment, Mood, Part};
use serde_json::Value;

use super::{Simulator, objects::Event};

/// Payments of which anything is told.
const INTENTS_MAX: usize = 200;
/// Moments of one payment; the first ones stay.
const MOMENTS_MAX: usize = 100;

/// Moments by intent.
#[derive(Debug, Default)]
pub struct Moments {
    by_intent: HashMap<String, Vec<Moment>>,
    in_order: VecDeque<String>,
}

impl Moments {
    /// Adds a moment to an intent's.
    pub fn add(&mut self, intent: &str, moment: Moment) {
        if let Some(moments) = self.by_intent.get_mut(intent) {
            if moments.len() < MOMENTS_MAX {
                moments.push(moment);
            }
            return;
        }
        self.by_intent.insert(intent.to_owned(), vec![moment]);
        self.in_order.push_back(intent.to_owned());
        if self.in_order.len() > INTENTS_MAX
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.by_intent.remove(&oldest);
        }
    }

    /// Adds what an event means for its intent, if it means anything to a person.
    pub fn add_event(&mut self, event: &Event, at: DateTime<Utc>) {
        if let (Some(intent), Some(moment)) = (event.intent_id(), of(event, at)) {
            self.add(intent, moment);
        }
    }
}

impl Simulator {
    /// What happened to a payment here, in the order in which it happened: the intent, the card, each webhook.
    pub fn moments(&self, intent_id: &str) -> Vec<Moment> {
        self.state().moments.by_intent.get(intent_id).cloned().unwrap_or_default()
    }
}

fn of(event: &Event, at: DateTime<Utc>) -> Option<Moment> {
    let text = |path: &str| event.object.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let (mood, what, detail) = match event.r#type.as_str() {
        "payment_intent.created" => (Mood::Done, "The payment provider made a payment intent", text("/id").to_owned()),
        "charge.succeeded" => {
            let last4 = text("/payment_method_details/card/last4");
            (Mood::Done, "The card was charged", format!("{}, card ending in {last4}", text("/id")))
        }
        "payment_intent.requires_action" => (Mood::Waiting, "The bank asks the customer to confirm (3-D Secure)", String::new()),
        "payment_intent.payment_failed" => {
            let reason = text("/last_payment_error/decline_code");
            let reason = if reason.is_empty() { text("/last_payment_error/code") } else { reason };
            (Mood::Trouble, "The card was refused", reason.to_owned())
        }
        "payment_intent.canceled" => (Mood::Done, "The payment was ended without money", text("/id").to_owned()),
        "refund.created" => (Mood::Done, "Money was sent back to the card", text("/id").to_owned()),
        _ => return None,
    };
    Some(Moment { at, part: Part::Payment, mood, what: what.to_owned(), detail })
}
