//! `POST /v3/mail/send`, as SendGrid's clients speak it: 202 without a body, or `{"errors": [...]}`.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;

use super::{
    Mailbox,
    incoming::{Incoming, Refusal},
};

/// SendGrid takes 30 MB, with attachments; the shop attaches nothing.
const BODY_MAX_BYTES: usize = 1024 * 1024;

pub(super) fn router(mailbox: Mailbox) -> Router {
    Router::new().route("/v3/mail/send", post(send)).layer(DefaultBodyLimit::max(BODY_MAX_BYTES)).with_state(mailbox)
}

async fn send(State(mailbox): State<Mailbox>, headers: HeaderMap, body: Bytes) -> Response {
    if mailbox.is_down() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, None, "the mailbox is switched off for a while");
    }
    if !has_key(&headers) {
        return refuse(StatusCode::UNAUTHORIZED, None, "send an API key: Authorization: Bearer SG...");
    }
    if !is_json(&headers) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "the Content-Type must be application/json");
    }
    let incoming: Incoming = match serde_json::from_slice(&body) {
        Ok(incoming) => incoming,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, None, &format!("the body is not of the documented shape: {error}")),
    };
    if let Err(Refusal { field, message }) = incoming.check() {
        return refuse(StatusCode::BAD_REQUEST, Some(&field), message);
    }
    let mut last = None;
    for mail in incoming.into_mails(mailbox.clock.now()) {
        match mailbox.files.add(mail).await {
            Ok(id) => last = Some(id),
            Err(error) => {
                tracing::error!(%error, "mailbox cannot keep a mail");
                return refuse(StatusCode::INTERNAL_SERVER_ERROR, None, "the mailbox's folder cannot be written");
            }
        }
    }
    let mut answer = StatusCode::ACCEPTED.into_response();
    if let Some(id) = last.and_then(|id| HeaderValue::from_str(&id).ok()) {
        answer.headers_mut().insert("x-message-id", id);
    }
    answer
}

/// Any key will do: what counts is that the client sends one.
fn has_key(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split_once(' ').is_some_and(|(scheme, key)| scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty())
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

fn refuse(status: StatusCode, field: Option<&str>, message: &str) -> Response {
    (status, Json(json!({ "errors": [{ "message": message, "field": field, "help": null }] }))).into_response()
}
