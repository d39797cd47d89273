//! Events and their delivery.

use std::collections::BTreeMap;

use payments::stripe::{self, Event, signature};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::rig::{Sim, WEBHOOK_SECRET, receiver};

#[tokio::test]
async fn webhooks_are_signed_and_come_again_until_they_are_taken() {
    let (url, mut seen) = receiver(2).await;
    let sim = Sim::with(None, Some(url)).await;
    // The shop's clock is the simulator's: a test that moves it still gets signatures that fit.
    sim.clock.advance(chrono::Duration::hours(3));
    let intent = sim.intent().await;
    sim.type_card(&intent, "4242424242424242").await;
    let mut taken = BTreeMap::new();
    let mut refused = Vec::new();
    while taken.len() < 3 {
        let (status, headers, body) = seen.recv().await.unwrap();
        let secrets = [SecretString::from(WEBHOOK_SECRET)];
        let header = headers["stripe-signature"].to_str().unwrap();
        signature::verify(header, &body, &secrets, sim.clock.now(), signature::TOLERANCE).unwrap();
        let event = Event::parse(&body).unwrap();
        assert_eq!(event.intent_id().as_deref(), intent["id"].as_str());
        assert_eq!((event.api_version.as_deref(), event.livemode), (Some(stripe::API_VERSION), false));
        match status {
            200 => assert!(taken.insert(event.r#type, event.id).is_none(), "what is taken does not come again"),
            _ => refused.push(event.id),
        }
    }
    assert_eq!(taken.keys().collect::<Vec<_>>(), ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]);
    assert_eq!(refused.len(), 2);
    assert!(refused.iter().all(|id| taken.values().any(|taken| taken == id)));
}

#[tokio::test]
async fn events_that_nobody_took_are_delivered_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens here.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}/webhook", closed.local_addr().unwrap());
    drop(closed);
    let sim = Sim::with(Some(folder.path()), Some(nowhere)).await;
    let intent = sim.intent().await;
    sim.close().await;
    let (url, mut seen) = receiver(0).await;
    let sim = Sim::with(Some(folder.path()), Some(url)).await;
    let (_, _, body) = seen.recv().await.unwrap();
    let event = Event::parse(&body).unwrap();
    assert_eq!((event.r#type.as_str(), event.intent_id().as_deref()), ("payment_intent.created", intent["id"].as_str()));
    let listed = sim.get("/v1/events?limit=1").await.json();
    assert_eq!((&listed["data"][0]["id"], &listed["has_more"]), (&event.id.clone().into(), &false.into()));
    assert_eq!(sim.get(&format!("/v1/events/{}", event.id)).await.json()["type"], "payment_intent.created");
}
