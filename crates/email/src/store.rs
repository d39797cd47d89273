//! Every statement on mails. Tables owned: `emails`.

use chrono::{DateTime, Utc};
use kernel::EmailId;
use sqlx::{PgConnection, query, query_as, query_scalar};

use crate::Mail;

/// A queued mail, taken for one attempt.
pub(crate) struct Claimed {
    pub(crate) id: EmailId,
    pub(crate) template: String,
    pub(crate) model: serde_json::Value,
    pub(crate) recipient: String,
    /// Attempts so far, this one included.
    pub(crate) attempts: i32,
    pub(crate) created_at: DateTime<Utc>,
}

/// False when a mail of this key exists already.
pub(crate) async fn insert(db: &mut PgConnection, id: EmailId, mail: &Mail, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let inserted = query!(
        "insert into emails (id, dedupe_key, template, model, recipient, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint emails_once do nothing",
        id as _,
        mail.dedupe_key,
        mail.template.name(),
        mail.model,
        mail.recipient.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Locks a mail that still waits and counts the attempt, so that a worker that dies in it is counted too. None when it is settled.
pub(crate) async fn claim(db: &mut PgConnection, id: EmailId, now: DateTime<Utc>) -> sqlx::Result<Option<Claimed>> {
    query_as!(
        Claimed,
        r#"update emails set attempts = attempts + 1, attempted_at = $2 where id = $1 and state = 'queued'
           returning id as "id: EmailId", template, model, recipient, attempts, created_at"#,
        id as _,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Mails that wait since before an instant, without an attempt since then; the oldest first.
pub(crate) async fn forgotten(db: &mut PgConnection, since: DateTime<Utc>, limit: i64) -> sqlx::Result<Vec<EmailId>> {
    query_scalar!(
        r#"select id as "id: EmailId" from emails
           where state = 'queued' and created_at < $1 and (attempted_at is null or attempted_at < $1) order by created_at limit $2"#,
        since,
        limit,
    )
    .fetch_all(db)
    .await
}

/// The provider has it.
pub(crate) async fn set_sent(db: &mut PgConnection, id: EmailId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update emails set state = 'sent', sent_at = $2, last_error = null where id = $1 and state = 'queued'", id as _, now)
        .execute(db)
        .await
        .map(drop)
}

/// It will be tried again.
pub(crate) async fn set_last_error(db: &mut PgConnection, id: EmailId, error: &str) -> sqlx::Result<()> {
    query!("update emails set last_error = left($2, 400) where id = $1 and state = 'queued'", id as _, error).execute(db).await.map(drop)
}

/// Nobody will try again unless a person does something.
pub(crate) async fn set_dead(db: &mut PgConnection, id: EmailId, error: &str) -> sqlx::Result<()> {
    query!("update emails set state = 'dead', last_error = left($2, 400) where id = $1 and state = 'queued'", id as _, error)
        .execute(db)
        .await
        .map(drop)
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "email_state", rename_all = "snake_case")]
pub(crate) enum State {
    Queued,
    Sent,
    Dead,
}

/// What became of a mail so far.
pub(crate) struct Progress {
    pub(crate) template: String,
    pub(crate) state: State,
    pub(crate) attempts: i32,
    pub(crate) attempted_at: Option<DateTime<Utc>>,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) sent_at: Option<DateTime<Utc>>,
}

/// The mails of these keys, oldest first.
pub(crate) async fn progress(db: &mut PgConnection, dedupe_keys: &[String]) -> sqlx::Result<Vec<Progress>> {
    query_as!(
        Progress,
        r#"select template, state as "state: State", attempts, attempted_at, last_error, created_at, sent_at
           from emails where dedupe_key = any($1) order by created_at, id"#,
        dedupe_keys,
    )
    .fetch_all(db)
    .await
}
