//! Stripe's events: the envelope that webhooks deliver.

use serde::Deserialize;

use super::objects::Reference;

/// Something that happened at Stripe, delivered at least once and in no order.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// `evt_...`, equal in every delivery of it.
    pub id: String,
    /// For example `payment_intent.succeeded`.
    pub r#type: String,
    /// Unix seconds.
    pub created: i64,
    /// False for test money.
    #[serde(default)]
    pub livemode: bool,
    /// The connected account it is from; absent for the shop's own.
    #[serde(default)]
    pub account: Option<String>,
    /// The version its object is written in.
    #[serde(default)]
    pub api_version: Option<String>,
    /// What it is about.
    pub data: EventData,
}

/// What an event is about.
#[derive(Debug, Clone, Deserialize)]
pub struct EventData {
    /// The object as it was when the event was made: for deciding, ask for it anew.
    pub object: serde_json::Value,
}

impl Event {
    /// Reads the body of a webhook whose signature was verified.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// The payment intent it is about: itself, or the one its charge, refund or dispute belongs to.
    pub fn intent_id(&self) -> Option<String> {
        let object = &self.data.object;
        let kind = object.get("object")?.as_str()?;
        if kind == "payment_intent" {
            return object.get("id")?.as_str().map(str::to_owned);
        }
        Reference::deserialize(object.get("payment_intent")?).ok().map(|reference| reference.0)
    }
}
