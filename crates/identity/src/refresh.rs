//! `POST /auth/refresh`: exchange a refresh token for its successor and a new access token.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, StatusCode};
use kernel::Ids;
use platform::{
    Problem,
    extract::Body,
    keys::{self, Keys},
};
use sqlx::PgConnection;

use crate::{
    Identity, User,
    refresh_token::{CsrfRefused, Presented, successor},
    session::{self, Grant, Session},
    store::{self, Account, Token},
};

/// How long a used token still gets the successor it had: tabs of one browser refresh at once.
const GRACE: Duration = Duration::seconds(10);
/// Exchanges that can have happened inside the grace before a tab's answer comes too late to be helped.
const MAX_STEPS: usize = 16;

/// The token, unless it is in the cookie.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// Absent when the cookie has it.
    refresh_token: Option<String>,
}

/// What became of a token; either way the transaction is committed.
enum Refreshed {
    Granted(User, Grant),
    /// Nothing to hand out any more, and the family is ended where there was one.
    Ended,
}

#[utoipa::path(post, path = "/auth/refresh", operation_id = "refresh", tag = "auth", request_body = Refresh,
    params(("X-CSRF-Token" = Option<String>, Header, description = "Value of the CSRF cookie; needed when the token is in a cookie")),
    responses((status = 200, description = "The session with new tokens", body = Session), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, headers: HeaderMap, Body(body): Body<Refresh>) -> Result<Response, Problem> {
    let app = &identity.app;
    let presented = Presented::read(app, &headers, body.refresh_token)?.ok_or(RefreshError::Unknown)?;
    let mut ids = app.ids();
    let mut tx = app.db.begin().await?;
    let refreshed = refresh(&mut tx, &app.keys, &presented, &mut ids).await?;
    tx.commit().await?;
    match refreshed {
        Refreshed::Granted(user, grant) => session::answer(&identity, StatusCode::OK, user, grant, presented.form()),
        Refreshed::Ended => Err(RefreshError::Unknown.into()),
    }
}

/// Rotates a token under its owner's lock, so that of many at once one rotates and the others get its answer.
async fn refresh(db: &mut PgConnection, keys: &Keys, presented: &Presented, ids: &mut Ids) -> Result<Refreshed, RefreshError> {
    let hash = presented.hash();
    let owner = store::token_owner(db, &hash).await?.ok_or(RefreshError::Unknown)?;
    let account = store::lock_user(db, owner).await?.ok_or(RefreshError::Unknown)?;
    let token = store::find_token(db, &hash).await?.ok_or(RefreshError::Unknown)?;
    presented.check(keys, token.family)?;
    let granted = match judge(&token, &account, ids.now()) {
        Verdict::Rotate => {
            store::set_token_used(db, token.id, ids.now()).await?;
            let successor = successor(keys, presented.token());
            Some(session::extend(db, owner, token.family, successor, ids).await?)
        }
        Verdict::Repeat => repeat(db, keys, presented, &token).await?,
        Verdict::Reused => {
            tracing::warn!(user = %owner, family = %token.family, "a used refresh token came again: its session is ended");
            store::set_reuse_seen(db, token.id, ids.now()).await?;
            store::revoke_family(db, token.family, ids.now()).await?;
            None
        }
        Verdict::Over => {
            store::revoke_family(db, token.family, ids.now()).await?;
            None
        }
    };
    Ok(granted.map_or(Refreshed::Ended, |grant| Refreshed::Granted(account.user, grant)))
}

/// The pair that the family has now, found by following the chain from the token that was presented.
async fn repeat(db: &mut PgConnection, keys: &Keys, presented: &Presented, token: &Token) -> sqlx::Result<Option<Grant>> {
    let Some(live) = store::find_live_token(db, token.family).await? else {
        return Ok(None);
    };
    let chain = std::iter::successors(Some(successor(keys, presented.token())), |token| Some(successor(keys, token)));
    let found = chain.take(MAX_STEPS).find(|token| keys::token_hash(token).as_slice() == live.token_hash);
    Ok(found.map(|found| Grant { token: found, family: token.family, issued_at: live.created_at, expires_at: live.expires_at }))
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Live: goes on.
    Rotate,
    /// Used a moment ago: gets the answer that was given then.
    Repeat,
    /// Used long ago: somebody has a copy.
    Reused,
    /// Expired, signed out, or the account's password or state has changed.
    Over,
}

fn judge(token: &Token, account: &Account, now: DateTime<Utc>) -> Verdict {
    if token.revoked_at.is_some() || !account.is_active || token.created_at < account.password_changed_at {
        return Verdict::Over;
    }
    match token.used_at {
        Some(used_at) if now - used_at <= GRACE => Verdict::Repeat,
        Some(_) => Verdict::Reused,
        None if token.expires_at <= now => Verdict::Over,
        None => Verdict::Rotate,
    }
}

#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error("the refresh token is not valid or not valid any more; sign in again")]
    Unknown,
    #[error(transparent)]
    Csrf(#[from] CsrfRefused),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Unknown => Self::new(StatusCode::UNAUTHORIZED, "refresh_token_invalid", error.to_string()),
            RefreshError::Csrf(refused) => refused.into(),
            RefreshError::Db(fault) => fault.into(),
        }
    }
}

#[cfg(test)]
mod tests;
