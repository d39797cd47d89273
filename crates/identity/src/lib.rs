//! Accounts, sessions and the tokens that prove them. Tables: `users`, `refresh_tokens`, `one_time_links`.

mod access_token;
mod admin_link;
mod admin_me;
mod authenticate;
mod check_link;
mod hashing;
mod jwks;
pub mod link_file;
mod me;
mod model;
mod password;
mod purge;
mod redeem_link;
mod refresh;
mod refresh_token;
mod register;
mod session;
mod sign_in;
mod sign_out;
mod signing_key;
mod store;

use std::sync::Arc;

use axum::extract::FromRef;
use kernel::UserId;
use platform::{App, periodic::Periodic};
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use admin_link::{CreateAdminLinkError, admin_awaits_password, admin_link_ends, create_admin_link, ensure_admin, has_admin};
pub use authenticate::authenticate;
pub use hashing::Hashing;
pub use model::User;
pub use signing_key::{SigningKeyError, check_signing_key};

/// The state of identity's routes and of the `authenticate` layer. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    app: App,
    passwords: hashing::Passwords,
    access_tokens: Arc<access_token::AccessTokens>,
}

impl Identity {
    /// Reads the signing key, making one in the data directory where none is configured.
    pub fn new(app: &App, hashing: Hashing) -> Result<Self, SigningKeyError> {
        let key = signing_key::SigningKey::load(&app.config)?;
        let access_tokens = Arc::new(access_token::AccessTokens::new(&key, &app.config.public_base_url)?);
        Ok(Self { app: app.clone(), passwords: hashing::Passwords::new(hashing), access_tokens })
    }
}

impl FromRef<Identity> for App {
    fn from_ref(identity: &Identity) -> Self {
        identity.app.clone()
    }
}

/// Routes under `/api/v1`.
pub fn routes(identity: &Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(register::route))
        .routes(routes!(sign_in::route))
        .routes(routes!(refresh::route))
        .routes(routes!(sign_out::route))
        .routes(routes!(check_link::route))
        .routes(routes!(redeem_link::route))
        .routes(routes!(me::show, me::update))
        .routes(routes!(admin_me::route))
        .with_state(identity.clone())
}

/// Routes at the root: `/.well-known/jwks.json`.
pub fn root_routes(identity: &Identity) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(jwks::route)).with_state(identity.clone())
}

/// Recurring work: tokens that expired long ago are deleted.
pub fn periodic(app: &App) -> Vec<Periodic> {
    vec![purge::periodic(app)]
}

/// An account that may act; None when there is none or it was deactivated.
pub async fn find_user(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<User>> {
    store::find_active(db, id).await
}
