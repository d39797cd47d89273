//! Amounts, refunds, cancellation.

use serde_json::Value;

use super::rig::Sim;

#[tokio::test]
async fn amounts_and_currencies_are_held_to_stripes_bounds() {
    let sim = Sim::open().await;
    let cases = [
        ("49", "usd", "amount_too_small"),
        ("100000000", "usd", "amount_too_large"),
        ("0", "usd", "parameter_invalid_integer"),
        ("-5", "usd", "parameter_invalid_integer"),
        ("19.99", "usd", "parameter_invalid_integer"),
        ("99999999999999999999", "usd", "parameter_invalid_integer"),
        ("550", "isk", "parameter_invalid_integer"),
        ("5124", "kwd", "parameter_invalid_integer"),
        ("", "usd", "parameter_missing"),
        ("1999", "", "parameter_missing"),
        ("1999", "xyz", ""),
    ];
    for (amount, currency, code) in cases {
        let reply = sim.post("/v1/payment_intents", &[("amount", amount), ("currency", currency)]).await;
        assert_eq!(reply.error(), (400, code.to_owned()), "{amount} {currency}");
    }
    assert_eq!(sim.post("/v1/payment_intents", &[("amount", "500"), ("currency", "ISK")]).await.json()["currency"], "isk");
}

#[tokio::test]
async fn refunds_never_exceed_the_charge() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    let id = intent["id"].as_str().unwrap();
    assert_eq!(sim.post("/v1/refunds", &[("payment_intent", id)]).await.error(), (400, "payment_intent_unexpected_state".to_owned()));
    let charge = sim.type_card(&intent, "5555555555554444").await;
    assert_eq!(charge.status, 200);
    let part = sim
        .post(
            "/v1/refunds",
            &[
                ("payment_intent", id),
                ("amount", "500"),
                ("reason", "requested_by_customer"),
                ("metadata[refund_id]", "r1"),
                ("expand[]", "charge"),
            ],
        )
        .await
        .json();
    assert_eq!((&part["status"], &part["metadata"]["refund_id"]), (&"succeeded".into(), &"r1".into()));
    assert_eq!((&part["charge"]["amount_refunded"], &part["charge"]["refunded"]), (&500.into(), &false.into()));
    assert_eq!(sim.post("/v1/refunds", &[("payment_intent", id), ("amount", "1500")]).await.status, 400);
    assert_eq!(sim.post("/v1/refunds", &[("payment_intent", id), ("amount", "0")]).await.status, 400);
    let charge_id = part["charge"]["id"].as_str().unwrap();
    assert_eq!(sim.post("/v1/refunds", &[("charge", charge_id)]).await.json()["amount"], 1499);
    assert_eq!(sim.post("/v1/refunds", &[("payment_intent", id)]).await.error(), (400, "charge_already_refunded".to_owned()));
    assert_eq!(sim.booked(&intent).await, ("succeeded".to_owned(), 1999, 1999));
    assert_eq!(sim.get(&format!("/v1/charges/{charge_id}?expand[]=payment_intent")).await.json()["payment_intent"]["id"], id);
    assert_eq!(sim.get(&format!("/v1/charges/{charge_id}?expand[]=id")).await.status, 400);
    assert_eq!(sim.get("/v1/refunds/re_none").await.error(), (404, "resource_missing".to_owned()));
}

#[tokio::test]
async fn a_request_that_is_refused_for_what_it_wants_to_see_has_no_effect() {
    let sim = Sim::open().await;
    let order = [("amount", "1999"), ("currency", "usd"), ("confirm", "true"), ("payment_method", "pm_card_visa")];
    assert_eq!(sim.post("/v1/payment_intents", &[&order[..], &[("expand[]", "nothing")]].concat()).await.status, 400);
    assert_eq!(sim.get("/_book").await.json()["intents"].as_array().unwrap().len(), 0);
    let made = sim
        .post("/v1/payment_intents", &[&order[..], &[("expand[]", "latest_charge"), ("expand[]", "payment_method")]].concat())
        .await
        .json();
    assert_eq!((&made["latest_charge"]["amount_captured"], &made["payment_method"]["card"]["last4"]), (&1999.into(), &"4242".into()));
}

#[tokio::test]
async fn only_what_is_open_can_be_canceled() {
    let sim = Sim::open().await;
    for prepare in ["", "4000002760003184", "4000000000000002"] {
        let intent = sim.intent().await;
        if !prepare.is_empty() {
            sim.type_card(&intent, prepare).await;
        }
        let cancel = format!("/v1/payment_intents/{}/cancel", intent["id"].as_str().unwrap());
        assert_eq!(sim.post(&cancel, &[("cancellation_reason", "whim")]).await.status, 400);
        let canceled = sim.post(&cancel, &[("cancellation_reason", "abandoned")]).await.json();
        assert_eq!((&canceled["status"], &canceled["next_action"]), (&"canceled".into(), &Value::Null));
        assert_eq!(sim.post(&cancel, &[]).await.error(), (400, "payment_intent_unexpected_state".to_owned()));
        assert_eq!(sim.type_card(&intent, "4242424242424242").await.error(), (400, "payment_intent_unexpected_state".to_owned()));
        assert_eq!(sim.booked(&intent).await.1, 0);
    }
    let paid = sim.intent().await;
    sim.type_card(&paid, "4242424242424242").await;
    let refused = sim.post(&format!("/v1/payment_intents/{}/cancel", paid["id"].as_str().unwrap()), &[]).await;
    assert_eq!(refused.json()["error"]["payment_intent"]["status"], "succeeded");
}
