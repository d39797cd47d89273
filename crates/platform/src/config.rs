//! Configuration: read once from the environment, checked whole, every complaint said at once.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use secrecy::{ExposeSecret, SecretString};

use crate::secrets;

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
}

/// What was wrong, one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

const DEFAULT_PORT: u16 = 8080;
const DEFAULT_HOLD_TTL_S: u32 = 900;
const MIN_SECRET_BYTES: usize = 32;
/// Stripe's real API.
pub const STRIPE_API: &str = "https://api.stripe.com";
/// SendGrid's real API.
pub const SENDGRID_API: &str = "https://api.sendgrid.com";

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(std::env::vars().collect())
    }

    /// Reads given variables: what a test or another process would set.
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader { variables, complaints: Vec::new() };
        let config = reader.config();
        match config {
            Some(config) if reader.complaints.is_empty() => Ok(config),
            _ => Err(ConfigError(reader.complaints)),
        }
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

struct Reader {
    variables: BTreeMap<String, String>,
    complaints: Vec<String>,
}

impl Reader {
    fn config(&mut self) -> Option<Config> {
        let environment = self.environment();
        self.refuse_unknown();
        let data_dir = self.get("DATA_DIR").map_or_else(|| default_data_dir(&self.variables), |path| Some(PathBuf::from(path)));
        if data_dir.is_none() {
            self.complain("DATA_DIR is not set and there is no HOME to put it in: set DATA_DIR to a folder of the shop's own");
        }
        let data_dir = std::path::absolute(data_dir?).ok()?;
        let bind = self.bind();
        let public_base_url = self.public_base_url(bind, environment);
        let hold_ttl_s = self.number("HOLD_TTL_SECONDS", DEFAULT_HOLD_TTL_S, 1..=86_400);
        let (database_url, jwt_key) = (self.secret("DATABASE_URL"), self.secret("JWT_KEYS"));
        let mut makes = Makes { reader: self, data_dir: &data_dir, environment };
        let secret_key = makes.secret("SECRET_KEY", "", MIN_SECRET_BYTES);
        let stripe = makes.stripe();
        let mail = makes.mail();
        if environment == Environment::Production && jwt_key.is_none() {
            self.complain("JWT_KEYS is missing: set it to the PEM of an Ed25519 key (openssl genpkey -algorithm ed25519)");
        }
        Some(Config {
            environment,
            data_dir,
            bind,
            public_base_url,
            database_url,
            pg_bin: self.get("PG_BIN").map(PathBuf::from),
            secret_key: secret_key?,
            stripe: stripe?,
            mail: mail?,
            hold_ttl_s,
            jwt_key,
        })
    }

    fn environment(&mut self) -> Environment {
        match self.get("QUICKSHOP_ENV").as_deref() {
            None | Some("development") => Environment::Development,
            Some("production") => Environment::Production,
            Some(_) => {
                self.complain("QUICKSHOP_ENV is neither development nor production");
                Environment::Production
            }
        }
    }

    fn refuse_unknown(&mut self) {
        const KNOWN: [&str; 3] = ["QUICKSHOP_ENV", "QUICKSHOP_LOG", "QUICKSHOP_CACHE_DIR"];
        let unknown: Vec<String> =
            self.variables.keys().filter(|name| name.starts_with("QUICKSHOP_") && !KNOWN.contains(&name.as_str())).cloned().collect();
        for name in unknown {
            self.complain(format!("{name} is not a variable of QuickShop: correct or unset it"));
        }
    }

    fn bind(&mut self) -> SocketAddr {
        if let Some(text) = self.get("BIND") {
            if let Ok(bind) = text.parse() {
                return bind;
            }
            self.complain("BIND is not an address with a port, such as 127.0.0.1:8080");
        }
        let port = self.number("PORT", u32::from(DEFAULT_PORT), 0..=65_535);
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), u16::try_from(port).unwrap_or(DEFAULT_PORT))
    }

    fn public_base_url(&mut self, bind: SocketAddr, environment: Environment) -> String {
        let given = self.get("PUBLIC_BASE_URL").map(|url| url.trim_end_matches('/').to_owned());
        match (given, environment) {
            (Some(url), Environment::Production) if !url.starts_with("https://") => {
                self.complain("PUBLIC_BASE_URL must begin with https:// in production");
                url
            }
            (Some(url), _) if !url.starts_with("https://") && !url.starts_with("http://") => {
                self.complain("PUBLIC_BASE_URL must begin with http:// or https://");
                url
            }
            (Some(url), _) => url,
            (None, Environment::Production) => {
                self.complain("PUBLIC_BASE_URL is missing: set it to the https address that customers use");
                String::new()
            }
            (None, Environment::Development) => format!("http://localhost:{}", bind.port()),
        }
    }

    fn number(&mut self, name: &str, default: u32, range: std::ops::RangeInclusive<u32>) -> u32 {
        match self.get(name).map(|text| text.parse::<u32>()) {
            None => default,
            Some(Ok(number)) if range.contains(&number) => number,
            Some(_) => {
                self.complain(format!("{name} must be a whole number from {} to {}", range.start(), range.end()));
                default
            }
        }
    }

    /// A variable that is set and not blank.
    fn get(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// A secret, or the content of the file that `<name>_FILE` names.
    fn secret(&mut self, name: &str) -> Option<SecretString> {
        if let Some(value) = self.get(name) {
            return Some(value.into());
        }
        let file = self.get(&format!("{name}_FILE"))?;
        match std::fs::read_to_string(&file) {
            Ok(content) => Some(content.trim().to_owned().into()),
            Err(error) => {
                self.complain(format!("{name}_FILE names a file that cannot be read ({error})"));
                None
            }
        }
    }

    fn complain(&mut self, line: impl Into<String>) {
        self.complaints.push(line.into());
    }
}

/// Reads secrets, and makes the missing ones outside production.
struct Makes<'a> {
    reader: &'a mut Reader,
    data_dir: &'a std::path::Path,
    environment: Environment,
}

impl Makes<'_> {
    fn secret(&mut self, name: &str, prefix: &str, min_bytes: usize) -> Option<SecretString> {
        match self.reader.secret(name) {
            Some(secret) if secret.expose_secret().len() < min_bytes => {
                self.reader.complain(format!("{name} is too short: it needs {min_bytes} bytes or more"));
                None
            }
            Some(secret) => Some(secret),
            None if self.environment == Environment::Production => {
                self.reader.complain(format!("{name} is missing: production makes no secrets of its own"));
                None
            }
            None => secrets::read_or_make(self.data_dir, &name.to_ascii_lowercase(), || secrets::random(prefix))
                .map_err(|error| {
                    let folder = self.data_dir.display();
                    self.reader
                        .complain(format!("DATA_DIR {folder} cannot be written ({error}): choose another folder or correct its owner"));
                })
                .ok(),
        }
    }

    fn stripe(&mut self) -> Option<Stripe> {
        let own_account = self.reader.secret("STRIPE_SECRET_KEY").is_some();
        let secret_key = self.secret("STRIPE_SECRET_KEY", "sk_test_", 0)?;
        let webhook = self.secret("STRIPE_WEBHOOK_SECRET", "whsec_", 0)?;
        let publishable_key = match self.reader.get("STRIPE_PUBLISHABLE_KEY") {
            Some(key) => key,
            None if own_account => {
                self.reader.complain("STRIPE_PUBLISHABLE_KEY is missing: browsers need it beside STRIPE_SECRET_KEY");
                return None;
            }
            None => "pk_test_sandbox".to_owned(),
        };
        let api_base = self.reader.get("STRIPE_API_BASE").map(|url| url.trim_end_matches('/').to_owned());
        let api_base = api_base.or_else(|| own_account.then(|| STRIPE_API.to_owned()));
        if self.environment == Environment::Production && api_base.as_deref() != Some(STRIPE_API) {
            self.reader.complain("STRIPE_API_BASE is not Stripe's own: the payment simulator is refused in production");
        }
        let webhook_secrets = webhook.expose_secret().split(',').map(|secret| secret.trim().to_owned().into()).collect();
        Some(Stripe { secret_key, publishable_key, webhook_secrets, api_base, browser_api_base: None })
    }

    fn mail(&mut self) -> Option<Mail> {
        let own_account = self.reader.secret("SENDGRID_API_KEY").is_some();
        let api_key = self.secret("SENDGRID_API_KEY", "SG.", 0)?;
        let api_base = self.reader.get("SENDGRID_API_BASE").map(|url| url.trim_end_matches('/').to_owned());
        let api_base = api_base.or_else(|| own_account.then(|| SENDGRID_API.to_owned()));
        let from = self.reader.get("MAIL_FROM").unwrap_or_else(|| "shop@example.com".to_owned());
        if kernel::Email::parse(&from).is_err() {
            self.reader.complain("MAIL_FROM is not an e-mail address");
        }
        Some(Mail { api_key, api_base, from })
    }
}

/// `$XDG_DATA_HOME/quickshop`, else `~/.local/share/quickshop`; for root `/var/lib/quickshop`.
fn default_data_dir(variables: &BTreeMap<String, String>) -> Option<PathBuf> {
    if nix::unistd::geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/quickshop"));
    }
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share"))).map(|base| base.join("quickshop"))
}

#[cfg(test)]
mod tests {
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
        assert_eq!(complaints, ["QUICKSHOP_EVN is not a variable of QuickShop: correct or unset it"]);
    }
}
