//! The built front ends: hashed files that never change, compressed once at build time, and the shells that pages fill.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::{
    admin::ADMIN,
    conditional::{self, Freshness},
};

/// Embedded in release builds, read from the disk in debug builds.
#[derive(RustEmbed)]
#[folder = "../../web/apps/storefront/dist"]
#[allow_missing = true]
struct StorefrontDist;

/// As [`StorefrontDist`].
#[derive(RustEmbed)]
#[folder = "../../web/apps/admin/dist"]
#[allow_missing = true]
struct AdminDist;

const SHELL: &str = "index.html";
/// Vite puts the content's hash into these names.
const HASHED: &str = "assets/";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Stands in for a built shell, so that pages can be read before their front end was built; `{app}` is its name.
const UNBUILT_SHELL: &str = include_str!("unbuilt.html");

/// One file in the encodings that it was built in.
#[derive(Debug, Clone)]
struct Asset {
    content_type: HeaderValue,
    etag: HeaderValue,
    cache: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// The files of one front end, held in memory.
#[derive(Debug, Clone)]
pub(crate) struct Assets {
    /// What its addresses begin with: the base that it was built for, without the last slash.
    mount: &'static str,
    files: BTreeMap<String, Arc<Asset>>,
    shell: Arc<str>,
}

impl Assets {
    /// What customers see.
    pub(crate) fn storefront() -> Self {
        Self::load::<StorefrontDist>("", "storefront")
    }

    /// What the shopkeeper sees.
    pub(crate) fn admin() -> Self {
        Self::load::<AdminDist>(ADMIN, "admin")
    }

    /// Loads what was built, which may be nothing.
    fn load<D: RustEmbed>(mount: &'static str, app: &str) -> Self {
        let names: Vec<Cow<'static, str>> = D::iter().collect();
        let files = names.iter().filter(|name| !is_part(name)).filter_map(|name| Some((name.to_string(), Arc::new(load::<D>(name)?))));
        let shell = D::get(SHELL).and_then(|file| String::from_utf8(file.data.into_owned()).ok());
        Self { mount, files: files.collect(), shell: shell.unwrap_or_else(|| UNBUILT_SHELL.replace("{app}", app)).into() }
    }

    /// `index.html` with its places for head and body.
    pub(crate) fn shell(&self) -> Arc<str> {
        self.shell.clone()
    }

    /// The address of the file whose name begins like this; the rest of the name is its content's hash.
    pub(crate) fn address(&self, start: &str) -> Option<String> {
        self.files.keys().find(|name| name.starts_with(start)).map(|name| format!("{}/{name}", self.mount))
    }

    /// A route for each file.
    pub(crate) fn routes(&self) -> Router {
        self.files.iter().fold(Router::new(), |router, (name, asset)| {
            let asset = asset.clone();
            router.route(&format!("{}/{name}", self.mount), get(async move |headers: HeaderMap| asset.answer(&headers)))
        })
    }
}

/// Compressed twins and the shell are no files of their own.
fn is_part(name: &str) -> bool {
    name == SHELL || name.ends_with(".br") || name.ends_with(".gz") || name.starts_with('.')
}

fn load<D: RustEmbed>(name: &str) -> Option<Asset> {
    let plain = D::get(name)?;
    let twin = |ending: &str| D::get(&format!("{name}{ending}")).map(|file| bytes(file.data));
    let etag = format!("\"{}\"", hex::encode(plain.metadata.sha256_hash().get(..16)?));
    let content_type = match mime_guess::from_path(name).first_or_octet_stream() {
        mime if mime.type_() == "text" => format!("{mime}; charset=utf-8"),
        mime => mime.to_string(),
    };
    Some(Asset {
        content_type: HeaderValue::from_str(&content_type).ok()?,
        etag: HeaderValue::from_str(&etag).ok()?,
        cache: if name.starts_with(HASHED) { FOREVER } else { A_WHILE },
        plain: bytes(plain.data),
        brotli: twin(".br"),
        gzip: twin(".gz"),
    })
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

impl Asset {
    fn answer(&self, request: &HeaderMap) -> Response {
        let freshness = Freshness { etag: self.etag.clone(), cache: self.cache.clone() };
        if conditional::is_unchanged(request, &self.etag) {
            return freshness.unchanged();
        }
        let (body, encoding) = self.encoded_for(request);
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if self.brotli.is_some() || self.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        freshness.mark(headers);
        response
    }

    /// The smallest form that the client takes.
    fn encoded_for(&self, request: &HeaderMap) -> (Bytes, Option<&'static str>) {
        let forms = [("br", &self.brotli), ("gzip", &self.gzip)];
        let found = forms.into_iter().find_map(|(name, body)| Some((body.clone().filter(|_| accepts(request, name))?, Some(name))));
        found.unwrap_or_else(|| (self.plain.clone(), None))
    }
}

/// Whether `Accept-Encoding` names the encoding (or all) with a weight above zero.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let mut any = false;
    for value in request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()) {
        for offer in value.split(',') {
            let mut parts = offer.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.find_map(|part| part.strip_prefix("q=")).is_some_and(|weight| weight.parse() == Ok(0.0_f32));
            if name.eq_ignore_ascii_case(encoding) {
                return !refused;
            }
            any |= name == "*" && !refused;
        }
    }
    any
}

/// A file that is not there.
pub(crate) fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], "There is no such file.\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(accept_encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept_encoding))])
    }

    fn asset() -> Asset {
        Asset {
            content_type: HeaderValue::from_static("text/css; charset=utf-8"),
            etag: HeaderValue::from_static("\"1\""),
            cache: FOREVER,
            plain: Bytes::from_static(b"plain"),
            brotli: Some(Bytes::from_static(b"brotli")),
            gzip: Some(Bytes::from_static(b"gzip")),
        }
    }

    #[test]
    fn the_smallest_form_that_the_client_takes_is_sent() {
        let cases = [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("*", Some("br")),
            ("br;q=0, *", Some("gzip")),
            ("identity", None),
            ("", None),
            ("brotli", None),
        ];
        for (offer, encoding) in cases {
            assert_eq!(asset().encoded_for(&asking(offer)).1, encoding, "{offer}");
        }
        assert_eq!(asset().encoded_for(&HeaderMap::new()).0, "plain");
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let asset = asset();
        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static("\"0\", W/\"1\""))]);
        let response = asset.answer(&again);
        assert_eq!((response.status(), &response.headers()[header::CACHE_CONTROL]), (StatusCode::NOT_MODIFIED, &FOREVER));
        let response = asset.answer(&asking("br"));
        assert_eq!((response.status(), &response.headers()[header::CONTENT_ENCODING]), (StatusCode::OK, &"br".parse().unwrap()));
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
    }

    #[test]
    fn twins_and_the_shell_have_no_address_of_their_own() {
        for (name, part) in
            [("index.html", true), ("assets/a.js.br", true), ("assets/a.js.gz", true), ("assets/a.js", false), ("favicon.svg", false)]
        {
            assert_eq!(is_part(name), part, "{name}");
        }
    }
}
