//! `POST /auth/logout`: end the session of a refresh token.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kernel::Ids;
use platform::{Problem, extract::Body, keys::Keys};
use sqlx::PgConnection;

use crate::{
    Identity,
    refresh_token::{CsrfRefused, Presented},
    session, store,
};

/// The token, unless it is in the cookie.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOut {
    /// Absent when the cookie has it.
    refresh_token: Option<String>,
}

#[utoipa::path(post, path = "/auth/logout", operation_id = "sign_out", tag = "auth", request_body = SignOut,
    params(("X-CSRF-Token" = Option<String>, Header, description = "Value of the CSRF cookie; needed when the token is in a cookie")),
    responses((status = 204, description = "No session any more"), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(
    State(identity): State<Identity>,
    headers: HeaderMap,
    Body(body): Body<SignOut>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let app = &identity.app;
    if let Some(presented) = Presented::read(app, &headers, body.refresh_token)? {
        let mut ids = app.ids();
        let mut tx = app.db.begin().await?;
        sign_out(&mut tx, &app.keys, &presented, &mut ids).await?;
        tx.commit().await?;
    }
    Ok((StatusCode::NO_CONTENT, session::forget(&app.config)))
}

/// Ends the family of a token, whichever of its tokens it is; a token that is not known has nothing to end.
async fn sign_out(db: &mut PgConnection, keys: &Keys, presented: &Presented, ids: &mut Ids) -> Result<(), SignOutError> {
    let hash = presented.hash();
    let Some(owner) = store::token_owner(db, &hash).await? else {
        return Ok(());
    };
    store::lock_user(db, owner).await?;
    if let Some(token) = store::find_token(db, &hash).await? {
        presented.check(keys, token.family)?;
        store::revoke_family(db, token.family, ids.now()).await?;
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum SignOutError {
    #[error(transparent)]
    Csrf(#[from] CsrfRefused),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<SignOutError> for Problem {
    fn from(error: SignOutError) -> Self {
        match error {
            SignOutError::Csrf(refused) => refused.into(),
            SignOutError::Db(fault) => fault.into(),
        }
    }
}
