//! The payment simulator through its HTTP door: cards, keys, refunds, 3-D Secure, webhooks, and its memory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "clippy takes only the test functions for tests, not what they share; a test is a root, which may spawn"
)]

mod cards;
mod clients;
mod doors;
mod faults;
mod idempotency;
mod memory;
mod money;
mod rig;
mod webhooks;
