//! Callers of the API: a guest, a customer; each keeps its tokens as a browser or an app would.

use std::sync::{Arc, Mutex};

use kernel::OrderId;
use platform::shopper::CART_TOKEN_HEADER;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

/// One caller.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    tokens: Arc<Mutex<Tokens>>,
}

#[derive(Default)]
struct Tokens {
    access: Option<String>,
    cart: Option<String>,
    order: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Reply {
    /// The problem's code, or nothing.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Status and problem code: what most refusals are about.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.code())
    }

    /// The body of an expected success; anything else ends the test, showing it.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.body
    }
}

impl Client {
    /// A caller of the shop at `base`, known to nobody.
    pub fn new(http: reqwest::Client, base: &str) -> Self {
        Self { http, base: base.to_owned(), tokens: Arc::default() }
    }

    /// Signs in by an answer of register or login.
    pub fn set_session(&self, session: &Value) {
        self.tokens.lock().unwrap().access = session["access_token"].as_str().map(str::to_owned);
    }

    /// Forgets the access token.
    pub fn sign_out(&self) {
        self.tokens.lock().unwrap().access = None;
    }

    /// Takes over another caller's cart token.
    pub fn share_cart_of(&self, other: &Self) {
        let cart = other.tokens.lock().unwrap().cart.clone();
        self.tokens.lock().unwrap().cart = cart;
    }

    /// Keeps a guest's order token for the calls that come.
    pub fn set_order_token(&self, order: &Value) {
        self.tokens.lock().unwrap().order = order["access_token"].as_str().map(str::to_owned);
    }

    /// A request with this caller's tokens; paths are below `/api/v1` unless they begin with `//`.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = path
            .strip_prefix('/')
            .filter(|rest| rest.starts_with('/'))
            .map_or_else(|| format!("{}/api/v1{path}", self.base), |root| format!("{}{root}", self.base));
        let mut request = self.http.request(method, url);
        let tokens = self.tokens.lock().unwrap();
        if let Some(access) = &tokens.access {
            request = request.bearer_auth(access);
        }
        if let Some(cart) = &tokens.cart {
            request = request.header(CART_TOKEN_HEADER, cart);
        }
        if let Some(order) = &tokens.order {
            request = request.header("x-order-token", order);
        }
        request
    }

    /// Sends a request and keeps the cart token that an answer hands over.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.expect("an answer");
        if let Some(cart) = response.headers().get(CART_TOKEN_HEADER) {
            self.tokens.lock().unwrap().cart = cart.to_str().ok().map(str::to_owned);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole body").to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status, headers, bytes, body }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body and no Idempotency-Key.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// POST with an Idempotency-Key.
    pub async fn post_keyed(&self, path: &str, key: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Puts a product in the cart.
    pub async fn add(&self, product: kernel::ProductId, quantity: i32) -> Reply {
        self.post("/cart/items", json!({ "product_id": product, "quantity": quantity })).await
    }

    /// Checks the cart out with a good address; answers the quote's token.
    pub async fn quote(&self) -> String {
        self.post("/cart/checkout", checkout_form()).await.ok()["quote"].as_str().expect("a quote").to_owned()
    }

    /// Orders a quote under a key.
    pub async fn order(&self, quote: &str, key: &str) -> Reply {
        self.post_keyed("/orders", key, json!({ "quote": quote })).await
    }

    /// From a filled cart to a pending order; keeps a guest's order token.
    pub async fn place_order(&self) -> Value {
        let quote = self.quote().await;
        let order = self.order(&quote, &format!("order-{}", &quote[quote.len() - 20..])).await.ok();
        self.set_order_token(&order);
        order
    }

    /// The payment intent of an order.
    pub async fn intent(&self, order: OrderId) -> Reply {
        self.post_keyed("/payments/intent", &format!("intent-{order}"), json!({ "order_id": order })).await
    }
}

/// A checkout form that is right in every field.
pub fn checkout_form() -> Value {
    json!({
        "email": "ada@example.com",
        "shipping_address": {
            "full_name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4JH", "country": "GB",
        },
    })
}
