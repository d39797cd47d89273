//! What the command line and the control room ask of the domains, and what a browser needs to pay.

use identity::CreateAdminLinkError;
use kernel::{Email, Ids, Invalid};
use platform::{
    App, DbError, Tx,
    config::{Config, STRIPE_API},
};
use serde_json::{Value, json};

/// Where browsers find the embedded payment simulator.
pub const SANDBOX: &str = "/_sandbox";

/// The account that runs a demo shop.
const DEMO_ADMIN: &str = "admin@example.com";

/// A link with which the shop's admin signs in, once and soon; earlier ones stop working.
///
/// # Errors
/// When there is no admin account, or the database refuses.
pub async fn admin_link(db: &mut Tx, config: &Config, ids: &mut Ids) -> Result<String, CreateAdminLinkError> {
    let token = identity::create_admin_link(db, ids).await?;
    Ok(format!("{}/admin?link={token}", config.public_base_url))
}

/// Why the demo shop is not (wholly) there.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A demo product could not be added.
    #[error(transparent)]
    Demo(#[from] catalog::demo::SeedError),
    /// The admin's address is none.
    #[error("the demo admin's address is not right: {0}")]
    Admin(#[from] Invalid),
    /// The database does not answer, or refuses.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds what is missing of the demo products and the admin account; answers how many products were added.
///
/// # Errors
/// When the database does not take them.
pub async fn seed(db: &mut Tx, ids: &mut Ids) -> Result<u32, SeedError> {
    let added = catalog::demo::seed(db, ids).await?;
    let admin = Email::parse(DEMO_ADMIN)?;
    identity::ensure_admin(db, &admin, ids).await.map_err(DbError::from)?;
    Ok(added)
}

/// As [`seed`], for a shop that has no product at all.
///
/// # Errors
/// As [`seed`].
pub async fn seed_if_empty(db: &mut Tx, ids: &mut Ids) -> Result<u32, SeedError> {
    if catalog::is_empty(db).await.map_err(DbError::from)? { seed(db, ids).await } else { Ok(0) }
}

/// How customers pay, as their browsers need to know it.
pub(crate) struct BrowserPayment {
    stripe: bool,
    publishable_key: String,
    /// The simulator's API: a path of this shop, or another origin.
    sandbox: Option<String>,
}

impl BrowserPayment {
    pub(crate) fn of(app: &App) -> Self {
        let stripe = &app.config.stripe;
        let is_stripe = stripe.api_base.as_deref().is_none_or(|base| base == STRIPE_API);
        let sandbox = stripe.browser_api_base.clone().or_else(|| stripe.api_base.clone()).filter(|_| !is_stripe);
        Self { stripe: is_stripe, publishable_key: stripe.publishable_key.clone(), sandbox }
    }

    pub(crate) fn is_stripe(&self) -> bool {
        self.stripe
    }

    /// The simulator's origin, where it is not this shop's.
    pub(crate) fn other_origin(&self) -> Option<&str> {
        self.sandbox.as_deref().filter(|base| base.starts_with("http"))
    }

    /// `settings.payment` of a page's first data.
    pub(crate) fn settings(&self) -> Value {
        let provider = if self.stripe { "stripe" } else { "sandbox" };
        json!({ "provider": provider, "publishable_key": self.publishable_key, "api_base": self.sandbox })
    }
}
