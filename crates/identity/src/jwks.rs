//! `GET /.well-known/jwks.json`: the key with which other services verify access tokens.

use axum::{Json, extract::State, response::IntoResponse};
use http::header;
use jsonwebtoken::jwk::JwkSet;

use crate::Identity;

#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "list_signing_keys", tag = "auth",
    responses((status = 200, description = "RFC 7517 key set", content_type = "application/json")))]
pub(crate) async fn route(State(identity): State<Identity>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(JwkSet { keys: vec![identity.access_tokens.jwk()] }))
}
