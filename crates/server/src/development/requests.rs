//! Requests about orders, as only the process that answered them knows them: in memory, the last ones, nothing personal.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::Response,
};
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use kernel::OrderId;
use platform::{
    App,
    clock::Clock,
    story::{About, Moment, Mood, Part},
};

/// Requests that are kept; older ones are forgotten.
const KEPT: usize = 256;

/// The requests about orders that this process answered. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    notes: VecDeque<Note>,
    /// Writes answered since the start, also those about no order.
    answered: u64,
}

struct Note {
    about: OrderId,
    at: DateTime<Utc>,
    method: Method,
    /// The route's pattern: an address could hold what is nobody's business.
    route: String,
    status: StatusCode,
    took: Duration,
}

impl Requests {
    /// The same routes, with a note taken of each write.
    pub(crate) fn note(&self, routes: Router, app: &App) -> Router {
        routes.layer(middleware::from_fn_with_state((self.clone(), app.clock.clone()), note))
    }

    /// How many writes were answered: something may have changed when this has.
    pub(crate) fn answered(&self) -> u64 {
        self.kept().answered
    }

    /// The requests about an order.
    pub(crate) fn moments(&self, order: OrderId) -> Vec<Moment> {
        self.kept().notes.iter().filter(|note| note.about == order).map(moment).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn note(State((requests, clock)): State<(Requests, Clock)>, route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (method, at, begun) = (request.method().clone(), clock.now(), Instant::now());
    let response = next.run(request).await;
    let mut kept = requests.kept();
    kept.answered += 1;
    if let (Some(About(about)), Some(route)) = (response.extensions().get(), route) {
        if kept.notes.len() == KEPT {
            kept.notes.pop_front();
        }
        let route = route.as_str().to_owned();
        kept.notes.push_back(Note { about: *about, at, method, route, status: response.status(), took: begun.elapsed() });
    }
    drop(kept);
    response
}

fn moment(note: &Note) -> Moment {
    let wanted = match note.route.rsplit_once("/api/v1").map_or(note.route.as_str(), |(_, path)| path) {
        "/orders" => "to place the order",
        "/payments/intent" => "to pay it",
        _ => "something about it",
    };
    let refused = note.status.is_client_error() || note.status.is_server_error();
    Moment {
        at: note.at,
        part: Part::Request,
        mood: if refused { Mood::Trouble } else { Mood::Done },
        what: format!("The customer asks {wanted}{}", if refused { ", and is refused" } else { "" }),
        detail: format!("{} {} → {} in {} ms", note.method, note.route, note.status.as_u16(), note.took.as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        routing::{get, post},
    };
    use platform::story;
    use tower::ServiceExt;

    use super::*;

    fn order(last: u8) -> OrderId {
        format!("01988000-0000-7000-8000-0000000000{last:02}").parse().unwrap()
    }

    fn routes(requests: &Requests) -> Router {
        let noting = middleware::from_fn_with_state((requests.clone(), Clock::system()), note);
        Router::new()
            .route("/api/v1/orders", get(async || "").post(async || story::about(order(1), StatusCode::CREATED)))
            .route("/api/v1/orders/{id}/secret", post(async || story::about(order(2), StatusCode::CONFLICT)))
            .route("/api/v1/cart", post(async || ""))
            .layer(noting)
    }

    async fn send(routes: &Router, method: &str, path: &str) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        drop(routes.clone().oneshot(request).await.unwrap());
    }

    #[tokio::test]
    async fn a_write_about_an_order_is_noted_by_its_pattern_and_a_read_is_not() {
        let requests = Requests::default();
        let routes = routes(&requests);
        for (method, path) in
            [("GET", "/api/v1/orders"), ("POST", "/api/v1/orders"), ("POST", "/api/v1/cart"), ("POST", "/api/v1/orders/77/secret")]
        {
            send(&routes, method, path).await;
        }
        assert_eq!(requests.answered(), 3);
        let [placed] = requests.moments(order(1)).try_into().unwrap();
        assert!(placed.detail.starts_with("POST /api/v1/orders → 201 in "), "{}", placed.detail);
        assert_eq!((placed.mood, placed.what.as_str()), (Mood::Done, "The customer asks to place the order"));
        let [refused] = requests.moments(order(2)).try_into().unwrap();
        assert!(refused.mood == Mood::Trouble && refused.detail.contains("{id}") && !refused.detail.contains("77"), "{}", refused.detail);
    }

    #[tokio::test]
    async fn no_more_than_the_last_ones_are_kept() {
        let requests = Requests::default();
        let routes = routes(&requests);
        send(&routes, "POST", "/api/v1/orders/1/secret").await;
        for _ in 0..KEPT {
            send(&routes, "POST", "/api/v1/orders").await;
        }
        assert_eq!((requests.moments(order(1)).len(), requests.moments(order(2)).len()), (KEPT, 0));
    }
}
