//! A session: one sign-in, its chain of refresh tokens, and how both tokens are handed over.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::{FamilyId, Ids, UserId};
use platform::{Problem, config::Config, cookies::ShopCookie, keys};
use sqlx::PgConnection;

use crate::{
    Identity, User,
    access_token::LIFETIME,
    refresh_token::csrf_token,
    store::{self, NewToken},
};

/// How long a refresh token is good for; each use starts it anew.
pub(crate) const REFRESH_LIFETIME: Duration = Duration::days(30);

/// The proof of a sign-in.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Session {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    expires_in: i64,
    /// Whose session it is.
    user: User,
    /// For `/auth/refresh`; absent when it travels in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// How the refresh token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In the body: clients that keep it themselves.
    Body,
    /// In an HttpOnly cookie beside a readable CSRF token: browsers.
    Cookie,
}

impl Form {
    pub(crate) fn asked(cookie: bool) -> Self {
        if cookie { Self::Cookie } else { Self::Body }
    }
}

/// A refresh token that its holder may have.
pub(crate) struct Grant {
    pub(crate) token: String,
    pub(crate) family: FamilyId,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Starts a session. The caller holds the account's row, or has just made it.
pub(crate) async fn start(db: &mut PgConnection, user: UserId, ids: &mut Ids) -> sqlx::Result<Grant> {
    let token = keys::token(ids.secret());
    extend(db, user, ids.next(), token, ids).await
}

/// Writes a token as the live one of its family.
pub(crate) async fn extend(db: &mut PgConnection, user: UserId, family: FamilyId, token: String, ids: &mut Ids) -> sqlx::Result<Grant> {
    let (issued_at, hash) = (ids.now(), keys::token_hash(&token));
    let expires_at = issued_at + REFRESH_LIFETIME;
    store::insert_token(db, &NewToken { id: ids.next(), family, user, hash: &hash, created_at: issued_at, expires_at }).await?;
    Ok(Grant { token, family, issued_at, expires_at })
}

/// Hands a session over, never to be kept by anything in between.
pub(crate) fn answer(identity: &Identity, status: StatusCode, user: User, grant: Grant, form: Form) -> Result<Response, Problem> {
    // As of the grant: a repeated refresh gets the very same pair, seconds later at most.
    let access_token = identity.access_tokens.issue(user.id, user.role, grant.issued_at).map_err(|error| Problem::internal(&error))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let refresh_token = match form {
        Form::Body => Some(grant.token),
        Form::Cookie => {
            let max_age = grant.expires_at - grant.issued_at;
            let csrf = csrf_token(&identity.app.keys, grant.family);
            set_cookies(&mut headers, &identity.app.config, &grant.token, &csrf, max_age);
            None
        }
    };
    let session = Session { access_token, token_type: "Bearer", expires_in: LIFETIME.num_seconds(), user, refresh_token };
    Ok((status, headers, Json(session)).into_response())
}

/// Headers that make a browser forget its session.
pub(crate) fn forget(config: &Config) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set_cookies(&mut headers, config, "", "", Duration::zero());
    headers
}

fn set_cookies(headers: &mut HeaderMap, config: &Config, refresh: &str, csrf: &str, max_age: Duration) {
    let cookies = [ShopCookie::Refresh.set(config, refresh, max_age), ShopCookie::Csrf.set(config, csrf, max_age)];
    for cookie in cookies.into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
}
