//! The story of an order: what happened to it and when, told by the owners of the facts. The control room shows it.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use kernel::OrderId;
use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// To whom it belongs.
    pub part: Part,
    /// How it went.
    pub mood: Mood,
    /// What happened, in a short sentence for a person.
    pub what: String,
    /// The technical side of it: an id, a status, a duration. May be empty.
    pub detail: String,
}

/// The part of the shop that a moment belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A request that the shop answered.
    Request,
    /// The order itself.
    Order,
    /// Units held, sold, released.
    Stock,
    /// Intents, charges, refunds.
    Payment,
    /// Events that the payment provider sends.
    Webhook,
    /// Mails to the customer.
    Mail,
}

/// How a moment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    /// As it should.
    Done,
    /// Not over yet.
    Waiting,
    /// Something failed or was lost.
    Trouble,
    /// Something that had failed was put right.
    Healed,
}

/// On an answer: the order that its request was about. In development the story takes its requests by it; it never leaves the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About(pub OrderId);

/// An answer that tells inside the process which order it is about.
pub fn about(order: OrderId, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(About(order));
    response
}
