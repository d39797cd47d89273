//! What every request passes on its way in, outside-in: the edge (name, log, panics, problems), security headers,
//! compression, bounds, cross-origin protection, and for writes a task of their own; the API then finds out who calls.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use http_body_util::Limited;
use identity::Identity;
use kernel::Principal;
use platform::{App, Problem};
use tokio::sync::Semaphore;
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate},
    csrf::CsrfLayer,
    timeout::DeadlineBody,
};

use crate::{
    edge::{self, CallerSlot},
    headers::{self, SecurityHeaders},
};

/// Longest time for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Longest time for a whole body to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(10);
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Stripe's events carry whole objects.
const MAX_WEBHOOK_BYTES: usize = 512 * 1024;
/// Longest address, query included.
const MAX_URL_BYTES: usize = 8 * 1024;
/// Requests under way at a time; more are refused at once, because waiting would only make all of them late.
const MAX_UNDERWAY: usize = 512;
/// Below this size compression costs more than it saves.
const COMPRESS_FROM_BYTES: u64 = 1024;
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// Wraps the finished router.
pub(crate) fn wrap(router: Router, app: &App, security: SecurityHeaders) -> Router {
    let bounds = Bounds(Arc::new(Semaphore::new(MAX_UNDERWAY)));
    let compression = CompressionLayer::new().quality(COMPRESSION).compress_when(WorthCompressing);
    // The last one added is the outermost.
    router
        .layer(middleware::from_fn(detach))
        .layer(csrf(app))
        .layer(middleware::from_fn_with_state(bounds, bound))
        .layer(compression)
        .layer(middleware::from_fn_with_state(security, headers::secure))
        .layer(middleware::from_fn_with_state(app.clone(), edge::edge))
}

/// Wraps the API: callers are found out there only, because tokens that other addresses get are not the shop's.
pub(crate) fn authenticated(router: Router, identity: &Identity) -> Router {
    router.layer(middleware::from_fn(note_caller)).layer(middleware::from_fn_with_state(identity.clone(), identity::authenticate))
}

/// Only what a client sees as JSON or HTML is worth it; files come compressed already. Answers that must not be stored
/// may hold a secret beside text that an attacker chose, and their compressed length would tell on it.
#[derive(Clone, Copy)]
struct WorthCompressing;

impl Predicate for WorthCompressing {
    fn should_compress<B: hyper::body::Body>(&self, response: &http::Response<B>) -> bool {
        let headers = response.headers();
        let large = response.body().size_hint().upper().is_none_or(|bytes| bytes >= COMPRESS_FROM_BYTES);
        large && is_text(headers) && !is_secret(headers) && !headers.contains_key(header::CONTENT_ENCODING)
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    content_type.starts_with(b"application/json") || content_type.starts_with(b"text/html")
}

fn is_secret(headers: &HeaderMap) -> bool {
    headers.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes() == b"no-store")
}

/// Pages of other sites cannot write with the shopper's cookies. Clients that are no browsers send neither of the
/// headers that this looks at, and pass.
fn csrf(app: &App) -> CsrfLayer<fn(tower_http::csrf::ProtectionError) -> Response> {
    let refuse: fn(tower_http::csrf::ProtectionError) -> Response =
        |_reason| Problem::new(StatusCode::FORBIDDEN, "cross_origin", "this request came from a page of another site").into_response();
    let layer = CsrfLayer::new().with_rejection_response(refuse);
    // Behind a proxy the shop's own host differs from the one that customers see.
    match layer.clone().add_trusted_origin(&app.config.public_base_url) {
        Ok(layer) => layer,
        Err(error) => {
            tracing::warn!(%error, "PUBLIC_BASE_URL is not an origin: only requests to the shop's own host are taken");
            layer
        }
    }
}

#[derive(Clone)]
struct Bounds(Arc<Semaphore>);

/// Refuses what is too long or too much, and gives up on what takes too long.
async fn bound(State(Bounds(free)): State<Bounds>, request: Request, next: Next) -> Response {
    let Ok(_underway) = free.try_acquire() else {
        return Problem::unavailable("overloaded", "the shop has too much to do right now; try again in a moment").into_response();
    };
    let length = request.uri().path_and_query().map_or(0, |whole| whole.as_str().len());
    if length > MAX_URL_BYTES {
        return Problem::new(StatusCode::URI_TOO_LONG, "url_too_long", "this address is too long").into_response();
    }
    let limit = if request.uri().path() == payments::WEBHOOK_PATH { MAX_WEBHOOK_BYTES } else { MAX_BODY_BYTES };
    if declared_length(request.headers()) > limit {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is larger than this address accepts")
            .into_response();
    }
    let request = request.map(|body| Body::new(Limited::new(DeadlineBody::new(BODY_WITHIN, body), limit)));
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Problem::unavailable("timeout", "the shop could not answer in time; try again").into_response(),
    }
}

fn declared_length(headers: &HeaderMap) -> usize {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// Tells the edge, which writes the log line, who is calling.
async fn note_caller(request: Request, next: Next) -> Response {
    if let (Some(Principal::User { id, .. }), Some(slot)) = (request.extensions().get(), request.extensions().get::<CallerSlot>()) {
        slot.set(*id);
    }
    next.run(request).await
}

/// Writes go on when their client leaves or their time is up.
async fn detach(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    platform::http::detached(next.run(request)).await.unwrap_or_else(IntoResponse::into_response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compressed(content_type: &str, cache_control: &str, bytes: usize) -> bool {
        let response = http::Response::builder()
            .header(header::CONTENT_TYPE, content_type)
            .header(header::CACHE_CONTROL, cache_control)
            .body(Body::from(vec![b' '; bytes]))
            .unwrap();
        WorthCompressing.should_compress(&response)
    }

    #[test]
    fn only_large_public_text_is_compressed() {
        assert!(compressed("application/json", "no-cache", 5000));
        assert!(compressed("text/html; charset=utf-8", "no-cache", 5000));
        assert!(!compressed("application/json", "no-cache", 500));
        assert!(!compressed("application/json", "no-store", 5000));
        assert!(!compressed("image/jpeg", "no-cache", 5000));
    }
}
