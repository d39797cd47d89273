//! Entity tags: an answer that the client already has is not sent again.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// How a client may keep an answer, and how it asks for it again.
pub(crate) struct Freshness {
    pub(crate) etag: HeaderValue,
    pub(crate) cache: HeaderValue,
}

impl Freshness {
    pub(crate) fn mark(self, headers: &mut HeaderMap) {
        headers.insert(header::ETAG, self.etag);
        headers.insert(header::CACHE_CONTROL, self.cache);
    }

    /// 304 for a client whose copy is still right.
    pub(crate) fn unchanged(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        self.mark(response.headers_mut());
        response
    }
}

/// True when `If-None-Match` names the tag; weak tags equal strong ones here.
pub(crate) fn is_unchanged(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(own) = etag.to_str() else { return false };
    let own = own.trim_start_matches("W/");
    let given = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == own)
}
