//! `GET` and `PUT /users/me`: one's own account.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use http::StatusCode;
use kernel::{Email, Text, UserId};
use platform::{
    Problem,
    extract::{Body, Customer},
    fields::Fields,
};
use sqlx::PgConnection;

use crate::{Identity, User, access_token::IssuedAt, authenticate::token_invalid, store};

/// What a person may change of the own account.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateMe {
    /// How the person wants to be called.
    #[schema(max_length = 200)]
    full_name: String,
    /// Another address; absent or null keeps the present one.
    #[schema(format = "email", max_length = 254)]
    email: Option<String>,
}

/// A form in which every field is right.
struct Profile {
    full_name: Text<200>,
    email: Option<Email>,
}

impl UpdateMe {
    fn parse(self) -> Result<Profile, Problem> {
        let mut fields = Fields::default();
        let full_name = fields.take("full_name", Text::parse(&self.full_name));
        let email = fields.take("email", self.email.as_deref().map(Email::parse).transpose());
        fields.finish(full_name.zip(email)).map(|(full_name, email)| Profile { full_name, email })
    }
}

#[utoipa::path(get, path = "/users/me", operation_id = "show_me", tag = "users",
    responses((status = 200, description = "The caller's account", body = User), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn show(State(identity): State<Identity>, Customer(id): Customer) -> Result<Json<User>, Problem> {
    let mut db = identity.app.db.read().await?;
    // A token outlives a deactivation by minutes, but this is the one answer that is about the account itself.
    store::find_active(&mut db, id).await?.map(Json).ok_or_else(token_invalid)
}

#[utoipa::path(put, path = "/users/me", operation_id = "update_me", tag = "users", request_body = UpdateMe,
    responses((status = 200, description = "The account as it is now", body = User), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn update(
    State(identity): State<Identity>,
    Customer(id): Customer,
    issued_at: IssuedAt,
    Body(form): Body<UpdateMe>,
) -> Result<Json<User>, Problem> {
    let profile = form.parse()?;
    let mut tx = identity.app.db.begin().await?;
    let user = update_me(&mut tx, id, issued_at, &profile, identity.app.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(user))
}

/// Under the account's lock: a thief's token that was good when the request came must not take the account's address after
/// its owner has chosen a new password.
async fn update_me(
    db: &mut PgConnection,
    id: UserId,
    issued_at: IssuedAt,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<User, UpdateMeError> {
    let account = store::lock_user(db, id).await?.ok_or(UpdateMeError::Gone)?;
    if issued_at.is_before(account.password_changed_at) {
        return Err(UpdateMeError::Gone);
    }
    match store::update_user(db, id, profile.full_name.as_str(), profile.email.as_ref(), now).await {
        Ok(user) => user.ok_or(UpdateMeError::Gone),
        Err(error) if store::is_email_taken(&error) => Err(UpdateMeError::EmailTaken),
        Err(fault) => Err(fault.into()),
    }
}

#[derive(Debug, thiserror::Error)]
enum UpdateMeError {
    #[error("this e-mail address belongs to another account")]
    EmailTaken,
    #[error("the account is not active any more, or has another password")]
    Gone,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<UpdateMeError> for Problem {
    fn from(error: UpdateMeError) -> Self {
        match error {
            UpdateMeError::EmailTaken => Self::new(StatusCode::CONFLICT, "email_taken", error.to_string()),
            UpdateMeError::Gone => token_invalid(),
            UpdateMeError::Db(fault) => fault.into(),
        }
    }
}
