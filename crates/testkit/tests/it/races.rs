//! Everybody at once: each race has one allowed outcome, whoever wins it.

use std::collections::BTreeMap;

use futures::join;
use kernel::ProductId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop, at_once};

use crate::payments::{GOOD, pending, status};

const ROUNDS: usize = 3;
const CROWD: usize = 20;
/// A 503 promises that nothing happened: its caller comes again with the same key.
const PATIENCE: usize = 40;

/// Orders, coming again while the shop is too busy.
async fn order_patiently(shopper: Client, quote: String, key: String) -> Reply {
    for _ in 0..PATIENCE {
        let answer = shopper.order(&quote, &key).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return answer;
        }
    }
    panic!("the shop stayed too busy");
}

/// How often each status and problem code was answered.
fn tally(answers: &[Reply]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(format!("{} {}", answer.status.as_u16(), answer.code())).or_default() += 1;
    }
    tally
}

fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(answer, times)| (answer.to_owned(), times)).collect()
}

/// A guest whose cart of these products is quoted.
async fn quoted(shop: &Shop, products: &[ProductId]) -> (Client, String) {
    let guest = shop.guest();
    for product in products {
        guest.add(*product, 1).await.ok();
    }
    let quote = guest.quote().await;
    (guest, quote)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_unit_is_sold_to_one_of_twenty() {
    let shop = Shop::open().await;
    for _ in 0..ROUNDS {
        let last = shop.product(1).await;
        let mut buyers = Vec::new();
        for _ in 0..CROWD {
            buyers.push(quoted(&shop, &[last]).await);
        }
        let answers = at_once(buyers.into_iter().map(|(guest, quote)| order_patiently(guest, quote, "a-key".to_owned()))).await;
        assert_eq!(tally(&answers), counts([("201 ", 1), ("409 out_of_stock", CROWD - 1)]));
        shop.assert_books().await;
    }
    assert_eq!(usize::try_from(shop.number("select count(*) from orders").await).unwrap(), ROUNDS);
    assert_eq!(shop.number("select count(*) from products where stock_reserved <> 1").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_checkout_clicked_twenty_times_is_one_order() {
    let shop = Shop::open().await;
    let mug = shop.product(500).await;
    for round in 1..=ROUNDS {
        let (guest, quote) = quoted(&shop, &[mug]).await;
        let clicks = (0..CROWD).map(|_| order_patiently(guest.clone(), quote.clone(), "a-key".to_owned()));
        let answers = at_once(clicks).await;
        let (placed, waiting): (Vec<&Reply>, Vec<&Reply>) = answers.iter().partition(|answer| answer.status == StatusCode::CREATED);
        assert!(!placed.is_empty() && placed.iter().all(|answer| answer.bytes == placed[0].bytes), "{:?}", tally(&answers));
        assert!(waiting.iter().all(|answer| answer.refusal() == (409, "idempotency_key_in_use")), "{:?}", tally(&answers));
        assert_eq!(guest.order(&quote, "a-key").await.bytes, placed[0].bytes);
        assert_eq!(usize::try_from(shop.number("select count(*) from orders").await).unwrap(), round);
    }
    shop.assert_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cart_ordered_under_twenty_keys_is_one_order() {
    let shop = Shop::open().await;
    let mug = shop.product(500).await;
    for _ in 0..ROUNDS {
        let (guest, quote) = quoted(&shop, &[mug]).await;
        let answers = at_once((0..CROWD).map(|at| order_patiently(guest.clone(), quote.clone(), format!("key-{at}")))).await;
        assert_eq!(tally(&answers), counts([("201 ", 1), ("409 cart_already_checked_out", CROWD - 1)]));
    }
    assert_eq!(usize::try_from(shop.number("select count(*) from orders").await).unwrap(), ROUNDS);
    shop.assert_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_asked_for_by_many_tabs_at_once_is_one_intent() {
    let shop = Shop::open().await;
    for round in 1..=ROUNDS {
        let (guest, order) = pending(&shop).await;
        let tabs = (0..8).map(|at| {
            let (guest, body) = (guest.clone(), json!({ "order_id": order["id"] }));
            async move { guest.post_keyed("/payments/intent", &format!("tab-{}", at % 4), body).await }
        });
        let answers = at_once(tabs).await;
        let intents: Vec<&Value> =
            answers.iter().filter(|answer| answer.status == StatusCode::CREATED).map(|answer| &answer.body["payment_intent_id"]).collect();
        assert!(!intents.is_empty() && intents.iter().all(|intent| *intent == intents[0]), "{:?}", tally(&answers));
        let refused = answers.iter().filter(|answer| answer.status != StatusCode::CREATED);
        assert!(refused.into_iter().all(|answer| answer.refusal() == (409, "idempotency_key_in_use")), "{:?}", tally(&answers));
        assert_eq!(shop.stripe_book().await.len(), round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_webhook_delivered_twenty_times_at_once_is_one_sale_and_one_receipt() {
    let shop = std::sync::Arc::new(Shop::open().await);
    for round in 1..=i64::try_from(ROUNDS).unwrap() {
        let (guest, order) = pending(&shop).await;
        assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
        let event = shop.stripe_events().await.into_iter().rfind(|event| event["type"] == "payment_intent.succeeded").expect("the event");
        let deliveries = (0..CROWD).map(|_| {
            let (shop, event) = (shop.clone(), event.clone());
            async move { shop.deliver(&event).await.status }
        });
        assert_eq!(at_once(deliveries).await, [StatusCode::OK; CROWD]);
        // Every other event of the payment too, while two workers are at it.
        shop.deliver_webhooks().await;
        let other = shop.worker().await;
        let (_, drained) = join!(shop.drain(), other.drain());
        drained.expect("jobs done");
        assert_eq!(status(&guest, &order).await, "processing");
        let sold = shop.number("select count(*) from stock_moves where reason = 'sale'").await;
        assert_eq!((sold, shop.number("select count(*) from emails").await), (round, round));
        assert_eq!(i64::try_from(shop.mails_to("ada@example.com").await.len()).unwrap(), round);
        shop.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_of_two_products_in_opposite_order_do_not_block_each_other() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(500).await, shop.product(500).await);
    for _ in 0..ROUNDS {
        let mut buyers = Vec::new();
        for at in 0..CROWD {
            let products = if at % 2 == 0 { [mug, vase] } else { [vase, mug] };
            buyers.push(quoted(&shop, &products).await);
        }
        let answers = at_once(buyers.into_iter().map(|(guest, quote)| order_patiently(guest, quote, "a-key".to_owned()))).await;
        assert_eq!(tally(&answers), counts([("201 ", CROWD)]));
    }
    assert_eq!(shop.number(&format!("select count(*) from products where stock_reserved = {}", ROUNDS * CROWD)).await, 2);
    shop.assert_books().await;
}

/// Orders that are paid at Stripe while nothing was told to the shop, their holds run out.
async fn paid_too_late(shop: &Shop, product: ProductId, orders: usize) -> Vec<(Client, Value)> {
    let mut late = Vec::new();
    for _ in 0..orders {
        let guest = shop.guest();
        guest.add(product, 1).await.ok();
        let order = guest.place_order().await;
        assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
        late.push((guest, order));
    }
    shop.expire_holds().await;
    late
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_that_run_out_while_their_money_comes_are_sold_when_nobody_else_wants_them() {
    let shop = Shop::open().await;
    let mug = shop.product(10).await;
    let late = paid_too_late(&shop, mug, 8).await;
    let other = shop.worker().await;
    let (_, _, drained) = join!(shop.run_periodic(), shop.deliver_webhooks(), other.drain());
    drained.expect("jobs done");
    shop.tick().await;
    for (guest, order) in &late {
        assert_eq!(status(guest, order).await, "processing");
    }
    assert_eq!(shop.number("select stock_quantity from products").await, 2);
    assert_eq!(shop.number("select count(*) from refunds").await, 0);
    shop.assert_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_and_new_buyers_never_own_one_unit_together() {
    let shop = Shop::open().await;
    let mug = shop.product(6).await;
    let late = paid_too_late(&shop, mug, 6).await;
    shop.run_periodic().await;
    let mut quick = Vec::new();
    for _ in 0..6 {
        quick.push(quoted(&shop, &[mug]).await);
    }
    let other = shop.worker().await;
    let buying = at_once(quick.into_iter().map(|(guest, quote)| order_patiently(guest, quote, "a-key".to_owned())));
    let (answers, _, drained) = join!(buying, shop.deliver_webhooks(), other.drain());
    drained.expect("jobs done");
    shop.tick().await;

    let mut kept = 0;
    for (guest, order) in &late {
        match status(guest, order).await.as_str() {
            "processing" => kept += 1,
            other => assert_eq!(other, "cancelled"),
        }
    }
    let placed = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(kept + placed, 6, "every unit has one owner, and none is left: {:?}", tally(&answers));
    assert_eq!(usize::try_from(shop.number("select count(*) from refunds where state = 'succeeded'").await).unwrap(), 6 - kept);
    let unfair = shop.stripe_book().await.iter().filter(|row| row["captured"] != row["refunded"]).count();
    assert_eq!(unfair, kept, "what was not kept went back");
    shop.assert_books().await;
}
