//! Naughty strings in every text field: kept and shown exactly as typed, or refused under a stable code with nothing stored.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use reqwest::{Method, RequestBuilder, header::HeaderValue};
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop, bad_input};

use crate::support::{assert_problem, encode, stored, wrong_fields};

/// Requests under way at a time.
const AT_ONCE: usize = 6;

/// Asks once for each string; answers in the order of the strings.
async fn ask_each<'a>(
    texts: &'a [String],
    client: &'a Client,
    request: impl Fn(usize, &'a str) -> RequestBuilder,
) -> Vec<(&'a str, Reply)> {
    let asked = texts.iter().enumerate().map(|(at, text)| (text.as_str(), request(at, text)));
    futures::stream::iter(asked).map(async |(text, request)| (text, client.send(request).await)).buffered(AT_ONCE).collect().await
}

/// What the shop says of a required text: None keeps it.
fn refusal_of(text: &str, max: usize) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("required")
    } else if text.chars().count() > max {
        Some("too_long")
    } else if text.contains('\0') {
        Some("character_not_allowed")
    } else {
        None
    }
}

/// Checks a refusal that must name one field under one code.
#[track_caller]
fn assert_field(reply: &Reply, field: &str, code: &str, text: &str) {
    assert_problem(reply, text);
    assert_eq!(reply.status, 422, "{text:?}");
    assert_eq!((&reply.body["errors"][0]["field"], &reply.body["errors"][0]["code"]), (&json!(field), &json!(code)), "{text:?}");
}

#[tokio::test]
async fn a_name_is_kept_as_it_was_typed() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    for text in bad_input::strings() {
        let reply = ada.put("/users/me", json!({ "full_name": text })).await;
        match refusal_of(&text, 200) {
            Some(code) => assert_field(&reply, "full_name", code, &text),
            None => {
                assert_eq!(reply.ok()["full_name"], text);
                assert_eq!(ada.get("/users/me").await.ok()["full_name"], text);
            }
        }
    }
}

#[tokio::test]
async fn accounts_are_opened_under_any_name_or_not_at_all() {
    let shop = Shop::open().await;
    let (guest, texts) = (shop.guest(), bad_input::strings());
    let replies = ask_each(&texts, &guest, |at, text| {
        let form = json!({ "email": format!("n{at}@example.com"), "password": "correct horse battery", "full_name": text });
        guest.request(Method::POST, "/auth/register").json(&form)
    });
    let mut opened = 0;
    for (text, reply) in replies.await {
        match refusal_of(text, 200) {
            Some(code) => assert_field(&reply, "full_name", code, text),
            None => {
                assert_eq!(reply.ok()["user"]["full_name"], text);
                opened += 1;
            }
        }
    }
    assert!(opened > 300);
    assert_eq!(shop.number("select count(*) from users").await, opened);
    assert_eq!(shop.number("select count(*) from refresh_tokens").await, opened);
}

#[tokio::test]
async fn any_text_that_is_long_and_rare_enough_is_a_password_and_only_itself() {
    let shop = Shop::open().await;
    let (guest, texts) = (shop.guest(), bad_input::strings());
    let replies = ask_each(&texts, &guest, |at, text| {
        let form = json!({ "email": format!("p{at}@example.com"), "password": text, "full_name": "Ada" });
        guest.request(Method::POST, "/auth/register").json(&form)
    });
    let mut chosen = Vec::new();
    for (at, (text, reply)) in replies.await.into_iter().enumerate() {
        if reply.status == 201 {
            chosen.push((at, text));
        } else {
            assert_problem(&reply, text);
            assert_eq!(wrong_fields(&reply), ["password"], "{text:?}");
        }
    }
    assert!(chosen.len() > 150);
    for (at, text) in chosen.into_iter().step_by(3) {
        let sign_in = async |password: String| {
            guest.post("/auth/login", json!({ "email": format!("p{at}@example.com"), "password": password })).await
        };
        assert_eq!(sign_in(text.to_owned()).await.status, 200, "{text:?}");
        // One more may be one too many.
        assert!([401, 422].contains(&sign_in(format!("{text}x")).await.status.as_u16()), "{text:?}");
    }
}

#[tokio::test]
async fn what_is_no_address_is_no_email_anywhere() {
    let shop = Shop::open().await;
    let (guest, ada, product) = (shop.guest(), shop.customer().await, shop.product(5).await);
    ada.add(product, 1).await.ok();
    let before = stored(&shop).await;
    let texts = bad_input::strings();
    let good = testkit::checkout_form()["shipping_address"].clone();
    for (path, form) in [
        ("/auth/register", json!({ "password": "correct horse battery", "full_name": "Ada" })),
        ("/auth/login", json!({ "password": "correct horse battery" })),
        ("/users/me", json!({ "full_name": "Ada Lovelace" })),
        ("/cart/checkout", json!({ "shipping_address": good })),
    ] {
        let (client, method) = if path.starts_with("/auth") {
            (&guest, Method::POST)
        } else {
            (&ada, if path == "/users/me" { Method::PUT } else { Method::POST })
        };
        let replies = ask_each(&texts, client, |_, text| {
            let mut form = form.clone();
            form["email"] = text.into();
            client.request(method.clone(), path).json(&form)
        });
        for (text, reply) in replies.await {
            assert_field(&reply, "email", "email_invalid", text);
        }
    }
    assert_eq!(stored(&shop).await, before);
}

/// Address fields, their bounds, and whether they may be left out.
const ADDRESS: [(&str, usize, bool); 7] = [
    ("full_name", 200, false),
    ("line1", 200, false),
    ("line2", 200, true),
    ("city", 120, false),
    ("region", 120, true),
    ("postal_code", 20, true),
    ("phone", 40, true),
];

#[tokio::test]
async fn an_address_goes_through_quote_order_and_receipt_as_it_was_typed() {
    let shop = Shop::open().await;
    let (ada, product) = (shop.customer().await, shop.product(10_000).await);
    for texts in bad_input::strings().chunks(ADDRESS.len()) {
        ada.add(product, 1).await.ok();
        let mut form = testkit::checkout_form();
        let mut wrong = BTreeMap::new();
        for ((field, max, optional), text) in ADDRESS.into_iter().zip(texts) {
            form["shipping_address"][field] = text.as_str().into();
            if let Some(code) = refusal_of(text, max).filter(|code| !(optional && *code == "required")) {
                wrong.insert(format!("shipping_address.{field}"), (field, code));
            }
        }
        if !wrong.is_empty() {
            let refused = ada.post("/cart/checkout", form.clone()).await;
            assert_problem(&refused, &form.to_string());
            let named: BTreeMap<&str, &str> = refused.body["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|e| Some((e["field"].as_str()?, e["code"].as_str()?)))
                .collect();
            assert_eq!(named, wrong.iter().map(|(path, (_, code))| (path.as_str(), *code)).collect(), "{form}");
            for (field, _) in wrong.values() {
                form["shipping_address"][field] = "x".into();
            }
        }
        let quote = ada.post("/cart/checkout", form.clone()).await.ok();
        assert_address(&quote["shipping_address"], &form);
        let token = quote["quote"].as_str().expect("a token");
        let order = ada.order(token, &format!("order-{}", &token[token.len() - 20..])).await.ok();
        assert_address(&order["shipping_address"], &form);
        let id = order["id"].as_str().expect("an id");
        assert_address(&ada.get(&format!("/orders/{id}")).await.ok()["shipping_address"], &form);
    }
}

#[track_caller]
fn assert_address(kept: &Value, form: &Value) {
    for (field, _, optional) in ADDRESS {
        let typed = &form["shipping_address"][field];
        let blank = optional && typed.as_str().is_none_or(|text| text.trim().is_empty());
        assert_eq!(&kept[field], if blank { &Value::Null } else { typed }, "{field}");
    }
}

/// A request with one hostile text in it; None where the text cannot travel there.
type Hostile = fn(&Client, &str) -> Option<RequestBuilder>;

fn get(client: &Client, path: String) -> Option<RequestBuilder> {
    Some(client.request(Method::GET, &path))
}

fn post(client: &Client, path: &str, body: Value) -> Option<RequestBuilder> {
    // A key of its own for each, as they are sent at once.
    let key = hex::encode(platform::keys::token_hash(&body.to_string()));
    Some(client.request(Method::POST, path).header("idempotency-key", key).json(&body))
}

fn with_header(request: RequestBuilder, name: &'static str, text: &str) -> Option<RequestBuilder> {
    Some(request.header(name, HeaderValue::from_bytes(text.as_bytes()).ok()?))
}

/// Where texts name things: ids, slugs, tokens, keys. No hostile text names anything, and none is ever a fault.
const NAMES: [(&str, &[u16], Hostile); 19] = [
    ("product", &[404], |client, text| get(client, format!("/products/{}", encode(text)))),
    ("order", &[404], |client, text| get(client, format!("/orders/{}", encode(text)))),
    ("order token in the query", &[404], |client, text| {
        get(client, format!("/orders/01988000-0000-7000-8000-000000000001?token={}", encode(text)))
    }),
    ("line to change", &[404], |client, text| {
        Some(client.request(Method::PUT, &format!("/cart/items/{}", encode(text))).json(&json!({ "quantity": 1 })))
    }),
    ("line to remove", &[404], |client, text| Some(client.request(Method::DELETE, &format!("/cart/items/{}", encode(text))))),
    ("product to add", &[422], |client, text| post(client, "/cart/items", json!({ "product_id": text, "quantity": 1 }))),
    ("quantity", &[422], |client, text| {
        post(client, "/cart/items", json!({ "product_id": "01988000-0000-7000-8000-000000000001", "quantity": text }))
    }),
    ("order to pay", &[422], |client, text| post(client, "/payments/intent", json!({ "order_id": text }))),
    ("quote", &[422], |client, text| post(client, "/orders", json!({ "quote": text }))),
    ("country", &[422], |client, text| {
        let mut form = testkit::checkout_form();
        form["shipping_address"]["country"] = text.into();
        post(client, "/cart/checkout", form)
    }),
    ("shipping method", &[422], |client, text| {
        let mut form = testkit::checkout_form();
        form["shipping_method"] = text.into();
        post(client, "/cart/checkout", form)
    }),
    ("refresh token", &[401], |client, text| post(client, "/auth/refresh", json!({ "refresh_token": text }))),
    ("refresh token to end", &[204], |client, text| post(client, "/auth/logout", json!({ "refresh_token": text }))),
    ("idempotency key", &[400, 422], |client, text| {
        with_header(client.request(Method::POST, "/orders").json(&json!({ "quote": "x" })), "idempotency-key", text)
    }),
    ("cart token", &[200], |client, text| with_header(client.request(Method::GET, "/cart"), "x-cart-token", text)),
    ("order token", &[404], |client, text| {
        with_header(client.request(Method::GET, "/orders/01988000-0000-7000-8000-000000000001"), "x-order-token", text)
    }),
    ("refresh cookie", &[401, 403], |client, text| {
        with_header(client.request(Method::POST, "/auth/refresh").json(&json!({})), "cookie", &format!("qs_csrf=a; qs_refresh={text}"))
    }),
    ("signature", &[400], |client, text| {
        with_header(client.request(Method::POST, "/payments/webhook").body("{}"), "stripe-signature", text)
    }),
    ("event", &[400], |client, text| {
        with_header(client.request(Method::POST, "/payments/webhook").body(text.to_owned()), "stripe-signature", "t=1,v1=00")
    }),
];

#[tokio::test]
async fn no_hostile_text_names_anything_or_does_anything() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    guest.add(shop.product(5).await, 1).await.ok();
    let before = stored(&shop).await;
    let texts: BTreeSet<String> = bad_input::strings().into_iter().chain(bad_input::paths()).step_by(2).collect();
    for (place, expected, request) in NAMES {
        let requests: Vec<_> = texts.iter().filter_map(|text| Some((text, request(&guest, text)?))).collect();
        assert!(!requests.is_empty(), "{place}");
        let answers =
            futures::stream::iter(requests).map(async |(text, request)| (text, guest.send(request).await)).buffer_unordered(AT_ONCE);
        let answers: Vec<_> = answers.collect().await;
        for (text, reply) in answers {
            assert!(expected.contains(&reply.status.as_u16()), "{place} {text:?}: {} {}", reply.status, reply.body);
            if !reply.status.is_success() {
                assert_problem(&reply, place);
            }
        }
    }
    assert_eq!(stored(&shop).await, before);
}

#[tokio::test]
async fn only_a_token_of_the_shop_signs_anybody_in() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for text in bad_input::strings() {
        for value in [format!("Bearer {text}"), text.clone()] {
            let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else { continue };
            let reply = guest.send(guest.request(Method::GET, "/cart").header("authorization", value)).await;
            assert_problem(&reply, &text);
            assert_eq!(reply.refusal(), (401, "token_invalid"), "{text:?}");
        }
    }
}

#[tokio::test]
async fn a_search_takes_any_words() {
    let shop = Shop::open().await;
    shop.product(1).await;
    let (guest, texts) = (shop.guest(), bad_input::strings());
    let replies = ask_each(&texts, &guest, |_, text| guest.request(Method::GET, &format!("/products/search?q={}", encode(text))));
    for (text, reply) in replies.await {
        match refusal_of(text, 200) {
            Some(code) => assert_field(&reply, "q", code, text),
            None => assert!(reply.ok()["data"].is_array(), "{text:?}"),
        }
    }
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_refused_by_name() {
    const NUMBERS: [&str; 2] = ["min_price", "max_price"];
    let shop = Shop::open().await;
    shop.product(1).await;
    let (guest, texts) = (shop.guest(), bad_input::strings());
    for field in ["category", "min_price", "max_price", "sort", "in_stock", "limit", "cursor"] {
        let replies = ask_each(&texts, &guest, |_, text| guest.request(Method::GET, &format!("/products?{field}={}", encode(text))));
        for (text, reply) in replies.await {
            // Empty is absent; a few of the naughty strings are numbers, slugs or booleans.
            if reply.status == 200 {
                let harmless = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.+".contains(&byte));
                assert!(
                    harmless && (!NUMBERS.contains(&field) || text.is_empty() || text.parse::<f64>().is_ok()),
                    "{field}={text:?} was taken"
                );
            } else {
                assert_problem(&reply, text);
                assert_eq!((reply.status.as_u16(), wrong_fields(&reply)), (422, vec![field]), "{text:?}");
            }
        }
    }
}

#[tokio::test]
async fn sql_in_a_query_is_a_word_like_any_other() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        shop.product(1).await;
    }
    let guest = shop.guest();
    shop.sql("update products set name = $$Robert'); drop table products; --$$ where id = (select id from products limit 1)").await;
    let before = stored(&shop).await;
    let everything = guest.get("/products").await.ok();
    let found = guest.get(&format!("/products/search?q={}", encode("Robert'); drop table products; --"))).await.ok();
    assert_eq!((&found["total"], &found["data"][0]["name"]), (&json!(1), &json!("Robert'); drop table products; --")));
    for text in bad_input::sql_injection() {
        let hostile = encode(&text);
        let searched = guest.get(&format!("/products/search?q={hostile}")).await;
        assert!(searched.status == 200 && searched.body["total"].as_i64() < Some(3), "{text}: {}", searched.body);
        let also = guest.get(&format!("/products/search?q={}", encode(&format!("nothing{text}")))).await.ok();
        assert!(also["total"].as_i64() < Some(3), "{text}: {also}");
        // A word or a number alone may be a slug.
        for field in ["sort", "category", "cursor"].into_iter().filter(|_| !text.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            let refused = guest.get(&format!("/products?{field}={hostile}")).await;
            assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec![field]), "{text}");
        }
    }
    assert_eq!(guest.get("/products").await.ok(), everything);
    assert_eq!(stored(&shop).await, before);
}
