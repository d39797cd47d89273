//! Checking out: the form, the quote's totals, and everything that makes a quote no longer good.

use serde_json::{Value, json};
use testkit::{Client, Options, Shop, cents, checkout_form};

use crate::support::wrong_fields;

async fn checkout(shopper: &Client) -> Value {
    shopper.post("/cart/checkout", checkout_form()).await.ok()
}

fn amounts<'a>(quote: &'a Value, names: &[&str]) -> Vec<&'a str> {
    names.iter().map(|name| quote[name]["amount"].as_str().expect("an amount")).collect()
}

const TOTALS: [&str; 5] = ["subtotal", "discount", "shipping", "tax", "total"];

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    ada.add(shop.product(5).await, 1).await.ok();
    let refused = ada.post("/cart/checkout", json!({})).await;
    assert_eq!(refused.refusal(), (422, "fields_invalid"));
    let expected = ["email", "shipping_address.full_name", "shipping_address.line1", "shipping_address.city", "shipping_address.country"];
    assert_eq!(wrong_fields(&refused), expected);

    let mut form = checkout_form();
    form["email"] = json!("ada@");
    form["shipping_address"]["country"] = json!("QQ");
    form["shipping_address"]["postal_code"] = json!("9".repeat(21));
    let refused = ada.post("/cart/checkout", form).await;
    assert_eq!(wrong_fields(&refused), ["email", "shipping_address.postal_code", "shipping_address.country"]);
    assert!(refused.body["errors"].as_array().unwrap().iter().all(|error| error["code"].is_string() && error["detail"].is_string()));
}

#[tokio::test]
async fn an_unknown_field_and_another_price_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    ada.add(shop.product(5).await, 1).await.ok();
    for (name, value) in [("total", json!("0.01")), ("shipping_method", json!("teleport"))] {
        let mut form = checkout_form();
        form[name] = value;
        let refused = ada.post("/cart/checkout", form).await;
        assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec![name]));
    }
}

#[tokio::test]
async fn an_empty_cart_is_not_checked_out() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let guest = shop.guest();
    assert_eq!(guest.post("/cart/checkout", checkout_form()).await.refusal(), (409, "cart_empty"));
    let line = guest.add(mug, 1).await.ok();
    guest.delete(&format!("/cart/items/{}", line["id"].as_str().unwrap())).await;
    assert_eq!(guest.post("/cart/checkout", checkout_form()).await.refusal(), (409, "cart_empty"));
    guest.add(mug, 1).await.ok();
    shop.set_active(mug, false).await;
    assert_eq!(guest.post("/cart/checkout", checkout_form()).await.refusal(), (409, "cart_empty"), "nothing of it is on sale");
}

#[tokio::test]
async fn exclusive_tax_and_delivery_come_on_top() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    ada.add(shop.product(5).await, 1).await.ok();
    ada.add(shop.priced_product(899, 5).await, 2).await.ok();
    let quote = checkout(&ada).await;
    assert_eq!(amounts(&quote, &TOTALS), ["37.97", "0.00", "5.90", "3.51", "47.38"]);
    assert_eq!((&quote["tax_inclusive"], &quote["tax_rate"]), (&json!(false), &json!("0.08")));
    let taxes: Vec<_> = quote["lines"].as_array().unwrap().iter().map(|line| line["tax"]["amount"].as_str().unwrap()).collect();
    assert_eq!(taxes, ["1.60", "1.44"]);

    let order = ada.order(quote["quote"].as_str().unwrap(), "a-key").await.ok();
    assert_eq!(amounts(&order, &TOTALS), amounts(&quote, &TOTALS), "what is charged is what was shown");
}

#[tokio::test]
async fn inclusive_tax_is_shown_and_not_added() {
    let shop = Shop::with(Options { tax_rate: "0.2", tax_inclusive: true, ..Options::default() }).await;
    let ada = shop.customer().await;
    ada.add(shop.priced_product(2400, 5).await, 2).await.ok();
    let quote = checkout(&ada).await;
    // 8.00 of the lines and 0.98 of the delivery
    assert_eq!(amounts(&quote, &TOTALS), ["48.00", "0.00", "5.90", "8.98", "53.90"]);
    let order = ada.order(quote["quote"].as_str().unwrap(), "a-key").await.ok();
    assert_eq!(amounts(&order, &TOTALS), amounts(&quote, &TOTALS));
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.ok()["tax_inclusive"], true);
}

#[tokio::test]
async fn delivery_is_free_from_the_very_amount_on() {
    let shop = Shop::open().await;
    let (below, exactly) = (shop.priced_product(7499, 5).await, shop.priced_product(7500, 5).await);
    for (product, shipping) in [(below, "5.90"), (exactly, "0.00")] {
        let guest = shop.guest();
        guest.add(product, 1).await.ok();
        assert_eq!(checkout(&guest).await["shipping"]["amount"], shipping);
    }
    shop.change_settings(|settings| settings.free_delivery_over = None).await;
    let guest = shop.guest();
    guest.add(exactly, 5).await.ok();
    assert_eq!(checkout(&guest).await["shipping"]["amount"], "5.90", "without a limit delivery is never free");
}

#[tokio::test]
async fn what_the_cart_asks_for_must_be_there() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let ada = shop.customer().await;
    ada.add(mug, 4).await.ok();
    shop.buy(&shop.guest(), mug, 2).await;
    assert_eq!(ada.post("/cart/checkout", checkout_form()).await.refusal(), (409, "out_of_stock"));
}

#[tokio::test]
async fn a_quote_ends_after_ten_minutes() {
    let shop = Shop::open().await;
    let ada = shop.guest();
    ada.add(shop.product(5).await, 1).await.ok();
    let quote = ada.quote().await;
    shop.advance(chrono::Duration::seconds(9 * 60 + 50));
    assert_eq!(ada.order(&quote, "early").await.status.as_u16(), 201);
    ada.add(shop.product(5).await, 1).await.ok();
    let quote = ada.quote().await;
    shop.advance(chrono::Duration::seconds(10 * 60 + 1));
    assert_eq!(ada.order(&quote, "late").await.refusal(), (409, "quote_expired"));
    assert_eq!(shop.number("select count(*) from orders").await, 1);
}

#[tokio::test]
async fn a_token_that_was_touched_is_no_quote() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    ada.add(shop.product(5).await, 1).await.ok();
    let quote = ada.quote().await;
    let (body, signature) = quote.split_once('.').expect("body and signature");
    let other_body = format!("{}A{}", &body[..40], &body[41..]);
    let forged = [
        String::new(),
        "x".to_owned(),
        body.to_owned(),
        format!("{body}."),
        format!("{other_body}.{signature}"),
        format!("{body}.{}", signature.chars().rev().collect::<String>()),
        format!("{quote}A"),
        "A".repeat(70 * 1024),
    ];
    for (at, token) in forged.iter().enumerate() {
        let refused = ada.order(token, &format!("key-{at}")).await;
        assert_eq!((refused.refusal(), wrong_fields(&refused)), ((422, "quote_invalid"), vec!["quote"]), "{at}");
    }
    assert_eq!(ada.order(&quote, "as it was").await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_quote_is_good_for_its_own_shopper_only() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let (ada, eve, guest) = (shop.customer().await, shop.customer().await, shop.guest());
    for shopper in [&ada, &eve, &guest] {
        shopper.add(mug, 1).await.ok();
    }
    let quote = ada.quote().await;
    for stranger in [&eve, &guest, &shop.guest()] {
        assert_eq!(stranger.order(&quote, "a-key").await.refusal(), (422, "quote_invalid"));
    }
    assert_eq!(ada.order(&quote, "a-key").await.status.as_u16(), 201);
}

/// Quotes a cart of two mugs, lets something happen, and orders the quote.
async fn ordered_after<F: AsyncFnOnce(&Shop, &Client, kernel::ProductId)>(happens: F) -> (u16, String) {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let ada = shop.customer().await;
    ada.add(mug, 2).await.ok();
    let quote = ada.quote().await;
    happens(&shop, &ada, mug).await;
    let answer = ada.order(&quote, "a-key").await;
    if answer.status.is_client_error() {
        assert_eq!(shop.number("select count(*) from orders where status = 'pending'").await, 0);
        assert!(shop.number("select count(*) from cart_items").await > 0, "a refused order leaves the cart");
    }
    shop.assert_books().await;
    (answer.status.as_u16(), answer.code().to_owned())
}

#[tokio::test]
async fn a_price_that_changed_after_the_quote_is_never_charged() {
    let changed = (409, "quote_changed".to_owned());
    assert_eq!(ordered_after(async |shop, _, mug| shop.set_price(mug, 1998).await).await, changed);
    assert_eq!(ordered_after(async |shop, _, mug| shop.set_price(mug, 2000).await).await, changed);
    let back = ordered_after(async |shop, _, mug| {
        shop.set_price(mug, 2500).await;
        shop.set_price(mug, 1999).await;
    });
    assert_eq!(back.await.0, 201, "back to what was shown");
}

#[tokio::test]
async fn a_product_that_left_the_sale_after_the_quote_is_not_sold() {
    let gone = ordered_after(async |shop, _, mug| shop.set_active(mug, false).await).await;
    assert_eq!(gone, (409, "product_not_on_sale".to_owned()));
}

#[tokio::test]
async fn a_cart_that_changed_in_another_tab_must_be_quoted_again() {
    let changed = (409, "quote_changed".to_owned());
    assert_eq!(ordered_after(async |_, ada, mug| drop(ada.add(mug, 1).await.ok())).await, changed);
    let more = ordered_after(async |shop, ada, _| drop(ada.add(shop.product(1).await, 1).await.ok()));
    assert_eq!(more.await, changed);
    let fewer = ordered_after(async |_, ada, _| {
        let line = ada.get("/cart").await.ok()["lines"][0]["id"].as_str().unwrap().to_owned();
        ada.put(&format!("/cart/items/{line}"), json!({ "quantity": 1 })).await.ok();
    });
    assert_eq!(fewer.await, changed);
}

#[tokio::test]
async fn new_delivery_or_tax_settings_must_be_quoted_again() {
    let changed = (409, "quote_changed".to_owned());
    let dearer = ordered_after(async |shop, _, _| shop.change_settings(|settings| settings.delivery_rate = cents(591)).await);
    assert_eq!(dearer.await, changed);
    let taxed = ordered_after(async |shop, _, _| shop.change_settings(|settings| settings.tax_rate = "0.0825".parse().unwrap()).await);
    assert_eq!(taxed.await, changed);
    let free = ordered_after(async |shop, _, _| shop.change_settings(|settings| settings.free_delivery_over = Some(cents(3000))).await);
    assert_eq!(free.await, changed);
}

#[tokio::test]
async fn a_quote_knows_its_parts_and_not_only_their_sum() {
    let shop = Shop::with(Options { tax_rate: "0", ..Options::default() }).await;
    let ada = shop.customer().await;
    ada.add(shop.product(5).await, 1).await.ok();
    let quote = ada.quote().await;
    shop.change_settings(|settings| settings.tax_inclusive = true).await;
    assert_eq!(ada.order(&quote, "a-key").await.refusal(), (409, "quote_changed"), "the same total, told otherwise");
    let quote = ada.quote().await;
    shop.change_settings(|settings| settings.tax_rate = "0.2".parse().unwrap()).await;
    assert_eq!(ada.order(&quote, "a-key").await.refusal(), (409, "quote_changed"), "the same total, another tax in it");
}

#[tokio::test]
async fn stock_that_somebody_else_took_after_the_quote_is_not_promised_again() {
    let taken = ordered_after(async |shop, _, mug| drop(shop.buy(&shop.guest(), mug, 4).await)).await;
    assert_eq!(taken, (409, "out_of_stock".to_owned()));
}
