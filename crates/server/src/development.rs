//! What only a development shop has: the control room, the mailbox's pages, and the payment simulator for browsers.

mod faults;
mod requests;
mod story;
mod verdict;

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::{self, Next},
    response::Response,
};
use controlroom::{Ask, Face, Fact, Place, Room};
use email::MAILBOX_MOUNT;
use http::{HeaderMap, HeaderName, Uri, header};
use platform::{App, DbError, config::Config};

use crate::{
    Parts,
    assets::{self, Assets},
    shop,
};

pub(crate) use requests::Requests;

/// The simulator's own list of payments, below its mount.
const BOOK: &str = "/_book";
/// The shop's fonts: the family that the tokens name, and how the built file's name begins.
const FACES: [(&str, &str); 2] =
    [("Fraunces", "assets/fraunces-latin-opsz-normal-"), ("Hanken Grotesk", "assets/hanken-grotesk-latin-wght-normal-")];

/// What a proxy adds to a request. Only ever a reason to refuse, so who makes one up gains nothing.
const OF_A_PROXY: [HeaderName; 3] = [header::FORWARDED, header::VIA, HeaderName::from_static("x-real-ip")];
/// How the names of the rest of them begin.
const OF_A_PROXY_START: &str = "x-forwarded-";

/// Where this machine's own browser finds the control room, whatever the address that others know.
pub fn control_room(config: &Config) -> String {
    let url = &config.public_base_url;
    if leads_here(url) { format!("{url}/_dev") } else { format!("http://localhost:{}/_dev", config.bind.port()) }
}

/// Everything is for this machine only, but what the page that pays calls, from wherever that page is open.
pub(crate) fn routes(app: &App, parts: Parts, requests: Requests, assets: &Assets) -> Router {
    if let Some(doubt) = doubt(&app.config.public_base_url) {
        tracing::warn!("{doubt}");
    }
    let room = Room {
        places: places(parts.mailbox.is_some(), parts.simulator.is_some()),
        facts: facts(app),
        faces: FACES.iter().filter_map(|(family, start)| Some(Face { family, path: assets.address(start)? })).collect(),
        admin_link: admin_link(app),
        watch: story::watch(app, requests, parts.simulator.clone()),
        panel: faults::panel(app, parts.simulator.clone(), parts.mailbox.clone()),
        stopping: parts.stopping,
    };
    let mut local = room.routes();
    if let Some(mailbox) = parts.mailbox {
        local = local.nest(MAILBOX_MOUNT, mailbox.pages_router());
    }
    let local = local.layer(middleware::from_fn(only_here));
    match parts.simulator {
        Some(simulator) => local.nest(shop::SANDBOX, simulator.router().layer(middleware::from_fn(hide_inside))),
        None => local,
    }
}

/// What speaks against a development shop under this address: a proxy or a tunnel may hide whose request it passes on.
fn doubt(url: &str) -> Option<String> {
    (!leads_here(url)).then(|| {
        format!(
            "PUBLIC_BASE_URL is {url}, but this is a development shop: its payments move no money, its mail is not sent, and whoever a \
             proxy on this machine lets through unmarked may sign in as its admin; set QUICKSHOP_ENV=production for a shop that others reach"
        )
    })
}

/// The simulator's book shows every payment, and its faults are this machine's to switch: what browsers call has no underscore.
async fn hide_inside(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/_") { only_here(request, next).await } else { next.run(request).await }
}

fn places(mailbox: bool, simulator: bool) -> Vec<Place> {
    let place = |path: &str, name, about| Place { path: path.to_owned(), name, about };
    let mut places = vec![place("/", "Shop", "What customers see.")];
    if mailbox {
        places.push(place(MAILBOX_MOUNT, "Mailbox", "Every mail the shop sends, none of which leaves this machine."));
    }
    if simulator {
        places.push(place(&format!("{}{BOOK}", shop::SANDBOX), "Payments", "The simulator's book: every payment, and what became of it."));
    }
    places.push(place("/docs/", "API", "Every operation, to read and to try."));
    places
}

fn facts(app: &App) -> Vec<Fact> {
    vec![
        Fact { name: "Version", value: env!("CARGO_PKG_VERSION").to_owned() },
        Fact { name: "Address", value: app.config.public_base_url.clone() },
        Fact { name: "Data directory", value: app.config.data_dir.display().to_string() },
        Fact { name: "Database", value: if app.config.database_url.is_some() { "DATABASE_URL" } else { "private PostgreSQL" }.to_owned() },
    ]
}

/// `POST /_dev/admin-link`: a link as a path, so that it leads to the shop under the name by which it was asked.
fn admin_link(app: &App) -> Ask<String> {
    let app = app.clone();
    Ask::new(move || {
        let app = app.clone();
        async move {
            let link = route_admin_link(&app).await?;
            Ok(link.strip_prefix(&app.config.public_base_url).unwrap_or(&link).to_owned())
        }
    })
}

async fn route_admin_link(app: &App) -> Result<String, String> {
    let fault = |error: DbError| error.to_string();
    let mut tx = app.db.begin().await.map_err(fault)?;
    let link = shop::admin_link(&mut tx, &app.config, &mut app.ids()).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(fault)?;
    Ok(link.keep(&app.config))
}

/// Anything else than this machine's own browser gets the answer that an unknown address gets. The peer's address counts,
/// never a header that tells of another; the name that was asked for, because a stranger's name may lead here too, the
/// shop's own among them; and that no proxy on this machine passes on what somebody elsewhere asked.
async fn only_here(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let here = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    if here && host(&request).is_some_and(is_this_machine) && !is_passed_on(request.headers()) {
        return next.run(request).await;
    }
    assets::missing()
}

fn is_passed_on(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| OF_A_PROXY.contains(name) || name.as_str().starts_with(OF_A_PROXY_START))
}

fn host(request: &Request) -> Option<&str> {
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let named = authority.or_else(|| request.headers().get(header::HOST).and_then(|value| value.to_str().ok()));
    named.map(without_port)
}

fn without_port(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn leads_here(url: &str) -> bool {
    host_of(url).is_some_and(is_this_machine)
}

fn host_of(url: &str) -> Option<&str> {
    let uri_host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next()?;
    url.parse::<Uri>().is_ok().then(|| without_port(uri_host))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn status(peer: &str, headers: &[(&str, &str)]) -> StatusCode {
        let router = Router::new().route("/", get(async || "here")).layer(middleware::from_fn(only_here));
        let request = headers.iter().fold(Request::builder().uri("/"), |request, (name, value)| request.header(*name, *value));
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        router.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn only_this_machine_sees_it() {
        for (peer, host, expected) in [
            ("127.0.0.1:1", "localhost:8080", StatusCode::OK),
            ("127.0.0.1:1", "127.0.0.1:8080", StatusCode::OK),
            ("[::1]:1", "[::1]:8080", StatusCode::OK),
            ("[::ffff:127.0.0.1]:1", "LOCALHOST", StatusCode::OK),
            ("10.0.0.7:1", "localhost:8080", StatusCode::NOT_FOUND),
            // A stranger's name that resolves to this machine: the browser would let the stranger's page read the answer.
            ("127.0.0.1:1", "rebound.example:8080", StatusCode::NOT_FOUND),
            // The shop's own public name: a tunnel's end is on this machine, whoever is at its other end.
            ("127.0.0.1:1", "shop.example", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(status(peer, &[("host", host)]).await, expected, "{peer} {host}");
        }
        assert_eq!(status("127.0.0.1:1", &[]).await, StatusCode::NOT_FOUND, "a request that names no host");
    }

    #[tokio::test]
    async fn what_a_proxy_passes_on_sees_nothing_even_under_this_machines_name() {
        let by_proxies = ["forwarded", "via", "x-real-ip", "x-forwarded-for", "X-Forwarded-Host", "x-forwarded-proto", "x-forwarded-port"];
        for name in by_proxies {
            assert_eq!(status("127.0.0.1:1", &[("host", "localhost"), (name, "127.0.0.1")]).await, StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[tokio::test]
    async fn a_request_without_a_known_peer_sees_nothing() {
        let router = Router::new().route("/", get(async || "here")).layer(middleware::from_fn(only_here));
        let request = Request::builder().uri("/").header(header::HOST, "localhost").body(Body::empty()).unwrap();
        assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_development_shop_under_a_public_address_is_warned_of() {
        for (url, doubtful) in [
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("https://x.tunnel.example", true),
            ("http://192.168.0.7:8080", true),
        ] {
            assert_eq!(doubt(url).is_some_and(|doubt| doubt.contains(url)), doubtful, "{url}");
        }
    }

    #[test]
    fn the_host_of_an_address_has_no_port() {
        for (url, host) in [("http://localhost:8080", "localhost"), ("https://shop.example", "shop.example"), ("http://[::1]:8080", "::1")]
        {
            assert_eq!(host_of(url), Some(host), "{url}");
        }
    }
}
