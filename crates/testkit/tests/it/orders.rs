//! Placing orders, replaying them, listing them, opening them; what an order keeps of its products.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Client, Shop, cents};

use crate::support::header;

fn order_path(order: &Value) -> String {
    format!("/orders/{}", order["id"].as_str().expect("an order's id"))
}

/// A shopper whose cart of one product is quoted.
async fn quoted(shop: &Shop) -> (Client, String) {
    let mug = shop.product(5).await;
    let guest = shop.guest();
    guest.add(mug, 2).await.ok();
    let quote = guest.quote().await;
    (guest, quote)
}

#[tokio::test]
async fn an_order_is_pending_and_holds_its_stock() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let ada = shop.customer().await;
    ada.add(mug, 2).await.ok();
    let order = ada.place_order().await;
    assert_eq!((&order["status"], &order["paid_at"], &order["lines"][0]["quantity"]), (&json!("pending"), &Value::Null, &json!(2)));
    assert!(order.get("access_token").is_none(), "a customer needs no link");
    let number = order["order_number"].as_str().unwrap();
    assert!(kernel::OrderNumber::parse(number).is_ok(), "{number}");
    let held_for = order["hold_expires_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap() - shop.now();
    assert!((870..=900).contains(&held_for.num_seconds()), "{held_for}");

    let product = shop.guest().get(&format!("/products/{mug}")).await.ok();
    assert_eq!(product["available"], 3);
    let cart = ada.get("/cart").await.ok();
    assert_eq!((&cart["id"], &cart["lines"]), (&Value::Null, &json!([])), "the cart became the order");
    assert_eq!(ada.get(&order_path(&order)).await.ok(), order, "what is read is what was answered");
    shop.assert_books().await;
}

#[tokio::test]
async fn an_order_needs_an_idempotency_key() {
    let shop = Shop::open().await;
    let (guest, quote) = quoted(&shop).await;
    let refused = guest.post("/orders", json!({ "quote": quote })).await;
    assert_eq!(refused.refusal(), (400, "idempotency_key_required"));
    for key in [String::new(), "k".repeat(256), "ключ".to_owned()] {
        assert_eq!(guest.order(&quote, &key).await.refusal(), (400, "idempotency_key_invalid"), "{key}");
    }
    assert_eq!(shop.number("select count(*) from orders").await, 0);
    assert_eq!(guest.order(&quote, &"k".repeat(255)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_same_key_is_answered_to_the_byte_whatever_happened_since() {
    let shop = Shop::open().await;
    let (guest, quote) = quoted(&shop).await;
    let first = guest.order(&quote, "a-key").await;
    assert_eq!(first.status, StatusCode::CREATED);
    shop.advance(chrono::Duration::hours(1)); // the quote has ended
    shop.change_settings(|settings| settings.delivery_rate = cents(9900)).await;
    for _ in 0..20 {
        let again = guest.order(&quote, "a-key").await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "no replay stands in the next one's way");
        assert_eq!(header(&again, "content-type"), header(&first, "content-type"));
    }
    assert_eq!(shop.number("select count(*) from orders").await, 1);
    shop.assert_books().await;
}

#[tokio::test]
async fn the_same_key_with_another_quote_is_refused() {
    let shop = Shop::open().await;
    let (guest, quote) = quoted(&shop).await;
    guest.order(&quote, "a-key").await.ok();
    guest.add(shop.product(5).await, 1).await.ok();
    let other = guest.quote().await;
    assert_eq!(guest.order(&other, "a-key").await.refusal(), (422, "idempotency_key_reused"));
    assert_eq!(guest.order(&other, "another-key").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_key_is_its_shoppers_own() {
    let shop = Shop::open().await;
    let (ada, first) = quoted(&shop).await;
    let (eve, second) = quoted(&shop).await;
    let (a, b) = (ada.order(&first, "1").await.ok(), eve.order(&second, "1").await.ok());
    assert_ne!(a["id"], b["id"], "two shoppers may choose one key");
}

#[tokio::test]
async fn a_refused_order_leaves_its_key_free() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let guest = shop.guest();
    guest.add(mug, 1).await.ok();
    let quote = guest.quote().await;
    shop.set_price(mug, 2500).await;
    for _ in 0..20 {
        assert_eq!(guest.order(&quote, "a-key").await.refusal(), (409, "quote_changed"), "also when it is sent again at once");
    }
    shop.set_price(mug, 1999).await;
    assert_eq!(guest.order(&quote, "a-key").await.status, StatusCode::CREATED, "nothing had happened under the key");
}

#[tokio::test]
async fn one_cart_becomes_one_order() {
    let shop = Shop::open().await;
    let (guest, quote) = quoted(&shop).await;
    let second_quote = guest.quote().await;
    assert_eq!(guest.order(&quote, "one").await.status, StatusCode::CREATED);
    assert_eq!(guest.order(&quote, "two").await.refusal(), (409, "cart_already_checked_out"));
    assert_eq!(guest.order(&second_quote, "three").await.refusal(), (409, "cart_already_checked_out"));
    assert_eq!(shop.number("select count(*) from orders").await, 1);
    shop.assert_books().await;
}

#[tokio::test]
async fn a_customers_orders_are_listed_newest_first_page_by_page() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.customer().await, shop.customer().await);
    let mug = shop.product(99).await;
    let mut placed = Vec::new();
    for quantity in 1..=5 {
        ada.add(mug, quantity).await.ok();
        placed.insert(0, ada.place_order().await["id"].as_str().unwrap().to_owned());
    }
    eve.add(mug, 1).await.ok();
    eve.place_order().await;
    for list in ["/orders", "/users/orders"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ada.get(&format!("{list}?limit=2{cursor}")).await.ok();
            assert_eq!(page["total"], 5);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, placed, "{list}");
        assert_eq!(shop.guest().get(list).await.refusal(), (401, "sign_in_required"));
        assert_eq!(ada.get(&format!("{list}?cursor=x")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ada.get(&format!("{list}?limit=101")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let newest = &ada.get("/orders").await.ok()["data"][0];
    assert_eq!((&newest["item_count"], &newest["status"], newest["names"].as_array().unwrap().len()), (&json!(5), &json!("pending"), 1));
}

#[tokio::test]
async fn a_guests_order_opens_with_its_token_only() {
    let shop = Shop::open().await;
    let (guest, quote) = quoted(&shop).await;
    let order = guest.order(&quote, "a-key").await.ok();
    let token = order["access_token"].as_str().expect("a guest gets a link").to_owned();
    let path = order_path(&order);
    let other = {
        let (other, quote) = quoted(&shop).await;
        other.order(&quote, "a-key").await.ok()["access_token"].as_str().unwrap().to_owned()
    };
    let visitor = shop.guest();
    let by_query = visitor.get(&format!("{path}?token={token}")).await.ok();
    let by_header = visitor.send(visitor.request(Method::GET, &path).header("x-order-token", &token)).await.ok();
    assert_eq!(by_query, by_header);
    assert_eq!((&by_query["id"], by_query.get("access_token")), (&order["id"], None), "the token is handed over once");

    let unknown = visitor.get("/orders/01988000-0000-7000-8000-000000000001?token=x").await;
    let reversed: String = token.chars().rev().collect();
    let wrong = ["", "?token=", "?token=x", &format!("?token={other}"), &format!("?token={reversed}"), &format!("?token={token}0")]
        .map(|query| format!("{path}{query}"));
    for attempt in wrong {
        let mut refused = visitor.get(&attempt).await;
        assert_eq!(refused.refusal(), (404, "order_not_found"), "{attempt}");
        refused.body["request_id"] = unknown.body["request_id"].clone();
        assert_eq!(refused.body, unknown.body, "another's order looks like one that never was");
    }
    let eve = shop.customer().await;
    assert_eq!(eve.get(&path).await.refusal(), (404, "order_not_found"));
    assert_eq!(guest.get(&path).await.refusal(), (404, "order_not_found"), "the cart's token is not the order's");
}

#[tokio::test]
async fn a_customers_order_is_the_customers_own() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.customer().await, shop.customer().await);
    ada.add(shop.product(5).await, 1).await.ok();
    let path = order_path(&ada.place_order().await);
    assert_eq!(ada.get(&path).await.status, StatusCode::OK);
    assert_eq!(eve.get(&path).await.refusal(), (404, "order_not_found"));
    assert_eq!(shop.guest().get(&path).await.refusal(), (404, "order_not_found"));
    assert_eq!(ada.get("/orders/not-an-id").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_order_that_costs_nothing_is_paid_when_it_is_placed() {
    let shop = Shop::open().await;
    shop.change_settings(|settings| settings.delivery_rate = cents(0)).await;
    let gift = shop.priced_product(0, 3).await;
    let ada = shop.customer().await;
    ada.add(gift, 2).await.ok();
    let order = ada.place_order().await;
    assert_eq!(
        (&order["status"], &order["total"]["amount"], &order["hold_expires_at"]),
        (&json!("processing"), &json!("0.00"), &Value::Null)
    );
    assert!(order["paid_at"].is_string());
    assert_eq!(ada.get(&order_path(&order)).await.ok(), order);
    shop.drain().await;
    let mails = shop.mails_to("ada@example.com").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(shop.guest().get(&format!("/products/{gift}")).await.ok()["available"], 1);
    let id = order["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(ada.intent(id).await.refusal(), (409, "order_not_payable"));
    shop.tick().await;
    assert_eq!(ada.get(&order_path(&order)).await.ok()["status"], "processing");
    shop.assert_books().await;
}

#[tokio::test]
async fn an_order_keeps_names_and_prices_that_change_later() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(5).await, shop.priced_product(350, 5).await);
    let ada = shop.customer().await;
    ada.add(mug, 2).await.ok();
    ada.add(vase, 1).await.ok();
    let order = ada.place_order().await;
    shop.set_price(mug, 1).await;
    shop.sql("update products set name = 'renamed', sku = 'renamed-' || id, slug = 'renamed-' || id").await;
    shop.set_active(vase, false).await;
    shop.change_settings(|settings| settings.tax_rate = "0.5".parse().unwrap()).await;
    assert_eq!(ada.get(&order_path(&order)).await.ok(), order);

    let paid = shop.pay(&ada, &order, "4242424242424242").await;
    assert_eq!(paid.body["amount"], 5333, "what was ordered is what is charged: {}", paid.body);
    shop.deliver_webhooks().await;
    let now = ada.get(&order_path(&order)).await.ok();
    assert_eq!((&now["status"], &now["lines"], &now["total"]), (&json!("processing"), &order["lines"], &order["total"]));
    shop.assert_books().await;
}

#[tokio::test]
async fn an_orders_history_begins_with_its_placing_and_has_no_gap() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    let order = shop.buy(&ada, shop.product(5).await, 1).await;
    let id = order["id"].as_str().unwrap();
    let history = format!(
        "select count(*) from order_events where order_id = '{id}' and (seq, from_status, to_status, actor) in
         ((1, null::order_status, 'pending'::order_status, 'customer'), (2, 'pending', 'processing', 'stripe'))"
    );
    let first = format!(
        "select count(*) from order_events where order_id = '{id}' and seq = 1 and from_status is null and to_status = 'pending' and actor = 'customer'"
    );
    assert_eq!((shop.number(&first).await, shop.number(&history).await), (1, 1));
    assert_eq!(shop.number(&format!("select count(*) from order_events where order_id = '{id}'")).await, 2);
}

#[tokio::test]
async fn a_copy_of_the_database_opens_no_guests_order() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    guest.add(shop.product(5).await, 1).await.ok();
    let order = guest.place_order().await;
    let token = order["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(shop.pay(&guest, &order, "4242424242424242").await.status, StatusCode::OK);
    shop.deliver_webhooks().await;
    for (table, rows) in crate::support::stored(&shop).await {
        assert!(!rows.iter().any(|row| row.contains(&token)), "the token is in {table}");
        // A stored body is bytes, which PostgreSQL shows in hexadecimal.
        assert!(!rows.iter().any(|row| row.contains(&hex::encode(&token))), "the token is in {table}");
    }
    let mails = shop.mails_to("ada@example.com").await;
    assert!(mails[0]["text"].as_str().unwrap().contains(&token), "the mail has it all the same");
}
