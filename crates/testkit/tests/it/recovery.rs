//! The real binary: killed in the middle of purchases, stopped, started twice, started where it cannot run.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::future::join_all;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use testkit::postgres;
use tokio::process::{Child, Command};

use crate::starts::binary;

/// Longest start of an empty shop on a busy machine, cluster included.
const START_WITHIN: Duration = Duration::from_secs(90);
/// Everything ends within this after Ctrl-C.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// Until the work that a kill interrupted is done: holds run out, jobs are taken over, webhooks come again.
const SETTLED_WITHIN: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const HOLD_TTL_S: u32 = 12;
const PURCHASES: usize = 50;
/// So many orders are acknowledged when the shop is killed.
const KILLED_AFTER: usize = 20;

/// Waits for a condition, which must come true in time.
async fn until(within: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + within;
    while !condition().await {
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// The shop's command with nothing of the tests' own environment.
fn command(data_dir: &Path, port: u16) -> Command {
    let mut command = Command::new(binary());
    command.arg("up").env_clear().env("DATA_DIR", data_dir).env("PORT", port.to_string()).env("HOLD_TTL_SECONDS", HOLD_TTL_S.to_string());
    for name in ["PATH", "HOME", "PG_BIN", "XDG_CACHE_HOME", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A running shop.
struct Running {
    child: Child,
    base: String,
    data_dir: PathBuf,
    http: reqwest::Client,
    /// From the start of the process to its first readiness.
    ready_after: Duration,
}

impl Running {
    async fn start(data_dir: &Path, port: u16) -> Self {
        let log = std::fs::File::create(data_dir.with_extension("log")).expect("a log");
        let begun = Instant::now();
        let mut child = command(data_dir, port).stdout(Stdio::null()).stderr(log).spawn().expect("the shop's process");
        let http = platform::http::client(Duration::from_secs(10)).expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        until(START_WITHIN, "the shop is ready", async || {
            let ended = child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended: {}", std::fs::read_to_string(data_dir.with_extension("log")).unwrap_or_default());
            http.get(format!("{base}/readyz")).send().await.is_ok_and(|reply| reply.status().is_success())
        })
        .await;
        Self { child, base, data_dir: data_dir.to_owned(), http, ready_after: begun.elapsed() }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().expect("a running process")).expect("a process id"))
    }

    /// The process of its PostgreSQL.
    fn postmaster(&self) -> Pid {
        let file = std::fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).expect("a running PostgreSQL");
        Pid::from_raw(file.lines().next().and_then(|line| line.trim().parse().ok()).expect("a process id"))
    }

    async fn kill_9(mut self) {
        let postmaster = self.postmaster();
        self.child.kill().await.expect("killed");
        until(START_WITHIN, "PostgreSQL ends with its shop", async || is_gone(postmaster)).await;
    }

    /// Ctrl-C; answers how it ended.
    async fn interrupt(mut self) -> ExitStatus {
        let postmaster = self.postmaster();
        kill(self.pid(), Signal::SIGINT).expect("a signal");
        let ended = tokio::time::timeout(STOP_WITHIN, self.child.wait()).await.expect("an end within 5 s").expect("its status");
        assert!(is_gone(postmaster), "PostgreSQL is still there");
        ended
    }

    /// Connects to the shop's own database.
    async fn database(&self) -> sqlx::PgConnection {
        let url = platform::embedded_pg::running(&self.data_dir).expect("a running PostgreSQL");
        postgres::owner(&url.parse().expect("an address")).await
    }
}

/// Gone, or dead and only not yet waited for.
fn is_gone(process: Pid) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    kill(process, None).is_err() || state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

/// A guest who buys one thing, and goes on where the shop stopped answering.
#[derive(Default)]
struct Buyer {
    number: usize,
    product: String,
    pays: bool,
    cart: Option<String>,
    quote: Option<String>,
    order: Option<Value>,
    intent: Option<Value>,
    confirmed: bool,
    /// Why there is nothing more to do.
    given_up: Option<String>,
}

/// The connection broke: nobody knows what was done.
struct Broken;

impl Buyer {
    /// From wherever it stands to a confirmed payment; `placed` counts acknowledged orders.
    async fn go_on(&mut self, shop: &Running, placed: &AtomicUsize) -> Result<(), Broken> {
        if self.quote.is_none() {
            self.fill_cart(shop).await?;
        }
        if self.order.is_none() {
            let request = self.post(shop, "orders").json(&json!({ "quote": self.quote }));
            let reply = self.patiently(request).await?;
            assert_eq!(reply.status(), StatusCode::CREATED, "an order");
            self.order = Some(json_of(reply).await?);
            placed.fetch_add(1, Ordering::Relaxed);
        }
        if self.pays && self.intent.is_none() {
            let order = self.order.as_ref().expect("an order");
            let request = self
                .post(shop, "payments/intent")
                .header("x-order-token", text(order, "access_token"))
                .json(&json!({ "order_id": order["id"] }));
            let reply = self.patiently(request).await?;
            let (status, body) = (reply.status(), json_of(reply).await?);
            if status != StatusCode::CREATED {
                assert!(
                    status == StatusCode::CONFLICT && ["hold_expired", "order_not_payable"].contains(&text(&body, "code")),
                    "{status} {body}"
                );
                self.given_up = Some(text(&body, "code").to_owned());
                return Ok(());
            }
            self.intent = Some(body);
        }
        if self.pays && !self.confirmed {
            self.confirm(shop).await?;
        }
        Ok(())
    }

    async fn fill_cart(&mut self, shop: &Running) -> Result<(), Broken> {
        // An earlier cart whose token never arrived is lost to everybody; this is a new one.
        let added = self.patiently(self.post(shop, "cart/items").json(&json!({ "product_id": self.product, "quantity": 1 }))).await?;
        assert_eq!(added.status(), StatusCode::CREATED);
        if self.cart.is_none() {
            self.cart = added.headers().get("x-cart-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
        }
        let quoted = self.patiently(self.post(shop, "cart/checkout").json(&testkit::checkout_form())).await?;
        self.quote = Some(text(&json_of(quoted).await?, "quote").to_owned());
        Ok(())
    }

    async fn confirm(&mut self, shop: &Running) -> Result<(), Broken> {
        let intent = self.intent.as_ref().expect("an intent");
        let form = [
            ("key", text(intent, "publishable_key")),
            ("client_secret", text(intent, "client_secret")),
            ("payment_method_data[type]", "card"),
            ("payment_method_data[card][number]", "4242424242424242"),
            ("payment_method_data[card][exp_month]", "12"),
            ("payment_method_data[card][exp_year]", "2035"),
            ("payment_method_data[card][cvc]", "123"),
        ];
        let url = format!("{}{}/v1/payment_intents/{}/confirm", shop.base, text(intent, "api_base"), text(intent, "payment_intent_id"));
        let reply = shop.http.post(url).form(&form).send().await.map_err(|_| Broken)?;
        let (status, body) = (reply.status(), json_of(reply).await?);
        // Confirmed before the answer was lost, or cancelled because its time was over.
        assert!(status == StatusCode::OK || body["error"]["code"] == "payment_intent_unexpected_state", "{status} {body}");
        self.confirmed = true;
        Ok(())
    }

    fn post(&self, shop: &Running, path: &str) -> RequestBuilder {
        let request = shop.http.post(format!("{}/api/v1/{path}", shop.base)).header("idempotency-key", format!("{path}-{}", self.number));
        match &self.cart {
            Some(token) => request.header("x-cart-token", token),
            None => request,
        }
    }

    /// Asks again when told to: while an earlier request with this key is under way (the dead shop's claims end by
    /// themselves), and when there is more to do than connections for it.
    async fn patiently(&self, request: RequestBuilder) -> Result<Response, Broken> {
        let deadline = Instant::now() + SETTLED_WITHIN;
        loop {
            let reply = request.try_clone().expect("a body in memory").send().await.map_err(|_| Broken)?;
            if !reply.headers().contains_key("retry-after") || Instant::now() > deadline {
                return Ok(reply);
            }
            tokio::time::sleep(LOOK_AGAIN * 10).await;
        }
    }
}

async fn json_of(reply: Response) -> Result<Value, Broken> {
    reply.json().await.map_err(|_| Broken)
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_else(|| panic!("no {name} in {object}"))
}

/// Buyers of the demo's products; each tenth orders and never pays.
async fn buyers(shop: &Running) -> Vec<Buyer> {
    let products: Value =
        shop.http.get(format!("{}/api/v1/products?limit=100", shop.base)).send().await.expect("products").json().await.expect("JSON");
    let plenty: Vec<&Value> =
        products["data"].as_array().expect("products").iter().filter(|product| product["available"].as_i64() > Some(10)).collect();
    assert!(plenty.len() >= 5, "the demo has enough to sell");
    (0..PURCHASES)
        .map(|number| Buyer {
            number,
            product: text(plenty[number % plenty.len()], "id").to_owned(),
            pays: number % 10 != 9,
            ..Buyer::default()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_in_the_middle_of_fifty_purchases_loses_nothing() {
    let folder = postgres::folder();
    let (data_dir, port) = (folder.path().join("shop"), free_port());
    let shop = Running::start(&data_dir, port).await;
    println!("first start, empty data directory: {:?}", shop.ready_after);
    let mut buyers = buyers(&shop).await;

    let placed = AtomicUsize::new(0);
    let killing = async {
        until(START_WITHIN, "orders are placed", async || placed.load(Ordering::Relaxed) >= KILLED_AFTER).await;
        kill(shop.pid(), Signal::SIGKILL).expect("a signal");
    };
    let (_, ended) = tokio::join!(killing, join_all(buyers.iter_mut().map(|buyer| buyer.go_on(&shop, &placed))));
    let broken = ended.iter().filter(|ended| ended.is_err()).count();
    let acknowledged: Vec<Value> = buyers.iter().filter_map(|buyer| buyer.order.clone()).collect();
    println!("killed with {} orders acknowledged and {broken} buyers cut off", acknowledged.len());
    assert!(broken > 0 && acknowledged.len() >= KILLED_AFTER, "it was the middle");
    shop.kill_9().await;

    let shop = Running::start(&data_dir, port).await;
    println!("start after kill -9: {:?}", shop.ready_after);
    for order in &acknowledged {
        let url = format!("{}/api/v1/orders/{}", shop.base, text(order, "id"));
        let found = shop.http.get(url).header("x-order-token", text(order, "access_token")).send().await.expect("an answer");
        assert_eq!(found.status(), StatusCode::OK, "an acknowledged order is gone");
        let found: Value = found.json().await.expect("JSON");
        assert_eq!((&found["order_number"], &found["total"], &found["lines"]), (&order["order_number"], &order["total"], &order["lines"]));
    }
    for ended in join_all(buyers.iter_mut().map(|buyer| buyer.go_on(&shop, &placed))).await {
        assert!(ended.is_ok(), "the shop stopped answering");
    }
    println!("{}", settled(&shop, &buyers).await);
    assert!(shop.interrupt().await.success());
}

/// Waits until every order has ended, then checks the books; answers how it ended.
async fn settled(shop: &Running, buyers: &[Buyer]) -> String {
    let mut db = shop.database().await;
    for (what, sql) in [
        ("every order is paid or cancelled", "select count(*) from orders where status = 'pending'"),
        ("no unit is held any more", "select count(*) from reservations where state = 'held'"),
        ("every event of the payment provider has had its effect", "select count(*) from stripe_events where processed_at is null"),
    ] {
        until(SETTLED_WITHIN, what, async || postgres::number(&mut db, sql).await == 0).await;
    }
    for (rule, sql) in postgres::BOOKS {
        assert_eq!(postgres::number(&mut db, sql).await, 0, "broken: {rule}");
    }
    assert_provider_agrees(shop, &mut db).await;
    let count = async |db: &mut sqlx::PgConnection, sql: &str| usize::try_from(postgres::number(db, sql).await).expect("a count");
    assert_eq!(count(&mut db, "select count(*) from orders").await, PURCHASES, "one order for each key");
    let paid = count(&mut db, "select count(*) from orders where status = 'processing'").await;
    let refunded = count(
        &mut db,
        "select count(*) from payments where state = 'succeeded' and order_id in (select id from orders where status = 'cancelled')",
    )
    .await;
    let confirmed = buyers.iter().filter(|buyer| buyer.confirmed).count();
    for buyer in buyers {
        let order = buyer.order.as_ref().expect("an order");
        let found = shop
            .http
            .get(format!("{}/api/v1/orders/{}", shop.base, text(order, "id")))
            .header("x-order-token", text(order, "access_token"));
        let found = found.send().await.expect("an answer").json::<Value>().await.expect("JSON");
        let expected = if buyer.pays && buyer.given_up.is_none() { "processing" } else { "cancelled" };
        // A buyer who was cut off while confirming may come back when the time to pay is over.
        assert!(found["status"] == expected || (expected == "processing" && refunded == 0 && found["status"] == "cancelled"), "{found}");
    }
    assert!(paid > PURCHASES / 2, "most buyers were quick enough");
    format!("{paid} paid, {} cancelled, {confirmed} confirmed by their buyers, {refunded} refunded", PURCHASES - paid)
}

/// The payment provider's own book, intent by intent, says what the shop's says.
async fn assert_provider_agrees(shop: &Running, db: &mut sqlx::PgConnection) {
    let book: Value = shop.http.get(format!("{}/_sandbox/_book", shop.base)).send().await.expect("the book").json().await.expect("JSON");
    let intents = book["intents"].as_array().expect("intents");
    assert!(intents.len() > PURCHASES / 2);
    for intent in intents {
        let (id, captured, refunded) = (text(intent, "pi_id"), &intent["captured"], &intent["refunded"]);
        let same = format!(
            "select count(*) from payments where intent_id = '{id}' and captured * 100 = {captured} and refunded * 100 = {refunded}"
        );
        assert_eq!(postgres::number(db, &same).await, 1, "the shop's book differs from {intent}");
    }
    let known = postgres::number(db, "select count(*) from payments where intent_id is not null").await;
    assert_eq!(usize::try_from(known).ok(), Some(intents.len()), "an intent that the provider does not know");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_ends_with_ctrl_c_and_finds_its_data_again() {
    let folder = postgres::folder();
    let (data_dir, port) = (folder.path().join("shop"), free_port());
    let shop = Running::start(&data_dir, port).await;
    let mut buyer = buyers(&shop).await.swap_remove(0);
    assert!(buyer.go_on(&shop, &AtomicUsize::new(0)).await.is_ok());

    let second = refusal(&data_dir, free_port()).await;
    assert!(second.contains("already") || second.contains("another"), "{second}");
    let taken = refusal(&folder.path().join("elsewhere"), port).await;
    assert!(taken.contains(&format!("port {port} is taken")) && taken.contains("PORT"), "{taken}");
    assert!(!folder.path().join("elsewhere/postgres").exists(), "nothing was started for it");

    let begun = Instant::now();
    let status = shop.interrupt().await;
    println!("stopped in {:?}", begun.elapsed());
    assert_eq!(status.code(), Some(0));
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok(), "the port is free again");

    let shop = Running::start(&data_dir, port).await;
    println!("start with an existing data directory: {:?}", shop.ready_after);
    let order = buyer.order.expect("an order");
    let url = format!("{}/api/v1/orders/{}", shop.base, text(&order, "id"));
    until(SETTLED_WITHIN, "the order is paid", async || {
        let reply = shop.http.get(&url).header("x-order-token", text(&order, "access_token")).send().await.expect("an answer");
        reply.json::<Value>().await.expect("JSON")["status"] == "processing"
    })
    .await;
    assert!(shop.interrupt().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withheld_answer_does_not_keep_a_shop_from_ending() {
    let folder = postgres::folder();
    let data_dir = folder.path().join("shop");
    let mut shop = Running::start(&data_dir, free_port()).await;
    let mut buyer = buyers(&shop).await.swap_remove(0);
    let faults = json!({ "charge": "then_timeout" });
    let set = shop.http.put(format!("{}/_sandbox/_faults", shop.base)).json(&faults).send().await.expect("an answer");
    assert_eq!(set.status(), StatusCode::OK);
    let (placed, mut db) = (AtomicUsize::new(0), shop.database().await);
    let ending = async {
        until(SETTLED_WITHIN, "the card is charged", async || {
            postgres::number(&mut db, "select count(*) from payments where state = 'succeeded'").await == 1
        })
        .await;
        kill(shop.pid(), Signal::SIGINT).expect("a signal");
    };
    let (bought, ()) = tokio::join!(buyer.go_on(&shop, &placed), ending);
    assert!(bought.is_err(), "the answer came");
    let ended = tokio::time::timeout(STOP_WITHIN, shop.child.wait()).await.expect("an end within 5 s").expect("its status");
    assert!(ended.success());
    let log = std::fs::read_to_string(data_dir.with_extension("log")).expect("the log");
    assert!(log.contains("PostgreSQL is ready") && !log.contains("still under way"), "{log}");
}

/// What a shop says that cannot start: one line, and exit 1.
async fn refusal(data_dir: &Path, port: u16) -> String {
    let ended = tokio::time::timeout(START_WITHIN, command(data_dir, port).output()).await.expect("an end").expect("its output");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("quickshop: ")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(!said.contains("panic") && !said.contains("\"level\":\"ERROR\""), "{said}");
    lines[0].to_owned()
}

#[tokio::test]
async fn a_shop_that_cannot_write_says_so_in_one_line() {
    let folder = postgres::folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let said = refusal(&file.join("shop"), free_port()).await;
    assert!(said.contains("DATA_DIR"), "{said}");
    let said = refusal(Path::new("/proc/quickshop"), free_port()).await;
    assert!(said.contains("DATA_DIR"), "{said}");
}
