//! The parts of Stripe's objects that the shop reads. Values that Stripe may add later are kept as text.

use std::collections::BTreeMap;

use kernel::{Money, OrderId};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::amount::{self, AmountError};

/// Metadata key under which an intent carries its order.
pub const ORDER_ID: &str = "order_id";
/// Metadata key under which an intent carries its order's number.
pub const ORDER_NUMBER: &str = "order_number";
/// Metadata key under which a refund carries the shop's own refund.
pub const REFUND_ID: &str = "refund_id";

/// One customer's attempt to pay one amount.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentIntent {
    /// `pi_...`
    pub id: String,
    /// What is asked for, in Stripe's integers.
    pub amount: i64,
    /// What was taken, in Stripe's integers.
    #[serde(default)]
    pub amount_received: i64,
    /// ISO code in lower case.
    pub currency: String,
    /// Where it stands.
    pub status: IntentStatus,
    /// Lets a browser confirm this one intent.
    #[serde(default, deserialize_with = "secret")]
    pub client_secret: Option<SecretString>,
    /// The charge of the last attempt.
    #[serde(default)]
    pub latest_charge: Option<Reference>,
    /// Why the last attempt failed.
    #[serde(default)]
    pub last_payment_error: Option<PaymentError>,
    /// What the shop wrote on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Unix seconds.
    pub created: i64,
    /// False for test money.
    #[serde(default)]
    pub livemode: bool,
}

impl PaymentIntent {
    /// What is asked for.
    pub fn due(&self) -> Result<Money, AmountError> {
        self.money(self.amount)
    }

    /// What was taken.
    pub fn received(&self) -> Result<Money, AmountError> {
        self.money(self.amount_received)
    }

    /// The order it was made for.
    pub fn order_id(&self) -> Option<OrderId> {
        self.metadata.get(ORDER_ID).and_then(|id| id.parse().ok())
    }

    fn money(&self, amount: i64) -> Result<Money, AmountError> {
        amount::from_stripe(amount, amount::currency(&self.currency)?)
    }
}

/// Where an intent stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    /// New, or the last attempt failed.
    RequiresPaymentMethod,
    /// Has a card, waits to be confirmed.
    RequiresConfirmation,
    /// The customer must do something, such as 3-D Secure.
    RequiresAction,
    /// The network has not answered yet.
    Processing,
    /// Authorised only; the shop never asks for this.
    RequiresCapture,
    /// Ended without money.
    Canceled,
    /// The money is taken.
    Succeeded,
    /// A status that this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Why an attempt to pay failed.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentError {
    /// Stripe's error code.
    pub code: Option<String>,
    /// The issuer's reason.
    pub decline_code: Option<String>,
}

/// One movement of money from a card.
#[derive(Debug, Clone, Deserialize)]
pub struct Charge {
    /// `ch_...`
    pub id: String,
    /// What was charged, in Stripe's integers.
    pub amount: i64,
    /// What was taken, in Stripe's integers.
    #[serde(default)]
    pub amount_captured: i64,
    /// What went back so far, in Stripe's integers.
    #[serde(default)]
    pub amount_refunded: i64,
    /// ISO code in lower case.
    pub currency: String,
    /// The intent it belongs to.
    #[serde(default)]
    pub payment_intent: Option<Reference>,
    /// True when everything went back.
    #[serde(default)]
    pub refunded: bool,
    /// True when the customer's bank disputes it.
    #[serde(default)]
    pub disputed: bool,
    /// False for test money.
    #[serde(default)]
    pub livemode: bool,
}

impl Charge {
    /// What went back so far.
    pub fn returned(&self) -> Result<Money, AmountError> {
        amount::from_stripe(self.amount_refunded, amount::currency(&self.currency)?)
    }
}

/// Money on its way back.
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// `re_...`
    pub id: String,
    /// How much, in Stripe's integers.
    pub amount: i64,
    /// ISO code in lower case.
    pub currency: String,
    /// The charge it is taken from.
    #[serde(default)]
    pub charge: Option<Reference>,
    /// The intent it belongs to.
    #[serde(default)]
    pub payment_intent: Option<Reference>,
    /// Where it stands.
    pub status: Option<RefundStatus>,
    /// Why it failed.
    #[serde(default)]
    pub failure_reason: Option<String>,
    /// What the shop wrote on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

impl Refund {
    /// How much goes back.
    pub fn money(&self) -> Result<Money, AmountError> {
        amount::from_stripe(self.amount, amount::currency(&self.currency)?)
    }
}

/// Where a refund stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Under way.
    Pending,
    /// The customer must give an account to pay to.
    RequiresAction,
    /// Done.
    Succeeded,
    /// The bank sent it back.
    Failed,
    /// Called off before it left.
    Canceled,
    /// A status that this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Another object: its id, which Stripe sends alone or inside the object itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(pub String);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Id(String),
            Object { id: String },
        }
        let (Form::Id(id) | Form::Object { id }) = Form::deserialize(deserializer)?;
        Ok(Self(id))
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}
