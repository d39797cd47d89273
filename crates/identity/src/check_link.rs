//! `POST /auth/link/check`: whether a one-time link still opens the admin, so that its page can say so before it asks for a password.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use kernel::Email;
use platform::{Problem, extract::Body, keys};

use crate::{Identity, admin_link::LinkEnded, store};

/// A link as its page found it.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckLink {
    /// What stands behind the `#` of its address: in the body, because addresses are logged.
    link: String,
}

/// What the page needs to know.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct LinkState {
    /// The account's address as it is now.
    email: Email,
    /// False for an account that signs in for the first time.
    has_password: bool,
    /// The link ends then, if it is not used before.
    expires_at: DateTime<Utc>,
}

#[utoipa::path(post, path = "/auth/link/check", operation_id = "check_link", tag = "auth", request_body = CheckLink,
    responses((status = 200, description = "The link can be used", body = LinkState), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, Body(asked): Body<CheckLink>) -> Result<Json<LinkState>, Problem> {
    let mut db = identity.app.db.read().await?;
    let link = store::find_open_link(&mut db, &keys::token_hash(&asked.link), identity.app.clock.now()).await?.ok_or(LinkEnded)?;
    Ok(Json(LinkState { email: link.email, has_password: link.has_password, expires_at: link.expires_at }))
}
