//! The outermost layer: names each request, catches what panics, gives refusals their last shape and writes one log line.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use kernel::UserId;
use platform::{App, Problem};
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const MICROS_PER_MS: f64 = 1000.0;
/// Where the API lives.
pub(crate) const API: &str = "/api/";
/// Answers of the API that are the same for everybody.
const PUBLIC: [&str; 2] = ["/api/v1/products", "/api/v1/categories"];

/// Who turned out to be calling: filled in by the inner layers, read when the request is logged.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallerSlot(Arc<OnceLock<UserId>>);

impl CallerSlot {
    pub(crate) fn set(&self, user: UserId) {
        // A request has one caller: a second one cannot come.
        let _first = self.0.set(user);
    }
}

/// See the module. An id that the client sends is not taken over: it would let strangers write into the logs.
pub(crate) async fn edge(State(app): State<App>, matched: Option<MatchedPath>, mut request: Request, next: Next) -> Response {
    let id: Uuid = app.ids().next();
    let mut buffer = Uuid::encode_buffer();
    let id: &str = id.hyphenated().encode_lower(&mut buffer);
    let started = Instant::now();
    let method = request.method().clone();
    let is_api = request.uri().path().starts_with(API);
    let caller = CallerSlot::default();
    request.extensions_mut().insert(caller.clone());
    let span = tracing::info_span!("request", correlation_id = id);

    let answered = AssertUnwindSafe(next.run(request).instrument(span)).catch_unwind().await;
    // The panic hook has logged the place under the request's id.
    let mut response = answered.unwrap_or_else(|_panic| internal().into_response());
    if is_api {
        name_refusal(&mut response);
        forbid_storing(&mut response, matched.as_ref().map_or("", MatchedPath::as_str));
    }
    let mut response = stamp(response, id);
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let endpoint = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    log(id, caller.0.get().copied(), endpoint, &method, response.status(), started.elapsed());
    response
}

fn internal() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side; nothing was changed")
}

/// Gives a refusal of the router or of a library the same shape as ours.
fn name_refusal(response: &mut Response) {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.extensions().get::<Problem>().is_some() {
        return;
    }
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if content_type.is_some_and(|value| value == "application/problem+json") {
        return;
    }
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "there is nothing here"),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "this address does not take this method: see the Allow header"),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "the body is larger than this address accepts"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("content_type_not_json", "send a body of content type application/json"),
        _ if status.is_client_error() => ("bad_request", "this request could not be understood"),
        _ => ("internal", "something went wrong on our side; nothing was changed"),
    };
    response.extensions_mut().insert(Problem::new(status, code, detail));
}

/// What an answer says about a person is not for shared or lasting caches.
fn forbid_storing(response: &mut Response, endpoint: &str) {
    let public = PUBLIC.iter().any(|prefix| endpoint.starts_with(prefix));
    if !public {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    }
}

/// Writes a problem's body again, now that the request has a name; headers that were set on the way stay.
fn stamp(mut response: Response, id: &str) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let named = problem.into_response_for(id);
    let (mut parts, _unnamed) = response.into_parts();
    let (fresh, body) = named.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.extend(fresh.headers);
    parts.status = fresh.status;
    Response::from_parts(parts, body)
}

fn log(id: &str, user: Option<UserId>, endpoint: &str, method: &Method, status: StatusCode, took: Duration) {
    let user_id = user.map(|user| user.to_string()).unwrap_or_default();
    let response_time_ms = (took.as_secs_f64() * MICROS_PER_MS * MICROS_PER_MS).round() / MICROS_PER_MS;
    let status_code = status.as_u16();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(target: "request", correlation_id = id, user_id, endpoint, %method, status_code, response_time_ms, "request put off");
    } else if status.is_server_error() {
        tracing::error!(target: "request", correlation_id = id, user_id, endpoint, %method, status_code, response_time_ms, "request failed");
    } else {
        tracing::info!(target: "request", correlation_id = id, user_id, endpoint, %method, status_code, response_time_ms, "request");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(response: Response) -> serde_json::Value {
        let bytes = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_refusal_names_its_request_and_keeps_the_headers_of_the_way() {
        let mut response = Problem::not_found("product_not_found").into_response();
        response.headers_mut().insert("x-cart-token", HeaderValue::from_static("kept"));
        let response = stamp(response, "7");
        assert_eq!(response.headers()["x-cart-token"], "kept");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = body(response).await;
        assert_eq!((&body["request_id"], &body["code"]), (&"7".into(), &"product_not_found".into()));
    }

    #[tokio::test]
    async fn a_bare_refusal_of_the_router_becomes_a_problem() {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        name_refusal(&mut response);
        let response = stamp(response, "8");
        assert_eq!((response.status(), &response.headers()[header::ALLOW]), (StatusCode::METHOD_NOT_ALLOWED, &"GET".parse().unwrap()));
        assert_eq!(body(response).await["code"], "method_not_allowed");
    }

    #[test]
    fn personal_answers_are_not_stored() {
        let stored = |endpoint| {
            let mut response = Response::default();
            forbid_storing(&mut response, endpoint);
            !response.headers().contains_key(header::CACHE_CONTROL)
        };
        assert!(stored("/api/v1/products/{id}"));
        assert!(!stored("/api/v1/users/me"));
        assert!(!stored(""));
    }
}
