//! Idempotency keys as Stripe promises them.

use super::rig::Sim;

#[tokio::test]
async fn a_key_answers_the_same_for_a_day_and_refuses_another_request() {
    let sim = Sim::open().await;
    let order = [("amount", "1999"), ("currency", "usd")];
    let first = sim.post_once("k1", "/v1/payment_intents", &order).await;
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let second = sim.post_once("k1", "/v1/payment_intents", &[order[1], order[0]]).await;
    assert_eq!((second.status, &second.text), (200, &first.text));
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let other = sim.post_once("k1", "/v1/payment_intents", &[("amount", "2000"), ("currency", "usd")]).await;
    assert_eq!((other.status, &other.json()["error"]["type"]), (400, &"idempotency_error".into()));
    sim.clock.advance(chrono::Duration::hours(24));
    assert_ne!(sim.post_once("k1", "/v1/payment_intents", &order).await.json()["id"], first.json()["id"]);
}

#[tokio::test]
async fn declines_are_kept_under_their_key_and_failed_validations_are_not() {
    let sim = Sim::open().await;
    let path = format!("/v1/payment_intents/{}/confirm", sim.intent().await["id"].as_str().unwrap());
    let declined = sim.post_once("k1", &path, &[("payment_method", "pm_card_visa_chargeDeclined")]).await;
    let again = sim.post_once("k1", &path, &[("payment_method", "pm_card_visa_chargeDeclined")]).await;
    assert_eq!((again.status, &again.text), (402, &declined.text));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(sim.post_once("k2", "/v1/payment_intents", &[("amount", "x"), ("currency", "usd")]).await.status, 400);
    assert_eq!(sim.post_once("k2", "/v1/payment_intents", &[("amount", "1999"), ("currency", "usd")]).await.status, 200);
    let long = "k".repeat(256);
    assert_eq!(sim.post_once(&long, "/v1/payment_intents", &[("amount", "1999"), ("currency", "usd")]).await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_sent_fifty_times_at_once_makes_one_intent() {
    let sim = std::sync::Arc::new(Sim::open().await);
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let sim = sim.clone();
        requests.spawn(async move { sim.post_once("k1", "/v1/payment_intents", &[("amount", "1999"), ("currency", "usd")]).await });
    }
    let mut ids = std::collections::BTreeSet::new();
    for reply in requests.join_all().await {
        match reply.status {
            200 => drop(ids.insert(reply.json()["id"].as_str().unwrap().to_owned())),
            other => assert_eq!((other, reply.error().1.as_str()), (409, "idempotency_key_in_use")),
        }
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(sim.get("/_book").await.json()["intents"].as_array().unwrap().len(), 1);
}
