//! Stripe as this shop speaks with it: a client for the few operations it needs, its objects, its webhook signatures.
//!
//! Own code instead of a generated client: four operations, a pinned version, and errors that say what may have happened.

pub mod amount;
pub mod client;
pub mod error;
pub mod event;
pub mod objects;
pub mod signature;

pub use client::{Client, CreateIntent, CreateRefund};
pub use error::StripeError;
pub use event::Event;
pub use objects::{Charge, IntentStatus, PaymentIntent, Refund, RefundStatus};

/// The version of Stripe's API that requests name and objects are read in: the one that the official clients of this
/// year pin, that the signature vectors carry, and that is not older than the published objects in the fixtures.
pub const API_VERSION: &str = "2026-10-28.endive";
