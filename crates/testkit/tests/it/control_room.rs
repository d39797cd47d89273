//! The control room: the story of the last order as a page and as a stream, the faults, and whom it is shown to.

use std::time::Duration;

use payments::simulator::{ChargeFault, Faults, WebhookFault};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::http::Limits;
use testkit::{Client, Shop};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    pages::in_production,
    payments::{GOOD, id_of},
    support::header,
};

/// Longest wait for something that happens at once.
const SOON: Duration = Duration::from_secs(20);
/// As many as may watch at a time.
const STREAMS_MAX: usize = 4;

/// The page as text.
async fn page(client: &Client) -> String {
    let reply = client.get("//_dev").await;
    assert_eq!(reply.status, StatusCode::OK);
    // The template writes a slash so.
    String::from_utf8(reply.bytes).expect("text").replace("&#x2f;", "/")
}

/// Checks that a text has these parts, one after the other.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        let Some(at) = at else { panic!("{part:?} is not there, or not in its place, in {text}") };
        rest = &rest[at + part.len()..];
    }
}

/// One who watches the story.
struct Watching {
    response: Response,
    received: String,
}

impl Watching {
    async fn open(client: &Client) -> Self {
        let response = client.request(Method::GET, "//_dev/story").send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, received: String::new() }
    }

    /// The next event's name and data; None at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.received.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
                let (name, data) = (field("event:"), field("data:"));
                self.received = rest.to_owned();
                if !name.is_empty() {
                    return Some((name, serde_json::from_str(&data).expect("JSON")));
                }
                continue;
            }
            let chunk = tokio::time::timeout(SOON, self.response.chunk()).await.expect("something within a keep-alive's time").ok()??;
            self.received.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// The first story from here on that says this.
    async fn until(&mut self, words: &str) -> String {
        let looking = async {
            while let Some((name, data)) = self.next().await {
                if name == "story" && data["html"].as_str().is_some_and(|html| html.contains(words)) {
                    return data["html"].as_str().unwrap_or_default().to_owned();
                }
            }
            panic!("the stream ended")
        };
        tokio::time::timeout(SOON, looking).await.unwrap_or_else(|_| panic!("the story never said {words:?}"))
    }
}

#[tokio::test]
async fn a_purchase_is_told_from_the_request_to_the_mail() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    assert!(page(&guest).await.contains("Nobody has bought anything yet."));
    let order = shop.buy(&guest, shop.product(5).await, 2).await;
    let told = page(&guest).await;
    assert_in_order(
        &told,
        &[
            "Paid in ",
            order["order_number"].as_str().unwrap(),
            "2 × thing",
            "The customer asks to place the order",
            "POST /api/v1/orders → 201 in ",
            "one transaction",
            "Order placed for $",
            "2 units held",
            "The customer asks to pay it",
            "A payment began",
            "The payment provider made a payment intent",
            "The payment intent was tied to the order",
            "The card was charged",
            "The webhook payment_intent.succeeded arrived, its signature is right",
            "one transaction",
            "The money is in",
            "Order paid",
            "2 units sold",
            "Receipt queued",
            "Receipt sent",
        ],
    );
    assert!(!told.contains("ada@example.com") && !told.contains("Lovelace"), "the story names nobody");
}

#[tokio::test]
async fn what_happens_arrives_by_itself_and_the_next_order_takes_the_page() {
    let shop = Shop::open().await;
    let (guest, mug) = (shop.guest(), shop.product(9).await);
    let mut watching = Watching::open(&shop.guest()).await;
    watching.until("Nobody has bought anything yet.").await;
    guest.add(mug, 1).await.ok();
    let order = guest.place_order().await;
    watching.until("Waiting for the customer to pay").await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    assert_in_order(&watching.until("Charged. Waiting for the webhook").await, &["The card was charged", "waiting", "The webhook arrives"]);
    shop.deliver_webhooks().await;
    assert_in_order(&watching.until("Receipt sent").await, &["Paid in ", "Order placed", "Order paid"]);
    let other = shop.guest();
    other.add(mug, 1).await.ok();
    let next = other.place_order().await;
    let told = watching.until(next["order_number"].as_str().unwrap()).await;
    assert!(!told.contains(order["order_number"].as_str().unwrap()) && !told.contains("Receipt sent"), "{told}");
}

#[tokio::test]
async fn a_webhook_that_came_again_is_counted_and_a_refused_cards_own_is_no_repeat() {
    let shop = Shop::open().await;
    let (guest, mug) = (shop.guest(), shop.product(5).await);
    guest.add(mug, 1).await.ok();
    let order = guest.place_order().await;
    assert_eq!(shop.pay(&guest, &order, "4000000000000002").await.status, StatusCode::PAYMENT_REQUIRED);
    shop.send_webhooks().await;
    shop.advance(chrono::Duration::seconds(2));
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.send_webhooks().await;
    let told = page(&guest).await;
    assert!(told.contains("Paid in ") && !told.contains("counted once"), "{told}");

    shop.simulator.set_faults(Faults { webhooks: WebhookFault::FiveTimes, ..Faults::default() });
    guest.add(mug, 1).await.ok();
    let order = guest.place_order().await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.send_webhooks().await;
    let told = page(&guest).await;
    assert!(told.contains("The webhook came 5 times and counted once."), "{told}");
}

#[tokio::test]
async fn an_order_whose_webhook_is_lost_is_seen_to_heal() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let mut watching = Watching::open(&shop.guest()).await;
    let lost = guest.request(Method::POST, "//_dev/faults").form(&[("webhooks", "lost")]);
    assert_eq!(guest.send(lost).await.status, StatusCode::SEE_OTHER);
    guest.add(shop.product(5).await, 1).await.ok();
    let order = guest.place_order().await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.simulator.deliver_due().await;
    let told = watching.until("Webhook lost. The shop will ask Stripe").await;
    assert_in_order(&told, &["The card was charged", "The webhook payment_intent.succeeded was lost"]);
    shop.advance(chrono::Duration::seconds(20));
    shop.tick().await;
    let told = watching.until("Receipt sent").await;
    assert_in_order(
        &told,
        &["Webhook lost. Healed by asking Stripe after 2", "was lost", "Healed: the money is in", "Order paid", "Receipt sent"],
    );
    shop.assert_books().await;
}

/// A router of the same shop as another process would build it, behind a port of its own, while `look` looks.
async fn beside(app: &platform::App, parts: server::Parts, look: impl AsyncFnOnce(Client)) {
    let router = server::build(app, parts).map_err(|error| error.to_string()).expect("a router");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let client = Client::new(platform::http::client(Duration::from_secs(10)).expect("a client"), &base);
    tokio::select! {
        () = server::http::serve(listener, router, CancellationToken::new(), Limits::default()) => panic!("it stopped serving"),
        () = look(client) => {}
    }
}

#[tokio::test]
async fn a_process_that_saw_nothing_tells_what_the_tables_know() {
    let shop = Shop::open().await;
    shop.buy(&shop.guest(), shop.product(5).await, 1).await;
    beside(&shop.app, server::Parts::default(), async |client| {
        let told = page(&client).await;
        assert_in_order(
            &told,
            &["Paid in ", "Order placed", "1 unit held", "A payment began", "Order paid", "1 unit sold", "Receipt sent"],
        );
        assert!(!told.contains("The customer asks"), "requests are known to the process that answered them");
        assert_eq!(told.matches("<fieldset disabled>").count(), 3, "what does not stand in cannot be switched");
        assert!(told.contains("which runs on its own.") && told.contains("Mail goes to a provider of its own."), "{told}");
    })
    .await;
}

fn switching(client: &Client, form: &str) -> RequestBuilder {
    let request = client.request(Method::POST, "//_dev/faults").header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_owned())
}

#[tokio::test]
async fn a_form_switches_faults_on_and_an_empty_one_all_of_them_off() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let answer = guest.send(switching(&guest, "webhooks=five_times&cards=then_timeout&mail=down")).await;
    assert_eq!((answer.status, header(&answer, "location")), (StatusCode::SEE_OTHER, "/_dev"));
    assert_eq!(shop.simulator.faults(), Faults { webhooks: WebhookFault::FiveTimes, charge: ChargeFault::ThenTimeout });
    assert!(shop.mailbox.is_down());
    let told = page(&guest).await;
    for chosen in
        ["name=\"webhooks\" value=\"five_times\" checked", "name=\"cards\" value=\"then_timeout\" checked", "value=\"down\" checked"]
    {
        assert!(told.contains(chosen), "{chosen} in {told}");
    }
    assert!(told.contains("Webhooks come five times. Cards are charged and nobody hears of it. The mail provider is down."));

    let unknown = guest.send(switching(&guest, "webhooks=eaten")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shop.simulator.faults().webhooks, WebhookFault::FiveTimes);
    let well = guest.send(switching(&guest, "").header("accept", "application/json")).await.ok();
    assert_eq!(well, json!({ "chosen": { "webhooks": "arrive", "cards": "work", "mail": "up" }, "banner": "" }));
    assert_eq!((shop.simulator.faults(), shop.mailbox.is_down()), (Faults::default(), false));
}

#[tokio::test]
async fn whoever_watches_sees_the_switches_move() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let mut watching = Watching::open(&guest).await;
    guest.send(switching(&guest, "cards=decline")).await;
    let looking = async {
        loop {
            match watching.next().await {
                Some((name, data)) if name == "faults" && data["chosen"]["cards"] == "decline" => return data,
                Some(_) => {}
                None => panic!("the stream ended"),
            }
        }
    };
    let standing = tokio::time::timeout(SOON, looking).await.expect("the switch moved");
    assert_eq!(standing["banner"], "Every card is declined.");
}

#[tokio::test]
async fn another_sites_page_switches_nothing_makes_no_link_and_takes_no_place() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let foreign = [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://stranger.example")];
    for (name, value) in foreign {
        assert_eq!(
            guest.send(switching(&guest, "webhooks=lost").header(name, value)).await.status,
            StatusCode::FORBIDDEN,
            "{name} {value}"
        );
        let link = guest.request(Method::POST, "//_dev/admin-link").header(name, value);
        assert_eq!(guest.send(link).await.status, StatusCode::FORBIDDEN, "{name} {value}");
    }
    for value in ["cross-site", "same-site"] {
        let watch = guest.request(Method::GET, "//_dev/story").header("sec-fetch-site", value);
        assert_eq!(guest.send(watch).await.status, StatusCode::FORBIDDEN, "{value}");
    }
    assert_eq!(shop.simulator.faults(), Faults::default());
    assert_eq!(shop.number("select count(*) from one_time_links").await, 0);
    let own = switching(&guest, "webhooks=lost").header("sec-fetch-site", "same-origin").header("origin", &shop.base);
    assert_eq!(guest.send(own).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_few_may_watch_and_one_too_many_is_told_when_to_come_again() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    let mut watching = Vec::new();
    for _ in 0..STREAMS_MAX {
        watching.push(Watching::open(&guest).await);
    }
    let refused = guest.get("//_dev/story").await;
    assert_eq!((refused.status, header(&refused, "retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    watching.pop();
    // The place is free once the shop has noticed that its connection is gone.
    let again = async {
        while guest.request(Method::GET, "//_dev/story").send().await.expect("an answer").status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, again).await.expect("a place that was left is given away again");
}

#[tokio::test]
async fn a_shop_that_stops_ends_its_streams_at_once() {
    let shop = Shop::open().await;
    let stopping = CancellationToken::new();
    let parts = server::Parts { stopping: stopping.clone(), ..server::Parts::default() };
    let router = server::build(&shop.app, parts).map_err(|error| error.to_string()).expect("a router");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let client = Client::new(platform::http::client(Duration::from_secs(60)).expect("a client"), &base);
    let drain = Duration::from_secs(60);
    let serving = server::http::serve(listener, router, stopping.clone(), Limits { drain, ..Limits::default() });
    let watching = async {
        let mut watching = Watching::open(&client).await;
        watching.until("Nobody has bought anything yet.").await;
        stopping.cancel();
        while watching.next().await.is_some() {}
    };
    let both = async { tokio::join!(serving, watching) };
    tokio::time::timeout(drain / 2, both).await.expect("it does not wait for those who watch");
}

/// Whatever the development shop has beside the shop itself.
const INSIDE: [(Method, &str); 13] = [
    (Method::GET, "//_dev"),
    (Method::GET, "//_dev/"),
    (Method::GET, "//_dev/story"),
    (Method::GET, "//_dev/faults"),
    (Method::POST, "//_dev/faults"),
    (Method::GET, "//_dev/admin-link"),
    (Method::POST, "//_dev/admin-link"),
    (Method::GET, "//_dev/room.css"),
    (Method::GET, "//_dev/room.js"),
    (Method::GET, "//_dev/mailbox"),
    (Method::GET, "//_sandbox/_book"),
    (Method::GET, "//_sandbox/_faults"),
    (Method::PUT, "//_sandbox/_faults"),
];
/// What the page that pays calls, from wherever a development shop is looked at.
const FOR_BROWSERS: [(Method, &str); 3] = [
    (Method::GET, "//_sandbox/v1/payment_intents/pi_sim_1"),
    (Method::POST, "//_sandbox/v1/payment_intents"),
    (Method::GET, "//_sandbox/3ds/pi_sim_1"),
];

#[tokio::test]
async fn in_production_nothing_of_it_is_there() {
    let shop = Shop::open().await;
    let parts = server::Parts { simulator: Some(shop.simulator.clone()), mailbox: Some(shop.mailbox.clone()), ..server::Parts::default() };
    beside(&in_production(&shop), parts, async |client| {
        for (method, path) in INSIDE.into_iter().chain(FOR_BROWSERS) {
            assert_eq!(client.send(client.request(method.clone(), path)).await.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    })
    .await;
    assert_eq!(shop.simulator.faults(), Faults::default());
}

#[tokio::test]
async fn under_a_strangers_name_or_through_a_proxy_nothing_of_it_is_there() {
    let shop = crate::support::demo().await;
    let guest = shop.guest();
    for ((method, path), (name, value)) in INSIDE
        .into_iter()
        .flat_map(|asked| [("host", "rebound.example"), ("x-forwarded-for", "203.0.113.7")].map(|header| (asked.clone(), header)))
    {
        let asked = guest.request(method.clone(), path).header(name, value);
        assert_eq!(guest.send(asked).await.status, StatusCode::NOT_FOUND, "{method} {path} {name}");
    }
    assert_eq!(shop.number("select count(*) from one_time_links").await, 0);
}

#[tokio::test]
async fn the_link_for_the_admin_leads_to_its_welcome_page_with_the_secret_where_no_log_sees_it() {
    let shop = crate::support::demo().await;
    let guest = shop.guest();
    let answer = guest.send(guest.request(Method::POST, "//_dev/admin-link")).await;
    let link = header(&answer, "location");
    assert_eq!((answer.status, header(&answer, "cache-control")), (StatusCode::SEE_OTHER, "no-store"));
    assert!(link.starts_with("/admin/welcome#") && link.len() > "/admin/welcome#".len() + 20, "{link}");
}

#[tokio::test]
async fn a_mail_that_waits_for_its_provider_is_told_and_so_is_its_healing() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    guest.send(switching(&guest, "mail=down")).await;
    let order = shop.buy(&guest, shop.product(5).await, 1).await;
    assert_eq!(id_of(&order).to_string(), order["id"]);
    assert_in_order(
        &page(&guest).await,
        &["The receipt waits for the mail provider.", "Receipt not sent", "Receipt waits for its next attempt"],
    );
    guest.send(switching(&guest, "")).await;
    shop.make_jobs_due().await;
    shop.drain().await;
    assert_in_order(&page(&guest).await, &["The receipt went out after all.", "Receipt sent after all", "2 attempts"]);
}
