//! The simulator's addresses.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, Method, Uri, header},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};
use tower_http::cors::{Any, CorsLayer};

use super::{
    Simulator,
    book::Work,
    cancel_intent, challenge,
    confirm_intent::{self, Confirm},
    create_intent::{self, CreateIntent},
    error::ApiError,
    faults,
    form::Form,
    methods::{self, Typed, month_of},
    refunds::{self, CreateRefund},
    requests::{Answer, Post},
    shapes,
};

const BODY_MAX_BYTES: usize = 128 * 1024;
const EVENTS_DEFAULT: i64 = 10;
const EVENTS_MAX: i64 = 100;

type Body = Result<Bytes, BytesRejection>;

pub(super) fn router(simulator: Simulator) -> Router {
    // What Stripe.js does from any shop's page: no cookies are in play, the client secret is what counts.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::GET, Method::POST]).allow_headers([
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("stripe-version"),
    ]);
    let browsers = Router::new()
        .route("/v1/payment_intents/{id}", get(retrieve_intent))
        .route("/v1/payment_intents/{id}/confirm", post(confirm_intent))
        .method_not_allowed_fallback(unknown)
        .layer(cors);
    Router::new()
        .route("/v1/payment_intents", post(create_intent))
        .route("/v1/payment_intents/{id}/cancel", post(cancel_intent))
        .route("/v1/payment_methods", post(create_method))
        .route("/v1/payment_methods/{id}", get(retrieve_method))
        .route("/v1/charges/{id}", get(retrieve_charge))
        .route("/v1/refunds", post(create_refund))
        .route("/v1/refunds/{id}", get(retrieve_refund))
        .route("/v1/events", get(list_events))
        .route("/v1/events/{id}", get(retrieve_event))
        .route("/_book", get(book))
        .route("/_faults", get(show_faults).put(set_faults))
        .route("/3ds/{intent}", get(challenge::page).post(challenge::answer))
        .route("/3ds/style.css", get(challenge::style))
        .method_not_allowed_fallback(unknown)
        .merge(browsers)
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .with_state(simulator)
}

async fn unknown(State(simulator): State<Simulator>) -> Response {
    Answer::of(Err(ApiError::unknown_url())).into_response_for(&simulator.request_id())
}

/// Runs a POST whose body could be read.
fn perform<T>(
    simulator: &Simulator,
    (uri, headers, body): (&Uri, &HeaderMap, Body),
    shop_only: bool,
    parse: impl FnOnce(&mut Form) -> Result<T, ApiError>,
    run: impl FnOnce(&mut Work<'_>, T) -> Result<Value, ApiError>,
) -> Response {
    match body {
        Ok(body) => simulator.post(&Post { path: uri.path(), headers, body: &body, shop_only }, parse, run),
        Err(rejection) => Answer::of(Err(ApiError::unreadable(rejection.status()))).into_response_for(&simulator.request_id()),
    }
}

async fn create_intent(State(simulator): State<Simulator>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let this_month = month_of(simulator.config().clock.now());
    let parse = |form: &mut Form| CreateIntent::parse(form, this_month);
    perform(&simulator, (&uri, &headers, body), true, parse, create_intent::create)
}

async fn confirm_intent(State(simulator): State<Simulator>, Path(id): Path<String>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let this_month = month_of(simulator.config().clock.now());
    let parse = |form: &mut Form| Confirm::parse(form, this_month);
    let answer = perform(&simulator, (&uri, &headers, body), false, parse, |work, with| confirm_intent::confirm_by_id(work, &id, with));
    simulator.unless_withheld(&id, answer).await
}

async fn show_faults(State(simulator): State<Simulator>) -> Response {
    Answer::of(Ok(json!(simulator.faults()))).into_response_for(&simulator.request_id())
}

/// Switches faults: answers what is switched on now.
async fn set_faults(State(simulator): State<Simulator>, headers: HeaderMap, body: Body) -> Response {
    let parsed = match body {
        Ok(body) => faults::parse(&headers, &body),
        Err(rejection) => Err(ApiError::unreadable(rejection.status())),
    };
    let set = parsed.map(|faults| {
        simulator.set_faults(faults);
        json!(faults)
    });
    Answer::of(set).into_response_for(&simulator.request_id())
}

async fn cancel_intent(State(simulator): State<Simulator>, Path(id): Path<String>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    perform(&simulator, (&uri, &headers, body), true, cancel_intent::parse, |work, reason| cancel_intent::cancel(work, &id, reason))
}

async fn create_method(State(simulator): State<Simulator>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let this_month = month_of(simulator.config().clock.now());
    let parse = |form: &mut Form| Typed::parse(form, "", this_month);
    perform(&simulator, (&uri, &headers, body), true, parse, methods::create)
}

async fn create_refund(State(simulator): State<Simulator>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    perform(&simulator, (&uri, &headers, body), true, CreateRefund::parse, refunds::create)
}

async fn retrieve_intent(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    simulator.get(&headers, query.as_deref(), |work, _| work.book.intent_for(&id, &work.caller).map(|intent| work.shape(intent)))
}

async fn retrieve_method(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let missing = || ApiError::missing("payment_method", "payment_method");
    shown_to_shop(&simulator, &headers, query, |work| work.book.methods.get(&id).map(shapes::method).ok_or_else(missing))
}

async fn retrieve_charge(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let missing = || ApiError::missing("charge", "charge");
    shown_to_shop(&simulator, &headers, query, |work| work.book.charges.get(&id).map(shapes::charge).ok_or_else(missing))
}

async fn retrieve_refund(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let missing = || ApiError::missing("refund", "refund");
    shown_to_shop(&simulator, &headers, query, |work| work.book.refunds.get(&id).map(shapes::refund).ok_or_else(missing))
}

async fn retrieve_event(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let missing = || ApiError::missing("event", "id");
    shown_to_shop(&simulator, &headers, query, |work| work.book.event(&id).map(|event| shapes::event(&event)).ok_or_else(missing))
}

fn shown_to_shop(
    simulator: &Simulator,
    headers: &HeaderMap,
    query: Option<String>,
    show: impl FnOnce(&Work<'_>) -> Result<Value, ApiError>,
) -> Response {
    simulator.get(headers, query.as_deref(), |work, _| work.caller.shop_only().and_then(|()| show(work)))
}

async fn list_events(State(simulator): State<Simulator>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    simulator.get(&headers, query.as_deref(), |work, form| {
        work.caller.shop_only()?;
        let limit = form.integer("limit")?.unwrap_or(EVENTS_DEFAULT).clamp(1, EVENTS_MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (wanted, after) = (form.take("type"), form.take("starting_after"));
        let newest_first = work.book.recent.iter().rev();
        let older =
            newest_first.skip_while(|event| after.as_ref().is_some_and(|after| event.id != *after)).skip(usize::from(after.is_some()));
        let mut found = older.filter(|event| wanted.as_ref().is_none_or(|wanted| event.r#type == *wanted));
        let data: Vec<Value> = found.by_ref().take(limit).map(|event| shapes::event(&work.book.current(event))).collect();
        Ok(json!({ "object": "list", "url": "/v1/events", "has_more": found.next().is_some(), "data": data }))
    })
}

/// The outside truth: what was asked, taken and sent back, intent by intent, without anything that opens something.
async fn book(State(simulator): State<Simulator>) -> Response {
    let book = simulator.state();
    let rows: Vec<Value> = book
        .intents
        .values()
        .map(|intent| {
            let charge = intent.latest_charge.as_ref().and_then(|id| book.charges.get(id));
            let (captured, refunded) = charge.map_or((0, 0), |charge| (charge.amount, charge.refunded));
            json!({
                "pi_id": intent.id, "status": intent.status, "currency": intent.currency,
                "amount": intent.amount, "captured": captured, "refunded": refunded,
            })
        })
        .collect();
    drop(book);
    Answer::of(Ok(json!({ "intents": rows }))).into_response_for(&simulator.request_id())
}
