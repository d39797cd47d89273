//! Idempotency keys with Stripe's semantics: the first answer is replayed to the byte, other parameters are refused.
//! Owns `idempotency_keys`.

use axum::{
    body::Body,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Duration, Utc};
use http::{HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::{App, Problem, jobs::JobError, periodic::Periodic};

const KEY_MAX: usize = 255;
/// How long a claim of a process that died blocks its key.
const LOCK_FOR: Duration = Duration::seconds(60);
/// How long an answer is replayed; Stripe keeps its own at least as long.
const KEPT_FOR: Duration = Duration::hours(24);
const PURGE_EVERY: std::time::Duration = std::time::Duration::from_secs(30);
const PURGE_BATCH: i64 = 5000;

/// The required `Idempotency-Key` header.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency_key_required",
                "send an Idempotency-Key header: a fresh random one for each new attempt",
            ));
        };
        let key = key.to_str().ok().filter(|key| (1..=KEY_MAX).contains(&key.len()));
        let invalid =
            || Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", "an Idempotency-Key is 1 to 255 visible ASCII characters");
        key.map(|key| Self(key.to_owned())).ok_or_else(invalid)
    }
}

/// One use of a key: who asked for what.
#[derive(Debug, Clone)]
pub struct Attempt {
    scope: String,
    key: String,
    fingerprint: [u8; 32],
}

/// What claiming a key found.
pub enum Claim {
    /// Nobody used it: do the work.
    New,
    /// It was answered before.
    Answered(Answer),
}

/// A stored answer.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Attempt {
    /// `scope` names caller and route; `request` is what must be equal when the key comes again.
    pub fn new(scope: String, key: &IdempotencyKey, request: &impl Serialize) -> Self {
        let fingerprint =
            Sha256::digest(serde_json::to_vec(request).unwrap_or_else(|_| unreachable!("requests have text keys only"))).into();
        Self { scope, key: key.0.clone(), fingerprint }
    }

    /// For work without an outside call: holds the key until the transaction ends.
    pub async fn claim_in_transaction(&self, db: &mut PgConnection) -> Result<Claim, Problem> {
        let free = sqlx::query_scalar!(
            r#"select pg_try_advisory_xact_lock(hashtextextended($1 || chr(31) || $2, 0)) as "free!""#,
            self.scope,
            self.key
        )
        .fetch_one(&mut *db)
        .await?;
        if !free {
            return Err(in_use());
        }
        match self.find(db).await? {
            Some(Found::Answered(answer)) => Ok(Claim::Answered(answer)),
            Some(Found::Locked { .. }) => Err(in_use()),
            None => Ok(Claim::New),
        }
    }

    /// For work with an outside call: the claim is committed before the call and expires if the process dies.
    pub async fn claim_for_a_while(&self, db: &mut PgConnection, now: DateTime<Utc>) -> Result<Claim, Problem> {
        let claimed = sqlx::query_scalar!(
            r#"insert into idempotency_keys (scope, key, fingerprint, locked_until, created_at) values ($1, $2, $3, $4, $5)
               on conflict (scope, key) do nothing returning true as "claimed!""#,
            self.scope,
            self.key,
            &self.fingerprint[..],
            now + LOCK_FOR,
            now,
        )
        .fetch_optional(&mut *db)
        .await?;
        if claimed.is_some() {
            return Ok(Claim::New);
        }
        match self.find(db).await? {
            Some(Found::Answered(answer)) => Ok(Claim::Answered(answer)),
            Some(Found::Locked { until }) if until > now => Err(in_use()),
            _ => self.take_over(db, now).await,
        }
    }

    /// The process that held the claim died: exactly one of those who wait goes on.
    async fn take_over(&self, db: &mut PgConnection, now: DateTime<Utc>) -> Result<Claim, Problem> {
        let taken = sqlx::query_scalar!(
            r#"update idempotency_keys set locked_until = $3 where scope = $1 and key = $2 and status is null and locked_until <= $4 returning true as "taken!""#,
            self.scope,
            self.key,
            now + LOCK_FOR,
            now,
        )
        .fetch_optional(db)
        .await?;
        if taken.is_some() { Ok(Claim::New) } else { Err(in_use()) }
    }

    /// Stores the answer, in the transaction of the effect.
    pub async fn answer(
        &self,
        db: &mut PgConnection,
        status: StatusCode,
        body: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<Answer, Problem> {
        let body = serde_json::to_vec(body).map_err(|error| Problem::internal(&error))?;
        sqlx::query!(
            "insert into idempotency_keys (scope, key, fingerprint, status, body, created_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (scope, key) do update set status = excluded.status, body = excluded.body, locked_until = null",
            self.scope,
            self.key,
            &self.fingerprint[..],
            i16::try_from(status.as_u16()).unwrap_or(i16::MAX),
            body,
            now,
        )
        .execute(db)
        .await?;
        Ok(Answer { status, body })
    }

    /// Gives the key back after a refusal: nothing happened, so the same key may try again.
    pub async fn release(&self, db: &mut PgConnection) -> Result<(), Problem> {
        sqlx::query!("delete from idempotency_keys where scope = $1 and key = $2 and status is null", self.scope, self.key)
            .execute(db)
            .await?;
        Ok(())
    }

    async fn find(&self, db: &mut PgConnection) -> Result<Option<Found>, Problem> {
        let row = sqlx::query!(
            "select fingerprint, status, body, locked_until from idempotency_keys where scope = $1 and key = $2",
            self.scope,
            self.key
        )
        .fetch_optional(db)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != self.fingerprint {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key was used with other parameters: take a new one",
            ));
        }
        Ok(Some(match (row.status, row.body) {
            (Some(status), Some(body)) => Found::Answered(Answer {
                status: u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK),
                body,
            }),
            _ => Found::Locked { until: row.locked_until.unwrap_or_default() },
        }))
    }
}

/// Recurring work: answers older than Stripe's own day are forgotten, and claims of processes that died.
pub fn periodic(app: &App) -> Vec<Periodic> {
    vec![Periodic::new("platform.purge_idempotency_keys", PURGE_EVERY, app, purge)]
}

async fn purge(app: App) -> Result<(), JobError> {
    let now = app.clock.now();
    let before = now - KEPT_FOR;
    {
        let mut db = app.db.read().await?;
        sqlx::query!("delete from idempotency_keys where status is null and locked_until < $1", now).execute(&mut *db).await?;
    }
    loop {
        let mut db = app.db.read().await?;
        let purged = sqlx::query!(
            "delete from idempotency_keys where (scope, key) in (select scope, key from idempotency_keys where created_at < $1 limit $2)",
            before,
            PURGE_BATCH,
        )
        .execute(&mut *db)
        .await?;
        if i64::try_from(purged.rows_affected()).unwrap_or(PURGE_BATCH) < PURGE_BATCH {
            return Ok(());
        }
    }
}

enum Found {
    Answered(Answer),
    Locked { until: DateTime<Utc> },
}

fn in_use() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "idempotency_key_in_use",
        "a request with this Idempotency-Key is under way: wait for it, then ask again",
    )
    .retry_after(1)
}

impl Answer {
    /// The `id` of the object that is answered.
    pub fn id(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Named {
            id: String,
        }
        serde_json::from_slice::<Named>(&self.body).ok().map(|named| named.id)
    }

    /// Adds to the JSON object what follows from it and must not be stored, such as a token: the same each time.
    #[must_use]
    pub fn with(mut self, add: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) -> Self {
        if let Ok(mut object) = serde_json::from_slice(&self.body) {
            add(&mut object);
            self.body = serde_json::to_vec(&object).unwrap_or(self.body);
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
