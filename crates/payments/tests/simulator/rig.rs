//! A simulator on a port of its own, and a shop that receives its webhooks.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use payments::{
    simulator::{Simulator, SimulatorConfig, serve},
    stripe::Client,
};
use platform::clock::Clock;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

pub const SECRET: &str = "sk_test_shop";
pub const BROWSER: &str = "pk_test_browser";
pub const WEBHOOK_SECRET: &str = "whsec_simulator";

/// A simulator on a port of its own.
pub struct Sim {
    pub base: String,
    pub http: reqwest::Client,
    pub clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    done: tokio::task::JoinHandle<()>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn error(&self) -> (u16, String) {
        (self.status, self.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    }
}

impl Sim {
    pub async fn open() -> Self {
        Self::with(None, None).await
    }

    pub async fn with(data_dir: Option<&Path>, webhook_url: Option<String>) -> Self {
        let clock = Clock::movable();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let simulator = Simulator::open(config(data_dir, webhook_url, &base, &clock)).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let done = tokio::spawn(async move {
            let couriers = simulator.clone();
            let (courier_stop, courier_stopped) = oneshot::channel::<()>();
            let courier = tokio::spawn(async move { couriers.run_webhooks(async { drop(courier_stopped.await) }).await });
            serve(listener, simulator, async { drop(stopped.await) }).await.unwrap();
            drop(courier_stop);
            courier.await.unwrap();
        });
        Self { base, http: platform::http::client(Duration::from_secs(10)).unwrap(), clock, stop: Some(stop), done }
    }

    /// Ends it, so that its journal can be opened again.
    pub async fn close(mut self) {
        drop(self.stop.take());
        drop(self.http);
        self.done.await.unwrap();
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let answer = request.send().await.unwrap();
        Reply { status: answer.status().as_u16(), headers: answer.headers().clone(), text: answer.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.http.get(format!("{}{path}", self.base)).bearer_auth(SECRET)).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(self.http.post(format!("{}{path}", self.base)).bearer_auth(SECRET).form(form)).await
    }

    pub async fn post_once(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(self.http.post(format!("{}{path}", self.base)).bearer_auth(SECRET).header("idempotency-key", key).form(form)).await
    }

    pub async fn intent(&self) -> Value {
        self.post("/v1/payment_intents", &[("amount", "1999"), ("currency", "usd"), ("metadata[order_id]", "o1")]).await.json()
    }

    /// Types a card into a browser's form.
    pub async fn type_card(&self, intent: &Value, number: &str) -> Reply {
        let cvc = if number.len() == 15 { "1234" } else { "123" };
        self.confirm(
            intent,
            &[
                ("payment_method_data[type]", "card"),
                ("payment_method_data[card][number]", number),
                ("payment_method_data[card][exp_month]", "12"),
                ("payment_method_data[card][exp_year]", "2099"),
                ("payment_method_data[card][cvc]", cvc),
                ("return_url", "http://shop.test/orders/1?token=t"),
            ],
        )
        .await
    }

    pub async fn confirm(&self, intent: &Value, fields: &[(&str, &str)]) -> Reply {
        let (id, secret) = (intent["id"].as_str().unwrap(), intent["client_secret"].as_str().unwrap());
        let form = [fields, &[("key", BROWSER), ("client_secret", secret)]].concat();
        self.send(self.http.post(format!("{}/v1/payment_intents/{id}/confirm", self.base)).form(&form)).await
    }

    pub async fn retrieve(&self, intent: &Value) -> Value {
        self.get(&format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap())).await.json()
    }

    /// The outside truth about one intent: status, captured, refunded.
    pub async fn booked(&self, intent: &Value) -> (String, i64, i64) {
        let book = self.get("/_book").await.json();
        let row = book["intents"].as_array().unwrap().iter().find(|row| row["pi_id"] == intent["id"]).unwrap();
        (row["status"].as_str().unwrap().to_owned(), row["captured"].as_i64().unwrap(), row["refunded"].as_i64().unwrap())
    }

    pub fn client(&self) -> Client {
        Client::new(&self.base, &SecretString::from(SECRET)).unwrap()
    }
}

pub fn config(data_dir: Option<&Path>, webhook_url: Option<String>, public_url: &str, clock: &Clock) -> SimulatorConfig {
    SimulatorConfig {
        data_dir: data_dir.map(Path::to_owned),
        secret_key: SECRET.into(),
        publishable_key: BROWSER.to_owned(),
        webhook_url,
        webhook_secret: WEBHOOK_SECRET.into(),
        public_url: public_url.to_owned(),
        clock: clock.clone(),
    }
}

/// A shop's webhook: refuses so many deliveries, then takes them. Hands on everything it saw.
#[derive(Clone)]
pub struct Receiver {
    seen: mpsc::UnboundedSender<(u16, HeaderMap, Bytes)>,
    refusals: Arc<AtomicI64>,
}

pub type Seen = mpsc::UnboundedReceiver<(u16, HeaderMap, Bytes)>;

pub async fn receiver(refusals: i64) -> (String, Seen) {
    let (sender, seen) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let state = Receiver { seen: sender, refusals: Arc::new(refusals.into()) };
    let router = Router::new().route("/webhook", post(received)).with_state(state);
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, seen)
}

async fn received(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let refused = receiver.refusals.fetch_sub(1, Ordering::SeqCst) > 0;
    let status = if refused { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
    receiver.seen.send((status.as_u16(), headers, body)).unwrap();
    status
}
