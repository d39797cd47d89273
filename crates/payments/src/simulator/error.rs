//! Refusals in the shape of Stripe's API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::cards::Refusal;

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    error: Value,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        let error = json!({ "type": kind, "message": message.into() });
        Self { status, error }.with("code", code)
    }

    fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let (Some(fields), Some(value)) = (self.error.as_object_mut(), value) {
            fields.insert(name.to_owned(), value.into());
        }
        self
    }

    /// 400: the request is not one.
    pub fn invalid(code: impl Into<Option<&'static str>>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", code.into(), message)
    }

    /// 404: no such object.
    pub fn missing(what: &str, param: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", Some("resource_missing"), format!("No such {what}.")).param(param)
    }

    /// 404: no such address.
    pub fn unknown_url() -> Self {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", None, "The payment simulator has no such operation.")
    }

    /// 401: who is asking?
    pub fn unauthorized(code: impl Into<Option<&'static str>>, message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", code.into(), message)
    }

    /// 402: the card is refused.
    pub fn card(refusal: Refusal) -> Self {
        let error = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", Some(refusal.code), refusal.message());
        error.with("decline_code", refusal.decline_code)
    }

    /// 402: what was typed is no card.
    pub fn card_input(code: &'static str, message: &'static str, param: String) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", Some(code), message).param(param)
    }

    /// 400: the key stands for another request.
    pub fn key_reused() -> Self {
        let message = "This idempotency key was first used with other parameters. Take a new key for a new request.";
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", None, message)
    }

    /// 409: a request with this key is under way.
    pub fn key_in_use() -> Self {
        let message = "Another request with this idempotency key is being worked on.";
        Self::new(StatusCode::CONFLICT, "idempotency_error", Some("idempotency_key_in_use"), message)
    }

    /// 500: the journal could not be written.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", None, "The payment simulator could not write its journal.")
    }

    /// 413 and its kin: the body could not be read.
    pub fn unreadable(status: StatusCode) -> Self {
        Self::new(status, "invalid_request_error", None, "The body could not be read.")
    }

    /// Names the parameter it is about.
    #[must_use]
    pub fn param(self, param: impl Into<String>) -> Self {
        self.with("param", Some(param.into()))
    }

    /// Adds the intent as it is now.
    #[must_use]
    pub fn intent(self, intent: Value) -> Self {
        self.with("payment_intent", Some(intent))
    }

    /// The body.
    pub fn body(&self) -> Value {
        json!({ "error": self.error })
    }
}
