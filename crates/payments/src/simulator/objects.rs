//! What the simulator keeps: intents, payment methods, charges, refunds, events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards::TestCard;

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// New, or the last attempt failed.
    RequiresPaymentMethod,
    /// Has a card, waits to be confirmed.
    RequiresConfirmation,
    /// The customer must complete 3-D Secure.
    RequiresAction,
    /// The money is taken.
    Succeeded,
    /// Ended without money.
    Canceled,
}

impl Status {
    /// Stripe's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }

    /// True while it may still be paid or canceled.
    pub fn is_open(self) -> bool {
        matches!(self, Self::RequiresPaymentMethod | Self::RequiresConfirmation | Self::RequiresAction)
    }
}

/// A payment intent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Intent {
    /// `pi_sim_...`
    pub id: String,
    /// What a browser must show.
    pub client_secret: String,
    /// In Stripe's integers.
    pub amount: i64,
    /// Lower case.
    pub currency: String,
    /// Where it stands.
    pub status: Status,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub canceled_at: Option<i64>,
    /// As given.
    pub cancellation_reason: Option<String>,
    /// As given.
    pub description: Option<String>,
    /// As given.
    pub receipt_email: Option<String>,
    /// As given.
    pub metadata: BTreeMap<String, String>,
    /// True when it was made with `automatic_payment_methods`.
    pub automatic: bool,
    /// The card of the attempt under way or done.
    pub payment_method: Option<String>,
    /// The charge.
    pub latest_charge: Option<String>,
    /// Why the last attempt failed.
    pub last_error: Option<LastError>,
    /// The 3-D Secure page that waits for the customer.
    pub challenge: Option<Challenge>,
}

/// Why an attempt failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LastError {
    /// Stripe's kind of error.
    pub r#type: String,
    /// Error code.
    pub code: String,
    /// The issuer's reason.
    pub decline_code: Option<String>,
    /// For people.
    pub message: String,
}

/// A 3-D Secure page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// Opens the page of this one attempt.
    pub token: String,
    /// Where the customer goes afterwards.
    pub return_url: Option<String>,
}

/// A test card as a customer typed it in, less its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Method {
    /// `pm_sim_...`
    pub id: String,
    /// Which test card.
    pub card: TestCard,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// True when a security code was typed.
    pub cvc_given: bool,
    /// Unix seconds.
    pub created: i64,
}

/// Money taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Charge {
    /// `ch_sim_...`
    pub id: String,
    /// Its intent.
    pub intent: String,
    /// In Stripe's integers.
    pub amount: i64,
    /// What went back.
    pub refunded: i64,
    /// Lower case.
    pub currency: String,
    /// Unix seconds.
    pub created: i64,
    /// The card.
    pub method: Method,
    /// True when 3-D Secure was completed.
    pub authenticated: bool,
    /// The intent's.
    pub description: Option<String>,
    /// The intent's.
    pub receipt_email: Option<String>,
    /// The intent's.
    pub metadata: BTreeMap<String, String>,
}

/// Money sent back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refund {
    /// `re_sim_...`
    pub id: String,
    /// From this charge.
    pub charge: String,
    /// Of this intent.
    pub intent: String,
    /// In Stripe's integers.
    pub amount: i64,
    /// Lower case.
    pub currency: String,
    /// Unix seconds.
    pub created: i64,
    /// As given.
    pub reason: Option<String>,
    /// As given.
    pub metadata: BTreeMap<String, String>,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// `evt_sim_...`
    pub id: String,
    /// For example `charge.succeeded`.
    pub r#type: String,
    /// Unix seconds.
    pub created: i64,
    /// The object as it was then.
    pub object: Value,
    /// Names the request that made it happen.
    pub request_id: Option<String>,
    /// That request's key.
    pub idempotency_key: Option<String>,
    /// True until the shop has it, if there is anywhere to send it.
    pub pending: bool,
}

impl Event {
    /// The intent it is about: itself, or the one that its charge or refund belongs to.
    pub fn intent_id(&self) -> Option<&str> {
        let name = if self.object.get("object")? == "payment_intent" { "id" } else { "payment_intent" };
        self.object.get(name)?.as_str()
    }
}
