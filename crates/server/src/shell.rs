//! The storefront's pages: `index.html` filled for each path, with a real status and an entity tag.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, RawPathParams, State, rejection::RawPathParamsRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use platform::{
    App, Problem,
    page::{Fallback, Page, PageRequest, PageRoute},
    settings::ShopSettings,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    admin::ADMIN,
    assets::{self, Assets},
    conditional::{self, Freshness},
    document::{self, Site},
    edge::API,
};

pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// Kept, but asked for again each time: a new price is seen at the next request.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// The language of every page.
pub(crate) const LOCALE: &str = "en-US";
const TAG_BYTES: usize = 12;

/// Folders of files: what is missing there is no page.
const FILES: [&str; 2] = ["/assets/", "/media/"];

/// Pages without data of a domain: path, title, description. They belong to one person, so search engines leave them out.
const PERSONAL: [(&str, &str, &str); 7] = [
    ("/cart", "Cart", "What you are about to buy."),
    ("/checkout", "Checkout", "Delivery and payment."),
    ("/orders/{id}", "Your order", "What you ordered and how it stands."),
    ("/account", "Account", "Your details."),
    ("/account/orders", "My orders", "What you ordered so far."),
    ("/account/sign-in", "Sign in", "Sign in to see your orders."),
    ("/account/register", "Register", "Make an account to find your orders again."),
];

/// What the pages of one shop are made from.
#[derive(Clone)]
pub(crate) struct Storefront {
    app: App,
    shell: Arc<str>,
    /// `settings.payment` of the first data.
    payment: Value,
}

impl Storefront {
    pub(crate) fn new(app: &App, assets: &Assets, payment: Value) -> Self {
        Self { app: app.clone(), shell: assets.shell(), payment }
    }

    /// A route for each page of the domains and each personal one; any other path is a 404 page.
    pub(crate) fn routes(&self, pages: Vec<PageRoute>) -> Router {
        let mut router = Router::new();
        for page in pages {
            let storefront = self.clone();
            router = router.route(
                page.path,
                get(async move |path: Result<RawPathParams, RawPathParamsRejection>, OriginalUri(uri): OriginalUri, headers: HeaderMap| {
                    let page = match path {
                        Ok(path) => (page.render)(request(&path, &uri)).await,
                        // Bytes that are no text are nobody's slug.
                        Err(_) => Ok(Page::not_found(uri.path())),
                    };
                    storefront.answer(page, &headers).await
                }),
            );
        }
        for (path, title, description) in PERSONAL {
            let storefront = self.clone();
            router = router.route(
                path,
                get(async move |OriginalUri(uri): OriginalUri, headers: HeaderMap| {
                    storefront.answer(Ok(personal(uri.path(), title, description)), &headers).await
                }),
            );
        }
        let robots = robots();
        router = router.route("/robots.txt", get(async move || ([(header::CACHE_CONTROL, A_DAY)], robots.clone())));
        router.fallback_service(get(missing).fallback(no_such_address).with_state(self.clone()))
    }

    async fn answer(&self, page: Result<Page, Problem>, request: &HeaderMap) -> Response {
        match self.write(page).await {
            Ok((status, document)) => html(status, document, request),
            Err(problem) => fault(problem.status(), "Your cart and your orders are safe"),
        }
    }

    async fn write(&self, page: Result<Page, Problem>) -> Result<(StatusCode, String), Problem> {
        let page = readable(page?);
        let settings = {
            let mut db = self.app.db.read().await?;
            platform::settings::get(&mut db).await?
        };
        let site = Site {
            name: &settings.shop_name,
            base_url: &self.app.config.public_base_url,
            locale: LOCALE,
            settings: self.settings(&settings),
        };
        Ok((page.status, document::write(&self.shell, &site, &page)))
    }

    fn settings(&self, shop: &ShopSettings) -> Value {
        json!({
            "shop_name": shop.shop_name,
            "currency": shop.currency,
            "locale": LOCALE,
            "tax_inclusive": shop.tax_inclusive,
            "free_delivery_over": shop.free_delivery_over,
            "delivery_rate": shop.delivery_rate,
            "payment": self.payment,
        })
    }
}

/// Personal pages and the admin are named here as well as marked as not to be listed: crawlers need not ask for them at all.
fn robots() -> String {
    let personal = PERSONAL.map(|(path, ..)| format!("Disallow: {}\n", path.split('{').next().unwrap_or(path)));
    format!("User-agent: *\nDisallow: {API}\nDisallow: {ADMIN}\n{}", personal.concat())
}

fn request(path: &RawPathParams, uri: &Uri) -> PageRequest {
    let slug = path.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
    let query: BTreeMap<String, String> = axum::extract::Query::try_from_uri(uri)
        .map(|axum::extract::Query(pairs): axum::extract::Query<Vec<_>>| pairs.into_iter().collect())
        .unwrap_or_default();
    PageRequest { slug, query }
}

fn personal(path: &str, title: &str, description: &str) -> Page {
    Page { noindex: true, ..Page::new(title, description, path) }
}

/// Gives a page without content of its own something to read.
fn readable(page: Page) -> Page {
    if !page.fallback.is_empty() {
        return page;
    }
    let text = if page.status == StatusCode::OK { "This page needs JavaScript." } else { &page.description };
    let fallback = vec![
        Fallback::Heading(page.title.clone()),
        Fallback::Text(text.to_owned()),
        Fallback::Link("/".to_owned(), "Back to the shop".to_owned()),
    ];
    Page { fallback, ..page }
}

async fn missing(State(storefront): State<Storefront>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path.starts_with(API) {
        return Problem::not_found("not_found").into_response();
    }
    if FILES.iter().any(|folder| path.starts_with(folder)) {
        return assets::missing();
    }
    storefront.answer(Ok(Page::not_found(path)), &headers).await
}

/// An unknown address that is not asked for a page.
async fn no_such_address(method: Method) -> Response {
    tracing::debug!(%method, "no such address");
    Problem::not_found("not_found").into_response()
}

fn html(status: StatusCode, document: String, request: &HeaderMap) -> Response {
    let digest = Sha256::digest(document.as_bytes());
    // Weak: the same page goes out compressed and plain.
    let tag = format!("W/\"{}\"", hex::encode(digest.get(..TAG_BYTES).unwrap_or_default()));
    let freshness = Freshness { etag: HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"\"")), cache: ASK_AGAIN };
    if status == StatusCode::OK && conditional::is_unchanged(request, &freshness.etag) {
        return freshness.unchanged();
    }
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HTML);
    freshness.mark(response.headers_mut());
    response
}

/// The page for when there is nothing to make a page from; it needs neither database nor front end. `kept` says what is safe.
pub(crate) fn fault(status: StatusCode, kept: &str) -> Response {
    let (title, text) = if status == StatusCode::SERVICE_UNAVAILABLE {
        ("One moment, please", format!("The shop cannot answer right now. {kept}; try again in a moment."))
    } else {
        ("Something went wrong", "This is our fault, and nothing was changed. Try again, or go back to the shop.".to_owned())
    };
    let document = include_str!("fault.html").replace("{title}", title).replace("{text}", &text);
    let mut response = (status, document).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_tag_and_is_not_sent_twice() {
        let first = html(StatusCode::OK, "<p>1</p>".to_owned(), &HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        assert_eq!(html(StatusCode::OK, "<p>1</p>".to_owned(), &again).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(html(StatusCode::OK, "<p>2</p>".to_owned(), &again).status(), StatusCode::OK);
        assert_eq!(html(StatusCode::NOT_FOUND, "<p>1</p>".to_owned(), &again).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_fault_says_when_to_come_back() {
        let response = fault(StatusCode::SERVICE_UNAVAILABLE, "All is safe");
        assert_eq!((response.status(), &response.headers()[header::RETRY_AFTER]), (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap()));
        assert!(!fault(StatusCode::INTERNAL_SERVER_ERROR, "All is safe").headers().contains_key(header::RETRY_AFTER));
    }
}
