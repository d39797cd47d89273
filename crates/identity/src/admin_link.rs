//! The shop's admin account and the one-time link with which it signs in for the first time.

use chrono::Duration;
use kernel::{Email, Ids, Role, UserId};
use platform::keys;
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

/// A token for `PUBLIC_BASE_URL/admin?link=`, good once and for 30 minutes; earlier ones stop working.
pub async fn create_admin_link(db: &mut PgConnection, ids: &mut Ids) -> Result<String, CreateAdminLinkError> {
    let now = ids.now();
    let admin = store::lock_first_admin(db).await?.ok_or(CreateAdminLinkError::NoAdmin)?;
    store::use_up_admin_links(db, admin, now).await?;
    let token = keys::token(ids.secret());
    store::insert_admin_link(db, ids.next(), admin, &keys::token_hash(&token), now, now + LIFETIME).await?;
    Ok(token)
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
