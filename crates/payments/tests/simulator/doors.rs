//! Who may do what, from where, under which address.

use std::time::Duration;

use kernel::{Currency, Money, OrderNumber};
use payments::{
    simulator::Simulator,
    stripe::{Client, CreateIntent},
};
use platform::clock::Clock;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;

use super::rig::{BROWSER, SECRET, Sim, config};

#[tokio::test]
async fn keys_open_what_they_should_and_nothing_else() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    let (id, secret) = (intent["id"].as_str().unwrap(), intent["client_secret"].as_str().unwrap());
    let url = |path: &str| format!("{}/v1/payment_intents{path}", sim.base);
    assert_eq!(sim.send(sim.http.get(url(&format!("/{id}")))).await.status, 401);
    assert_eq!(sim.send(sim.http.get(url(&format!("/{id}"))).bearer_auth("sk_wrong")).await.status, 401);
    assert_eq!(sim.send(sim.http.get(url(&format!("/{id}"))).basic_auth(SECRET, Some(""))).await.status, 200);
    let seen = sim.send(sim.http.get(url(&format!("/{id}?key={BROWSER}&client_secret={secret}")))).await;
    assert_eq!((seen.status, seen.json().get("metadata")), (200, None), "a browser does not see what the shop keeps");
    assert_eq!(sim.send(sim.http.get(url(&format!("/{id}?key={BROWSER}")))).await.error(), (400, "parameter_missing".to_owned()));
    let wrong = [format!("/{id}?key={BROWSER}&client_secret={id}_secret_x"), format!("/pi_none?key={BROWSER}&client_secret={secret}")];
    let wrong = [sim.send(sim.http.get(url(&wrong[0]))).await, sim.send(sim.http.get(url(&wrong[1]))).await];
    assert_eq!((wrong[0].status, &wrong[0].text), (404, &wrong[1].text), "nobody learns which intents exist");
    let browser = [("key", BROWSER), ("client_secret", secret)];
    for path in ["", &format!("/{id}/cancel")] {
        assert_eq!(sim.send(sim.http.post(url(path)).form(&browser)).await.error(), (401, "secret_key_required".to_owned()));
    }
    assert_eq!(sim.get("/v1/nowhere").await.status, 404);
}

#[tokio::test]
async fn any_origin_may_confirm_but_not_create() {
    let sim = Sim::open().await;
    let preflight = |path: &str| {
        let request = sim.http.request(reqwest::Method::OPTIONS, format!("{}{path}", sim.base));
        sim.send(request.header("origin", "http://shop.test").header("access-control-request-method", "POST"))
    };
    let confirm = preflight("/v1/payment_intents/pi_1/confirm").await;
    assert_eq!((confirm.status, &confirm.headers["access-control-allow-origin"]), (200, &"*".parse().unwrap()));
    assert!(!confirm.headers.contains_key("access-control-allow-credentials"));
    assert!(!preflight("/v1/payment_intents").await.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn it_is_the_same_simulator_below_the_shops_own_address() {
    let simulator = Simulator::open(config(None, None, "/_sandbox", &Clock::system())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let both = simulator.router().nest("/_sandbox", simulator.router());
    tokio::spawn(async { axum::serve(listener, both).await });
    let at_root = Client::new(&base, &SecretString::from(SECRET)).unwrap();
    let below = Client::new(&format!("{base}/_sandbox/"), &SecretString::from(SECRET)).unwrap();
    let number = OrderNumber::from_seed([1; 32]);
    let amount = Money::new(1999, Currency::parse("USD").unwrap());
    let wanted = CreateIntent { amount, order_id: "0192f0c1-2345-7890-8abc-def012345678".parse().unwrap(), order_number: &number };
    let intent = at_root.create_intent(&wanted, "k").await.unwrap();
    assert_eq!(below.create_intent(&wanted, "k").await.unwrap().id, intent.id, "one key, by either address");
    let http = platform::http::client(Duration::from_secs(10)).unwrap();
    let confirm = http.post(format!("{base}/_sandbox/v1/payment_intents/{}/confirm", intent.id)).bearer_auth(SECRET);
    let action: Value = serde_json::from_str(
        &confirm.form(&[("payment_method", "pm_card_authenticationRequired")]).send().await.unwrap().text().await.unwrap(),
    )
    .unwrap();
    let page = action["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    assert!(page.starts_with("/_sandbox/3ds/"), "{page}");
    assert_eq!(http.get(format!("{base}{page}")).send().await.unwrap().status(), 200);
    assert_eq!(
        http.get(format!("{base}/_sandbox/3ds/style.css")).send().await.unwrap().headers()["content-type"],
        "text/css; charset=utf-8"
    );
    assert_eq!(http.get(format!("{base}/_sandbox/nowhere")).send().await.unwrap().status(), 404);
}
