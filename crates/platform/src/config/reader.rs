//! Reads variables into a [`Config`] and collects every complaint on the way.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    Config, ConfigError, Environment,
    makes::Makes,
    variables::{self, Unknown},
};

const DEFAULT_PORT: u16 = 8080;
const DEFAULT_HOLD_TTL_S: u32 = 900;
const MIN_SECRET_BYTES: usize = 32;
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";

/// What reading may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
    /// Missing secrets are made and kept.
    Missing,
    /// Nothing is written.
    Nothing,
}

#[derive(Clone)]
pub(super) struct Reader {
    variables: BTreeMap<String, String>,
    complaints: Vec<String>,
    warnings: Vec<String>,
}

impl Reader {
    pub(super) fn new(given: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let (mut variables, mut complaints) = (BTreeMap::new(), Vec::new());
        for (name, value) in given {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => drop(variables.insert(name, value)),
                Err(_) if variables::VARIABLES.iter().any(|known| known.name == name) => {
                    complaints.push(format!("{name} is not text in UTF-8: correct it"));
                }
                Err(_) => {}
            }
        }
        Self { variables, complaints, warnings: Vec::new() }
    }

    pub(super) fn read(mut self, making: Making) -> Result<Config, ConfigError> {
        match self.config(making) {
            Some(config) if self.complaints.is_empty() => Ok(Config { warnings: self.warnings, ..config }),
            _ => Err(ConfigError(self.complaints)),
        }
    }

    fn config(&mut self, making: Making) -> Option<Config> {
        let environment = self.environment();
        self.judge_unknown();
        let data_dir = self.get("DATA_DIR").map_or_else(|| default_data_dir(&self.variables), |path| Some(PathBuf::from(path)));
        if data_dir.is_none() {
            self.complain("DATA_DIR is not set and there is no HOME to put it in: set DATA_DIR to a folder of the shop's own");
        }
        let bind = self.bind();
        let public_base_url = self.public_base_url(bind, environment);
        let hold_ttl_s = self.number("HOLD_TTL_SECONDS", DEFAULT_HOLD_TTL_S, 1..=86_400);
        let (database_url, jwt_key) = (self.database_url(), self.jwt_key(environment));
        let data_dir = data_dir.and_then(|path| std::path::absolute(path).ok());
        let mut makes = Makes { reader: self, data_dir: data_dir.as_deref(), environment, making };
        let secret_key = makes.secret("SECRET_KEY", "", MIN_SECRET_BYTES);
        let (stripe, mail) = (makes.stripe(), makes.mail());
        Some(Config {
            environment,
            data_dir: data_dir?,
            bind,
            public_base_url,
            database_url,
            pg_bin: self.get("PG_BIN").map(PathBuf::from),
            secret_key: secret_key?,
            stripe: stripe?,
            mail: mail?,
            hold_ttl_s,
            jwt_key,
            warnings: Vec::new(),
        })
    }

    fn environment(&mut self) -> Environment {
        match self.get("QUICKSHOP_ENV").as_deref() {
            None | Some("development") => Environment::Development,
            Some("production") => Environment::Production,
            Some(_) => {
                self.complain("QUICKSHOP_ENV must be development or production");
                // The rest is judged mildly: what production would miss on top helps nobody yet.
                Environment::Development
            }
        }
    }

    /// A name that begins with ours and is near to one of ours is a slip that must not go unseen, such as production taken for
    /// development; any other may belong to another program.
    fn judge_unknown(&mut self) {
        for (name, unknown) in variables::unknown(&self.variables) {
            match unknown {
                Unknown::Ours(Some(meant)) => {
                    self.complain(format!("{name} is not a variable of QuickShop: you may mean {meant}; correct or unset it"));
                }
                Unknown::Ours(None) => self.warn(format!("{name} is not a variable of QuickShop and is not read")),
                Unknown::Near(meant) => self.warn(format!("{name} is not read: if you mean {meant}, correct it")),
                Unknown::NoFile(plain) => self.warn(format!("{name} is not read: set {plain} itself, only secrets come from files")),
            }
        }
    }

    fn bind(&mut self) -> SocketAddr {
        let port = self.number("PORT", u32::from(DEFAULT_PORT), 0..=65_535);
        if let Some(text) = self.get("BIND") {
            if let Ok(bind) = text.parse() {
                return bind;
            }
            self.complain("BIND must be an address with a port, such as 127.0.0.1:8080 or [::]:8080");
        }
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), u16::try_from(port).unwrap_or(DEFAULT_PORT))
    }

    fn public_base_url(&mut self, bind: SocketAddr, environment: Environment) -> String {
        let production = environment == Environment::Production;
        let Some(url) = self.get("PUBLIC_BASE_URL") else {
            if production {
                self.complain("PUBLIC_BASE_URL is missing: set it to the https address that customers use");
            }
            return format!("http://localhost:{}", bind.port());
        };
        match reqwest::Url::parse(&url).ok().filter(|url| url.has_host() && ["http", "https"].contains(&url.scheme())) {
            None => self.complain("PUBLIC_BASE_URL must begin with http:// or https:// and name a host, such as https://shop.example.com"),
            Some(parsed) if parsed.path() != "/" || parsed.query().is_some() || parsed.fragment().is_some() => {
                self.complain("PUBLIC_BASE_URL must end after the host and port: the shop lives at the root of its host, without a path");
            }
            Some(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
                self.complain("PUBLIC_BASE_URL must not hold a name or password: customers see it");
            }
            Some(parsed) if production && parsed.scheme() != "https" => {
                self.complain("PUBLIC_BASE_URL must begin with https:// in production");
            }
            Some(_) => {}
        }
        url.trim_end_matches('/').to_owned()
    }

    fn database_url(&mut self) -> Option<SecretString> {
        let url = self.secret("DATABASE_URL")?;
        let text = url.expose_secret();
        let ours = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if !ours || text.parse::<sqlx::postgres::PgConnectOptions>().is_err() {
            self.complain("DATABASE_URL must be an address of PostgreSQL, postgres://user:password@host:5432/database");
            return None;
        }
        Some(url)
    }

    /// Its outer form; whether it holds the right kind of key is found by those who sign with it.
    fn jwt_key(&mut self, environment: Environment) -> Option<SecretString> {
        const MAKE_ONE: &str = "make one with `openssl genpkey -algorithm ed25519`";
        let given = self.get("JWT_KEYS").is_some() || self.get("JWT_KEYS_FILE").is_some();
        let key = self.secret("JWT_KEYS");
        if key.as_ref().is_some_and(|key| !key.expose_secret().starts_with(PEM_BEGIN)) {
            self.complain(format!("JWT_KEYS must be a private key in PEM, with its line {PEM_BEGIN}; {MAKE_ONE}"));
        }
        if !given && environment == Environment::Production {
            self.complain(format!("JWT_KEYS is missing: {MAKE_ONE}"));
        }
        key
    }

    /// The base address of an outside API.
    pub(super) fn api_base(&mut self, name: &str) -> Option<String> {
        let url = self.get(name)?;
        match reqwest::Url::parse(&url).ok().filter(|url| url.has_host() && ["http", "https"].contains(&url.scheme())) {
            None => self.complain(format!("{name} must begin with http:// or https:// and name a host")),
            Some(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
                self.complain(format!("{name} must not hold a name or password: it is shown and logged"));
            }
            Some(_) => {}
        }
        Some(url.trim_end_matches('/').to_owned())
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
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// A secret, or the content of the file that `<name>_FILE` names.
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
        let (value, file) = (self.get(name), self.get(&format!("{name}_FILE")));
        match (value, file) {
            (Some(_), Some(_)) => {
                self.complain(format!("{name} and {name}_FILE are both set: unset one of them"));
                None
            }
            (Some(value), None) => Some(value.into()),
            (None, Some(file)) => self.secret_of_file(name, &file),
            (None, None) => None,
        }
    }

    /// True when it is set, rightly or not.
    pub(super) fn has_secret(&self, name: &str) -> bool {
        self.get(name).is_some() || self.get(&format!("{name}_FILE")).is_some()
    }

    fn secret_of_file(&mut self, name: &str, file: &str) -> Option<SecretString> {
        match std::fs::read_to_string(file) {
            Ok(content) if content.trim().is_empty() => self.complain(format!("{name}_FILE names an empty file: {file}")),
            Ok(content) => return Some(content.trim().to_owned().into()),
            Err(error) => self.complain(format!("{name}_FILE names a file that cannot be read: {file} ({error})")),
        }
        None
    }

    pub(super) fn complain(&mut self, line: impl Into<String>) {
        let line = line.into();
        // One secret may be asked for twice.
        if !self.complaints.contains(&line) {
            self.complaints.push(line);
        }
    }

    pub(super) fn warn(&mut self, line: impl Into<String>) {
        self.warnings.push(line.into());
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
