//! `POST /auth/link`: with a one-time link, choose the admin's e-mail and password and start a session.
//!
//! Attempts are not counted: a link is 256 random bits, so even a thousand guesses a second would need longer than the
//! world is old, and a bound on them could only be used to keep the shopkeeper out. What a guess costs is one look-up in
//! an index; the dear part, hashing, is reached with a link that is right.

use axum::{extract::State, response::Response};
use http::StatusCode;
use kernel::{Email, Ids, Text};
use platform::{Problem, extract::Body, fields::Fields, keys};
use sqlx::PgConnection;

use crate::{
    Identity, User,
    admin_link::LinkEnded,
    hashing::PasswordHash,
    link_file,
    password::Password,
    session::{self, Form, Grant, Session},
    store::{self, Credentials},
};

/// A link and what its holder chose.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedeemLink {
    /// What stands behind the `#` of its address.
    link: String,
    /// Signs in with it from now on.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// How the person wants to be called; absent or null keeps the present name.
    #[schema(max_length = 200)]
    full_name: Option<String>,
    /// Any characters, spaces included.
    #[schema(format = "password", min_length = 8, max_length = 256)]
    password: String,
    /// True for browsers: the refresh token goes into a cookie.
    #[serde(default)]
    cookie: bool,
}

/// A form in which every field is right.
struct Choice {
    secret: String,
    link: [u8; 32],
    email: Email,
    full_name: Option<Text<200>>,
    password: Password,
    form: Form,
}

impl RedeemLink {
    fn parse(self) -> Result<Choice, Problem> {
        let mut fields = Fields::default();
        let email = fields.take("email", Email::parse(&self.email));
        let full_name = fields.take("full_name", Text::parse_optional(self.full_name.as_deref()));
        let password = fields.take("password", Password::choose(&self.password, email.as_ref()));
        let (link, form) = (keys::token_hash(&self.link), Form::asked(self.cookie));
        let secret = self.link;
        let choice = || Some(Choice { secret, link, email: email?, full_name: full_name?, password: password?, form });
        fields.finish(choice())
    }
}

#[utoipa::path(post, path = "/auth/link", operation_id = "redeem_link", tag = "auth", request_body = RedeemLink,
    responses((status = 200, description = "A new session, the account's only one", body = Session), (status = "4XX", body = platform::problem::ProblemBody)))]
pub(crate) async fn route(State(identity): State<Identity>, Body(form): Body<RedeemLink>) -> Result<Response, Problem> {
    let app = &identity.app;
    let choice = form.parse()?;
    {
        let mut db = app.db.read().await?;
        store::find_open_link(&mut db, &choice.link, app.clock.now()).await?.ok_or(LinkEnded)?;
    }
    // The slow part, with no connection held.
    let hash = identity.passwords.hash(&choice.password).await?;
    let mut ids = app.ids();
    let mut tx = app.db.begin().await?;
    let (user, grant) = redeem_link(&mut tx, &choice, &hash, &mut ids).await?;
    tx.commit().await?;
    link_file::remove(&app.config.data_dir, &choice.secret);
    tracing::info!(user = %user.id, "an admin signed in with a one-time link");
    session::answer(&identity, StatusCode::OK, user, grant, choice.form)
}

/// Under the account's lock, so that of many at once one finds the link open. A refusal leaves the link as it was.
async fn redeem_link(db: &mut PgConnection, choice: &Choice, hash: &PasswordHash, ids: &mut Ids) -> Result<(User, Grant), RedeemLinkError> {
    let now = ids.now();
    let seen = store::find_open_link(db, &choice.link, now).await?.ok_or(LinkEnded)?;
    store::lock_user(db, seen.user).await?.ok_or(LinkEnded)?;
    store::find_open_link(db, &choice.link, now).await?.ok_or(LinkEnded)?;
    let credentials = Credentials { email: &choice.email, full_name: choice.full_name.as_ref().map(Text::as_str), password: hash };
    let user = match store::set_credentials(db, seen.user, &credentials, now).await {
        Err(error) if store::is_email_taken(&error) => return Err(RedeemLinkError::EmailTaken),
        user => user?,
    };
    store::use_up_admin_links(db, user.id, now).await?;
    // Each by itself: one that began while this waited for the lock is younger than the change of the password.
    store::revoke_sessions(db, user.id, now).await?;
    let grant = session::start(db, user.id, ids).await?;
    Ok((user, grant))
}

#[derive(Debug, thiserror::Error)]
enum RedeemLinkError {
    #[error(transparent)]
    Ended(#[from] LinkEnded),
    #[error("this e-mail address belongs to another account")]
    EmailTaken,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<RedeemLinkError> for Problem {
    fn from(error: RedeemLinkError) -> Self {
        match error {
            RedeemLinkError::Ended(ended) => ended.into(),
            RedeemLinkError::EmailTaken => Self::new(StatusCode::CONFLICT, "email_taken", error.to_string()),
            RedeemLinkError::Db(fault) => fault.into(),
        }
    }
}
