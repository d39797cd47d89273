//! `POST /auth/login`: start a session with e-mail and password.

use axum::{extract::State, response::Response};
use http::StatusCode;
use kernel::{Email, Ids};
use platform::{Problem, extract::Body, fields::Fields};
use sqlx::PgConnection;

use crate::{
    Identity, User,
    password::Password,
    session::{self, Form, Grant, Session},
    store::{self, Account},
};

/// Who wants to sign in.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The account's address.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// Its password.
    #[schema(format = "password", max_length = 256)]
    password: String,
    /// True for browsers: the refresh token goes into a cookie.
    #[serde(default)]
    cookie: bool,
}

impl SignIn {
    fn parse(self) -> Result<(Email, Password, Form), Problem> {
        let mut fields = Fields::default();
        let email = fields.take("email", Email::parse(&self.email));
        let password = fields.take("password", Password::attempt(&self.password));
        fields.finish(email.zip(password)).map(|(email, password)| (email, password, Form::asked(self.cookie)))
    }
}

#[utoipa::path(post, path = "/auth/login", operation_id = "sign_in", tag = "auth", request_body = SignIn,
    responses((status = 200, description = "A new session", body = Session), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, Body(form): Body<SignIn>) -> Result<Response, Problem> {
    let (email, password, form) = form.parse()?;
    let account = {
        let mut db = identity.app.db.read().await?;
        store::find_by_email(&mut db, &email).await?
    };
    // The slow part, with no connection held, and the same whether there is such an account or not.
    let hash = account.as_ref().and_then(|account| account.password_hash.as_ref());
    let matches = identity.passwords.verify(&password, hash).await?;
    let account = account.filter(|_| matches).ok_or(SignInError::Credentials)?;
    let mut ids = identity.app.ids();
    let mut tx = identity.app.db.begin().await?;
    let (user, grant) = sign_in(&mut tx, &account, &mut ids).await?;
    tx.commit().await?;
    session::answer(&identity, StatusCode::OK, user, grant, form)
}

/// Starts a session for an account whose password was right a moment ago, if that still holds.
async fn sign_in(db: &mut PgConnection, proven: &Account, ids: &mut Ids) -> Result<(User, Grant), SignInError> {
    let account = store::lock_user(db, proven.user.id).await?.ok_or(SignInError::Credentials)?;
    if !account.is_active || account.password_hash != proven.password_hash {
        return Err(SignInError::Credentials);
    }
    let grant = session::start(db, account.user.id, ids).await?;
    Ok((account.user, grant))
}

#[derive(Debug, thiserror::Error)]
enum SignInError {
    /// Unknown, deactivated or wrong: the caller must not learn which.
    #[error("e-mail and password do not belong together")]
    Credentials,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Credentials => Self::new(StatusCode::UNAUTHORIZED, "credentials_invalid", error.to_string()),
            SignInError::Db(fault) => fault.into(),
        }
    }
}
