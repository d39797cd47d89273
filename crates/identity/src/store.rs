//! Every statement of identity's tables: `users`, `refresh_tokens`, `one_time_links`.
//!
//! Invariant: whoever writes refresh tokens or links of an account holds that account's row (`lock_user`). It is the one
//! lock of this crate, so its commands cannot deadlock, and no token can be added beside one that ends its family. Only the purge goes without:
//! it deletes rows that nobody writes any more.

use chrono::{DateTime, Utc};
use kernel::{Email, FamilyId, LinkId, RefreshTokenId, Role, UserId};
use sqlx::{PgConnection, query, query_as, query_scalar};
use uuid::Uuid;

use crate::{User, hashing::PasswordHash};

/// Constraint behind "one account, one address".
const EMAIL_UNIQUE: &str = "users_email_unique";

/// An account with what sign-in and refresh decide on.
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) password_hash: Option<PasswordHash>,
    pub(crate) is_active: bool,
    pub(crate) password_changed_at: DateTime<Utc>,
}

struct AccountRow {
    id: UserId,
    email: Email,
    full_name: String,
    role: Role,
    created_at: DateTime<Utc>,
    password_hash: Option<PasswordHash>,
    is_active: bool,
    password_changed_at: DateTime<Utc>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        let AccountRow { id, email, full_name, role, created_at, password_hash, is_active, password_changed_at } = row;
        Self { user: User { id, email, full_name, role, created_at }, password_hash, is_active, password_changed_at }
    }
}

/// Adds an account; false when the address is taken.
pub(crate) async fn insert_user(
    db: &mut PgConnection,
    user: &User,
    password: Option<&PasswordHash>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let added = query!(
        "insert into users (id, email, password_hash, full_name, role, password_changed_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6, $6) on conflict on constraint users_email_unique do nothing",
        user.id as _,
        user.email as _,
        password as _,
        user.full_name,
        user.role as _,
        now,
    )
    .execute(db)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// An account that may act.
pub(crate) async fn find_active(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<User>> {
    query_as!(
        User,
        r#"select id as "id: _", email as "email: _", full_name, role as "role: _", created_at from users where id = $1 and is_active"#,
        id as _,
    )
    .fetch_optional(db)
    .await
}

/// The account under an address, active or not.
pub(crate) async fn find_by_email(db: &mut PgConnection, email: &Email) -> sqlx::Result<Option<Account>> {
    let row = query_as!(
        AccountRow,
        r#"select id as "id: _", email as "email: _", full_name, role as "role: _", created_at,
                  password_hash as "password_hash: _", is_active, password_changed_at
           from users where email = $1"#,
        email as _,
    );
    Ok(row.fetch_optional(db).await?.map(Account::from))
}

/// Locks an account, active or not. Rows that refer to it can still be added by others.
pub(crate) async fn lock_user(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<Account>> {
    let row = query_as!(
        AccountRow,
        r#"select id as "id: _", email as "email: _", full_name, role as "role: _", created_at,
                  password_hash as "password_hash: _", is_active, password_changed_at
           from users where id = $1 for no key update"#,
        id as _,
    );
    Ok(row.fetch_optional(db).await?.map(Account::from))
}

/// Locks the account that runs the shop longest.
pub(crate) async fn lock_first_admin(db: &mut PgConnection) -> sqlx::Result<Option<UserId>> {
    query_scalar!(r#"select id as "id: _" from users where role = 'admin' and is_active order by created_at, id limit 1 for no key update"#)
        .fetch_optional(db)
        .await
}

/// Whether the account that runs the shop longest has a password; None when nobody runs it.
pub(crate) async fn first_admin_has_password(db: &mut PgConnection) -> sqlx::Result<Option<bool>> {
    query_scalar!(
        r#"select password_hash is not null as "has_password!" from users where role = 'admin' and is_active order by created_at, id limit 1"#
    )
    .fetch_optional(db)
    .await
}

/// Whether any account runs the shop, active or not.
pub(crate) async fn has_admin(db: &mut PgConnection) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from users where role = 'admin') as "has_admin!""#).fetch_one(db).await
}

/// When an active account's password was last changed; None when there is no such account.
pub(crate) async fn find_password_changed_at(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<DateTime<Utc>>> {
    query_scalar!("select password_changed_at from users where id = $1 and is_active", id as _).fetch_optional(db).await
}

/// What a link's holder chose for the account.
pub(crate) struct Credentials<'a> {
    pub(crate) email: &'a Email,
    pub(crate) full_name: Option<&'a str>,
    pub(crate) password: &'a PasswordHash,
}

/// Changes what an account signs in with; sessions from before `now` cannot be refreshed any more.
pub(crate) async fn set_credentials(db: &mut PgConnection, id: UserId, new: &Credentials<'_>, now: DateTime<Utc>) -> sqlx::Result<User> {
    query_as!(
        User,
        r#"update users set email = $2, full_name = coalesce($3, full_name), password_hash = $4, password_changed_at = $5, updated_at = $5
           where id = $1 returning id as "id: _", email as "email: _", full_name, role as "role: _", created_at"#,
        id as _,
        new.email as _,
        new.full_name,
        new.password as _,
        now,
    )
    .fetch_one(db)
    .await
}

/// Changes what a person may change; None when the account is gone or deactivated.
pub(crate) async fn update_user(
    db: &mut PgConnection,
    id: UserId,
    full_name: &str,
    email: Option<&Email>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<User>> {
    query_as!(
        User,
        r#"update users set full_name = $2, email = coalesce($3, email), updated_at = $4 where id = $1 and is_active
           returning id as "id: _", email as "email: _", full_name, role as "role: _", created_at"#,
        id as _,
        full_name,
        email as _,
        now,
    )
    .fetch_optional(db)
    .await
}

/// True when a write failed because the address belongs to another account.
pub(crate) fn is_email_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.constraint()) == Some(EMAIL_UNIQUE)
}

/// A row of `refresh_tokens` to be.
pub(crate) struct NewToken<'a> {
    pub(crate) id: RefreshTokenId,
    pub(crate) family: FamilyId,
    pub(crate) user: UserId,
    pub(crate) hash: &'a [u8],
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A refresh token as it stands.
pub(crate) struct Token {
    pub(crate) id: RefreshTokenId,
    pub(crate) family: FamilyId,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) used_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// The one token of a family that can still be used.
pub(crate) struct LiveToken {
    pub(crate) token_hash: Vec<u8>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Adds a token; the family must have no live one.
pub(crate) async fn insert_token(db: &mut PgConnection, token: &NewToken<'_>) -> sqlx::Result<()> {
    query!(
        "insert into refresh_tokens (id, family_id, user_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        token.id as _,
        token.family as _,
        token.user as _,
        token.hash,
        token.created_at,
        token.expires_at,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Whose token it is; no lock.
pub(crate) async fn token_owner(db: &mut PgConnection, hash: &[u8]) -> sqlx::Result<Option<UserId>> {
    query_scalar!(r#"select user_id as "user_id: _" from refresh_tokens where token_hash = $1"#, hash).fetch_optional(db).await
}

/// A token, read under its owner's lock.
pub(crate) async fn find_token(db: &mut PgConnection, hash: &[u8]) -> sqlx::Result<Option<Token>> {
    query_as!(
        Token,
        r#"select id as "id: _", family_id as "family: _", created_at, expires_at, used_at, revoked_at
           from refresh_tokens where token_hash = $1"#,
        hash,
    )
    .fetch_optional(db)
    .await
}

/// The live token of a family; None when the family has ended.
pub(crate) async fn find_live_token(db: &mut PgConnection, family: FamilyId) -> sqlx::Result<Option<LiveToken>> {
    query_as!(
        LiveToken,
        "select token_hash, created_at, expires_at from refresh_tokens where family_id = $1 and used_at is null and revoked_at is null",
        family as _,
    )
    .fetch_optional(db)
    .await
}

/// Marks a token as exchanged for its successor.
pub(crate) async fn set_token_used(db: &mut PgConnection, id: RefreshTokenId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update refresh_tokens set used_at = $2 where id = $1", id as _, now).execute(db).await.map(drop)
}

/// Remembers that a token came a second time; the first time counts.
pub(crate) async fn set_reuse_seen(db: &mut PgConnection, id: RefreshTokenId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update refresh_tokens set reuse_seen_at = coalesce(reuse_seen_at, $2) where id = $1", id as _, now).execute(db).await.map(drop)
}

/// Ends a family: without its live token there is nothing to go on with.
pub(crate) async fn revoke_family(db: &mut PgConnection, family: FamilyId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update refresh_tokens set revoked_at = $2 where family_id = $1 and used_at is null and revoked_at is null", family as _, now)
        .execute(db)
        .await
        .map(drop)
}

/// Ends every session of an account.
pub(crate) async fn revoke_sessions(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update refresh_tokens set revoked_at = $2 where user_id = $1 and used_at is null and revoked_at is null", user as _, now)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes at most `limit` of the tokens whose id is older than `before`, and says how many.
pub(crate) async fn delete_tokens(db: &mut PgConnection, before: Uuid, limit: i64) -> sqlx::Result<u64> {
    query!(
        "delete from refresh_tokens where id in (select id from refresh_tokens where id < $1 order by id limit $2 for update skip locked)",
        before,
        limit,
    )
    .execute(db)
    .await
    .map(|deleted| deleted.rows_affected())
}

/// Deletes at most `limit` of the links whose id is older than `before`, and says how many.
pub(crate) async fn delete_links(db: &mut PgConnection, before: Uuid, limit: i64) -> sqlx::Result<u64> {
    query!(
        "delete from one_time_links where id in (select id from one_time_links where id < $1 order by id limit $2 for update skip locked)",
        before,
        limit,
    )
    .execute(db)
    .await
    .map(|deleted| deleted.rows_affected())
}

/// Makes an admin's earlier links useless.
pub(crate) async fn use_up_admin_links(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update one_time_links set used_at = $2 where user_id = $1 and purpose = 'admin_sign_in' and used_at is null", user as _, now)
        .execute(db)
        .await
        .map(drop)
}

/// Adds a link with which an admin signs in once.
pub(crate) async fn insert_admin_link(
    db: &mut PgConnection,
    id: LinkId,
    user: UserId,
    hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    query!(
        "insert into one_time_links (id, user_id, purpose, token_hash, created_at, expires_at) values ($1, $2, 'admin_sign_in', $3, $4, $5)",
        id as _,
        user as _,
        hash,
        now,
        expires_at,
    )
    .execute(db)
    .await
    .map(drop)
}

/// A link that can be used, with what its page shows of the account.
pub(crate) struct OpenLink {
    pub(crate) user: UserId,
    pub(crate) email: Email,
    pub(crate) has_password: bool,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The link under a hash, if an active admin can sign in with it at `now`; no lock.
pub(crate) async fn find_open_link(db: &mut PgConnection, hash: &[u8], now: DateTime<Utc>) -> sqlx::Result<Option<OpenLink>> {
    query_as!(
        OpenLink,
        r#"select u.id as "user: _", u.email as "email: _", u.password_hash is not null as "has_password!", l.expires_at
           from one_time_links l join users u on u.id = l.user_id
           where l.token_hash = $1 and l.purpose = 'admin_sign_in' and l.used_at is null and l.expires_at > $2
             and u.role = 'admin' and u.is_active"#,
        hash,
        now,
    )
    .fetch_optional(db)
    .await
}
