//! Errors as RFC 9457 problems: what went wrong, under a stable code, with the request's id.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// A refusal or fault on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_s: Option<u32>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Path of the field, for example `shipping_address.postal_code`.
    pub field: String,
    /// Stable code, for example `required`.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// A sentence for the person at the form.
    pub detail: String,
}

/// The body of `application/problem+json`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// A link to the code's explanation.
    r#type: String,
    /// The status in words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// Stable code for programs.
    code: &'a str,
    /// A sentence for people.
    detail: &'a str,
    /// Fields that are wrong, when it is about fields.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// Names this request in the logs.
    request_id: &'a str,
}

impl Problem {
    /// A refusal.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after_s: None }
    }

    /// Fields that are wrong: 422.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "fields_invalid", "some fields are not right") }
    }

    /// One field that is wrong: 422 under the field's own code.
    pub fn field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldError { field: field.into(), code, detail: detail.clone() }];
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// Nothing under this address, or nothing that the caller may know of: both look the same.
    pub fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "there is nothing here")
    }

    /// A fault: logged here, once; the client learns only the request's id.
    pub fn internal(source: &dyn std::error::Error) -> Self {
        tracing::error!(error = %source, cause = source.source().map(tracing::field::display), "fault");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side; nothing was changed")
    }

    /// A dependency that does not answer: 503 with `Retry-After`.
    pub fn unavailable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(1)
    }

    /// Adds `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The answer, naming the request.
    pub fn into_response_for(self, request_id: &str) -> Response {
        let body = ProblemBody {
            r#type: format!("urn:quickshop:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            errors: &self.errors,
            request_id,
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The request's id is not known here: the server's outermost layer writes the body again with it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.clone().into_response_for("");
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        crate::DbError::from(error).into()
    }
}
