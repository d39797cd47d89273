//! `POST /auth/register`: open an account and sign in.

use axum::{extract::State, response::Response};
use http::StatusCode;
use kernel::{Email, Ids, Role, Text};
use platform::{Problem, extract::Body, fields::Fields};
use sqlx::PgConnection;

use crate::{
    Identity, User,
    hashing::PasswordHash,
    password::Password,
    session::{self, Form, Grant, Session},
    store,
};

/// A new account.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// Signs in with it.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// Any characters, spaces included.
    #[schema(format = "password", min_length = 8, max_length = 256)]
    password: String,
    /// How the person wants to be called.
    #[schema(max_length = 200)]
    full_name: String,
    /// True for browsers: the refresh token goes into a cookie.
    #[serde(default)]
    cookie: bool,
}

/// A form in which every field is right.
struct NewAccount {
    email: Email,
    password: Password,
    full_name: Text<200>,
    form: Form,
}

impl Register {
    fn parse(self) -> Result<NewAccount, Problem> {
        let mut fields = Fields::default();
        let email = fields.take("email", Email::parse(&self.email));
        let password = fields.take("password", Password::choose(&self.password, email.as_ref()));
        let full_name = fields.take("full_name", Text::parse(&self.full_name));
        let account = || Some(NewAccount { email: email?, password: password?, full_name: full_name?, form: Form::asked(self.cookie) });
        fields.finish(account())
    }
}

#[utoipa::path(post, path = "/auth/register", operation_id = "register", tag = "auth", request_body = Register,
    responses((status = 201, description = "The account and its first session", body = Session), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, Body(form): Body<Register>) -> Result<Response, Problem> {
    let NewAccount { email, password, full_name, form } = form.parse()?;
    let hash = identity.passwords.hash(&password).await?;
    let mut ids = identity.app.ids();
    let user = User { id: ids.next(), email, full_name: full_name.into(), role: Role::Customer, created_at: ids.now() };
    let mut tx = identity.app.db.begin().await?;
    let grant = register(&mut tx, &user, &hash, &mut ids).await?;
    tx.commit().await?;
    session::answer(&identity, StatusCode::CREATED, user, grant, form)
}

/// Writes the account; of many with one address, the first.
async fn register(db: &mut PgConnection, user: &User, password: &PasswordHash, ids: &mut Ids) -> Result<Grant, RegisterError> {
    if !store::insert_user(db, user, Some(password), ids.now()).await? {
        return Err(RegisterError::EmailTaken);
    }
    Ok(session::start(db, user.id, ids).await?)
}

#[derive(Debug, thiserror::Error)]
enum RegisterError {
    #[error("this e-mail address has an account already; sign in instead")]
    EmailTaken,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => Self::new(StatusCode::CONFLICT, "email_taken", error.to_string()),
            RegisterError::Db(fault) => fault.into(),
        }
    }
}
