//! Who takes part: one table each of routes, pages, jobs, subscribers and periodic tasks. A new domain is one line each.

use axum::Router;
use identity::{Hashing, Identity, SigningKeyError};
use payments::Payments;
use platform::{
    App,
    events::{self, Subscriber},
    jobs::Handler,
    page::PageRoute,
    periodic::Periodic,
};
use utoipa_axum::router::OpenApiRouter;

/// Why the domains could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No key for access tokens.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// No client for payments.
    #[error("the payment client could not be made: {0}")]
    Payments(#[from] payments::stripe::client::ClientError),
}

/// Routes of the API, without its prefix.
pub(crate) fn routes(app: &App, identity: &Identity) -> Result<Vec<OpenApiRouter>, BuildError> {
    Ok(vec![catalog::routes(app), cart::routes(app), orders::routes(app), Payments::new(app)?.routes(), identity::routes(identity)])
}

/// Routes at the root, which are no part of the API's document.
pub(crate) fn root_routes(identity: &Identity) -> Router {
    identity::root_routes(identity).split_for_parts().0.merge(catalog::media_routes())
}

/// The state of identity, with passwords as dear as `hashing` says.
pub(crate) fn identity(app: &App, hashing: Hashing) -> Result<Identity, BuildError> {
    Ok(Identity::new(app, hashing)?)
}

/// Storefront pages with data.
pub(crate) fn pages(app: &App) -> Vec<PageRoute> {
    catalog::pages(app)
}

/// Kinds of jobs that a worker of this shop does, those that carry events included.
///
/// # Errors
/// When a domain lacks what it works with.
pub fn jobs(app: &App) -> Result<Vec<Handler>, BuildError> {
    let payments = Payments::new(app)?;
    let subscribers: Vec<Subscriber> = payments.subscribers();
    Ok([email::jobs(app), payments.jobs(), events::jobs(app, subscribers)].concat())
}

/// What comes round by itself.
///
/// # Errors
/// When a domain lacks what it works with.
pub fn periodic(app: &App) -> Result<Vec<Periodic>, BuildError> {
    let payments = Payments::new(app)?;
    Ok([platform::idempotency::periodic(app), identity::periodic(app), orders::periodic(app), email::periodic(app), payments.periodic()]
        .concat())
}
