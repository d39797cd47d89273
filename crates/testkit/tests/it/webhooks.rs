//! Stripe's events at the shop's door: late, twice, out of order, forged, about money that fits nothing.

use chrono::Duration;
use payments::stripe::signature;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Shop};

use crate::payments::{GOOD, id_of, pending, status};

/// A pending order whose card was charged; nothing was told to the shop.
async fn charged(shop: &Shop) -> (Client, Value) {
    let (guest, order) = pending(shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    (guest, order)
}

async fn event(shop: &Shop, kind: &str) -> Value {
    shop.stripe_events().await.into_iter().rfind(|event| event["type"] == kind).expect(kind)
}

async fn receipts(shop: &Shop) -> i64 {
    shop.number("select count(*) from emails where template = 'order_confirmation'").await
}

async fn sales(shop: &Shop) -> i64 {
    shop.number("select count(*) from stock_moves where reason = 'sale'").await
}

#[tokio::test]
async fn an_event_that_comes_twenty_times_counts_once() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let succeeded = event(&shop, "payment_intent.succeeded").await;
    for round in 0..20 {
        assert_eq!(shop.deliver(&succeeded).await.status, StatusCode::OK);
        if round % 7 == 0 {
            shop.drain().await;
        }
    }
    shop.drain().await;
    assert_eq!(status(&guest, &order).await, "processing");
    assert_eq!((receipts(&shop).await, sales(&shop).await, shop.number("select count(*) from stripe_events").await), (1, 1, 1));
    assert_eq!(shop.number("select count(*) from stripe_events where processed_at is null").await, 0);
    shop.assert_books().await;
}

#[tokio::test]
async fn events_may_come_in_any_order() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, "4000000000000002").await.status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    let events = shop.stripe_events().await;
    assert!(events.len() >= 3, "{events:?}");
    for event in events.iter().rev() {
        assert_eq!(shop.deliver(event).await.status, StatusCode::OK);
        shop.drain().await;
        assert_eq!(status(&guest, &order).await, "processing", "the intent is asked for as it is now: {}", event["type"]);
    }
    assert_eq!((receipts(&shop).await, sales(&shop).await), (1, 1));
    shop.assert_books().await;
}

#[tokio::test]
async fn a_forged_signature_changes_nothing() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let body = event(&shop, "payment_intent.succeeded").await.to_string();
    let good = signature::sign(&shop.app.config.stripe.webhook_secrets[0], shop.now(), body.as_bytes());
    let strangers = signature::sign(&"whsec_another".to_owned().into(), shop.now(), body.as_bytes());
    let (time, v1) = good.split_once(",v1=").expect("two parts");
    for forged in
        ["", "t=1", "nonsense", &strangers, &format!("{time},v0={v1}"), &format!("t=1,v1={v1}"), &format!("{time},v1={}", "0".repeat(64))]
    {
        let refused = shop.post_event(body.clone(), forged).await;
        assert_eq!(refused.refusal(), (400, "signature_invalid"), "{forged}");
    }
    let changed = body.replacen("2796", "2795", 1);
    assert_ne!(changed, body);
    assert_eq!(shop.post_event(changed, &good).await.refusal(), (400, "signature_invalid"));
    assert_eq!((status(&guest, &order).await.as_str(), shop.number("select count(*) from stripe_events").await), ("pending", 0));
    assert_eq!(shop.post_event(body, &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stale_signature_is_refused_at_five_minutes() {
    let shop = Shop::open().await;
    let (_, _) = charged(&shop).await;
    let body = event(&shop, "payment_intent.succeeded").await.to_string();
    let signed =
        |age_s: i64| signature::sign(&shop.app.config.stripe.webhook_secrets[0], shop.now() - Duration::seconds(age_s), body.as_bytes());
    for age_s in [310, 86_400, -310] {
        assert_eq!(shop.post_event(body.clone(), &signed(age_s)).await.refusal(), (400, "signature_invalid"), "{age_s}");
    }
    for age_s in [290, 0, -290] {
        assert_eq!(shop.post_event(body.clone(), &signed(age_s)).await.status, StatusCode::OK, "{age_s}");
    }
}

#[tokio::test]
async fn events_of_another_mode_or_account_are_not_taken() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let original = event(&shop, "payment_intent.succeeded").await;
    for (name, value) in [("livemode", json!(true)), ("account", json!("acct_other"))] {
        let mut other = original.clone();
        other[name] = value;
        assert_eq!(shop.deliver(&other).await.refusal(), (400, "event_not_ours"), "{name}");
    }
    for body in ["", "null", "{}", "[]", r#"{"id":7}"#] {
        let signed = signature::sign(&shop.app.config.stripe.webhook_secrets[0], shop.now(), body.as_bytes());
        assert_eq!(shop.post_event(body.to_owned(), &signed).await.refusal(), (400, "event_invalid"), "{body}");
    }
    shop.drain().await;
    assert_eq!((status(&guest, &order).await.as_str(), shop.number("select count(*) from stripe_events").await), ("pending", 0));
}

#[tokio::test]
async fn an_event_of_a_kind_that_says_nothing_is_kept_and_done_with() {
    let shop = Shop::open().await;
    let mut unknown = {
        charged(&shop).await;
        event(&shop, "payment_intent.succeeded").await
    };
    unknown["id"] = json!("evt_of_next_year");
    unknown["type"] = json!("quantum.entangled");
    unknown["data"]["object"] = json!({ "object": "quantum" });
    assert_eq!(shop.deliver(&unknown).await.status, StatusCode::OK);
    shop.drain().await;
    assert_eq!(shop.number("select count(*) from stripe_events where processed_at is not null and event_id = 'evt_of_next_year'").await, 1);
}

/// As the rows stand when Stripe has made the intent and its answer never came.
const FORGET_INTENT: &str = "update payments set intent_id = null, client_secret = null, state = 'creating';
     update order_keys set payment_intent_id = null; update orders set payment_intent_id = null";

#[tokio::test]
async fn a_webhook_that_comes_before_the_answer_was_recorded_pays_the_order() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    shop.sql(FORGET_INTENT).await;
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing");
    assert_eq!(
        shop.number("select count(*) from order_keys k join payments p on p.order_id = k.order_id where k.payment_intent_id = p.intent_id")
            .await,
        1
    );
    shop.assert_books().await;
}

/// Pays some amount into an intent that names an order, made by whoever has the secret key.
async fn pay_into(shop: &Shop, order: &Value, minor: i64, currency: &str) -> String {
    let (id, amount) = (id_of(order).to_string(), minor.to_string());
    let form = [
        ("amount", amount.as_str()),
        ("currency", currency),
        ("metadata[order_id]", id.as_str()),
        ("payment_method", "pm_card_visa"),
        ("payment_method_types[]", "card"),
        ("confirm", "true"),
    ];
    let intent = shop.ask_stripe("/v1/payment_intents", &form).await.ok();
    assert_eq!(intent["status"], "succeeded", "{intent}");
    intent["id"].as_str().expect("an id").to_owned()
}

/// Tells the shop about one intent only.
async fn deliver_about(shop: &Shop, intent: &str) {
    for event in shop.stripe_events().await.iter().filter(|event| event["data"]["object"]["id"] == intent) {
        assert_eq!(shop.deliver(event).await.status, StatusCode::OK);
    }
    shop.drain().await;
}

#[tokio::test]
async fn money_in_a_second_intent_never_marks_an_order_paid() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    guest.intent(id_of(&order)).await.ok();
    let second = pay_into(&shop, &order, 100, "usd").await;
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "pending");
    let review =
        format!("select count(*) from payment_reviews where intent_id = '{second}' and reason = 'second_intent' and resolved_at is null");
    assert_eq!((shop.number(&review).await, receipts(&shop).await, sales(&shop).await), (1, 0, 0));
    shop.assert_books().await;
}

#[tokio::test]
async fn less_than_is_due_goes_back_and_ends_the_order() {
    for minor in [2795, 50] {
        let shop = Shop::open().await;
        let (guest, order) = pending(&shop).await;
        guest.intent(id_of(&order)).await.ok();
        shop.sql(FORGET_INTENT).await;
        let intent = pay_into(&shop, &order, minor, "usd").await;
        deliver_about(&shop, &intent).await;
        assert_eq!(status(&guest, &order).await, "cancelled", "an order does not stay in limbo");
        assert_eq!((receipts(&shop).await, sales(&shop).await), (0, 0));
        let review = format!("select count(*) from payment_reviews where intent_id = '{intent}' and reason = 'amount_mismatch'");
        assert_eq!(shop.number(&review).await, 1);
        let book = shop.stripe_book().await;
        let row = book.iter().find(|row| row["pi_id"] == intent.as_str()).expect("the intent");
        assert_eq!((&row["captured"], &row["refunded"]), (&json!(minor), &json!(minor)), "all of it goes back");
        shop.deliver_webhooks().await;
        shop.expire_holds().await;
        shop.tick().await;
        assert_eq!(shop.number("select count(*) from refunds").await, 1);
        assert_eq!(shop.number("select stock_reserved from products").await, 0);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn more_than_is_due_or_another_currency_is_a_persons_to_decide() {
    for (minor, currency) in [(2797, "usd"), (2796, "eur")] {
        let shop = Shop::open().await;
        let (guest, order) = pending(&shop).await;
        guest.intent(id_of(&order)).await.ok();
        shop.sql(FORGET_INTENT).await;
        let intent = pay_into(&shop, &order, minor, currency).await;
        deliver_about(&shop, &intent).await;
        assert_eq!((status(&guest, &order).await.as_str(), receipts(&shop).await, sales(&shop).await), ("cancelled", 0, 0));
        let review = "select count(*) from payment_reviews where reason = 'amount_mismatch' and resolved_at is null";
        assert_eq!(shop.number(review).await, 1);
        shop.deliver_webhooks().await;
        shop.tick().await;
        assert_eq!((shop.number(review).await, shop.number("select stock_reserved from products").await), (1, 0));
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn an_event_about_an_intent_that_stripe_no_longer_knows_is_done_with() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let mut gone = event(&shop, "payment_intent.succeeded").await;
    gone["id"] = json!("evt_about_nothing");
    gone["data"]["object"]["id"] = json!("pi_that_is_gone");
    assert_eq!(shop.deliver(&gone).await.status, StatusCode::OK);
    shop.drain().await;
    assert_eq!(shop.number("select count(*) from stripe_events where processed_at is not null").await, 1);
    assert_eq!(status(&guest, &order).await, "pending");
}

#[tokio::test]
async fn an_event_about_the_shops_own_intent_waits_while_stripe_does_not_know_it() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let mut succeeded = event(&shop, "payment_intent.succeeded").await;
    let known = succeeded["data"]["object"]["id"].as_str().expect("an id").to_owned();
    // As with another account's secret key.
    shop.sql("update payments set intent_id = 'pi_of_another_account'").await;
    succeeded["data"]["object"]["id"] = json!("pi_of_another_account");
    assert_eq!(shop.deliver(&succeeded).await.status, StatusCode::OK);
    shop.drain().await;
    assert_eq!(shop.number("select count(*) from stripe_events where processed_at is null").await, 1);
    shop.sql(&format!("update payments set intent_id = '{known}'; update stripe_events set intent_id = '{known}'")).await;
    shop.make_jobs_due().await;
    shop.drain().await;
    assert_eq!((status(&guest, &order).await.as_str(), receipts(&shop).await), ("processing", 1));
    shop.assert_books().await;
}

#[tokio::test]
async fn money_that_names_no_order_of_this_shop_is_kept_for_a_person() {
    let shop = Shop::open().await;
    let (_, order) = pending(&shop).await;
    let mut unknown = order.clone();
    unknown["id"] = json!("01988000-0000-7000-8000-000000000001");
    for order in [order, unknown] {
        let intent = pay_into(&shop, &order, 2796, "usd").await;
        shop.deliver_webhooks().await;
        let review =
            format!("select count(*) from payment_reviews where intent_id = '{intent}' and reason = 'unknown_intent' and order_id is null");
        assert_eq!(shop.number(&review).await, 1);
    }
    assert_eq!((receipts(&shop).await, sales(&shop).await), (0, 0));
    shop.assert_books().await;
}

#[tokio::test]
async fn while_stripe_is_away_an_event_waits_and_is_applied_later() {
    let shop = Shop::open().await;
    let (guest, order) = charged(&shop).await;
    let succeeded = event(&shop, "payment_intent.succeeded").await;
    shop.stripe.stop().await;
    assert_eq!(shop.deliver(&succeeded).await.status, StatusCode::OK);
    shop.drain().await;
    assert_eq!(status(&guest, &order).await, "pending");
    shop.stripe.restart().await;
    shop.make_jobs_due().await;
    shop.drain().await;
    assert_eq!(status(&guest, &order).await, "processing");
    shop.assert_books().await;
}
