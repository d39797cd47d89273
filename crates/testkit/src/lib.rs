//! What integration tests stand on: a shop with a database of its own, clients that speak HTTP to it, real parts only.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot set itself up should end there, with the reason"
)]

mod at_once;
pub mod bad_input;
mod client;
mod outage;
pub mod postgres;
mod shop;
mod shopkeeper;

pub use at_once::at_once;
pub use client::{Client, Reply, checkout_form};
pub use outage::Provider;
pub use shop::{Options, Shop};
pub use shopkeeper::cents;
