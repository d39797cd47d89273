//! Faults, as they are switched on at the simulator's own address.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::error::TryRecvError;

use super::rig::{Reply, Sim, receiver};

/// What never comes would have come by then.
const WITHIN: Duration = Duration::from_secs(5);

async fn switch(sim: &Sim, faults: &str) -> Reply {
    let request = sim.http.put(format!("{}/_faults", sim.base)).header("content-type", "application/json");
    sim.send(request.body(faults.to_owned())).await
}

#[tokio::test]
async fn faults_are_shown_set_and_refused_when_they_are_none() {
    let sim = Sim::open().await;
    let well = json!({ "webhooks": "none", "charge": "none" });
    assert_eq!(sim.get("/_faults").await.json(), well);
    let late = json!({ "webhooks": "late", "charge": "none" });
    assert_eq!(switch(&sim, r#"{"webhooks": "late"}"#).await.json(), late);
    for wrong in ["", "7", r#"{"webhooks": "eaten"}"#, r#"{"weather": "bad"}"#] {
        assert_eq!(switch(&sim, wrong).await.status, 400, "{wrong}");
    }
    let form = sim.http.put(format!("{}/_faults", sim.base)).header("content-type", "text/plain").body("{}");
    assert_eq!(sim.send(form).await.status, 400, "what a stranger's page may send without asking");
    assert_eq!(sim.get("/_faults").await.json(), late);
    assert_eq!(switch(&sim, "{}").await.json(), well);
}

#[tokio::test]
async fn a_withheld_answer_does_not_keep_a_simulator_from_ending() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    switch(&sim, r#"{"charge": "then_timeout"}"#).await;
    let (id, secret) = (intent["id"].as_str().unwrap(), intent["client_secret"].as_str().unwrap());
    let form =
        [("key", super::rig::BROWSER), ("client_secret", secret), ("payment_method", "pm_card_visa"), ("return_url", "http://shop.test")];
    let confirm = sim.http.post(format!("{}/v1/payment_intents/{id}/confirm", sim.base)).form(&form);
    assert_withheld_until_the_end(sim, &intent, confirm).await;
}

#[tokio::test]
async fn the_answer_to_a_charge_after_3d_secure_is_withheld_as_well() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    switch(&sim, r#"{"charge": "then_timeout"}"#).await;
    let asked = sim.type_card(&intent, "4000002760003184").await.json();
    let url = asked["next_action"]["redirect_to_url"]["url"].as_str().expect("the bank's page, answered at once");
    let pressed = [("challenge", url.split_once("challenge=").unwrap().1), ("outcome", "complete")];
    let press = sim.http.post(url).form(&pressed);
    assert_withheld_until_the_end(sim, &intent, press).await;
}

/// Sends what charges the card: nobody hears of it, and it ends with the simulator.
async fn assert_withheld_until_the_end(sim: Sim, intent: &Value, charges: reqwest::RequestBuilder) {
    let charging = tokio::spawn(charges.send());
    while sim.booked(intent).await.1 == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!charging.is_finished(), "the card is charged, and nobody hears of it");
    tokio::time::timeout(WITHIN, sim.close()).await.unwrap();
    let error = tokio::time::timeout(WITHIN, charging).await.unwrap().unwrap().unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "closed without an answer: {error:?}");
}

#[tokio::test]
async fn a_webhook_that_was_queued_before_the_fault_is_lost_as_well() {
    let (url, mut seen) = receiver(1).await;
    let sim = Sim::with(None, Some(url)).await;
    sim.intent().await;
    assert_eq!(seen.recv().await.unwrap().0, 500);
    switch(&sim, r#"{"webhooks": "lost"}"#).await;
    let settled = async {
        while sim.get("/v1/events").await.json()["data"][0]["pending_webhooks"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WITHIN, settled).await.unwrap();
    assert_eq!(seen.try_recv().unwrap_err(), TryRecvError::Empty, "the repetition was never sent");
}

#[tokio::test]
async fn a_webhook_that_waits_to_be_late_goes_at_once_when_all_is_well() {
    let (url, mut seen) = receiver(0).await;
    let sim = Sim::with(None, Some(url)).await;
    switch(&sim, r#"{"webhooks": "late"}"#).await;
    sim.intent().await;
    switch(&sim, "{}").await;
    assert_eq!(tokio::time::timeout(WITHIN, seen.recv()).await.unwrap().unwrap().0, 200);
}
