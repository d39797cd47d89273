//! The shop's own client and the official one against the simulator.

use std::{path::Path, time::Duration};

use kernel::{Currency, Money, OrderNumber};
use payments::stripe::{CreateIntent, CreateRefund, IntentStatus, RefundStatus, StripeError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::rig::{SECRET, Sim, WEBHOOK_SECRET};

#[tokio::test]
async fn the_shops_own_client_buys_cancels_and_refunds() {
    let sim = Sim::open().await;
    let client = sim.client();
    let number = OrderNumber::from_seed([1; 32]);
    let order_id = "0192f0c1-2345-7890-8abc-def012345678".parse().unwrap();
    let usd = |minor| Money::new(minor, Currency::parse("USD").unwrap());
    let wanted = CreateIntent { amount: usd(1999), order_id, order_number: &number };
    let intent = client.create_intent(&wanted, "order-1").await.unwrap();
    assert_eq!((intent.status.clone(), intent.order_id()), (IntentStatus::RequiresPaymentMethod, Some(order_id)));
    assert_eq!(client.create_intent(&wanted, "order-1").await.unwrap().id, intent.id);
    let other = CreateIntent { amount: usd(2999), ..wanted.clone() };
    assert_eq!(client.create_intent(&other, "order-1").await.unwrap_err(), StripeError::Idempotency);
    sim.post(&format!("/v1/payment_intents/{}/confirm", intent.id), &[("payment_method", "pm_card_mastercard")]).await;
    let paid = client.retrieve_intent(&intent.id).await.unwrap();
    assert_eq!((paid.status.clone(), paid.received().unwrap()), (IntentStatus::Succeeded, usd(1999)));
    assert!(client.cancel_intent(&intent.id, "cancel-1").await.unwrap_err().has_code("payment_intent_unexpected_state"));
    let back =
        CreateRefund { intent_id: &intent.id, amount: usd(1999), refund_id: "0192f0c1-2345-7890-8abc-def012345679".parse().unwrap() };
    let refund = client.create_refund(&back, "refund-1").await.unwrap();
    assert_eq!((refund.status.clone(), refund.money().unwrap()), (Some(RefundStatus::Succeeded), usd(1999)));
    assert!(client.create_refund(&back, "refund-2").await.unwrap_err().has_code("charge_already_refunded"));
    assert!(client.retrieve_intent("pi_none").await.unwrap_err().has_code("resource_missing"));
    let unpaid = client.create_intent(&wanted, "order-2").await.unwrap();
    assert_eq!(client.cancel_intent(&unpaid.id, "cancel-2").await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn the_official_client_works_against_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    assert!(
        folder.join("node_modules/stripe").is_dir(),
        "the official client is not installed: run `npm ci --ignore-scripts` in crates/payments/tests/node"
    );
    let mut node = tokio::process::Command::new("node")
        .args(["round-trip.mjs", SECRET, WEBHOOK_SECRET])
        .current_dir(folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let webhook_url = lines.next_line().await.unwrap().unwrap();
    let sim = Sim::with(None, Some(webhook_url)).await;
    node.stdin.take().unwrap().write_all(format!("{}\n", sim.base).as_bytes()).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(60), node.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "the round trip ended with {ended}");
}
