//! What a mail meets on its way: a private PostgreSQL, and a provider that answers as it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    os::unix::fs::PermissionsExt,
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use chrono::{DateTime, Utc};
use kernel::Email;
use platform::{App, Db, clock::Clock, config::Config, embedded_pg, jobs::Worker};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use tokio::{net::TcpListener, task::JoinSet};

use super::samples;
use crate::{Mail, queue};

/// Serves a router on a free port until dropped.
pub struct Served {
    pub url: String,
    _task: JoinSet<()>,
}

pub async fn serve(router: Router) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut task = JoinSet::new();
    task.spawn(async { axum::serve(listener, router).await.unwrap() });
    Served { url, _task: task }
}

/// A provider that answers 202, or what was put in its queue, and remembers what it was asked.
#[derive(Clone, Default)]
pub struct Provider {
    pub answers: Arc<Mutex<VecDeque<u16>>>,
    pub bodies: Arc<Mutex<Vec<Value>>>,
}

impl Provider {
    pub fn router(&self) -> Router {
        async fn send(State(provider): State<Provider>, Json(body): Json<Value>) -> (StatusCode, Json<Value>) {
            let echo = body["personalizations"][0]["to"][0]["email"].clone();
            provider.bodies.lock().unwrap().push(body);
            let status = provider.answers.lock().unwrap().pop_front().unwrap_or(202);
            let errors = json!({ "errors": [{ "message": format!("not this one: {echo}"), "field": "from.email", "help": null }] });
            (StatusCode::from_u16(status).unwrap(), Json(errors))
        }
        Router::new().route("/v3/mail/send", post(send)).with_state(self.clone())
    }

    pub fn next_answers(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }
}

/// A database and an app whose mails go to `api_base`.
pub struct Post {
    pub app: App,
    options: PgConnectOptions,
    _server: embedded_pg::Server,
    _folder: tempfile::TempDir,
}

/// A row of `emails`.
#[derive(Debug)]
pub struct Row {
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
}

impl Post {
    pub async fn open(api_base: &str) -> Self {
        // A second test of this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        let data_dir = folder.path().join("shop");
        let binaries = embedded_pg::find_binaries(None, &embedded_pg::Bundled::default(), Path::new("/nonexistent")).unwrap();
        let settings = embedded_pg::Settings { durable: false, ..embedded_pg::Settings::new(data_dir.clone(), binaries) };
        let server = embedded_pg::Server::start(&settings).await.unwrap();
        let options = PgConnectOptions::from_str(server.url()).unwrap();
        platform::migrate::migrate(options.clone()).await.unwrap();
        let variables = [("DATA_DIR", data_dir.to_str().unwrap()), ("SENDGRID_API_BASE", api_base)];
        let variables: BTreeMap<String, String> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = Config::from_variables(variables).unwrap_or_else(|error| panic!("{error}"));
        let app = App::new(Db::new(options.clone(), 4).unwrap(), Clock::movable(), config);
        Self { app, options, _server: server, _folder: folder }
    }

    /// Queues the sample order's receipt under a key.
    pub async fn queue(&self, dedupe_key: &str) {
        let recipient = Email::parse("ada@example.com").unwrap();
        let mail = Mail::order_confirmation(dedupe_key.to_owned(), &samples::order(), recipient).unwrap();
        let mut tx = self.app.db.begin().await.unwrap();
        queue(&mut tx, &mail, &mut self.app.ids()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes waiting jobs due now, as if their backoff had passed, and runs them.
    pub async fn work(&self) {
        let mut db = self.app.db.read().await.unwrap();
        sqlx::raw_sql("update graphile_worker._private_jobs set run_at = now()").execute(&mut *db).await.unwrap();
        let worker = Worker::connect(self.options.clone(), crate::jobs(&self.app)).await.unwrap();
        worker.drain().await.unwrap();
        worker.close().await;
    }

    /// Looks for mails that nobody sends any more.
    pub async fn sweep(&self) {
        for task in crate::periodic(&self.app) {
            task.run_once().await.unwrap();
        }
    }

    /// As if every mail had been tried so often.
    pub async fn set_attempts(&self, attempts: i32) {
        let mut db = self.app.db.read().await.unwrap();
        sqlx::query!("update emails set attempts = $1", attempts).execute(&mut *db).await.unwrap();
    }

    /// As if every job had failed for the last time and been cleared away.
    pub async fn lose_jobs(&self) {
        let mut db = self.app.db.read().await.unwrap();
        sqlx::raw_sql("delete from graphile_worker._private_jobs").execute(&mut *db).await.unwrap();
    }

    pub async fn jobs(&self) -> i64 {
        let mut db = self.app.db.read().await.unwrap();
        sqlx::query_scalar!(r#"select count(*) as "count!" from graphile_worker._private_jobs"#).fetch_one(&mut *db).await.unwrap()
    }

    /// The one mail under a key.
    pub async fn row(&self, dedupe_key: &str) -> Row {
        let mut db = self.app.db.read().await.unwrap();
        sqlx::query_as!(
            Row,
            r#"select state::text as "state!", attempts, last_error, sent_at from emails where dedupe_key = $1"#,
            dedupe_key
        )
        .fetch_one(&mut *db)
        .await
        .unwrap()
    }
}
