//! Composition root: puts the domains together into one HTTP service and one list of jobs. No business rules.

mod admin;
mod api;
mod assets;
mod conditional;
mod connection;
mod development;
mod document;
mod edge;
mod headers;
mod health;
pub mod http;
mod layers;
mod shell;
mod shop;
mod tables;

pub use axum::Router;
use platform::App;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;

pub use development::control_room;
pub use email::Mailbox;
pub use identity::{Hashing, SigningKeyError, admin_awaits_password, check_signing_key};
pub use payments::{
    WEBHOOK_PATH,
    simulator::{Simulator, SimulatorConfig},
};
pub use shop::{AdminLink, FirstLink, SANDBOX, SeedError, admin_link, admin_link_file, first_admin_link, seed, seed_if_empty};
pub use tables::{BuildError, jobs, periodic};

/// What a shop has beside its configuration.
#[derive(Default)]
pub struct Parts {
    /// The embedded payment simulator, which browsers reach through the shop.
    pub simulator: Option<Simulator>,
    /// The embedded mailbox, whose pages are shown.
    pub mailbox: Option<Mailbox>,
    /// How dear a password is to guess.
    pub hashing: Hashing,
    /// Cancelled when the shop is about to stop: `/readyz` says so at once.
    pub stopping: CancellationToken,
}

/// The whole HTTP service.
///
/// # Errors
/// When a domain lacks what it works with, such as a key to sign access tokens.
pub fn build(app: &App, parts: Parts) -> Result<Router, BuildError> {
    let identity = tables::identity(app, parts.hashing)?;
    let (mut api, document) = api::routes(tables::routes(app, &identity)?);
    let requests = development::Requests::default();
    if app.config.is_development() {
        api = requests.note(api, app);
    }
    let (storefront, admin) = (assets::Assets::storefront(), assets::Assets::admin());
    let payment = shop::BrowserPayment::of(app);
    let security = headers::SecurityHeaders::new(app.config.is_https(), payment.is_stripe(), payment.other_origin());
    let mut router = shell::Storefront::new(app, &storefront, payment.settings())
        .routes(tables::pages(app))
        .merge(layers::authenticated(api, &identity))
        .merge(tables::root_routes(&identity))
        .merge(api::document_routes(&document))
        .merge(storefront.routes())
        .merge(admin::routes(app, &admin))
        .merge(admin.routes())
        .merge(health::routes(app, parts.stopping.clone()));
    if app.config.is_development() {
        router = router.merge(development::routes(app, parts, requests, &storefront));
    }
    Ok(layers::wrap(router, app, security))
}

/// The API's document, from the routes themselves; `app` needs no database.
///
/// # Errors
/// As [`build`].
pub fn openapi(app: &App) -> Result<OpenApi, BuildError> {
    let identity = tables::identity(app, Hashing::default())?;
    Ok(api::routes(tables::routes(app, &identity)?).1)
}
