//! `/_dev`: the development page. Where everything is, cards to pay with, the admin's one-time link.
//! The composition root mounts it in development only, for peers on this machine only.

mod cards;

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use minijinja::{Environment, value::Serde};
use platform::Problem;
use serde::Serialize;

/// Where the page is.
pub const MOUNT: &str = "/_dev";

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// The shop's tokens, so that the page wears the shop's colours, and the page's own rules.
const SHEET: &str = concat!(include_str!("../../../web/packages/ui/src/tokens.css"), include_str!("../assets/room.css"));
const SCRIPT: &str = include_str!("../assets/room.js");
const PAGE: &str = include_str!("../assets/room.html");

type Making = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// A place of this shop to look at.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// Where it is.
    pub path: String,
    /// What it is called.
    pub name: &'static str,
    /// What one finds there.
    pub about: &'static str,
}

/// Something worth knowing about the running shop.
#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    /// What it is about.
    pub name: &'static str,
    /// How it is.
    pub value: String,
}

/// What the page shows.
#[derive(Clone)]
pub struct Room {
    places: Vec<Place>,
    facts: Vec<Fact>,
    admin_link: Arc<dyn Fn() -> Making + Send + Sync>,
}

impl Room {
    /// A page over `places` and `facts`; `admin_link` makes a one-time link, or says in one sentence why not.
    pub fn new<F, Fut>(places: Vec<Place>, facts: Vec<Fact>, admin_link: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, String>> + Send + 'static,
    {
        Self { places, facts, admin_link: Arc::new(move || Box::pin(admin_link())) }
    }

    /// The page's routes, with their whole paths.
    pub fn routes(self) -> Router {
        Router::new()
            .route(MOUNT, get(show))
            .route("/_dev/admin-link", get(async || axum::response::Redirect::to(MOUNT)).post(make_link))
            .route("/_dev/room.css", get(async || file("text/css; charset=utf-8", SHEET)))
            .route("/_dev/room.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
            .with_state(self)
    }
}

async fn show(State(room): State<Room>) -> Response {
    page(&room, None)
}

/// Only when asked: each link ends the one before it.
async fn make_link(State(room): State<Room>) -> Response {
    let link = (room.admin_link)().await;
    page(&room, Some(link))
}

#[derive(Serialize)]
struct Model<'a> {
    places: &'a [Place],
    facts: &'a [Fact],
    cards: &'a [cards::Group],
    link: Option<String>,
    no_link: Option<String>,
}

fn page(room: &Room, link: Option<Result<String, String>>) -> Response {
    let (link, no_link) = match link {
        Some(Ok(link)) => (Some(link), None),
        Some(Err(reason)) => (None, Some(reason)),
        None => (None, None),
    };
    let model = Serde(Model { places: &room.places, facts: &room.facts, cards: &cards::ALL, link, no_link });
    let mut environment = Environment::new();
    match environment.add_template("room.html", PAGE).and_then(|()| environment.get_template("room.html")?.render(model)) {
        Ok(document) => with_headers(Html(document)),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    with_headers(([(header::CONTENT_TYPE, content_type)], content))
}

fn with_headers(answer: impl IntoResponse) -> Response {
    let headers = HeaderMap::from_iter([(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, NO_STORE)]);
    (StatusCode::OK, headers, answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    fn room() -> Room {
        let places = vec![Place { path: "/?a=1&b=<2>".to_owned(), name: "Shop", about: "What customers see." }];
        Room::new(places, vec![], async || Ok("http://localhost:8080/admin?link=once".to_owned()))
    }

    #[tokio::test]
    async fn the_link_is_made_only_when_asked() {
        assert!(!text(show(State(room())).await).await.contains("link=once"));
        assert!(text(make_link(State(room())).await).await.contains("link=once"));
    }

    #[tokio::test]
    async fn what_is_shown_is_escaped_and_no_script_is_inline() {
        let page = text(show(State(room())).await).await;
        assert!(page.contains("b=&lt;2&gt;"));
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<script src=\"/_dev/room.js\" defer></script>"));
        assert!(!page.contains("style="));
    }

    #[test]
    fn every_card_number_has_a_right_check_digit() {
        for card in cards::ALL.iter().flat_map(|group| group.cards) {
            let digits: Vec<u32> = card.number.chars().rev().filter_map(|c| c.to_digit(10)).collect();
            let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { d * 2 / 10 + d * 2 % 10 }).sum();
            assert_eq!(sum % 10, 0, "{}", card.number);
        }
    }
}
