//! `GET /media/demo/{file}`: the demo products' pictures, carried in the binary.

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use platform::Problem;

#[derive(rust_embed::RustEmbed)]
#[folder = "demo/pictures"]
pub(crate) struct Pictures;

/// A day: the names carry no hash, the ETag answers for the rest.
const CACHE_CONTROL: &str = "public, max-age=86400";

/// Pictures at the root of the site, outside the API.
pub fn media_routes() -> Router {
    Router::new().route("/media/demo/{file}", get(route))
}

async fn route(Path(file): Path<String>, headers: http::HeaderMap) -> Response {
    let Some(picture) = Pictures::get(&file) else { return Problem::not_found("not_found").into_response() };
    let etag = format!("\"{}\"", hex(&picture.metadata.sha256_hash()));
    let caching = [(http::header::ETAG, etag.clone()), (http::header::CACHE_CONTROL, CACHE_CONTROL.to_owned())];
    if is_known(&headers, &etag) {
        return (http::StatusCode::NOT_MODIFIED, caching).into_response();
    }
    ([(http::header::CONTENT_TYPE, "image/webp")], caching, picture.data).into_response()
}

/// True when the client names this version. A proxy that compresses may have made the tag a weak one.
fn is_known(headers: &http::HeaderMap, etag: &str) -> bool {
    let known = headers.get(http::header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

/// Sixteen bytes are enough to tell versions of a picture apart.
fn hex(hash: &[u8]) -> String {
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
