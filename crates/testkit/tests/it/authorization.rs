//! Who may do what: every operation of the served document by a guest, its owner, another customer and an admin.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop};

use crate::support::{assert_problem, demo, encode, stored};

const PASSWORD: &str = "correct horse battery";
/// Well-formed, and nothing's.
const NOTHING: &str = "01988000-0000-7000-8000-00000000dead";

/// Callers in the order of the table's columns. The owner is last: what it does changes what there is.
const CALLERS: [&str; 4] = ["guest", "other customer", "admin", "owner"];

/// Each operation with the answer to each caller. The object is always the owner's: its order, its cart's line, its quote.
const MATRIX: [(&str, [u16; 4]); 25] = [
    ("get /api/v1/products", [200, 200, 200, 200]),
    ("get /api/v1/products/search", [200, 200, 200, 200]),
    ("get /api/v1/products/{id}", [200, 200, 200, 200]),
    ("get /api/v1/categories", [200, 200, 200, 200]),
    ("get /api/v1/cart", [200, 200, 200, 200]),
    ("put /api/v1/cart/items/{id}", [404, 404, 404, 200]),
    ("post /api/v1/cart/checkout", [409, 409, 409, 201]),
    ("post /api/v1/orders", [422, 422, 422, 201]),
    ("delete /api/v1/cart/items/{id}", [404, 404, 404, 204]),
    ("post /api/v1/cart/items", [201, 201, 201, 201]),
    ("get /api/v1/orders", [401, 200, 200, 200]),
    ("get /api/v1/users/orders", [401, 200, 200, 200]),
    ("get /api/v1/orders/{id}", [404, 404, 404, 200]),
    ("post /api/v1/payments/intent", [404, 404, 404, 201]),
    ("post /api/v1/payments/webhook", [400, 400, 400, 400]),
    ("get /api/v1/users/me", [401, 200, 200, 200]),
    ("put /api/v1/users/me", [401, 200, 200, 200]),
    ("post /api/v1/auth/register", [201, 201, 201, 201]),
    ("post /api/v1/auth/login", [200, 200, 200, 200]),
    ("post /api/v1/auth/refresh", [401, 401, 401, 401]),
    ("post /api/v1/auth/logout", [204, 204, 204, 204]),
    ("post /api/v1/auth/link/check", [410, 410, 410, 410]),
    ("post /api/v1/auth/link", [410, 410, 410, 410]),
    ("get /api/v1/admin/me", [401, 403, 200, 403]),
    ("get /.well-known/jwks.json", [200, 200, 200, 200]),
];

/// Operations that write something of the caller's own, so that not even a foreign object is involved.
const OWN: [&str; 5] = [
    "post /api/v1/cart/items",
    "put /api/v1/users/me",
    "post /api/v1/auth/register",
    "post /api/v1/auth/login",
    "post /api/v1/auth/logout",
];

/// What the owner has.
struct Owned {
    product: kernel::ProductId,
    order: String,
    line: String,
    quote: String,
}

struct Scene {
    shop: Shop,
    callers: [(&'static str, Client); 4],
    owned: Owned,
}

impl Scene {
    async fn set() -> Self {
        let shop = Shop::open().await;
        let product = shop.product(100).await;
        let (owner, other, admin) = (shop.customer().await, shop.customer().await, admin(&shop).await);
        owner.add(product, 1).await.ok();
        let order = owner.place_order().await;
        let line = owner.add(product, 2).await.ok();
        let quote = owner.quote().await;
        let id = |object: &Value| object["id"].as_str().expect("an id").to_owned();
        let owned = Owned { product, order: id(&order), line: id(&line), quote };
        let [first, second, third, last] = CALLERS;
        let callers = [(first, shop.guest()), (second, other), (third, admin), (last, owner)];
        Self { shop, callers, owned }
    }
}

/// An account that was made an admin, signed in as anybody signs in.
async fn admin(shop: &Shop) -> Client {
    let client = shop.guest();
    client.post("/auth/register", json!({ "email": "admin@example.com", "password": PASSWORD, "full_name": "Grace" })).await.ok();
    shop.sql("update users set role = 'admin' where email = 'admin@example.com'").await;
    let session = client.post("/auth/login", json!({ "email": "admin@example.com", "password": PASSWORD })).await.ok();
    assert_eq!(session["user"]["role"], "admin");
    client.set_session(&session);
    client
}

/// A right request for an operation on these objects.
fn request(operation: &str, client: &Client, owned: &Owned, who: &str) -> RequestBuilder {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let object = if path.contains("/cart/items/") {
        owned.line.clone()
    } else if path.contains("/products/") {
        owned.product.to_string()
    } else {
        owned.order.clone()
    };
    let path = path.strip_prefix("/api/v1").map_or_else(|| format!("/{path}"), str::to_owned).replace("{id}", &object);
    let path = if path.ends_with("/search") { format!("{path}?q=thing") } else { path };
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let email = format!("new-{}@example.com", who.replace(' ', "-"));
    let body = match operation {
        "post /api/v1/cart/items" => json!({ "product_id": owned.product, "quantity": 1 }),
        "put /api/v1/cart/items/{id}" => json!({ "quantity": 3 }),
        "post /api/v1/cart/checkout" => testkit::checkout_form(),
        "post /api/v1/orders" => json!({ "quote": owned.quote }),
        "post /api/v1/payments/intent" => json!({ "order_id": owned.order }),
        "put /api/v1/users/me" => json!({ "full_name": "Somebody" }),
        "post /api/v1/auth/register" => json!({ "email": email, "password": PASSWORD, "full_name": "New" }),
        "post /api/v1/auth/login" => json!({ "email": "admin@example.com", "password": PASSWORD }),
        "post /api/v1/auth/link/check" => json!({ "link": "unknown" }),
        "post /api/v1/auth/link" => json!({ "link": "unknown", "email": email, "password": PASSWORD }),
        "post /api/v1/auth/refresh" | "post /api/v1/auth/logout" => json!({ "refresh_token": "unknown" }),
        _ => Value::Null,
    };
    let request = client.request(method, &path).header("idempotency-key", format!("matrix-{email}"));
    if body.is_null() { request } else { request.json(&body) }
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let scene = Scene::set().await;
    for (operation, expected) in MATRIX {
        for ((who, client), expected) in scene.callers.iter().zip(expected) {
            let reads_only = *who != "owner" && !OWN.contains(&operation);
            let before = if reads_only { Some(stored(&scene.shop).await) } else { None };
            if operation == "post /api/v1/orders" && *who == "owner" {
                // The line was changed since: quoted anew.
                let owned = Owned { quote: client.quote().await, product: scene.owned.product, order: String::new(), line: String::new() };
                let placed = client.send(request(operation, client, &owned, who)).await;
                assert_eq!(placed.status, expected, "{operation} by the {who}: {}", placed.body);
                continue;
            }
            let owned = if operation == "delete /api/v1/cart/items/{id}" && *who == "owner" {
                &fill_again(client, &scene.owned).await
            } else {
                &scene.owned
            };
            let reply = client.send(request(operation, client, owned, who)).await;
            assert_eq!(reply.status, expected, "{operation} by the {who}: {}", reply.body);
            if expected >= 400 {
                assert_problem(&reply, operation);
            }
            if let Some(before) = before {
                assert_eq!(stored(&scene.shop).await, before, "{operation} by the {who} changed something");
                assert!(!shows(&reply, &scene.owned), "{operation} shows the {who} what is the owner's");
            }
        }
    }
}

/// The order consumed the owner's cart: a line to remove.
async fn fill_again(client: &Client, owned: &Owned) -> Owned {
    let line = client.add(owned.product, 1).await.ok();
    Owned {
        line: line["id"].as_str().expect("an id").to_owned(),
        product: owned.product,
        order: owned.order.clone(),
        quote: owned.quote.clone(),
    }
}

fn shows(reply: &Reply, owned: &Owned) -> bool {
    let text = String::from_utf8_lossy(&reply.bytes);
    text.contains(&owned.order) || text.contains(&owned.line)
}

#[tokio::test]
async fn the_matrix_has_every_operation_of_the_served_document() {
    let shop = Shop::open().await;
    let document = shop.guest().get("//openapi.json").await.ok();
    let mut served = BTreeSet::from(["get /.well-known/jwks.json".to_owned()]);
    for (path, item) in document["paths"].as_object().expect("paths") {
        served.extend(item.as_object().expect("operations").keys().map(|method| format!("{method} {path}")));
    }
    let listed: BTreeSet<String> = MATRIX.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    let missing: Vec<_> = served.difference(&listed).collect();
    assert!(missing.is_empty(), "say in the matrix who may do this: {missing:?}");
    let gone: Vec<_> = listed.difference(&served).collect();
    assert!(gone.is_empty(), "no such operation any more: {gone:?}");
}

/// An answer without what differs from request to request.
fn comparable(mut reply: Reply) -> (u16, Value, Vec<(String, String)>) {
    reply.body["request_id"].take();
    let headers = reply.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    (reply.status.as_u16(), reply.body, headers)
}

#[tokio::test]
async fn what_is_anothers_and_what_does_not_exist_look_the_same() {
    let scene = Scene::set().await;
    let nothing = Owned { product: scene.owned.product, order: NOTHING.to_owned(), line: NOTHING.to_owned(), quote: "x.y".to_owned() };
    let by_object = [
        "put /api/v1/cart/items/{id}",
        "delete /api/v1/cart/items/{id}",
        "get /api/v1/orders/{id}",
        "post /api/v1/payments/intent",
        "post /api/v1/orders",
    ];
    let (_, owner) = &scene.callers[3];
    for operation in by_object {
        for (who, client) in &scene.callers[..3] {
            let foreign = comparable(client.send(request(operation, client, &scene.owned, who)).await);
            let unknown = comparable(client.send(request(operation, client, &nothing, who)).await);
            assert_eq!(foreign, unknown, "{operation} by the {who}");
        }
        assert!(owner.send(request(operation, owner, &nothing, "owner")).await.status.is_client_error(), "{operation}");
    }
}

#[tokio::test]
async fn a_guests_order_opens_to_its_own_token_only() {
    let shop = Shop::open().await;
    let (guest, neighbour, ada) = (shop.guest(), shop.guest(), shop.customer().await);
    let product = shop.product(10).await;
    guest.add(product, 1).await.ok();
    let order = guest.place_order().await;
    neighbour.add(product, 1).await.ok();
    let other = neighbour.place_order().await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    assert_eq!(guest.get(&path).await.ok()["order_number"], order["order_number"]);
    assert!(guest.get(&path).await.body.get("access_token").is_none(), "said once, when it was placed");
    let token = |order: &Value| order["access_token"].as_str().expect("a token").to_owned();
    let stranger = shop.guest();
    assert_eq!(stranger.get(&format!("{path}?token={}", token(&order))).await.status, 200);
    // Guests all have no account: that is nothing they have in common.
    for client in [&neighbour, &ada, &stranger] {
        assert_eq!(client.get(&path).await.refusal(), (404, "order_not_found"));
        let pay = client.post_keyed("/payments/intent", "a-good-key", json!({ "order_id": order["id"] })).await;
        assert_eq!(pay.refusal(), (404, "order_not_found"));
    }
    assert_eq!(stranger.get(&format!("{path}?token={}", token(&other))).await.status, 404);
    assert_eq!(stranger.get(&format!("{path}?token=")).await.status, 404);
    let cart = guest.get("/cart").await.ok();
    assert_eq!(cart["item_count"], 0);
}

#[tokio::test]
async fn carts_of_guests_open_to_their_own_token_only() {
    let shop = Shop::open().await;
    let (guest, neighbour) = (shop.guest(), shop.guest());
    let product = shop.product(10).await;
    let line = guest.add(product, 2).await;
    let token = crate::support::header(&line, "x-cart-token").to_owned();
    assert!(token.len() == 43, "256 bits: {token}");
    let line = line.ok();
    let path = format!("/cart/items/{}", line["id"].as_str().expect("an id"));
    neighbour.add(product, 1).await.ok();
    assert_eq!(neighbour.put(&path, json!({ "quantity": 9 })).await.refusal(), (404, "cart_item_not_found"));
    assert_eq!(neighbour.delete(&path).await.refusal(), (404, "cart_item_not_found"));
    let cart = guest.get("/cart").await.ok();
    assert_eq!(cart["lines"][0]["quantity"], 2);
    // Neither the cart's id nor what is stored of its token is a token.
    let id = cart["id"].as_str().expect("an id");
    let hash = platform::keys::token(platform::keys::token_hash(&token));
    for guess in [id, &hash, &token[1..], ""] {
        let reply = shop.guest().request(Method::GET, "/cart").header("x-cart-token", guess);
        assert_eq!(shop.guest().send(reply).await.ok()["id"], Value::Null, "{guess}");
    }
}

#[tokio::test]
async fn an_id_of_another_kind_names_nothing() {
    let shop = demo().await;
    let ada = shop.customer().await;
    let products = ada.get("/products").await.ok();
    let product = products["data"][0]["id"].as_str().expect("an id").to_owned();
    let category = products["data"][0]["category"]["id"].as_str().expect("an id").to_owned();
    let line = ada.post("/cart/items", json!({ "product_id": product, "quantity": 1 })).await.ok();
    let line = line["id"].as_str().expect("an id").to_owned();
    let cart = ada.get("/cart").await.ok()["id"].as_str().expect("an id").to_owned();
    let me = ada.get("/users/me").await.ok()["id"].as_str().expect("an id").to_owned();
    for id in [&category, &cart, &me, &line] {
        assert_eq!(ada.get(&format!("/products/{id}")).await.refusal(), (404, "product_not_found"));
        let added = ada.post("/cart/items", json!({ "product_id": id, "quantity": 1 })).await;
        assert_eq!(added.refusal(), (404, "product_not_on_sale"));
    }
    for id in [&product, &category, &cart, &me] {
        assert_eq!(ada.delete(&format!("/cart/items/{id}")).await.refusal(), (404, "cart_item_not_found"));
        assert_eq!(ada.get(&format!("/orders/{id}")).await.refusal(), (404, "order_not_found"));
    }
    // The same id written otherwise is the same product or none.
    for id in [product.to_uppercase(), format!("{{{product}}}"), format!("urn:uuid:{product}"), product.replace('-', "")] {
        let found = ada.get(&format!("/products/{}", encode(&id))).await;
        assert!(found.status == 404 || found.body["id"] == product, "{id}: {}", found.body);
    }
}

#[tokio::test]
async fn another_way_to_write_an_address_opens_nothing() {
    let shop = Shop::open().await;
    let (guest, ada) = (shop.guest(), shop.customer().await);
    for path in [
        "/users/me/",
        "//users/me",
        "/USERS/ME",
        "/users/%6de",
        "/users/./me",
        "/users/me%00",
        "/users/me/x.css",
        "/users/me;x=1",
        "/users/../users/me",
    ] {
        let reply = guest.get(path).await;
        assert!([401, 404].contains(&reply.status.as_u16()), "{path}: {}", reply.status);
    }
    for name in ["x-http-method-override", "x-method-override", "x-http-method"] {
        let reply = guest.send(guest.request(Method::GET, "/users/me").header(name, "PUT")).await;
        assert_eq!(reply.status, 401, "{name}");
    }
    for method in [Method::POST, Method::DELETE, Method::PATCH, Method::TRACE] {
        let reply = ada.send(ada.request(method.clone(), "/users/me")).await;
        assert_problem(&reply, method.as_str());
        assert_eq!(reply.refusal(), (405, "method_not_allowed"), "{method}");
        assert!(crate::support::header(&reply, "allow").contains("GET"), "{method}");
    }
    assert_eq!(guest.send(guest.request(Method::HEAD, "/users/me")).await.status, 401);
}
