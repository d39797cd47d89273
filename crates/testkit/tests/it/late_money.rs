//! Holds that run out while money is on its way: the stock goes back, and every captured cent has an order or goes back.

use kernel::ProductId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Shop};

use crate::payments::{GOOD, id_of, status};

/// A guest's pending order of some pieces.
async fn ordered(shop: &Shop, product: ProductId, quantity: i32) -> (Client, Value) {
    let guest = shop.guest();
    guest.add(product, quantity).await.ok();
    let order = guest.place_order().await;
    (guest, order)
}

async fn available(shop: &Shop, product: ProductId) -> Value {
    shop.guest().get(&format!("/products/{product}")).await.ok()["available"].clone()
}

async fn stripe_status(shop: &Shop) -> String {
    let book = shop.stripe_book().await;
    assert_eq!(book.len(), 1);
    format!("{} {}/{}", book[0]["status"].as_str().unwrap(), book[0]["captured"], book[0]["refunded"])
}

#[tokio::test]
async fn a_hold_that_has_not_run_out_is_left_alone() {
    let shop = Shop::open().await;
    let mug = shop.product(3).await;
    let (guest, order) = ordered(&shop, mug, 2).await;
    // The database's clock decides, not the shop's.
    shop.advance(chrono::Duration::hours(1));
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("pending", json!(1)));
}

#[tokio::test]
async fn an_order_that_nobody_began_to_pay_ends_and_gives_its_stock_back() {
    let shop = Shop::open().await;
    let mug = shop.product(3).await;
    let (guest, order) = ordered(&shop, mug, 2).await;
    shop.expire_holds().await;
    shop.tick().await;
    let now = guest.get(&format!("/orders/{}", id_of(&order))).await.ok();
    assert_eq!((&now["status"], &now["hold_expires_at"]), (&json!("cancelled"), &Value::Null));
    assert!(now["cancelled_at"].is_string());
    assert_eq!(available(&shop, mug).await, 3);
    assert_eq!(guest.intent(id_of(&order)).await.refusal(), (409, "order_not_payable"));
    assert_eq!(shop.stripe_book().await.len(), 0, "Stripe was never asked");

    for _ in 0..3 {
        shop.tick().await; // again and again: nothing is given back twice
    }
    assert_eq!(available(&shop, mug).await, 3);
    assert_eq!(shop.number("select count(*) from order_events where to_status = 'cancelled'").await, 1);
    assert_eq!(shop.number("select count(*) from emails").await, 0, "nothing was paid, nothing is mailed");
    shop.assert_books().await;
}

#[tokio::test]
async fn an_open_payment_is_ended_at_stripe_before_the_order_is() {
    let shop = Shop::open().await;
    let mug = shop.product(3).await;
    let (guest, order) = ordered(&shop, mug, 2).await;
    let intent = guest.intent(id_of(&order)).await.ok();
    shop.expire_holds().await;
    shop.run_periodic().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("pending", json!(3)), "the stock is free at once");
    let late = guest.post_keyed("/payments/intent", "late", json!({ "order_id": order["id"] })).await;
    assert_eq!(late.refusal(), (409, "hold_expired"));
    shop.assert_books().await;

    shop.drain().await;
    assert_eq!((status(&guest, &order).await.as_str(), stripe_status(&shop).await.as_str()), ("cancelled", "canceled 0/0"));
    let refused = shop.confirm(&intent, GOOD).await;
    assert_eq!(refused.body["error"]["code"], "payment_intent_unexpected_state", "the card is not charged any more");
    shop.deliver_webhooks().await;
    shop.tick().await;
    assert_eq!(available(&shop, mug).await, 3);
    assert_eq!(shop.number("select count(*) from payments where state = 'canceled'").await, 1);
    shop.assert_books().await;
}

#[tokio::test]
async fn a_payment_whose_webhook_was_lost_is_found_when_the_hold_runs_out() {
    let shop = Shop::open().await;
    let mug = shop.product(3).await;
    let (guest, order) = ordered(&shop, mug, 2).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("processing", json!(1)));
    assert_eq!(stripe_status(&shop).await, "succeeded 4955/0");
    shop.deliver_webhooks().await; // it was only late
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("processing", json!(1)));
    shop.assert_books().await;
}

#[tokio::test]
async fn late_money_gets_the_units_when_they_are_still_free() {
    let shop = Shop::open().await;
    let mug = shop.product(2).await;
    let (guest, order) = ordered(&shop, mug, 2).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.expire_holds().await;
    shop.run_periodic().await;
    assert_eq!(available(&shop, mug).await, 2);
    // The webhook is quicker than the job that asks Stripe to end the payment.
    shop.deliver_webhooks().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("processing", json!(0)));
    assert_eq!((stripe_status(&shop).await.as_str(), shop.mails_to("ada@example.com").await.len()), ("succeeded 4955/0", 1));
    shop.assert_books().await;
}

#[tokio::test]
async fn late_money_goes_back_in_full_once_when_somebody_else_has_the_units() {
    let shop = Shop::open().await;
    let mug = shop.product(2).await;
    let (late, late_order) = ordered(&shop, mug, 2).await;
    assert_eq!(shop.pay(&late, &late_order, GOOD).await.status, StatusCode::OK);
    shop.expire_holds().await;
    shop.run_periodic().await;
    let (quick, quick_order) = ordered(&shop, mug, 1).await;
    shop.deliver_webhooks().await;
    assert_eq!((status(&late, &late_order).await.as_str(), stripe_status(&shop).await.as_str()), ("cancelled", "succeeded 4955/4955"));

    assert_eq!(shop.pay(&quick, &quick_order, GOOD).await.status, StatusCode::OK);
    shop.deliver_webhooks().await;
    assert_eq!((status(&quick, &quick_order).await.as_str(), available(&shop, mug).await), ("processing", json!(1)));

    for event in shop.stripe_events().await {
        shop.deliver(&event).await;
    }
    shop.tick().await;
    assert_eq!(shop.number("select count(*) from refunds where state = 'succeeded' and amount = 49.55").await, 1);
    assert_eq!(shop.number("select count(*) from refunds").await, 1);
    assert_eq!(shop.number("select count(*) from events where name = 'payments.payment_refunded'").await, 1);
    assert_eq!(shop.number("select count(*) from payments where refunded = captured and captured = 49.55").await, 1);
    let subjects: Vec<Value> = shop.mails_to("ada@example.com").await.iter().map(|mail| mail["categories"][0].clone()).collect();
    assert_eq!(subjects.iter().filter(|category| **category == "order_refunded").count(), 1, "{subjects:?}");
    assert_eq!(subjects.iter().filter(|category| **category == "order_confirmation").count(), 1, "for the quick one: {subjects:?}");
    shop.assert_books().await;
}

#[tokio::test]
async fn a_cancelled_order_never_revives() {
    let shop = Shop::open().await;
    let mug = shop.product(2).await;
    let (guest, order) = ordered(&shop, mug, 1).await;
    guest.intent(id_of(&order)).await.ok();
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!(status(&guest, &order).await, "cancelled");
    // Money that comes all the same, as if the cancellation had been lost at Stripe.
    let form = [
        ("amount", "2796"),
        ("currency", "usd"),
        ("metadata[order_id]", order["id"].as_str().unwrap()),
        ("payment_method", "pm_card_visa"),
        ("payment_method_types[]", "card"),
        ("confirm", "true"),
    ];
    let intent = shop.ask_stripe("/v1/payment_intents", &form).await.ok();
    let intent = intent["id"].as_str().unwrap();
    shop.sql(&format!(
        "update payments set intent_id = '{intent}', state = 'cancel_requested'; update order_keys set payment_intent_id = '{intent}'"
    ))
    .await;
    let event = shop.stripe_events().await.into_iter().find(|event| event["type"] == "payment_intent.succeeded").expect("its event");
    shop.deliver(&event).await;
    shop.drain().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("cancelled", json!(2)));
    let book = shop.stripe_book().await;
    let row = book.iter().find(|row| row["pi_id"] == intent).expect("the intent");
    assert_eq!((&row["captured"], &row["refunded"]), (&json!(2796), &json!(2796)));
    shop.assert_books().await;
}

#[tokio::test]
async fn an_intent_whose_making_was_never_answered_is_ended_too() {
    let shop = Shop::open().await;
    let mug = shop.product(2).await;
    let (guest, order) = ordered(&shop, mug, 1).await;
    guest.intent(id_of(&order)).await.ok();
    shop.sql(
        "update payments set intent_id = null, client_secret = null, state = 'creating'; update order_keys set payment_intent_id = null",
    )
    .await;
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), stripe_status(&shop).await.as_str()), ("cancelled", "canceled 0/0"));
    shop.assert_books().await;
}

#[tokio::test]
async fn while_stripe_is_away_the_order_waits_for_its_answer_and_the_stock_does_not() {
    let shop = Shop::open().await;
    let mug = shop.product(2).await;
    let (guest, order) = ordered(&shop, mug, 1).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.stripe.stop().await;
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("pending", json!(2)));
    assert_eq!(shop.number("select count(*) from payments where state = 'cancel_requested'").await, 1);
    shop.stripe.restart().await;
    shop.make_jobs_due().await;
    shop.drain().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("processing", json!(1)));
    shop.assert_books().await;
}

#[tokio::test]
async fn an_amount_that_no_card_is_charged_is_refused_in_words_and_its_order_ends() {
    let shop = Shop::open().await;
    shop.sql("update shop_settings set delivery_rate = 0").await;
    let sticker = shop.priced_product(10, 5).await;
    let (guest, order) = ordered(&shop, sticker, 1).await;
    assert_eq!(guest.intent(id_of(&order)).await.refusal(), (422, "amount_not_chargeable"));
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, sticker).await), ("cancelled", json!(5)));
    shop.assert_books().await;
}

#[tokio::test]
async fn one_order_that_cannot_be_ended_does_not_keep_the_others_waiting() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let (_, stuck) = ordered(&shop, mug, 1).await;
    let (guest, order) = ordered(&shop, mug, 1).await;
    // As after a repair by hand that went wrong: this one order cannot move.
    let stuck = stuck["id"].as_str().unwrap();
    shop.sql(&format!("alter table order_events add constraint stuck check (order_id <> '{stuck}' or to_status = 'pending')")).await;
    shop.expire_holds().await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, mug).await), ("cancelled", json!(4)));
}

#[tokio::test]
async fn a_hold_that_cannot_be_ended_does_not_stop_the_others() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(2).await, shop.product(2).await);
    let (_, stuck) = ordered(&shop, mug, 1).await;
    let (guest, order) = ordered(&shop, vase, 1).await;
    shop.expire_holds().await;
    // Somebody works on the first order all the time.
    let mut holder = testkit::postgres::owner(&shop.database()).await;
    testkit::postgres::execute(&mut holder, "begin").await;
    testkit::postgres::execute(&mut holder, &format!("select from orders where id = '{}' for update", id_of(&stuck))).await;
    shop.tick().await;
    assert_eq!((status(&guest, &order).await.as_str(), available(&shop, vase).await), ("cancelled", json!(2)));
    assert_eq!(available(&shop, mug).await, 1);
    testkit::postgres::execute(&mut holder, "rollback").await;
    shop.tick().await;
    assert_eq!(available(&shop, mug).await, 2);
    shop.assert_books().await;
}
