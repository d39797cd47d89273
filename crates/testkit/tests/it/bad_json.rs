//! Bodies that are no JSON, not the right JSON, or more than was asked for: 4xx under a stable code, nothing stored.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop, bad_input};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{assert_problem, stored, wrong_fields};

const JSON: &str = "application/json";
/// A body whose length is not told.
const CHUNKED: &str = "POST /api/v1/cart/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

async fn send(client: &Client, method: Method, path: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = client.request(method, path).header(CONTENT_TYPE, JSON).header("idempotency-key", "a-good-key").body(body.into());
    client.send(request).await
}

#[tokio::test]
async fn the_json_test_suite_is_refused_case_by_case() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let before = stored(&shop).await;
    for case in bad_input::json_cases() {
        for path in ["/cart/items", "/auth/login"] {
            let reply = send(&guest, Method::POST, path, case.body.clone()).await;
            let context = format!("{} ({:?}) at {path}", case.name, case.verdict);
            assert_problem(&reply, &context);
            // Nothing of the suite is what these addresses ask for, so even good JSON is refused.
            assert!([400, 422].contains(&reply.status.as_u16()), "{context}: {}", reply.status);
            if case.verdict == bad_input::Verdict::Accept {
                assert_eq!(reply.status, 422, "{context}: {}", reply.body);
            }
        }
    }
    assert_eq!(stored(&shop).await, before);
}

#[tokio::test]
async fn deep_wide_and_cut_bodies_are_refused() {
    let shop = Shop::open().await;
    let (guest, product) = (shop.guest(), shop.product(5).await);
    let before = stored(&shop).await;
    let nested = |depth: usize| format!("{{\"product_id\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let good = json!({ "product_id": product, "quantity": 1 }).to_string();
    let cases: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("empty", Vec::new(), &[400]),
        ("33 levels", nested(32).into(), &[400]),
        ("100,000 levels", nested(100_000).into(), &[400]),
        ("100,000 objects", "{\"a\":".repeat(40_000).into(), &[400]),
        ("20,000 unknown keys", format!("{{{}}}", (0..20_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",")).into(), &[422]),
        ("a long array", format!("[{}1]", "1,".repeat(100_000)).into(), &[422]),
        ("cut short", good[..good.len() - 1].into(), &[400]),
        ("followed by more", format!("{good}{good}").into(), &[400]),
        ("not UTF-8", [&b"{\"product_id\":\"\xff\xfe\",\"quantity\":1}"[..]].concat(), &[400, 422]),
        ("a lone surrogate", br#"{"product_id":"\ud800","quantity":1}"#.to_vec(), &[400]),
        ("a duplicate key", format!("{{\"product_id\":\"{product}\",\"quantity\":1,\"quantity\":2}}").into(), &[422]),
        ("an array in the order of the fields", format!("[\"{product}\",1]").into(), &[422]),
        ("a byte order mark", format!("\u{feff}{good}").into(), &[400]),
        ("NaN", format!("{{\"product_id\":\"{product}\",\"quantity\":NaN}}").into(), &[400]),
        ("null", b"null".to_vec(), &[422]),
        ("a string", b"\"x\"".to_vec(), &[422]),
        ("missing fields", b"{}".to_vec(), &[422]),
    ];
    for (name, body, expected) in cases {
        let reply = send(&guest, Method::POST, "/cart/items", body).await;
        assert_problem(&reply, name);
        assert!(expected.contains(&reply.status.as_u16()), "{name}: {} {}", reply.status, reply.body);
    }
    assert_eq!(stored(&shop).await, before);
}

#[tokio::test]
async fn a_quantity_is_a_whole_number_from_1_to_99() {
    let shop = Shop::open().await;
    let (ada, product) = (shop.customer().await, shop.product(10_000).await);
    let line = ada.add(product, 3).await.ok();
    let line = format!("/cart/items/{}", line["id"].as_str().expect("an id"));
    let before = stored(&shop).await;
    let wrong = [
        "0",
        "-1",
        "-0",
        "100",
        "1.5",
        "1.0",
        "1e1",
        "1e3",
        "1E400",
        "-1e999",
        "2147483648",
        "4294967297",
        "9223372036854775808",
        "18446744073709551617",
        "0.1e1",
        "\"1\"",
        "\"1e3\"",
        "\"\"",
        "true",
        "null",
        "[1]",
        "{\"n\":1}",
        "{}",
        "1_000",
        "0x1",
        "01",
        "+1",
    ];
    for text in wrong {
        for (method, path, body) in [
            (Method::POST, "/cart/items", format!("{{\"product_id\":\"{product}\",\"quantity\":{text}}}")),
            (Method::PUT, line.as_str(), format!("{{\"quantity\":{text}}}")),
        ] {
            let reply = send(&ada, method, path, body).await;
            assert_problem(&reply, text);
            match reply.status.as_u16() {
                400 => assert_eq!(reply.code(), "json_malformed", "{text}"),
                status => assert_eq!((status, wrong_fields(&reply)), (422, vec!["quantity"]), "{text}"),
            }
        }
    }
    assert_eq!(stored(&shop).await, before);
    assert_eq!(ada.add(product, 97).await.refusal(), (422, "quantity_out_of_range"));
    assert_eq!(ada.add(product, 96).await.ok()["quantity"], 99);
}

/// What only the shop decides.
const COLUMNS: [&str; 13] = [
    "role",
    "is_active",
    "price",
    "unit_price",
    "total_amount",
    "total",
    "currency",
    "status",
    "user_id",
    "price_at_time",
    "stock_quantity",
    "password_hash",
    "id",
];

/// A right body for each operation that takes one; the test below finds those that are missing here.
fn bodies(product: kernel::ProductId, order: &Value) -> Vec<(Method, &'static str, Value)> {
    let password = "correct horse battery";
    vec![
        (Method::POST, "/auth/register", json!({ "email": "mallory@example.com", "password": password, "full_name": "Mallory" })),
        (Method::POST, "/auth/login", json!({ "email": "mallory@example.com", "password": password })),
        (Method::POST, "/auth/refresh", json!({ "refresh_token": "x" })),
        (Method::POST, "/auth/logout", json!({ "refresh_token": "x" })),
        (Method::POST, "/auth/link/check", json!({ "link": "x" })),
        (Method::POST, "/auth/link", json!({ "link": "x", "email": "mallory@example.com", "password": password })),
        (Method::PUT, "/users/me", json!({ "full_name": "Mallory" })),
        (Method::POST, "/cart/items", json!({ "product_id": product, "quantity": 1 })),
        (Method::PUT, "/cart/items/{id}", json!({ "quantity": 1 })),
        (Method::POST, "/cart/checkout", testkit::checkout_form()),
        (Method::POST, "/orders", json!({ "quote": "x" })),
        (Method::POST, "/payments/intent", json!({ "order_id": order["id"] })),
    ]
}

#[tokio::test]
async fn nothing_can_be_set_that_was_not_asked_for() {
    let shop = Shop::open().await;
    let (ada, product) = (shop.customer().await, shop.product(50).await);
    ada.add(product, 1).await.ok();
    let order = ada.place_order().await;
    let line = ada.add(product, 2).await.ok();
    let bodies = bodies(product, &order);
    assert_every_body_is_known(&ada, &bodies).await;
    let before = stored(&shop).await;
    for (method, path, body) in bodies {
        let path = path.replace("{id}", line["id"].as_str().expect("an id"));
        for column in COLUMNS {
            for value in [json!("admin"), json!(1), json!({ "amount": "0.01", "currency": "USD" })] {
                let mut body = body.clone();
                body[column] = value;
                assert_unknown(&send(&ada, method.clone(), &path, body.to_string()).await, column, &path);
            }
        }
    }
    for column in ["user_id", "role", "is_default"] {
        let mut form = testkit::checkout_form();
        form["shipping_address"][column] = json!("x");
        assert_unknown(
            &send(&ada, Method::POST, "/cart/checkout", form.to_string()).await,
            &format!("shipping_address.{column}"),
            "the address",
        );
    }
    assert_eq!(stored(&shop).await, before);
}

#[track_caller]
fn assert_unknown(reply: &Reply, field: &str, context: &str) {
    assert_problem(reply, context);
    assert_eq!((reply.refusal(), wrong_fields(reply)), ((422, "unknown_field"), vec![field]), "{context}");
}

async fn assert_every_body_is_known(client: &Client, bodies: &[(Method, &'static str, Value)]) {
    let document = client.get("//openapi.json").await.ok();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let form = operation["requestBody"]["content"][JSON]["schema"].get("$ref");
            let known =
                bodies.iter().any(|(verb, known, _)| format!("/api/v1{known}") == *path && verb.as_str().eq_ignore_ascii_case(method));
            assert!(form.is_none() || known, "add a right body for {method} {path} to this test");
        }
    }
}

#[tokio::test]
async fn a_price_is_never_the_clients_word() {
    let shop = Shop::open().await;
    let (ada, product) = (shop.customer().await, shop.product(50).await);
    ada.add(product, 2).await.ok();
    let quote = ada.post("/cart/checkout", testkit::checkout_form()).await.ok();
    let token = quote["quote"].as_str().expect("a quote");
    let before = stored(&shop).await;
    // The token's body is readable; changed, it is nobody's.
    let (body, signature) = token.split_once('.').expect("two parts");
    let cheaper = change(body, |quote| quote["total_minor"] = json!(1));
    let more = change(body, |quote| quote["items"][0]["quantity"] = json!(99));
    let later = change(body, |quote| quote["expires_at"] = json!("2099-01-01T00:00:00Z"));
    for forged in [cheaper, more, later] {
        for token in [format!("{forged}.{signature}"), format!("{forged}."), forged.clone(), format!("{body}.{signature}{signature}")] {
            let key = hex::encode(platform::keys::token_hash(&token));
            assert_eq!(ada.order(&token, &key).await.refusal(), (422, "quote_invalid"));
        }
    }
    assert_eq!(stored(&shop).await, before);
    assert_eq!(ada.order(token, "a-good-key").await.ok()["total"], quote["total"]);
}

fn change(body: &str, edit: impl FnOnce(&mut Value)) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut quote: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).expect("base64")).expect("JSON");
    edit(&mut quote);
    URL_SAFE_NO_PAD.encode(quote.to_string())
}

#[tokio::test]
async fn only_json_of_a_bounded_size_is_read() {
    let shop = Shop::open().await;
    let (guest, product) = (shop.guest(), shop.product(5).await);
    let good = json!({ "product_id": product, "quantity": 1 }).to_string();
    let before = stored(&shop).await;
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/jsonx"),
        Some("text/json"),
    ] {
        let request = guest.request(Method::POST, "/cart/items").body(good.clone());
        let request = if let Some(content_type) = content_type { request.header(CONTENT_TYPE, content_type) } else { request };
        let reply = guest.send(request).await;
        assert_problem(&reply, content_type.unwrap_or("none"));
        assert_eq!(reply.refusal(), (415, "content_type_not_json"), "{content_type:?}");
    }
    let large = format!("{{\"product_id\":\"{}\"}}", "x".repeat(300 * 1024));
    let reply = send(&guest, Method::POST, "/cart/items", large.clone()).await;
    assert_problem(&reply, "declared too large");
    assert_eq!(reply.refusal(), (413, "body_too_large"));
    let chunked = format!("{CHUNKED}{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    let answer = speak(&shop, &chunked).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{answer}");
    let long = guest.get(&format!("/products/search?q={}", "x".repeat(9000))).await;
    assert_problem(&long, "a long address");
    assert_eq!(long.refusal(), (414, "url_too_long"));
    assert_eq!(stored(&shop).await, before);
    let named = guest.request(Method::POST, "/cart/items").header(CONTENT_TYPE, "Application/JSON; charset=utf-8").body(good);
    assert_eq!(guest.send(named).await.status, 201);
}

/// Says exactly this to the shop, ends the sentence, and answers what came back.
async fn speak(shop: &Shop, request: &str) -> String {
    let address = shop.base.strip_prefix("http://").expect("an address");
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("a connection");
    // The shop may hang up before it has heard everything.
    let _heard = connection.write_all(request.as_bytes()).await;
    let _ended = connection.shutdown().await;
    let mut answer = Vec::new();
    let _reset = connection.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_ends_early_does_nothing() {
    let shop = Shop::open().await;
    let product = shop.product(5).await;
    let before = stored(&shop).await;
    let good = json!({ "product_id": product, "quantity": 1 }).to_string();
    let cut =
        format!("POST /api/v1/cart/items HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: {}\r\n\r\n{good}", good.len() + 10);
    let broken = format!("{CHUNKED}5\r\n{good}\r\nzz\r\n");
    for request in [cut, broken] {
        let answer = speak(&shop, &request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    assert_eq!(stored(&shop).await, before);
}

#[tokio::test]
async fn broken_percent_encoding_in_a_query_is_no_fault() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for query in [
        "q=%00",
        "q=%",
        "q=%zz",
        "q=%ff%fe",
        "q=a&q=b",
        "q=a&unknown=1",
        "&&&",
        "q",
        "=",
        "q=a&limit=1&limit=2",
        "q%00=a",
        "q=a&limit=0",
        "q=a&limit=101",
        "q=a&limit=-1",
        "q=a&in_stock=yes",
    ] {
        let reply = guest.get(&format!("/products/search?{query}")).await;
        if reply.status != 200 {
            assert_problem(&reply, query);
            assert_eq!(reply.status, 422, "{query}");
        }
    }
    assert_eq!(guest.get("/products/search?q=a&price=1").await.code(), "unknown_field");
}

#[tokio::test]
async fn a_list_is_no_object_even_with_the_right_values_in_order() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    guest.add(shop.product(1).await, 1).await.ok();
    let address = json!(["Ada Lovelace", "12 St James's Square", null, "London", null, null, "GB", null]);
    let reply = guest.post("/cart/checkout", json!({ "email": "ada@example.com", "shipping_address": address })).await;
    assert_eq!(reply.refusal(), (422, "wrong_type"), "{}", reply.body);
    assert_eq!(reply.body["errors"][0]["field"], "shipping_address");
}
