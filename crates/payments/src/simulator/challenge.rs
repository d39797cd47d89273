//! The hosted 3-D Secure page: the customer's bank asks, the customer completes or fails, and goes back to the shop.

use axum::{
    extract::{Form, Path, Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use platform::html::escape;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use crate::stripe::amount;

use super::{
    Simulator,
    auth::{Caller, same},
    book::Book,
    cards::Does,
    confirm_intent::{decline, does, fail_authentication, succeed},
    objects::{Challenge, Intent, Method, Status},
};

const PAGE: &str = include_str!("pages/challenge.html");
const ENDED: &str = include_str!("pages/ended.html");
const STYLE: &str = include_str!("pages/style.css");
const CSP: HeaderName = header::CONTENT_SECURITY_POLICY;

/// What opens the page.
#[derive(Deserialize)]
pub struct Opened {
    #[serde(default)]
    challenge: String,
}

/// What the customer pressed.
#[derive(Deserialize)]
pub struct Pressed {
    #[serde(default)]
    challenge: String,
    #[serde(default)]
    outcome: String,
}

/// `GET /3ds/style.css`.
pub async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, STYLE).into_response()
}

/// `GET /3ds/{intent}`.
pub async fn page(State(simulator): State<Simulator>, Path(id): Path<String>, Query(opened): Query<Opened>) -> Response {
    let book = simulator.state();
    let Some((intent, method, challenge)) = waiting(&book, &id, &opened.challenge) else {
        return ended(
            StatusCode::NOT_FOUND,
            "This payment is not waiting",
            "It was completed or ended already. Go back to the shop to see where it stands.",
        );
    };
    let money = amount::currency(&intent.currency).and_then(|currency| amount::from_stripe(intent.amount, currency));
    let money = money.map_or_else(|_| intent.amount.to_string(), |money| format!("{} {}", money.amount(), money.currency()));
    let card = format!("{} ending in {}", brand_name(method.card.brand), method.card.last4());
    let page =
        PAGE.replace("{{amount}}", &escape(&money)).replace("{{card}}", &escape(&card)).replace("{{challenge}}", &escape(&challenge.token));
    // Browsers check the page that a form's answer leads to as well.
    let origin = challenge.return_url.as_ref().and_then(|url| Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
    html(StatusCode::OK, page, &origin.unwrap_or_default())
}

/// `POST /3ds/{intent}`.
pub async fn answer(State(simulator): State<Simulator>, Path(id): Path<String>, Form(pressed): Form<Pressed>) -> Response {
    let answered = answer_at_once(&simulator, &id, &pressed);
    simulator.unless_withheld(&id, answered).await
}

fn answer_at_once(simulator: &Simulator, id: &str, pressed: &Pressed) -> Response {
    let Some(succeeds) = (match pressed.outcome.as_str() {
        "complete" => Some(true),
        "fail" => Some(false),
        _ => None,
    }) else {
        return ended(StatusCode::BAD_REQUEST, "That was neither", "Go back and press one of the two buttons.");
    };
    let mut after = None;
    let request_id = simulator.request_id();
    let worked = simulator.work(Caller::Shop, &request_id, None, |work| {
        let Some((intent, method, challenge)) = waiting(work.book, id, &pressed.challenge) else { return Ok(Value::Null) };
        let (intent, method) = (intent.clone(), method.clone());
        let return_url = challenge.return_url.clone();
        let client_secret = intent.client_secret.clone();
        let paid = match (succeeds, does(work, &method)) {
            (false, _) => {
                fail_authentication(work, intent);
                false
            }
            (true, Does::ChallengeThenDecline(refusal) | Does::Decline(refusal)) => {
                decline(work, intent, refusal);
                false
            }
            (true, Does::Succeed | Does::Challenge | Does::Refuse) => {
                succeed(work, intent, method, true);
                true
            }
        };
        after = Some((return_url, client_secret, paid));
        Ok(Value::Null)
    });
    match (worked, after) {
        (Err(error), _) => ended(error.status, "The payment simulator could not go on", "Nothing was paid. Try again in a moment."),
        (Ok(_), None) => ended(
            StatusCode::CONFLICT,
            "This payment is not waiting",
            "It was completed or ended already. Go back to the shop to see where it stands.",
        ),
        (Ok(_), Some((return_url, client_secret, paid))) => back(return_url, id, &client_secret, paid),
    }
}

fn back(return_url: Option<String>, id: &str, client_secret: &str, paid: bool) -> Response {
    let Some(mut url) = return_url.and_then(|url| Url::parse(&url).ok()) else {
        return ended(StatusCode::OK, if paid { "Confirmed" } else { "Not confirmed" }, "You can close this page and go back to the shop.");
    };
    let status = if paid { "succeeded" } else { "failed" };
    url.query_pairs_mut()
        .append_pair("payment_intent", id)
        .append_pair("payment_intent_client_secret", client_secret)
        .append_pair("redirect_status", status);
    let headers = [
        (header::LOCATION, url.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The intent whose 3-D Secure page this token opens, while it waits for it.
fn waiting<'a>(book: &'a Book, id: &str, token: &str) -> Option<(&'a Intent, &'a Method, &'a Challenge)> {
    let intent = book.intents.get(id).filter(|intent| intent.status == Status::RequiresAction)?;
    let challenge = intent.challenge.as_ref().filter(|challenge| same(&challenge.token, token))?;
    let method = book.methods.get(intent.payment_method.as_ref()?)?;
    Some((intent, method, challenge))
}

fn ended(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, ENDED.replace("{{title}}", &escape(title)).replace("{{text}}", &escape(text)), "")
}

fn html(status: StatusCode, page: String, leads_to: &str) -> Response {
    let policy = format!("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {leads_to}");
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(CSP, HeaderValue::from_str(policy.trim_end()).unwrap_or(HeaderValue::from_static("default-src 'none'")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn brand_name(brand: &str) -> &str {
    match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        other => other,
    }
}
