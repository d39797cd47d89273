//! Jobs in PostgreSQL: enqueued in the transaction that causes them, run at least once by a worker.
//! The only importer of `graphile_worker`; its schema holds the queue.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use graphile_worker::{IntoTaskHandlerResult, JobDefinition, TaskHandler, WorkerContext, WorkerOptions, WorkerRecoveryConfig};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{PgConnection, PgPool, postgres::PgPoolOptions};

const CONCURRENCY: usize = 4;
const POLL_EVERY: Duration = Duration::from_secs(1);
/// The worker's own connections, beside the shop's pool.
const WORKER_CONNECTIONS: u32 = 4;
const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);
const SWEEP_EVERY: Duration = Duration::from_secs(10);
const DEAD_AFTER: Duration = Duration::from_secs(20);
const RECOVERY_DELAY: Duration = Duration::from_secs(1);
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(3);
const DEFAULT_MAX_ATTEMPTS: i32 = 25;
/// Longest chain of jobs that enqueue jobs.
const DRAIN_ROUNDS_MAX: usize = 100;

/// Work for later: its payload and its name.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `domain.verb_noun`.
    const NAME: &'static str;
    /// After so many failures a person must look.
    const MAX_ATTEMPTS: i32 = DEFAULT_MAX_ATTEMPTS;
}

/// When and how often a job runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct When<'a> {
    /// Not before this instant; at once when None.
    pub run_at: Option<DateTime<Utc>>,
    /// Jobs with one key are one job while they wait.
    pub key: Option<&'a str>,
}

/// Enqueues a job in the caller's transaction.
pub async fn enqueue<J: Job>(db: &mut PgConnection, job: &J, when: When<'_>) -> sqlx::Result<()> {
    let payload = serde_json::to_value(job).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!(
        r#"select 1 as "queued" from graphile_worker.add_job($1, payload := $2::jsonb::json, run_at := $3, max_attempts := $4, job_key := $5)"#,
        J::NAME,
        payload,
        when.run_at,
        J::MAX_ATTEMPTS,
        when.key,
    )
    .fetch_one(db)
    .await
    .map(drop)
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Something did not answer: tried again with backoff.
    #[error("{0}")]
    Retry(String),
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<crate::DbError> for JobError {
    fn from(error: crate::DbError) -> Self {
        Self::Retry(error.to_string())
    }
}

type Running = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Run = Arc<dyn Fn(serde_json::Value) -> Running + Send + Sync>;

/// A kind of job with the function that does it.
#[derive(Clone)]
pub struct Handler {
    name: &'static str,
    definition: JobDefinition,
    run: Run,
}

/// Binds a kind of job to its function and that function's state.
pub fn handler<J, S, F, Fut>(state: &S, run: F) -> Handler
where
    J: Job,
    S: Clone + Send + Sync + 'static,
    F: Fn(S, J) -> Fut + Send + Sync + Copy + 'static,
    Fut: Future<Output = Result<(), JobError>> + Send + 'static,
{
    let state = state.clone();
    let run: Run = Arc::new(move |payload| {
        let state = state.clone();
        Box::pin(async move {
            let job = serde_json::from_value(payload).map_err(|error| JobError::Retry(format!("payload of {}: {error}", J::NAME)))?;
            run(state, job).await
        })
    });
    Handler { name: J::NAME, definition: JobDefinition::of::<Task<J>>(), run }
}

/// What graphile_worker sees of a job: its payload; the registry has the function.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "J: Job")]
struct Task<J>(J);

impl<J: Job> TaskHandler for Task<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let handlers = context.get_ext::<Handlers>().ok_or_else(|| "no registry of handlers".to_owned())?;
        let run = handlers.0.get(J::NAME).ok_or_else(|| format!("no handler for {}", J::NAME))?;
        let payload = serde_json::to_value(&self.0).map_err(|error| error.to_string())?;
        run(payload).await.map_err(|error| {
            tracing::warn!(job = J::NAME, %error, "job failed, it will be tried again");
            error.to_string()
        })
    }
}

#[derive(Clone)]
struct Handlers(Arc<HashMap<&'static str, Run>>);

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A worker could not start or stopped with a fault.
#[derive(Debug, thiserror::Error)]
#[error("worker: {0}")]
pub struct WorkerError(String);

/// Runs jobs of every given kind.
pub struct Worker {
    worker: Arc<graphile_worker::Worker>,
    pool: PgPool,
    names: Vec<String>,
}

impl Worker {
    /// Connects a worker; its pool logs in as the owner of the queue's schema.
    pub async fn connect(options: sqlx::postgres::PgConnectOptions, handlers: Vec<Handler>) -> Result<Self, WorkerError> {
        let fault = |error: &dyn std::fmt::Display| WorkerError(error.to_string());
        let names = handlers.iter().map(|handler| handler.name.to_owned()).collect();
        let options = options.application_name("quickshop worker");
        let pool = PgPoolOptions::new().max_connections(WORKER_CONNECTIONS).connect_with(options).await.map_err(|e| fault(&e))?;
        let recovery = WorkerRecoveryConfig::default()
            .heartbeat_interval(HEARTBEAT_EVERY)
            .sweep_interval(SWEEP_EVERY)
            .sweep_threshold(DEAD_AFTER)
            .recovery_delay(RECOVERY_DELAY);
        let worker = WorkerOptions::default()
            .pg_pool(pool.clone())
            .concurrency(CONCURRENCY)
            .poll_interval(POLL_EVERY)
            .worker_recovery(recovery)
            .listen_os_shutdown_signals(false)
            .shutdown_grace_period(SHUTDOWN_WITHIN)
            .add_extension(Handlers(Arc::new(handlers.iter().map(|handler| (handler.name, handler.run.clone())).collect())))
            .define_jobs(handlers.into_iter().map(|handler| handler.definition))
            .init()
            .await
            .map_err(|e| fault(&e))?;
        Ok(Self { worker: Arc::new(worker), pool, names })
    }

    /// Works until `stop` resolves, then finishes what it has begun.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), WorkerError> {
        let worker = self.worker.clone();
        let stopping = async move {
            stop.await;
            worker.request_shutdown();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            result = self.worker.run() => result.map_err(|error| WorkerError(error.to_string())),
            () = stopping => Ok(()),
        }
    }

    /// Runs every job that is due now, and those that they enqueue, then returns.
    pub async fn drain(&self) -> Result<(), WorkerError> {
        for _ in 0..DRAIN_ROUNDS_MAX {
            // A round looks for the next job while the last ones run: what those enqueue at their end is for another round.
            self.worker.run_once().await.map_err(|error| WorkerError(error.to_string()))?;
            if !self.has_due_jobs().await.map_err(|error| WorkerError(error.to_string()))? {
                return Ok(());
            }
        }
        Err(WorkerError(format!("jobs were still due after {DRAIN_ROUNDS_MAX} rounds")))
    }

    async fn has_due_jobs(&self) -> sqlx::Result<bool> {
        sqlx::query_scalar!(
            r#"select exists (
                   select from graphile_worker._private_jobs as job join graphile_worker._private_tasks as task on task.id = job.task_id
                   where task.identifier = any($1) and job.is_available and job.run_at <= now()
               ) as "due!""#,
            &self.names,
        )
        .fetch_one(&self.pool)
        .await
    }

    /// Closes the worker's connections.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Makes or updates the queue's schema.
pub async fn migrate(pool: &PgPool) -> Result<(), WorkerError> {
    let utils = WorkerOptions::default().pg_pool(pool.clone()).init().await.map_err(|error| WorkerError(error.to_string()))?;
    drop(utils);
    Ok(())
}
