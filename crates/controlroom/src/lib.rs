//! `/_dev`: the development page. The live story of the last order, faults to switch on, cards to pay with, and where
//! everything is. The composition root mounts it in development only, for peers on this machine only.

mod ask;
mod cards;
mod page;
mod story;
mod switches;
mod watch;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::{Html, IntoResponse, Redirect, Response, Sse, sse::KeepAlive},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use platform::Problem;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

pub use ask::Ask;
pub use story::{Act, Lane, Story, span};
pub use switches::{Choice, Chosen, Panel, Switch};
pub use watch::Watch;

/// Where the page is.
pub const MOUNT: &str = "/_dev";

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The shop's tokens, so that the page wears the shop's colours, and the page's own rules.
const SHEETS: [&str; 4] = [
    include_str!("../../../web/packages/ui/src/tokens.css"),
    include_str!("../assets/room.css"),
    include_str!("../assets/score.css"),
    include_str!("../assets/story.css"),
];
const SCRIPT: &str = include_str!("../assets/room.js");
/// A form of switches is far smaller.
const FORM_MAX_BYTES: usize = 4 * 1024;
/// When one who found no place among the streams may try again.
const TRY_AGAIN_S: u32 = 5;

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

/// A font of the shop's, as its front end serves it.
#[derive(Debug, Clone)]
pub struct Face {
    /// The name that the tokens call it by.
    pub family: &'static str,
    /// Where it is.
    pub path: String,
}

/// What the page shows, and what it asks.
#[derive(Debug, Clone)]
pub struct Room {
    /// Where else to look.
    pub places: Vec<Place>,
    /// About this shop.
    pub facts: Vec<Fact>,
    /// The shop's fonts; without them the system's are taken.
    pub faces: Vec<Face>,
    /// Makes a link with which the admin signs in once, as a path of this shop.
    pub admin_link: Ask<String>,
    /// The last order.
    pub watch: Watch,
    /// What can go wrong.
    pub panel: Panel,
    /// Ends the streams.
    pub stopping: CancellationToken,
}

impl Room {
    /// The page's routes, with their whole paths.
    pub fn routes(self) -> Router {
        let sheet: Arc<str> = [self.faces.iter().map(face).collect(), SHEETS.concat()].concat().into();
        let home = || get(async || Redirect::to(MOUNT));
        Router::new()
            .route(MOUNT, get(show))
            .route("/_dev/story", get(stream))
            .route("/_dev/faults", home().post(switch))
            .route("/_dev/admin-link", home().post(sign_in))
            .route("/_dev/room.css", get(async move || file("text/css; charset=utf-8", sheet.to_string())))
            .route("/_dev/room.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
            .layer(DefaultBodyLimit::max(FORM_MAX_BYTES))
            .with_state(Arc::new(self))
    }
}

fn face(Face { family, path }: &Face) -> String {
    format!(
        "@font-face {{ font-family: \"{family}\"; font-weight: 100 900; font-display: swap; src: url(\"{path}\") format(\"woff2\"); }}\n"
    )
}

async fn show(State(room): State<Arc<Room>>) -> Response {
    page(&room, None).await
}

/// Only when asked: each link ends the one before it. The link's secret is a fragment, which no log and no other site sees.
async fn sign_in(State(room): State<Arc<Room>>) -> Response {
    match room.admin_link.ask().await {
        Ok(link) => ([(header::CACHE_CONTROL, NO_STORE)], Redirect::to(&link)).into_response(),
        Err(reason) => page(&room, Some(reason)).await,
    }
}

/// Moves the switches: a form leads back to the page, the page's script is told how they stand.
async fn switch(State(room): State<Arc<Room>>, headers: HeaderMap, form: Bytes) -> Response {
    if let Err(switches::Unknown(name)) = room.panel.take(&form) {
        let detail = format!("there is no switch or choice named {name:?}");
        return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "fault_unknown", detail).into_response();
    }
    let wants_json = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    if wants_json { axum::Json(room.panel.standing()).into_response() } else { Redirect::to(MOUNT).into_response() }
}

/// The story as it happens.
async fn stream(State(room): State<Arc<Room>>, headers: HeaderMap) -> Response {
    // Another site's page could not read it, but it could take the places of those who can.
    if headers.get(FETCH_SITE).is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none")) {
        return Problem::new(StatusCode::FORBIDDEN, "cross_origin", "this request came from a page of another site").into_response();
    }
    let Some(place) = room.watch.take_place() else {
        let detail = format!("{} windows show the story already: close one", watch::STREAMS_MAX);
        return Problem::unavailable("too_many_watch", detail).retry_after(TRY_AGAIN_S).into_response();
    };
    let events = room.watch.clone().events(room.panel.clone(), room.stopping.clone(), place);
    ([(header::CACHE_CONTROL, NO_STORE)], Sse::new(events).keep_alive(KeepAlive::default())).into_response()
}

async fn page(room: &Room, no_link: Option<String>) -> Response {
    let (story, no_story) = match room.watch.now().await {
        Ok(story) => (story, None),
        Err(reason) => (None, Some(reason)),
    };
    let (switches, standing) = (room.panel.switches(), room.panel.standing());
    let model = page::Model {
        title: page::title(story.as_ref()),
        story: story.as_ref().map(page::telling),
        lanes: &story::LANES,
        no_story,
        switches: &switches,
        banner: standing.banner(),
        places: &room.places,
        facts: &room.facts,
        cards: &cards::ALL,
        no_link,
    };
    match page::whole(&model) {
        Ok(document) => with_headers(Html(document)),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

fn file(content_type: &'static str, content: impl IntoResponse) -> Response {
    let mut response = with_headers(content);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn with_headers(answer: impl IntoResponse) -> Response {
    let headers = HeaderMap::from_iter([(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, NO_STORE)]);
    (StatusCode::OK, headers, answer).into_response()
}

#[cfg(test)]
mod tests;
