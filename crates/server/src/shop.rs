//! What the command line and the control room ask of the domains, and what a browser needs to pay.

use std::path::PathBuf;

use chrono::Duration;
use identity::CreateAdminLinkError;
use kernel::{Email, Ids, Invalid};
use platform::{
    App, DbError, Tx,
    config::{Config, STRIPE_API},
};
use serde_json::{Value, json};

use crate::admin::WELCOME;

/// Where browsers find the embedded payment simulator.
pub const SANDBOX: &str = "/_sandbox";

/// The account that runs a demo shop.
const DEMO_ADMIN: &str = "admin@example.com";

/// Enough to open a link and choose a password.
const LINK_LEFT: Duration = Duration::minutes(10);

/// An address at which the shop's admin signs in, once and within 30 minutes.
#[must_use = "a link is of use once its transaction was committed and somebody is told of it"]
pub struct AdminLink(String);

impl AdminLink {
    /// The address, which is from now on in the data directory as well; to be called after the commit, as the file's earlier
    /// link is good until then. A data directory that does not take it is logged: whoever asked has the link all the same.
    pub fn keep(self, config: &Config) -> String {
        if let Err(error) = identity::link_file::write(&config.data_dir, &self.0) {
            tracing::warn!(%error, "the admin link could not be written into the data directory");
        }
        self.0
    }
}

/// What a start has to say of the admin's link. Nothing is done to its file before the transaction was committed.
#[must_use = "the link's file is put in order by `keep`"]
pub enum FirstLink {
    /// Made just now, or to be found under another address than the file says.
    New(AdminLink),
    /// Of an earlier start, and still good: whoever has it open can go on.
    Open(String),
    /// Nobody needs one; the secret in the file, if there is one, opens nothing any more.
    Nobodys(Option<String>),
}

impl FirstLink {
    /// The address to show, if there is one; to be called after the commit, as [`AdminLink::keep`] is.
    pub fn keep(self, config: &Config) -> Option<String> {
        match self {
            Self::New(link) => Some(link.keep(config)),
            Self::Open(address) => Some(address),
            Self::Nobodys(ended) => {
                if let Some(secret) = ended {
                    identity::link_file::remove(&config.data_dir, &secret);
                }
                None
            }
        }
    }
}

/// Where [`AdminLink::keep`] writes.
pub fn admin_link_file(config: &Config) -> PathBuf {
    identity::link_file::path(&config.data_dir)
}

/// A link with which the shop's admin signs in, whether it has a password or not; earlier ones stop working.
///
/// # Errors
/// When there is no admin account, or the database refuses.
pub async fn admin_link(db: &mut Tx, config: &Config, ids: &mut Ids) -> Result<AdminLink, CreateAdminLinkError> {
    let token = identity::create_admin_link(db, ids).await?;
    Ok(AdminLink(address(config, &token)))
}

fn address(config: &Config, secret: &str) -> String {
    format!("{}{WELCOME}#{secret}", config.public_base_url)
}

/// A link for a shop whose admin has chosen no password yet: the one in the data directory while it is good for
/// [`LINK_LEFT`] or longer, so that another start does not end what a person has open; else as [`admin_link`].
///
/// # Errors
/// When the database refuses.
pub async fn first_admin_link(db: &mut Tx, config: &Config, ids: &mut Ids) -> Result<FirstLink, CreateAdminLinkError> {
    let now = ids.now();
    let kept = identity::link_file::read(&config.data_dir);
    let secret = kept.as_deref().and_then(identity::link_file::secret);
    let ends = match secret {
        Some(secret) => identity::admin_link_ends(db, secret, now).await?,
        None => None,
    };
    if !identity::admin_awaits_password(db).await? {
        return Ok(FirstLink::Nobodys(secret.filter(|_| ends.is_none()).map(str::to_owned)));
    }
    match (secret, ends) {
        (Some(secret), Some(ends)) if ends - now >= LINK_LEFT => {
            let address = address(config, secret);
            Ok(if kept.as_ref() == Some(&address) { FirstLink::Open(address) } else { FirstLink::New(AdminLink(address)) })
        }
        _ => admin_link(db, config, ids).await.map(FirstLink::New),
    }
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

/// Adds what is missing of the demo products, and an admin account to a shop that has none; answers how many products were added.
///
/// # Errors
/// When the database does not take them.
pub async fn seed(db: &mut Tx, ids: &mut Ids) -> Result<u32, SeedError> {
    let added = catalog::demo::seed(db, ids).await?;
    // Whoever runs the shop may have chosen another address by now: a second account would be a door that nobody watches.
    if !identity::has_admin(db).await.map_err(DbError::from)? {
        identity::ensure_admin(db, &Email::parse(DEMO_ADMIN)?, ids).await.map_err(DbError::from)?;
    }
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
