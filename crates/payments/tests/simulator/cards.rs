//! Cards: what each leads to, what is refused, 3-D Secure.

use serde_json::Value;

use super::rig::Sim;

fn cards() -> Vec<Value> {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/test_cards.json")).unwrap();
    serde_json::from_slice::<Value>(&file).unwrap()["cards"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_test_card_leads_where_stripe_says() {
    let sim = Sim::open().await;
    for card in cards() {
        let (number, outcome) = (card["number"].as_str().unwrap(), card["outcome"].as_str().unwrap());
        let intent = sim.intent().await;
        let reply = sim.type_card(&intent, number).await;
        let body = reply.json();
        let is_challenge = outcome.starts_with("3-D Secure") && !outcome.contains("lookup") && !outcome.contains("supported");
        let refuses = card["error_code"].is_string() || outcome.starts_with("attach") || outcome.starts_with("blocked");
        let booked = sim.booked(&intent).await;
        if is_challenge {
            assert_eq!((reply.status, &body["status"]), (200, &"requires_action".into()), "{number}");
            assert_eq!(booked, ("requires_action".to_owned(), 0, 0), "{number}");
        } else if refuses {
            let code = card["error_code"].as_str().unwrap_or("card_declined");
            assert_eq!(reply.error(), (402, code.to_owned()), "{number}");
            assert_eq!(body["error"]["type"], "card_error", "{number}");
            if card["decline_code"].is_string() {
                assert_eq!(body["error"]["decline_code"], card["decline_code"], "{number}");
            }
            assert_eq!(booked, ("requires_payment_method".to_owned(), 0, 0), "{number}");
        } else {
            assert_eq!((reply.status, &body["status"]), (200, &"succeeded".into()), "{number}");
            assert_eq!(booked, ("succeeded".to_owned(), 1999, 0), "{number}");
        }
    }
}

#[tokio::test]
async fn a_declined_customer_takes_another_card() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    let declined = sim.type_card(&intent, "4000 0000 0000 9995").await;
    assert_eq!(declined.error(), (402, "card_declined".to_owned()));
    assert_eq!(declined.json()["error"]["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(sim.retrieve(&intent).await["last_payment_error"]["decline_code"], "insufficient_funds");
    let paid = sim.type_card(&intent, "4242424242424242").await.json();
    assert_eq!((&paid["status"], &paid["last_payment_error"]), (&"succeeded".into(), &Value::Null));
    let once_more = sim.type_card(&intent, "4242424242424242").await;
    assert_eq!(once_more.error(), (400, "payment_intent_unexpected_state".to_owned()));
    assert_eq!(sim.booked(&intent).await.1, 1999);
}

#[tokio::test]
async fn a_number_that_is_no_test_card_is_refused_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let sim = Sim::with(Some(folder.path()), None).await;
    let intent = sim.intent().await;
    for number in ["4111111111111111", "4242424242424241", "5436031030606378", "not a number", "4"] {
        let reply = sim.type_card(&intent, number).await;
        assert_eq!(reply.error(), (402, "incorrect_number".to_owned()), "{number}");
        assert!(number.len() < 5 || !reply.text.contains(number));
    }
    sim.type_card(&intent, "4242424242424242").await;
    let journal = std::fs::read_to_string(folder.path().join("simulator.jsonl")).unwrap();
    for number in ["4111111111111111", "5436031030606378", "4242424242424242"] {
        assert!(!journal.contains(number));
    }
}

#[tokio::test]
async fn what_is_typed_around_the_number_is_checked() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    let cases = [
        ("13", "2099", "123", "invalid_expiry_month"),
        ("12", "2019", "123", "invalid_expiry_year"),
        ("12", "", "123", "invalid_expiry_year"),
        ("12", "99", "12", "invalid_cvc"),
        ("12", "99", "12a", "invalid_cvc"),
    ];
    for (month, year, cvc, code) in cases {
        let reply = sim
            .confirm(
                &intent,
                &[
                    ("payment_method_data[type]", "card"),
                    ("payment_method_data[card][number]", "4242424242424242"),
                    ("payment_method_data[card][exp_month]", month),
                    ("payment_method_data[card][exp_year]", year),
                    ("payment_method_data[card][cvc]", cvc),
                ],
            )
            .await;
        assert_eq!(reply.error(), (402, code.to_owned()), "{month}/{year} {cvc}");
    }
    assert_eq!(sim.confirm(&intent, &[]).await.error(), (400, "payment_intent_unexpected_state".to_owned()));
    let script = sim.confirm(&intent, &[("payment_method", "pm_card_visa"), ("return_url", "javascript:alert(1)")]).await;
    assert_eq!(script.error(), (400, "url_invalid".to_owned()));
    assert_eq!(sim.confirm(&intent, &[("surprise", "1")]).await.error(), (400, "parameter_unknown".to_owned()));
}

#[tokio::test]
async fn three_d_secure_is_completed_failed_or_declined_on_the_hosted_page() {
    let sim = Sim::open().await;
    for (number, press, redirect, status, captured) in [
        ("4000002760003184", "complete", "succeeded", "succeeded", 1999),
        ("4000002760003184", "fail", "failed", "requires_payment_method", 0),
        ("4000008260003178", "complete", "failed", "requires_payment_method", 0),
    ] {
        let intent = sim.intent().await;
        let action = sim.type_card(&intent, number).await.json()["next_action"]["redirect_to_url"].clone();
        assert_eq!(action["return_url"], "http://shop.test/orders/1?token=t");
        let url = action["url"].as_str().unwrap();
        let page = sim.send(sim.http.get(url)).await;
        assert!(page.text.contains("19.99 USD") && page.text.contains("Visa ending in"), "{}", page.text);
        assert!(page.headers["content-security-policy"].to_str().unwrap().ends_with("form-action 'self' http://shop.test"));
        let token = url.split_once("challenge=").unwrap().1;
        let pressed = [("challenge", token), ("outcome", press)];
        let back = sim.send(sim.http.post(url).form(&pressed)).await;
        let id = intent["id"].as_str().unwrap();
        let secret = intent["client_secret"].as_str().unwrap();
        let expected = format!(
            "http://shop.test/orders/1?token=t&payment_intent={id}&payment_intent_client_secret={secret}&redirect_status={redirect}"
        );
        assert_eq!((back.status, back.headers["location"].to_str().unwrap()), (303, expected.as_str()));
        assert_eq!(sim.booked(&intent).await, (status.to_owned(), captured, 0));
        assert_eq!(sim.send(sim.http.post(url).form(&pressed)).await.status, 409, "a second press does nothing");
        assert_eq!(sim.send(sim.http.get(url)).await.status, 404);
        assert_eq!(sim.booked(&intent).await.1, captured);
    }
}

#[tokio::test]
async fn another_card_closes_the_page_of_the_one_before() {
    let sim = Sim::open().await;
    let intent = sim.intent().await;
    let first = sim.type_card(&intent, "4000002760003184").await.json()["next_action"]["redirect_to_url"]["url"].clone();
    let second = sim.type_card(&intent, "4000000000003220").await.json()["next_action"]["redirect_to_url"]["url"].clone();
    assert_eq!(sim.send(sim.http.get(first.as_str().unwrap())).await.status, 404);
    assert_eq!(sim.send(sim.http.get(second.as_str().unwrap())).await.status, 200);
    let guess = second.as_str().unwrap().split_once('?').unwrap().0.to_owned();
    assert_eq!(sim.send(sim.http.get(guess)).await.status, 404, "the id alone opens nothing");
}
