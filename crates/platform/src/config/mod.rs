//! Configuration: read once from the environment, checked whole, every complaint said at once.

mod makes;
mod reader;
mod variables;

use std::{collections::BTreeMap, ffi::OsString, net::SocketAddr, path::PathBuf};

use secrecy::SecretString;

pub use variables::{VARIABLES, Variable};

use reader::{Making, Reader};

/// How strict the shop is with itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Makes what is missing; has the control room.
    Development,
    /// Refuses what is missing, default or short.
    Production,
}

/// Stripe's side.
#[derive(Clone)]
pub struct Stripe {
    /// Secret API key.
    pub secret_key: SecretString,
    /// Key for browsers.
    pub publishable_key: String,
    /// Webhook signing secrets; two while one is rotated.
    pub webhook_secrets: Vec<SecretString>,
    /// Base URL of the API; None means that `up` starts the payment simulator.
    pub api_base: Option<String>,
    /// Where a browser reaches the simulator, when that is not `api_base`: the shop's own `/_sandbox`.
    pub browser_api_base: Option<String>,
}

/// The mail provider's side.
#[derive(Clone)]
pub struct Mail {
    /// SendGrid API key.
    pub api_key: SecretString,
    /// Base URL of the API; None means that `up` starts the mailbox.
    pub api_base: Option<String>,
    /// Sender address.
    pub from: String,
}

/// Everything that comes from outside the database.
#[derive(Clone)]
pub struct Config {
    /// Development or production.
    pub environment: Environment,
    /// Where the shop keeps files: database, secrets, mailbox.
    pub data_dir: PathBuf,
    /// Where it listens.
    pub bind: SocketAddr,
    /// How customers reach it, without a trailing slash.
    pub public_base_url: String,
    /// An own PostgreSQL server; None means the private one of the data directory.
    pub database_url: Option<SecretString>,
    /// Folder with `postgres`, before any other place.
    pub pg_bin: Option<PathBuf>,
    /// Master secret for signatures.
    pub secret_key: SecretString,
    /// Payments.
    pub stripe: Stripe,
    /// Mail.
    pub mail: Mail,
    /// How long stock is held for an unpaid order.
    pub hold_ttl_s: u32,
    /// PKCS#8 PEM of the Ed25519 key that signs access tokens; None means one in the data directory.
    pub jwt_key: Option<SecretString>,
    /// What looks like a mistake but may be meant, one line each.
    pub warnings: Vec<String>,
}

/// What was wrong, one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Stripe's real API.
pub const STRIPE_API: &str = "https://api.stripe.com";
/// SendGrid's real API.
pub const SENDGRID_API: &str = "https://api.sendgrid.com";

impl Config {
    /// Reads the process's environment, and makes the secrets that are missing outside production.
    ///
    /// # Errors
    /// Everything that is wrong with it; nothing was made then.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(std::env::vars_os(), Making::Missing)
    }

    /// Reads the process's environment and changes nothing: a secret that is missing is another one each time.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn look() -> Result<Self, ConfigError> {
        Self::read(std::env::vars_os(), Making::Nothing)
    }

    /// Reads given variables: what a test or another process would set.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        Self::read(variables.into_iter().map(|(name, value)| (name.into(), value.into())), Making::Missing)
    }

    fn read(variables: impl Iterator<Item = (OsString, OsString)>, making: Making) -> Result<Self, ConfigError> {
        let reader = Reader::new(variables);
        // What is wrong is said before anything is made.
        let looked = reader.clone().read(Making::Nothing)?;
        if making == Making::Nothing { Ok(looked) } else { reader.read(making) }
    }

    /// True outside production.
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    /// True when customers come over TLS.
    pub fn is_https(&self) -> bool {
        self.public_base_url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_variables(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).map_err(|error| error.0)
    }

    #[test]
    fn nothing_configured_makes_secrets_that_stay() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().to_str().unwrap();
        let first = read(&[("DATA_DIR", dir)]).map_err(|e| e.join("; ")).unwrap();
        let second = read(&[("DATA_DIR", dir)]).map_err(|e| e.join("; ")).unwrap();
        assert_eq!(first.secret_key.expose_secret(), second.secret_key.expose_secret());
        assert_eq!(first.secret_key.expose_secret().len(), 64);
        assert_eq!(first.bind.to_string(), "127.0.0.1:8080");
        assert!(first.stripe.api_base.is_none() && first.mail.api_base.is_none());
    }

    #[test]
    fn production_names_everything_that_is_missing_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let complaints = read(&[("DATA_DIR", dir.path().to_str().unwrap()), ("QUICKSHOP_ENV", "production")]).err().unwrap().join("\n");
        for name in ["PUBLIC_BASE_URL", "SECRET_KEY", "JWT_KEYS", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"] {
            assert!(complaints.contains(name), "{name} in: {complaints}");
        }
    }

    #[test]
    fn a_misspelt_variable_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let complaints = read(&[("DATA_DIR", dir.path().to_str().unwrap()), ("QUICKSHOP_EVN", "production")]).err().unwrap();
        assert_eq!(complaints, ["QUICKSHOP_EVN is not a variable of QuickShop: you may mean QUICKSHOP_ENV; correct or unset it"]);
    }

    #[test]
    fn a_name_that_is_ours_by_its_beginning_alone_is_warned_of() {
        let dir = tempfile::tempdir().unwrap();
        let others = [("QUICKSHOP_COLOUR", "blue"), ("QUICKSHOP_SERVICE_HOST", "10.0.0.1"), ("QUICKSHOP_PORT", "tcp://10.0.0.1:8080")];
        let config = read(&[&[("DATA_DIR", dir.path().to_str().unwrap())], &others[..]].concat()).map_err(|e| e.join("; ")).unwrap();
        assert_eq!(config.warnings, ["QUICKSHOP_COLOUR is not a variable of QuickShop and is not read"]);
    }

    #[test]
    fn an_address_that_is_shown_holds_no_password() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["PUBLIC_BASE_URL", "STRIPE_API_BASE", "SENDGRID_API_BASE"] {
            for address in ["https://somebody:hunter2@example.com", "https://somebody@example.com"] {
                let complaints = read(&[("DATA_DIR", dir.path().to_str().unwrap()), (name, address)]).err().unwrap().join("\n");
                assert!(complaints.contains(&format!("{name} must not hold a name or password")), "{complaints}");
                assert!(!complaints.contains("somebody"), "{complaints}");
            }
        }
    }
}
