//! A whole shop for one test: database, simulator, mailbox, router on a real port, worker drained by hand.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use catalog::{NewProduct, StockLevel};
use chrono::{DateTime, Duration, Utc};
use kernel::{OrderId, ProductId, Slug, Text};
use payments::{
    simulator::{Simulator, SimulatorConfig},
    stripe::signature,
};
use platform::{
    App, Db,
    clock::Clock,
    config::Config,
    jobs::Worker,
    settings::{self, ShopSettings},
};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::{Hashing, Mailbox, Parts};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::{Client, Provider, Reply, cents, postgres};

/// Connections of a test shop: races need more than a request at a time.
const POOL: usize = 24;
/// bcrypt's lowest cost: tests are not about the price of a guess.
const HASHING: Hashing = Hashing { cost: 4 };

/// What a test may want otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long stock is held for an unpaid order.
    pub hold_ttl_s: u32,
    /// Tax as a fraction.
    pub tax_rate: &'static str,
    /// True when prices contain the tax.
    pub tax_inclusive: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { hold_ttl_s: 900, tax_rate: "0.08", tax_inclusive: false }
    }
}

/// A running shop. Ends with the test.
pub struct Shop {
    /// What its routes work with.
    pub app: App,
    /// Where it listens.
    pub base: String,
    /// The payment simulator behind it.
    pub simulator: Simulator,
    /// The simulator's address.
    pub simulator_base: String,
    /// The simulator as the shop reaches it, so that it can go away.
    pub stripe: Provider,
    /// The mailbox as the shop reaches it, so that it can go away.
    pub sendgrid: Provider,
    /// Its mailbox.
    pub mailbox: Mailbox,
    database: PgConnectOptions,
    worker: OnceCell<Worker>,
    delivered: Mutex<HashSet<String>>,
    http: reqwest::Client,
    stopping: CancellationToken,
    _folder: Arc<tempfile::TempDir>,
}

impl Shop {
    /// A shop with nothing unusual.
    pub async fn open() -> Self {
        Self::with(Options::default()).await
    }

    /// A shop that differs in these options.
    pub async fn with(options: Options) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let database = postgres::database().await;
        let folder = Arc::new(postgres::folder());
        let (shop_listener, base) = listen().await;
        let mut config = Config::from_variables(BTreeMap::from([
            ("DATA_DIR".to_owned(), folder.path().to_string_lossy().into_owned()),
            ("PUBLIC_BASE_URL".to_owned(), base.clone()),
            ("HOLD_TTL_SECONDS".to_owned(), options.hold_ttl_s.to_string()),
        ]))
        .map_err(|error| error.to_string())
        .expect("a configuration");
        let clock = Clock::movable();
        let simulator = Simulator::open(simulator_config(&config, &clock, &base)).expect("a simulator");
        let mailbox = Mailbox::open(folder.path(), clock.clone()).expect("a mailbox");
        let (stripe, sendgrid) = (Provider::start(simulator.router()).await, Provider::start(mailbox.api_router()).await);
        config.stripe.api_base = Some(stripe.base());
        config.stripe.browser_api_base = Some("/_sandbox".to_owned());
        config.mail.api_base = Some(sendgrid.base());
        let app = App::new(Db::new(database.clone(), POOL).expect("a pool"), clock, config);
        let stopping = CancellationToken::new();
        let parts =
            Parts { simulator: Some(simulator.clone()), mailbox: Some(mailbox.clone()), hashing: HASHING, stopping: stopping.clone() };
        let router = server::build(&app, parts).map_err(|error| error.to_string()).expect("a router");
        serve(shop_listener, router, &stopping);
        let http = platform::http::client(std::time::Duration::from_secs(30)).expect("a client");
        let shop = Self {
            app,
            base,
            simulator,
            simulator_base: stripe.base(),
            stripe,
            sendgrid,
            mailbox,
            database,
            worker: OnceCell::new(),
            delivered: Mutex::default(),
            http,
            stopping,
            _folder: folder,
        };
        shop.settle_on(&options).await;
        shop
    }

    async fn settle_on(&self, options: &Options) {
        let mut db = self.app.db.read().await.expect("a connection");
        let settings = ShopSettings {
            shop_name: "Test shop".to_owned(),
            currency: cents(0).currency(),
            delivery_rate: cents(590),
            free_delivery_over: Some(cents(7500)),
            tax_rate: options.tax_rate.parse().expect("a rate"),
            tax_inclusive: options.tax_inclusive,
        };
        settings::set(&mut db, &settings).await.expect("settings");
    }

    /// Somebody who is not signed in.
    pub fn guest(&self) -> Client {
        Client::new(self.http.clone(), &self.base)
    }

    /// A signed-in customer with an account of its own.
    pub async fn customer(&self) -> Client {
        let client = self.guest();
        let email = format!("{}@example.com", self.app.ids().next::<kernel::UserId>().0.simple());
        let session = client
            .post("/auth/register", json!({ "email": email, "password": "correct horse battery", "full_name": "Ada Lovelace" }))
            .await;
        client.set_session(&session.ok());
        client
    }

    /// A product at 19.99 with this many on hand.
    pub async fn product(&self, stock: i32) -> ProductId {
        self.priced_product(1999, stock).await
    }

    /// A product at a price in cents.
    pub async fn priced_product(&self, minor: i64, stock: i32) -> ProductId {
        let mut ids = self.app.ids();
        let name = format!("thing {}", ids.next::<ProductId>().0.simple());
        let product = NewProduct {
            sku: Text::parse(&name[6..]).expect("a sku"),
            name: Text::parse(&name).expect("a name"),
            slug: Slug::parse(&name.replace(' ', "-")).expect("a slug"),
            description: None,
            price: cents(minor),
            category_id: None,
            stock: StockLevel::new(stock).expect("a stock level"),
            picture: None,
        };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let id = catalog::create_product(&mut tx, &product, &mut ids).await.expect("a product");
        tx.commit().await.expect("a commit");
        id
    }

    /// Does every job that is due, and those that they cause.
    pub async fn drain(&self) {
        self.worker.get_or_init(|| self.worker()).await.drain().await.expect("jobs done");
    }

    /// Runs the recurring tasks once each.
    pub async fn run_periodic(&self) {
        for task in server::periodic(&self.app).map_err(|error| error.to_string()).expect("periodic tasks") {
            task.run_once().await.expect("a periodic task");
        }
    }

    /// Asks Stripe about payments that stay silent, once, as the recurring task does.
    pub async fn ask_silent_intents(&self) {
        let payments = payments::Payments::new(&self.app).map_err(|error| error.to_string()).expect("payments");
        for task in payments.periodic() {
            task.run_once().await.expect("a round of questions");
        }
    }

    /// Runs the recurring tasks once each, then what they caused.
    pub async fn tick(&self) {
        self.run_periodic().await;
        self.drain().await;
    }

    /// A second worker, as another process would have: what it does at the same time must not be done twice.
    pub async fn worker(&self) -> Worker {
        let jobs = server::jobs(&self.app).map_err(|error| error.to_string()).expect("jobs");
        Worker::connect(self.database.clone(), jobs).await.expect("a worker")
    }

    /// The mails that arrived at an address, newest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let found = self.guest().get(&format!("//_dev/mailbox/messages.json?to={address}")).await.ok();
        found["messages"].as_array().expect("messages").clone()
    }

    /// What the simulator holds of every intent.
    pub async fn stripe_book(&self) -> Vec<Value> {
        let book = self.guest().send(self.http.get(format!("{}/_book", self.simulator_base))).await.ok();
        book["intents"].as_array().expect("intents").clone()
    }

    /// Asks the simulator as the shop itself would, with the secret key.
    pub async fn ask_stripe(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let secret = self.app.config.stripe.secret_key.expose_secret();
        self.guest().send(self.http.post(format!("{}{path}", self.simulator_base)).bearer_auth(secret).form(form)).await
    }

    /// Delivers the simulator's events that were not delivered yet, oldest first, and does what they cause.
    pub async fn deliver_webhooks(&self) {
        for event in self.stripe_events().await {
            let id = event["id"].as_str().expect("an id").to_owned();
            if self.delivered.lock().unwrap().insert(id) {
                let answer = self.deliver(&event).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            }
        }
        self.drain().await;
    }

    /// Lets the simulator's own courier go once, with the faults that are switched on, and does what that causes.
    pub async fn send_webhooks(&self) {
        self.simulator.deliver_due().await;
        self.drain().await;
    }

    /// Everything that happened at the simulator, oldest first, as Stripe's events.
    pub async fn stripe_events(&self) -> Vec<Value> {
        let secret = self.app.config.stripe.secret_key.expose_secret();
        let request = self.http.get(format!("{}/v1/events?limit=100", self.simulator_base)).bearer_auth(secret);
        let page = self.guest().send(request).await.ok();
        assert_eq!(page["has_more"], false, "a test with more events than a page holds");
        page["data"].as_array().expect("events").iter().rev().cloned().collect()
    }

    /// Posts one event to the shop, signed as Stripe signs it.
    pub async fn deliver(&self, event: &Value) -> Reply {
        let body = event.to_string();
        let signature = signature::sign(&self.app.config.stripe.webhook_secrets[0], self.now(), body.as_bytes());
        self.post_event(body, &signature).await
    }

    /// Posts the body of an event under any signature.
    pub async fn post_event(&self, body: String, signature: &str) -> Reply {
        let request = self.http.post(format!("{}{}", self.base, payments::WEBHOOK_PATH)).header("stripe-signature", signature);
        self.guest().send(request.header("content-type", "application/json").body(body)).await
    }

    /// Confirms an order's payment as its browser would, with a card number; answers the simulator's answer.
    pub async fn pay(&self, client: &Client, order: &Value, card: &str) -> Reply {
        let id: OrderId = order["id"].as_str().expect("an id").parse().expect("an order id");
        let intent = client.intent(id).await.ok();
        self.confirm(&intent, card).await
    }

    /// Confirms an intent with a card number.
    pub async fn confirm(&self, intent: &Value, card: &str) -> Reply {
        let text = |name: &str| intent[name].as_str().expect("a text").to_owned();
        let form = [
            ("key", text("publishable_key")),
            ("client_secret", text("client_secret")),
            ("payment_method_data[type]", "card".to_owned()),
            ("payment_method_data[card][number]", card.to_owned()),
            ("payment_method_data[card][exp_month]", "12".to_owned()),
            ("payment_method_data[card][exp_year]", "2035".to_owned()),
            ("payment_method_data[card][cvc]", "123".to_owned()),
            ("return_url", format!("{}/orders/x", self.base)),
        ];
        let url = format!("{}/v1/payment_intents/{}/confirm", self.simulator_base, text("payment_intent_id"));
        let guest = self.guest();
        guest.send(self.http.post(url).form(&form)).await
    }

    /// From an empty cart to a paid order with its receipt queued and sent.
    pub async fn buy(&self, client: &Client, product: ProductId, quantity: i32) -> Value {
        client.add(product, quantity).await.ok();
        let order = client.place_order().await;
        let paid = self.pay(client, &order, "4242424242424242").await;
        assert_eq!(paid.status, StatusCode::OK, "{}", paid.body);
        self.deliver_webhooks().await;
        client.get(&format!("/orders/{}", order["id"].as_str().expect("an id"))).await.ok()
    }

    /// Makes jobs that wait for their next attempt due at once.
    pub async fn make_jobs_due(&self) {
        self.sql("update graphile_worker._private_jobs set run_at = now() where run_at > now()").await;
    }

    /// Lets every hold run out, by the database's clock.
    pub async fn expire_holds(&self) {
        let mut db = postgres::owner(&self.database).await;
        let past = "now() - interval '1 second'";
        postgres::execute(&mut db, &format!("update reservations set expires_at = {past} where state = 'held'")).await;
        postgres::execute(&mut db, &format!("update orders set hold_expires_at = {past} where status = 'pending'")).await;
    }

    /// One number from the database, by SQL as its owner: for looking at what no answer shows.
    pub async fn number(&self, sql: &str) -> i64 {
        postgres::number(&mut postgres::owner(&self.database).await, sql).await
    }

    /// Runs SQL as the database's owner: for faults that no request can make.
    pub async fn sql(&self, sql: &str) {
        postgres::execute(&mut postgres::owner(&self.database).await, sql).await;
    }

    /// The database, for connections of a test's own.
    pub fn database(&self) -> PgConnectOptions {
        self.database.clone()
    }

    /// The shop's present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Moves the shop's clock.
    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    /// Checks the books: what must hold whatever happened. Names each broken rule.
    pub async fn assert_books(&self) {
        let mut db = postgres::owner(&self.database).await;
        for (rule, sql) in postgres::BOOKS {
            assert_eq!(postgres::number(&mut db, sql).await, 0, "broken: {rule}");
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// Its courier does not run by itself: the test says when it goes, or delivers what happened by hand.
fn simulator_config(config: &Config, clock: &Clock, base: &str) -> SimulatorConfig {
    SimulatorConfig {
        data_dir: None,
        secret_key: config.stripe.secret_key.clone(),
        publishable_key: config.stripe.publishable_key.clone(),
        webhook_url: Some(format!("{base}{}", payments::WEBHOOK_PATH)),
        webhook_secret: config.stripe.webhook_secrets[0].clone(),
        public_url: "/_sandbox".to_owned(),
        clock: clock.clone(),
    }
}

async fn listen() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    (listener, base)
}

#[expect(clippy::disallowed_methods, reason = "a test shop is a composition root")]
fn serve(listener: tokio::net::TcpListener, router: axum::Router, stopping: &CancellationToken) {
    tokio::spawn(server::http::serve(listener, router, stopping.clone(), server::http::Limits::default()));
}
