//! `/healthz` and `/readyz`: whether the process lives, and whether it should get requests.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use platform::App;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

/// How something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Health {
    Up,
    Down,
}

#[derive(Debug, Serialize)]
struct Readiness {
    status: Health,
    stopping: bool,
    dependencies: Dependencies,
}

#[derive(Debug, Serialize)]
struct Dependencies {
    database: Health,
    migrations: Health,
}

#[derive(Clone)]
struct Probe {
    app: App,
    stopping: CancellationToken,
    /// The schema does not go back: once current, only the database itself is asked.
    migrated: Arc<AtomicBool>,
}

/// The two routes.
pub(crate) fn routes(app: &App, stopping: CancellationToken) -> Router {
    let probe = Probe { app: app.clone(), stopping, migrated: Arc::default() };
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(probe)
}

/// Touches nothing: a database that is away is no reason to restart the shop.
async fn alive() -> Response {
    uncached((StatusCode::OK, Json(serde_json::json!({ "status": "up" }))))
}

async fn ready(State(probe): State<Probe>) -> Response {
    let stopping = probe.stopping.is_cancelled();
    let dependencies = probe.look().await;
    let ready = !stopping && dependencies.database == Health::Up && dependencies.migrations == Health::Up;
    let (code, status) = if ready { (StatusCode::OK, Health::Up) } else { (StatusCode::SERVICE_UNAVAILABLE, Health::Down) };
    let mut response = uncached((code, Json(Readiness { status, stopping, dependencies })));
    if !ready {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

impl Probe {
    async fn look(&self) -> Dependencies {
        let Ok(mut db) = self.app.db.read().await else {
            return Dependencies { database: Health::Down, migrations: Health::Down };
        };
        let current = platform::migrate::is_current(&mut db).await;
        if current {
            self.migrated.store(true, Ordering::Relaxed);
        }
        match (current, self.migrated.load(Ordering::Relaxed)) {
            (true, _) => Dependencies { database: Health::Up, migrations: Health::Up },
            // It was current before, so it is the database that does not answer.
            (false, true) => Dependencies { database: Health::Down, migrations: Health::Up },
            (false, false) => Dependencies { database: Health::Up, migrations: Health::Down },
        }
    }
}

fn uncached(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
