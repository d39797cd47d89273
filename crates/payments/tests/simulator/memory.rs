//! The journal.

use payments::simulator::Simulator;
use platform::clock::Clock;

use super::rig::{Sim, config};

#[tokio::test]
async fn what_was_answered_is_remembered_and_half_a_line_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let sim = Sim::with(Some(folder.path()), None).await;
    let order = [("amount", "1999"), ("currency", "usd")];
    let intent = sim.post_once("k1", "/v1/payment_intents", &order).await.json();
    sim.type_card(&intent, "4000002760003184").await;
    let paid = sim.intent().await;
    sim.type_card(&paid, "378282246310005").await;
    sim.post("/v1/refunds", &[("payment_intent", paid["id"].as_str().unwrap()), ("amount", "99")]).await;
    let before = (sim.retrieve(&intent).await, sim.retrieve(&paid).await, sim.booked(&paid).await);
    let twice = Simulator::open(config(Some(folder.path()), None, "", &Clock::system()));
    assert_eq!(twice.err().unwrap().kind(), std::io::ErrorKind::WouldBlock, "two would write over each other");
    sim.close().await;
    let journal = folder.path().join("simulator.jsonl");
    let mut torn = std::fs::read(&journal).unwrap();
    torn.extend_from_slice(br#"[{"intent":{"id":"pi_torn","#);
    std::fs::write(&journal, torn).unwrap();
    for _ in 0..2 {
        let sim = Sim::with(Some(folder.path()), None).await;
        let mut after = (sim.retrieve(&intent).await, sim.retrieve(&paid).await, sim.booked(&paid).await);
        // The port is another one, and with it the address of the page.
        after.0["next_action"] = before.0["next_action"].clone();
        assert_eq!(after, before);
        assert_eq!(sim.post_once("k1", "/v1/payment_intents", &order).await.json()["id"], intent["id"]);
        sim.close().await;
    }
    std::fs::write(&journal, "not a line\n").unwrap();
    let spoilt = Simulator::open(config(Some(folder.path()), None, "", &Clock::system()));
    assert_eq!(spoilt.err().unwrap().kind(), std::io::ErrorKind::InvalidData);
}
