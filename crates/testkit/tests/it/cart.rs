//! Carts of guests and customers: adding, changing, removing, merging.

use kernel::ProductId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Shop, at_once, checkout_form};

use crate::support::wrong_fields;

/// How many of a product the shopper's cart holds.
async fn held(shopper: &Client, product: ProductId) -> i64 {
    let cart = shopper.get("/cart").await.ok();
    let lines = cart["lines"].as_array().expect("lines");
    lines.iter().find(|line| line["product"]["id"] == product.to_string()).map_or(0, |line| line["quantity"].as_i64().unwrap())
}

fn line_path(line: &Value) -> String {
    format!("/cart/items/{}", line["id"].as_str().expect("a line's id"))
}

/// A great many products, and a line of each in every cart.
const FILLER_PRODUCTS: &str = "insert into products (id, sku, name, slug, price, currency, created_at, updated_at)
    select gen_random_uuid(), 'filler-' || n, 'filler ' || n, 'filler-' || n, 1, 'USD', now(), now() from generate_series(1, 99) n";
const FILLER_LINES: &str = "insert into cart_items (id, cart_id, product_id, quantity, price_at_time, currency, created_at, updated_at)
    select gen_random_uuid(), carts.id, p.id, 1, 1, 'USD', now(), now() from carts, products p where p.sku like 'filler-%'";

/// An account without a session: its cart stays a guest's until `sign_in`.
async fn register(shop: &Shop, email: &str) -> Value {
    shop.guest()
        .post("/auth/register", json!({ "email": email, "password": "correct horse battery", "full_name": "Ada Lovelace" }))
        .await
        .ok()
}

#[tokio::test]
async fn adding_a_product_twice_raises_one_line_and_never_past_the_stock() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    let mug = shop.product(5).await;
    assert_eq!(ada.add(mug, 2).await.status, StatusCode::CREATED);
    assert_eq!(ada.add(mug, 3).await.body["quantity"], 5);
    let refused = ada.add(mug, 1).await;
    assert_eq!(refused.refusal(), (409, "out_of_stock"));
    let cart = ada.get("/cart").await.ok();
    assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["item_count"]), (1, &json!(5)));
    assert_eq!(cart["subtotal"], json!({ "amount": "99.95", "currency": "USD" }));
}

#[tokio::test]
async fn a_guest_gets_a_token_with_the_first_product_and_nothing_is_kept_before() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let guest = shop.guest();
    let empty = guest.get("/cart").await.ok();
    assert_eq!((&empty["id"], &empty["lines"], &empty["item_count"]), (&Value::Null, &json!([]), &json!(0)));
    assert_eq!(shop.number("select count(*) from carts").await, 0);

    let added = guest.add(mug, 1).await;
    assert_eq!(added.headers["x-cart-token"].len(), 43);
    let cookie = added.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("qs_cart=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(guest.add(mug, 1).await.headers.get("x-cart-token").is_none(), "the token is handed over once");
    assert_eq!(held(&guest, mug).await, 2);

    let token = added.headers["x-cart-token"].to_str().unwrap();
    let stored = shop.number(&format!("select count(*) from carts where session_id = '{token}'")).await;
    assert_eq!(stored, 0, "the database must not hold the token itself");
}

#[tokio::test]
async fn a_strangers_token_opens_nothing() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let (guest, stranger) = (shop.guest(), shop.guest());
    guest.add(mug, 1).await.ok();
    for token in ["x", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let request = stranger.request(reqwest::Method::GET, "/cart").header("x-cart-token", token);
        assert_eq!(stranger.send(request).await.ok()["lines"], json!([]), "{token:?}");
    }
}

#[tokio::test]
async fn a_line_is_changed_and_removed() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(9).await, shop.priced_product(350, 9).await);
    let ada = shop.customer().await;
    let line = ada.add(mug, 2).await.ok();
    ada.add(vase, 1).await.ok();

    let changed = ada.put(&line_path(&line), json!({ "quantity": 7 })).await.ok();
    assert_eq!((&changed["quantity"], &changed["line_total"]["amount"]), (&json!(7), &json!("139.93")));
    assert_eq!(ada.put(&line_path(&line), json!({ "quantity": 10 })).await.refusal(), (409, "out_of_stock"));
    for wrong in [json!(0), json!(-1), json!(100), json!(1.5), json!("2"), Value::Null] {
        let refused = ada.put(&line_path(&line), json!({ "quantity": wrong })).await;
        assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec!["quantity"]), "{wrong}");
    }
    assert_eq!(held(&ada, mug).await, 7);

    assert_eq!(ada.delete(&line_path(&line)).await.status, StatusCode::NO_CONTENT);
    assert_eq!((held(&ada, mug).await, held(&ada, vase).await), (0, 1));
    assert_eq!(ada.put(&line_path(&line), json!({ "quantity": 1 })).await.refusal(), (404, "cart_item_not_found"));
}

#[tokio::test]
async fn fewer_pieces_are_allowed_also_of_what_ran_short() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let ada = shop.customer().await;
    let line = ada.add(mug, 5).await.ok();
    shop.buy(&shop.guest(), mug, 3).await;
    assert_eq!(ada.put(&line_path(&line), json!({ "quantity": 4 })).await.ok()["available"], 2);
    assert_eq!(ada.put(&line_path(&line), json!({ "quantity": 5 })).await.refusal(), (409, "out_of_stock"));
}

#[tokio::test]
async fn another_shoppers_line_is_as_unknown_as_one_that_never_was() {
    let shop = Shop::open().await;
    let mug = shop.product(9).await;
    let (ada, eve) = (shop.customer().await, shop.customer().await);
    let line = ada.add(mug, 2).await.ok();
    eve.add(mug, 1).await.ok();
    let unknown = "/cart/items/01988000-0000-7000-8000-000000000001".to_owned();
    for path in [line_path(&line), unknown] {
        assert_eq!(eve.put(&path, json!({ "quantity": 1 })).await.refusal(), (404, "cart_item_not_found"), "{path}");
        assert_eq!(eve.delete(&path).await.status, shop.guest().delete(&path).await.status, "{path}");
    }
    assert_eq!((held(&ada, mug).await, held(&eve, mug).await), (2, 1));
}

#[tokio::test]
async fn what_is_not_on_sale_or_unknown_is_refused() {
    let shop = Shop::open().await;
    let mug = shop.product(9).await;
    shop.set_active(mug, false).await;
    let ada = shop.customer().await;
    let unknown: ProductId = "01988000-0000-7000-8000-000000000001".parse().unwrap();
    assert_eq!(ada.add(mug, 1).await.refusal(), (404, "product_not_on_sale"));
    assert_eq!(ada.add(unknown, 1).await.refusal(), (404, "product_not_on_sale"));
    assert_eq!(ada.get("/cart").await.ok()["lines"], json!([]));
    assert_eq!(shop.number("select count(*) from carts").await, 0, "a refusal leaves no cart behind");
}

#[tokio::test]
async fn a_cart_holds_a_hundred_products_and_a_line_ninety_nine_pieces() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(500).await, shop.product(500).await);
    let ada = shop.customer().await;
    ada.add(mug, 99).await.ok();
    assert_eq!(ada.add(mug, 1).await.refusal(), (422, "quantity_out_of_range"));
    shop.sql(FILLER_PRODUCTS).await;
    shop.sql(FILLER_LINES).await;
    assert_eq!(ada.add(vase, 1).await.refusal(), (409, "cart_full"));
    let cart = ada.get("/cart").await.ok();
    assert_eq!((cart["lines"].as_array().unwrap().len(), &cart["item_count"]), (100, &json!(198)));
}

#[tokio::test]
async fn prices_follow_the_shop_until_they_are_quoted() {
    let shop = Shop::open().await;
    let mug = shop.product(9).await;
    let ada = shop.customer().await;
    ada.add(mug, 2).await.ok();
    shop.set_price(mug, 1050).await;
    let cart = ada.get("/cart").await.ok();
    assert_eq!((&cart["lines"][0]["unit_price"]["amount"], &cart["subtotal"]["amount"]), (&json!("10.50"), &json!("21.00")));
    shop.set_active(mug, false).await;
    assert_eq!(ada.get("/cart").await.ok()["lines"], json!([]), "what left the sale is not shown");
}

#[tokio::test]
async fn a_guest_who_signs_in_keeps_the_cart_once() {
    let shop = Shop::open().await;
    let (mug, vase, lamp) = (shop.product(50).await, shop.product(50).await, shop.product(50).await);
    let session = register(&shop, "ada@example.com").await;
    let at_home = shop.guest();
    at_home.set_session(&session);
    at_home.add(mug, 2).await.ok();
    at_home.add(vase, 1).await.ok();
    let guest = shop.guest();
    guest.add(mug, 3).await.ok();
    guest.add(lamp, 4).await.ok();

    guest.set_session(&session);
    for _ in 0..2 {
        assert_eq!((held(&guest, mug).await, held(&guest, vase).await, held(&guest, lamp).await), (5, 1, 4));
    }
    assert_eq!(held(&at_home, mug).await, 5);
    assert_eq!(shop.number("select count(*) from carts").await, 1);
    guest.sign_out();
    assert_eq!(guest.get("/cart").await.ok()["lines"], json!([]), "the guest's token opens nothing any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_merged_by_many_tabs_at_once_is_merged_once() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(90).await, shop.product(90).await);
    let session = register(&shop, "ada@example.com").await;
    for round in 1..=3_i64 {
        let guest = shop.guest();
        guest.add(mug, 3).await.ok();
        guest.add(vase, 2).await.ok();
        guest.set_session(&session);
        let tabs = (0..8).map(|_| {
            let guest = guest.clone();
            async move { guest.get("/cart").await.status }
        });
        assert_eq!(at_once(tabs).await, [StatusCode::OK; 8]);
        assert_eq!((held(&guest, mug).await, held(&guest, vase).await), (3 * round, 2 * round));
    }
}

#[tokio::test]
async fn a_merged_line_is_capped_by_the_stock_and_by_what_a_line_holds() {
    let shop = Shop::open().await;
    let (scarce, plenty, gone) = (shop.product(5).await, shop.product(500).await, shop.product(1).await);
    let session = register(&shop, "ada@example.com").await;
    let at_home = shop.guest();
    at_home.set_session(&session);
    at_home.add(scarce, 3).await.ok();
    at_home.add(plenty, 60).await.ok();
    let guest = shop.guest();
    guest.add(scarce, 4).await.ok();
    guest.add(plenty, 70).await.ok();
    guest.add(gone, 1).await.ok();
    shop.buy(&shop.guest(), gone, 1).await;

    guest.set_session(&session);
    assert_eq!((held(&guest, scarce).await, held(&guest, plenty).await, held(&guest, gone).await), (5, 99, 1));
    let cart = guest.get("/cart").await.ok();
    let sold_out = cart["lines"].as_array().unwrap().iter().find(|line| line["product"]["id"] == gone.to_string()).unwrap();
    assert_eq!(sold_out["available"], 0, "a product that is sold out stays where the shopper sees it");
}

#[tokio::test]
async fn a_merge_keeps_the_carts_bound_and_the_oldest_lines() {
    let shop = Shop::open().await;
    let (common, first, second) = (shop.product(9).await, shop.product(9).await, shop.product(9).await);
    let session = register(&shop, "ada@example.com").await;
    let at_home = shop.guest();
    at_home.set_session(&session);
    at_home.add(common, 1).await.ok();
    shop.sql(FILLER_PRODUCTS).await;
    shop.sql(&format!("{FILLER_LINES} and p.sku <> 'filler-99'")).await;
    let guest = shop.guest();
    for product in [first, second, common] {
        guest.add(product, 2).await.ok();
    }
    guest.set_session(&session);
    assert_eq!((held(&guest, first).await, held(&guest, second).await, held(&guest, common).await), (2, 0, 3));
    assert_eq!(guest.get("/cart").await.ok()["lines"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_guest_cart_joins_with_whatever_is_done_first_after_signing_in() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(50).await, shop.product(50).await);
    let ada = shop.guest();
    ada.add(mug, 3).await.ok();
    ada.set_session(&register(&shop, "ada@example.com").await);
    let quote = ada.post("/cart/checkout", checkout_form()).await.ok();
    assert_eq!(quote["lines"][0]["quantity"], 3, "a checkout without a look at the cart");

    let eve = shop.guest();
    eve.add(mug, 3).await.ok();
    eve.set_session(&register(&shop, "eve@example.com").await);
    eve.add(vase, 1).await.ok();
    assert_eq!(eve.add(mug, 1).await.ok()["quantity"], 4);
    assert_eq!(shop.number("select count(*) from carts where session_id is not null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_add_at_once_are_both_counted() {
    let shop = Shop::open().await;
    let mug = shop.product(99).await;
    let ada = shop.customer().await;
    let tabs = (0..10).map(|_| {
        let ada = ada.clone();
        async move { ada.add(mug, 2).await.status }
    });
    assert_eq!(at_once(tabs).await, [StatusCode::CREATED; 10]);
    assert_eq!(held(&ada, mug).await, 20);
}
