//! The shop through its public door: HTTP against the real router, a real PostgreSQL and the payment simulator.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should end there, with the reason"
)]

mod accounts;
mod admin_pages;
mod admin_sign_in;
mod authorization;
mod bad_input;
mod bad_json;
mod cart;
mod catalogue;
mod checkout;
mod contract;
mod control_room;
mod doctor;
mod faults;
mod jobs;
mod late_money;
mod mail;
mod orders;
mod pages;
mod payments;
mod races;
mod reconciler;
mod recovery;
mod schema;
mod starts;
mod support;
mod transactions;
mod webhooks;
