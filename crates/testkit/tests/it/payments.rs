//! Paying: intents, cards, 3-D Secure, and the provider's absence. Webhooks have a file of their own.

use kernel::OrderId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop};

pub const GOOD: &str = "4242424242424242";
const INSUFFICIENT: &str = "4000000000009995";
const CHALLENGE: &str = "4000002500003155";
const CHALLENGE_THEN_DECLINE: &str = "4000008400001629";

pub fn id_of(order: &Value) -> OrderId {
    order["id"].as_str().expect("an id").parse().expect("an order's id")
}

/// A guest with a pending order of one mug.
pub async fn pending(shop: &Shop) -> (Client, Value) {
    let guest = shop.guest();
    guest.add(shop.product(5).await, 1).await.ok();
    let order = guest.place_order().await;
    (guest, order)
}

pub async fn status(client: &Client, order: &Value) -> String {
    client.get(&format!("/orders/{}", id_of(order))).await.ok()["status"].as_str().expect("a status").to_owned()
}

async fn intent_keyed(client: &Client, order: OrderId, key: &str) -> Reply {
    client.post_keyed("/payments/intent", key, json!({ "order_id": order })).await
}

#[tokio::test]
async fn an_order_has_one_intent_however_often_it_is_asked_for() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    let first = intent_keyed(&guest, id_of(&order), "one").await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = intent_keyed(&guest, id_of(&order), "one").await;
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    let other_key = intent_keyed(&guest, id_of(&order), "two").await.ok();
    assert_eq!(other_key, first.body);
    assert_eq!(first.body["amount"], order["total"]);
    assert_eq!((&first.body["provider"], &first.body["api_base"]), (&json!("sandbox"), &json!("/_sandbox")));
    let book = shop.stripe_book().await;
    assert_eq!((book.len(), &book[0]["amount"], &book[0]["currency"]), (1, &json!(2796), &json!("usd")));
}

#[tokio::test]
async fn an_intent_needs_a_key_and_another_order_another_key() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    let mut orders = Vec::new();
    for _ in 0..2 {
        ada.add(shop.product(5).await, 1).await.ok();
        orders.push(ada.place_order().await);
    }
    let keyless = ada.post("/payments/intent", json!({ "order_id": orders[0]["id"] })).await;
    assert_eq!(keyless.refusal(), (400, "idempotency_key_required"));
    intent_keyed(&ada, id_of(&orders[0]), "a-key").await.ok();
    assert_eq!(intent_keyed(&ada, id_of(&orders[1]), "a-key").await.refusal(), (422, "idempotency_key_reused"));
    assert_eq!(intent_keyed(&ada, id_of(&orders[1]), "b-key").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn another_shoppers_order_cannot_be_paid_for() {
    let shop = Shop::open().await;
    let (_, order) = pending(&shop).await;
    let unknown: OrderId = "01988000-0000-7000-8000-000000000001".parse().unwrap();
    for stranger in [shop.guest(), shop.customer().await] {
        assert_eq!(intent_keyed(&stranger, id_of(&order), "a-key").await.refusal(), (404, "order_not_found"));
        assert_eq!(intent_keyed(&stranger, unknown, "b-key").await.refusal(), (404, "order_not_found"));
    }
    assert_eq!(
        shop.number("select count(*) from payments").await
            + shop.number("select count(*) from idempotency_keys where scope like 'payments%'").await,
        0
    );
}

#[tokio::test]
async fn a_paid_order_is_processing_sold_and_paid_for_once() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let ada = shop.customer().await;
    let order = shop.buy(&ada, mug, 2).await;
    assert_eq!((&order["status"], &order["hold_expires_at"]), (&json!("processing"), &Value::Null));
    assert!(order["paid_at"].is_string());
    assert_eq!(shop.guest().get(&format!("/products/{mug}")).await.ok()["available"], 3);
    assert_eq!(shop.number("select stock_quantity from products").await, 3);
    assert_eq!(intent_keyed(&ada, id_of(&order), "again").await.refusal(), (409, "order_not_payable"));
    let book = shop.stripe_book().await;
    assert_eq!(
        (book.len(), &book[0]["status"], &book[0]["captured"], &book[0]["refunded"]),
        (1, &json!("succeeded"), &json!(4955), &json!(0))
    );
    assert_eq!(shop.number("select count(*) from events where name = 'orders.order_paid'").await, 1);
    shop.assert_books().await;
}

#[tokio::test]
async fn a_declined_card_leaves_the_order_to_be_paid_with_another() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    let declined = shop.pay(&guest, &order, INSUFFICIENT).await;
    assert_eq!((declined.status, &declined.body["error"]["decline_code"]), (StatusCode::PAYMENT_REQUIRED, &json!("insufficient_funds")));
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "pending");
    assert_eq!(shop.number("select count(*) from payments where state = 'open' and last_error_code = 'insufficient_funds'").await, 1);
    assert_eq!(shop.number("select count(*) from reservations where state = 'held'").await, 1, "the stock stays held");
    shop.assert_books().await;

    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing");
    let book = shop.stripe_book().await;
    assert_eq!((book.len(), &book[0]["captured"]), (1, &json!(2796)));
    shop.assert_books().await;
}

/// Presses a button of the bank's page; answers where it leads.
async fn press(shop: &Shop, confirmed: &Value, outcome: &str) -> String {
    let url = confirmed["next_action"]["redirect_to_url"]["url"].as_str().expect("the bank's page");
    assert!(url.starts_with("/_sandbox/3ds/"), "{url}");
    let guest = shop.guest();
    let page = guest.get(&format!("/{url}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let (path, challenge) = url.split_once("?challenge=").expect("a challenge");
    let pressed = guest.request(reqwest::Method::POST, &format!("/{path}")).form(&[("challenge", challenge), ("outcome", outcome)]);
    let answer = guest.send(pressed).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    answer.headers["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_challenge_that_is_completed_pays() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    let confirmed = shop.pay(&guest, &order, CHALLENGE).await.ok();
    assert_eq!(confirmed["status"], "requires_action");
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "pending");
    let back = press(&shop, &confirmed, "complete").await;
    assert!(back.starts_with(&format!("{}/orders/x?", shop.base)) && back.contains("redirect_status=succeeded"), "{back}");
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing");
    shop.assert_books().await;
}

#[tokio::test]
async fn a_challenge_that_fails_charges_nothing_and_another_card_pays() {
    let shop = Shop::open().await;
    for (card, outcome) in [(CHALLENGE, "fail"), (CHALLENGE_THEN_DECLINE, "complete")] {
        let (guest, order) = pending(&shop).await;
        let confirmed = shop.pay(&guest, &order, card).await.ok();
        let back = press(&shop, &confirmed, outcome).await;
        assert!(back.contains("redirect_status=failed"), "{back}");
        shop.deliver_webhooks().await;
        assert_eq!(status(&guest, &order).await, "pending");
        assert_eq!(shop.number("select coalesce(sum(captured), 0) from payments where state = 'open'").await, 0);
        assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
        shop.deliver_webhooks().await;
        assert_eq!(status(&guest, &order).await, "processing");
    }
    shop.assert_books().await;
}

#[tokio::test]
async fn without_stripe_the_order_waits_and_the_same_key_works_later() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    shop.stripe.stop().await;
    for _ in 0..2 {
        let refused = intent_keyed(&guest, id_of(&order), "a-key").await;
        assert_eq!(refused.refusal(), (503, "payment_provider_unavailable"));
        assert!(refused.headers.contains_key("retry-after"));
    }
    assert_eq!(status(&guest, &order).await, "pending");
    shop.stripe.restart().await;
    let intent = intent_keyed(&guest, id_of(&order), "a-key").await.ok();
    assert_eq!(shop.confirm(&intent, GOOD).await.status, StatusCode::OK);
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing");
    assert_eq!(shop.stripe_book().await.len(), 1, "one intent, however often Stripe was asked");
    shop.assert_books().await;
}

#[tokio::test]
async fn a_claim_of_a_process_that_died_blocks_its_key_for_a_minute() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    intent_keyed(&guest, id_of(&order), "a-key").await.ok();
    // As it stands between the two transactions: claimed, Stripe asked, nothing recorded.
    shop.sql("update idempotency_keys set status = null, body = null, locked_until = now() + interval '60 seconds' where key = 'a-key'")
        .await;
    assert_eq!(intent_keyed(&guest, id_of(&order), "a-key").await.refusal(), (409, "idempotency_key_in_use"));
    shop.advance(chrono::Duration::seconds(61));
    assert_eq!(intent_keyed(&guest, id_of(&order), "a-key").await.status, StatusCode::CREATED);
    assert_eq!(shop.stripe_book().await.len(), 1);
}

#[tokio::test]
async fn a_claim_whose_time_is_over_is_cleared_away() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    intent_keyed(&guest, id_of(&order), "a-key").await.ok();
    shop.sql("update idempotency_keys set status = null, body = null, locked_until = now() + interval '60 seconds' where key = 'a-key'")
        .await;
    let claims = "select count(*) from idempotency_keys where key = 'a-key' and status is null";
    shop.run_periodic().await;
    assert_eq!(shop.number(claims).await, 1);
    shop.advance(chrono::Duration::seconds(61));
    shop.run_periodic().await;
    assert_eq!(shop.number(claims).await, 0);
}

#[tokio::test]
async fn an_amount_that_no_card_takes_is_said_and_its_order_ends() {
    let shop = Shop::open().await;
    shop.change_settings(|settings| settings.delivery_rate = testkit::cents(0)).await;
    let guest = shop.guest();
    guest.add(shop.priced_product(20, 5).await, 1).await.ok();
    let order = guest.place_order().await;
    for key in ["one", "one", "two"] {
        assert_eq!(intent_keyed(&guest, id_of(&order), key).await.refusal(), (422, "amount_not_chargeable"));
    }
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!(status(&guest, &order).await, "cancelled");
    assert_eq!(shop.number("select stock_reserved from products").await, 0);
    shop.assert_books().await;
}
