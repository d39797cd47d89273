//! The shop's admin account and the one-time link with which it signs in: the first time, and when the password is lost.

use chrono::{DateTime, Duration, Utc};
use http::StatusCode;
use kernel::{Email, Ids, Role, UserId};
use platform::{Problem, keys};
use sqlx::PgConnection;

use crate::{User, store};

const LIFETIME: Duration = Duration::minutes(30);

/// The account under this address, made as an admin without a password where there is none.
///
/// An account that exists is returned as it is: nobody becomes an admin by having registered the address first.
pub async fn ensure_admin(db: &mut PgConnection, email: &Email, ids: &mut Ids) -> sqlx::Result<UserId> {
    let admin = User { id: ids.next(), email: email.clone(), full_name: "Shop admin".to_owned(), role: Role::Admin, created_at: ids.now() };
    if store::insert_user(db, &admin, None, ids.now()).await? {
        return Ok(admin.id);
    }
    let account = store::find_by_email(db, email).await?;
    account.map(|account| account.user.id).ok_or(sqlx::Error::RowNotFound)
}

/// True when the shop has an admin account, active or not, under whatever address.
pub async fn has_admin(db: &mut PgConnection) -> sqlx::Result<bool> {
    store::has_admin(db).await
}

/// True while the shop has an admin account that can sign in with a link only.
pub async fn admin_awaits_password(db: &mut PgConnection) -> sqlx::Result<bool> {
    Ok(store::first_admin_has_password(db).await? == Some(false))
}

/// The secret of a link with which the admin signs in, good once and for 30 minutes; earlier ones stop working.
pub async fn create_admin_link(db: &mut PgConnection, ids: &mut Ids) -> Result<String, CreateAdminLinkError> {
    let now = ids.now();
    let admin = store::lock_first_admin(db).await?.ok_or(CreateAdminLinkError::NoAdmin)?;
    store::use_up_admin_links(db, admin, now).await?;
    let token = keys::token(ids.secret());
    store::insert_admin_link(db, ids.next(), admin, &keys::token_hash(&token), now, now + LIFETIME).await?;
    Ok(token)
}

/// When the link of this secret ends; None when it opens nothing.
pub async fn admin_link_ends(db: &mut PgConnection, secret: &str, now: DateTime<Utc>) -> sqlx::Result<Option<DateTime<Utc>>> {
    Ok(store::find_open_link(db, &keys::token_hash(secret), now).await?.map(|link| link.expires_at))
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum CreateAdminLinkError {
    /// Nobody to give it to.
    #[error("the shop has no active admin account")]
    NoAdmin,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Used, renewed, too old, of an account that is none any more, or never made: its holder must not learn which.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this link was used, renewed, or is older than 30 minutes; `quickshop admin link` makes a new one")]
pub(crate) struct LinkEnded;

impl From<LinkEnded> for Problem {
    fn from(ended: LinkEnded) -> Self {
        Self::new(StatusCode::GONE, "link_ended", ended.to_string())
    }
}
