//! The Stripe client against Stripe's published objects, requests, events and signatures, and against bad weather.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "clippy takes only the test functions for tests, not what they share")]

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Duration};
use kernel::{Currency, Money, OrderId, OrderNumber, RefundId};
use payments::stripe::{
    self, Charge, Client, CreateIntent, CreateRefund, Event, IntentStatus, PaymentIntent, Refund, RefundStatus, StripeError,
    signature::{self, SignatureError},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// What arrived at the far end of the client.
struct Seen {
    method: Method,
    path: String,
    headers: HeaderMap,
    form: Vec<(String, String)>,
}

/// An HTTP peer that records requests and answers from a list, the last answer again and again.
#[derive(Clone)]
struct Peer {
    seen: Arc<Mutex<Vec<Seen>>>,
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
}

impl Peer {
    async fn answering(answers: &[(u16, Value)]) -> (Self, Client) {
        let answers = answers.iter().rev().cloned().collect();
        let peer = Self { seen: Arc::default(), answers: Arc::new(Mutex::new(answers)) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(peer.clone());
        serve(listener, router);
        (peer, Client::new(&base, &SecretString::from("sk_test_client")).unwrap())
    }

    fn requests(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is a root: the peer lives as long as the test's runtime")]
fn serve(listener: tokio::net::TcpListener, router: Router) {
    tokio::spawn(async { axum::serve(listener, router).await });
}

async fn answer(State(peer): State<Peer>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let form = serde_urlencoded::from_bytes(&body).unwrap();
    peer.seen.lock().unwrap().push(Seen { method, path: uri.path().to_owned(), headers, form });
    let mut answers = peer.answers.lock().unwrap();
    let (status, body) = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0].clone() };
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn object(name: &str) -> Value {
    fixture("stripe_objects")[name].clone()
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

fn order() -> (OrderId, OrderNumber) {
    ("0192f0c1-2345-7890-8abc-def012345678".parse().unwrap(), OrderNumber::from_seed([4; 32]))
}

async fn create(client: &Client) -> Result<PaymentIntent, StripeError> {
    let (order_id, order_number) = order();
    client.create_intent(&CreateIntent { amount: usd(1999), order_id, order_number: &order_number }, "key-1").await
}

#[tokio::test]
async fn an_intent_is_asked_for_with_version_key_and_order() {
    let (peer, client) = Peer::answering(&[(200, object("payment_intent"))]).await;
    let intent = create(&client).await.unwrap();
    assert_eq!(intent.status, IntentStatus::RequiresPaymentMethod);
    assert_eq!(intent.due().unwrap(), usd(1099));
    assert_eq!(intent.received().unwrap(), usd(0));
    assert!(intent.client_secret.unwrap().expose_secret().starts_with("pi_"));
    let requests = peer.requests();
    let [seen] = &requests[..] else { panic!("one request") };
    assert_eq!((&seen.method, seen.path.as_str()), (&Method::POST, "/v1/payment_intents"));
    assert_eq!(seen.headers["stripe-version"], stripe::API_VERSION);
    assert_eq!(seen.headers["idempotency-key"], "key-1");
    assert_eq!(seen.headers["authorization"], "Bearer sk_test_client");
    let (order_id, order_number) = order();
    for (name, value) in [
        ("amount", "1999"),
        ("currency", "usd"),
        ("metadata[order_id]", &order_id.to_string()),
        ("metadata[order_number]", order_number.as_str()),
    ] {
        assert!(seen.form.iter().any(|(n, v)| n == name && v == value), "{name}={value} in {:?}", seen.form);
    }
}

#[tokio::test]
async fn every_request_fits_the_published_description() {
    let (peer, client) = Peer::answering(&[(200, object("payment_intent"))]).await;
    create(&client).await.unwrap();
    client.cancel_intent("pi_1", "key-2").await.unwrap();
    let refund = CreateRefund {
        intent_id: "pi_1",
        amount: usd(500),
        refund_id: "0192f0c1-2345-7890-8abc-def012345679".parse::<RefundId>().unwrap(),
    };
    let _ = client.create_refund(&refund, "key-3").await;
    let operations = &fixture("stripe_requests")["operations"];
    let requests = peer.requests();
    assert_eq!(requests.len(), 3);
    for seen in requests {
        let schema = &operations[format!("{} {}", seen.method, seen.path.replace("pi_1", "{intent}"))];
        assert!(schema["properties"].is_object(), "{} {} is described", seen.method, seen.path);
        for (name, value) in &seen.form {
            assert_eq!(misfit(schema, &keys(name), value), None, "{} of {}", name, seen.path);
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(seen.form.iter().any(|(name, _)| name == required), "{required} of {}", seen.path);
        }
    }
}

/// `metadata[order_id]` as the path `metadata`, `order_id`.
fn keys(name: &str) -> Vec<&str> {
    name.split(['[', ']']).filter(|part| !part.is_empty()).collect()
}

fn misfit(schema: &Value, path: &[&str], value: &str) -> Option<String> {
    let Some((first, rest)) = path.split_first() else {
        let fits = match schema["type"].as_str() {
            Some("integer") => value.parse::<i64>().is_ok(),
            Some("boolean") => matches!(value, "true" | "false"),
            Some("string") => schema["maxLength"].as_u64().is_none_or(|most| value.len() <= usize::try_from(most).unwrap()),
            _ => false,
        };
        return if fits { None } else { Some(format!("{value} is not {schema}")) };
    };
    let any_of = schema["anyOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
    let below = any_of
        .iter()
        .map(|schema| if schema["properties"][first].is_null() { &schema["additionalProperties"] } else { &schema["properties"][first] });
    below
        .filter(|schema| !schema.is_null())
        .map(|schema| misfit(schema, rest, value))
        .min()
        .unwrap_or_else(|| Some(format!("no field {first}")))
}

#[test]
fn published_objects_are_read() {
    let intent: PaymentIntent = serde_json::from_value(object("payment_intent")).unwrap();
    assert_eq!((intent.amount, intent.currency.as_str()), (1099, "usd"));
    let charge: Charge = serde_json::from_value(object("charge")).unwrap();
    assert_eq!((charge.returned().unwrap(), charge.refunded), (usd(0), false));
    let refund: Refund = serde_json::from_value(object("refund")).unwrap();
    assert_eq!((refund.status, refund.charge.unwrap().0.as_str()), (Some(RefundStatus::Succeeded), "ch_1PgafuB7WZ01zgkWXYmPNZs8"));
    let event = Event::parse(object("event").to_string().as_bytes()).unwrap();
    assert_eq!((event.r#type.as_str(), event.intent_id()), ("plan.created", None));
}

#[test]
fn old_events_are_read_and_lead_to_their_intent() {
    let events = fixture("stripe_events");
    for (name, body) in events.as_object().unwrap() {
        let event = Event::parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(&event.r#type, name);
        let object = &event.data.object;
        let expected = if name.starts_with("payment_intent") { &object["id"] } else { &object["payment_intent"] };
        assert_eq!(event.intent_id().as_deref(), expected.as_str(), "{name}");
        if name.starts_with("charge.") && !name.contains("dispute") {
            let charge: Charge = serde_json::from_value(object.clone()).unwrap();
            assert_eq!(charge.refunded, name == "charge.refunded");
        }
        if name.starts_with("payment_intent") {
            let intent: PaymentIntent = serde_json::from_value(event.data.object).unwrap();
            assert!(!matches!(intent.status, IntentStatus::Other(_)), "{name}: {:?}", intent.status);
        }
    }
}

#[test]
fn what_stripe_adds_later_is_kept_as_text_and_expanded_objects_are_read_by_id() {
    let mut intent = object("payment_intent");
    intent["status"] = json!("requires_moon_phase");
    intent["latest_charge"] = object("charge");
    let intent: PaymentIntent = serde_json::from_value(intent).unwrap();
    assert_eq!(intent.status, IntentStatus::Other("requires_moon_phase".to_owned()));
    assert_eq!(intent.latest_charge.unwrap().0, "ch_1PgafuB7WZ01zgkWXYmPNZs8");
}

#[tokio::test]
async fn only_what_may_pass_is_asked_again_and_with_the_same_key() {
    let broken = |status| (status, json!({ "error": { "type": "api_error", "message": "later" } }));
    let good = (200, object("payment_intent"));
    for passing in [409, 429, 500, 503] {
        let (peer, client) = Peer::answering(&[broken(passing), broken(passing), good.clone()]).await;
        create(&client).await.unwrap();
        let seen = peer.requests();
        assert_eq!(seen.len(), 3, "after {passing}");
        assert!(seen.iter().all(|seen| seen.headers["idempotency-key"] == "key-1"));
    }
    let (peer, client) = Peer::answering(&[broken(500)]).await;
    assert!(matches!(create(&client).await, Err(StripeError::Unavailable { .. })));
    assert_eq!(peer.requests().len(), 3, "two repetitions at most");
}

#[tokio::test]
async fn refusals_are_told_apart_and_asked_once() {
    let error = |status: u16, body: Value| (status, json!({ "error": body }));
    let cases = [
        (
            error(402, json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "no" })),
            StripeError::Declined { code: "card_declined".to_owned(), decline_code: Some("insufficient_funds".to_owned()) },
        ),
        (
            error(404, json!({ "type": "invalid_request_error", "code": "resource_missing", "param": "intent", "message": "no such" })),
            StripeError::InvalidRequest {
                status: 404,
                code: Some("resource_missing".to_owned()),
                param: Some("intent".to_owned()),
                message: "no such".to_owned(),
            },
        ),
        (error(400, json!({ "type": "idempotency_error", "message": "other parameters" })), StripeError::Idempotency),
        (error(401, json!({ "type": "invalid_request_error", "message": "bad key" })), StripeError::Unauthorized { status: 401 }),
    ];
    for (answer, expected) in cases {
        let (peer, client) = Peer::answering(&[answer]).await;
        assert_eq!(create(&client).await.unwrap_err(), expected);
        assert_eq!(peer.requests().len(), 1);
    }
}

#[tokio::test]
async fn nobody_listening_is_unavailable_within_the_budget() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&base, &SecretString::from("sk_test_client")).unwrap();
    let started = tokio::time::Instant::now();
    let error = create(&client).await.unwrap_err();
    assert!(matches!(error, StripeError::Unavailable { .. }));
    assert!(!error.to_string().contains("sk_test"), "{error}");
    assert!(started.elapsed() < std::time::Duration::from_secs(6));
}

#[tokio::test]
async fn an_id_can_not_become_another_path() {
    let (peer, client) = Peer::answering(&[(200, object("payment_intent"))]).await;
    client.retrieve_intent("../refunds?x=1#").await.unwrap();
    assert_eq!(peer.requests()[0].path, "/v1/payment_intents/..%2Frefunds%3Fx=1%23");
}

#[test]
fn signatures_are_judged_as_the_official_client_judges_them() {
    for vector in fixture("webhook_signature_vectors")["vectors"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let now = DateTime::from_timestamp(vector["received_at"].as_i64().unwrap(), 0).unwrap();
        let tolerance = Duration::seconds(vector["tolerance_s"].as_i64().unwrap());
        let secrets = [SecretString::from("whsec_of_yesterday"), SecretString::from(text("secret"))];
        let verdict = signature::verify(text("header"), text("payload").as_bytes(), &secrets, now, tolerance);
        assert_eq!(verdict.is_ok(), text("official_client") == "accept", "{}: {verdict:?}", text("name"));
    }
}

#[test]
fn forgeries_are_refused() {
    let secret = SecretString::from("whsec_right");
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let body = br#"{"id":"evt_1"}"#;
    let good = signature::sign(&secret, now, body);
    let verify = |header: &str, secrets: &[SecretString], at| signature::verify(header, body, secrets, at, signature::TOLERANCE);
    assert_eq!(verify(&good, std::slice::from_ref(&secret), now), Ok(()));
    let empty = [SecretString::from("")];
    assert_eq!(verify(&signature::sign(&empty[0], now, body), &empty, now), Err(SignatureError::Mismatch), "an empty secret signs nothing");
    assert_eq!(verify(&good, &[], now), Err(SignatureError::Mismatch));
    let future = now - Duration::seconds(301);
    assert_eq!(verify(&good, std::slice::from_ref(&secret), future), Err(SignatureError::OutsideTolerance));
    let (time, mac) = good.split_once(",v1=").unwrap();
    let later = time.replace("179", "180");
    let cases = [
        (format!("{later},v1={mac}"), SignatureError::Mismatch),
        (format!("{time},v1={}", mac.to_uppercase()), SignatureError::Mismatch),
        (format!("{time},v1={}", &mac[..62]), SignatureError::Mismatch),
        (format!("{time},v1=zz"), SignatureError::Mismatch),
        (format!("{time},v2={mac}"), SignatureError::NoScheme),
        (format!("t=-1790000000,v1={mac}"), SignatureError::Malformed),
        (format!("t=,v1={mac}"), SignatureError::Malformed),
        (format!("t=99999999999999999999,v1={mac}"), SignatureError::Mismatch),
        (String::new(), SignatureError::Missing),
        ("=".repeat(5000), SignatureError::Malformed),
    ];
    for (header, expected) in cases {
        assert_eq!(verify(&header, std::slice::from_ref(&secret), now), Err(expected), "{header:.80}");
    }
}
