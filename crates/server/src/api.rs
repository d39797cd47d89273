//! The REST API: every domain's routes under `/api/v1`, their OpenAPI document, and the page that shows it.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use utoipa::openapi::{
    InfoBuilder, License, OpenApi, OpenApiBuilder, SecurityRequirement,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    server::ServerBuilder,
    tag::TagBuilder,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::Config;

use crate::{
    assets,
    conditional::{self, Freshness},
};

const PREFIX: &str = "/api/v1";
const DOCUMENT: &str = "/openapi.json";
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// The viewer draws with inline styles and pictures in data addresses; its scripts are files of ours.
const VIEWER_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const DESCRIPTION: &str = "\
Everything that the storefront does, for programs.

Amounts are strings with their currency, times are UTC, ids are UUIDs. Lists answer `data`, `next_cursor` and `total`; \
hand `next_cursor` back as `cursor` for the next page. Errors are `application/problem+json` with a stable `code` and a \
`request_id`; fields that are wrong are named in `errors`. Placing an order and starting a payment need an \
`Idempotency-Key`: the same key with the same body answers the same again.";

/// What an operation is about.
const TAGS: [(&str, &str); 7] = [
    ("catalog", "Products and categories"),
    ("cart", "The cart of a guest or a customer, and its checkout"),
    ("orders", "Orders of guests and customers"),
    ("payments", "Starting a payment, and Stripe's events"),
    ("auth", "Registering, signing in and out, and the admin's one-time link"),
    ("users", "The account that is signed in"),
    ("admin", "Running the shop: accounts of the role admin only"),
];

/// The API's routes, and the document that was collected from them.
pub(crate) fn routes(domains: Vec<OpenApiRouter>) -> (Router, OpenApi) {
    let domains = domains.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge);
    OpenApiRouter::with_openapi(describe()).nest(PREFIX, domains).split_for_parts()
}

/// What the document says beside the operations.
fn describe() -> OpenApi {
    let info = InfoBuilder::new()
        .title("QuickShop")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(License::new("Apache-2.0 OR MIT")))
        .build();
    let tags = TAGS.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").description(Some("this shop")).build()]))
        .tags(Some(tags))
        // Most operations take guests as well: the empty requirement.
        .security(Some([SecurityRequirement::default(), SecurityRequirement::new::<_, [&str; 0], &str>("access_token", [])]))
        .build();
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access_token of a sign-in; lives 15 minutes."))
        .build();
    components.add_security_scheme("access_token", SecurityScheme::Http(bearer));
    for (name, header, about) in [
        ("cart_token", "X-Cart-Token", "Names a guest's cart, for clients without cookies: answered when the cart begins."),
        ("order_token", "X-Order-Token", "Opens a guest's order: the access_token that placing it answered."),
    ] {
        components.add_security_scheme(name, SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(header, about))));
    }
    document
}

/// The document at `/openapi.json`, written once, and the viewer at `/docs`.
pub(crate) fn document_routes(document: &OpenApi) -> Router {
    let json = Bytes::from(document.to_json().unwrap_or_default());
    let etag = format!("W/\"{}\"", hex::encode(Sha256::digest(&json)));
    let etag = HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("W/\"\""));
    let viewer = std::sync::Arc::new(Config::from(DOCUMENT).use_base_layout().try_it_out_enabled(true).validator_url("none"));
    let index = viewer.clone();
    Router::new()
        .route(DOCUMENT, get(async move |headers: HeaderMap| serve_document(json, etag, &headers)))
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async move || viewer_file("", &index)))
        .route("/docs/{file}", get(async move |Path(file): Path<String>| viewer_file(&file, &viewer)))
}

fn serve_document(json: Bytes, etag: HeaderValue, request: &HeaderMap) -> Response {
    let freshness = Freshness { etag, cache: ASK_AGAIN };
    if conditional::is_unchanged(request, &freshness.etag) {
        return freshness.unchanged();
    }
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    freshness.mark(response.headers_mut());
    response
}

fn viewer_file(name: &str, viewer: &std::sync::Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(name, viewer.clone()) {
        Ok(Some(file)) => {
            let mut response = ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response();
            let headers = response.headers_mut();
            if file.gzpipped {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            headers.insert(header::CACHE_CONTROL, A_WHILE);
            headers.insert(header::CONTENT_SECURITY_POLICY, VIEWER_POLICY);
            response
        }
        Ok(None) => assets::missing(),
        Err(error) => {
            tracing::error!(%error, "the API viewer could not be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
