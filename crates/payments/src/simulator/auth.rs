//! Who is asking: the shop with its secret key, or a browser with the publishable key and an intent's client secret.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::{SimulatorConfig, error::ApiError, form::Form};

/// The two kinds of callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The shop.
    Shop,
    /// A browser: may see and confirm the one intent whose client secret it has.
    Browser {
        /// As sent.
        client_secret: String,
    },
}

impl Caller {
    /// Reads the key from the header or from the form's `key`.
    pub fn of(config: &SimulatorConfig, headers: &HeaderMap, form: &mut Form) -> Result<Self, ApiError> {
        let key = from_header(headers).or_else(|| form.take("key"));
        form.ignore(&["key"]);
        let client_secret = form.take("client_secret");
        let key = key.ok_or_else(|| ApiError::unauthorized(None, "No API key: send it as Authorization: Bearer KEY."))?;
        if same(&key, config.secret_key.expose_secret()) {
            return Ok(Self::Shop);
        }
        if !same(&key, &config.publishable_key) {
            return Err(ApiError::unauthorized(None, "This API key is not known."));
        }
        let missing = || ApiError::invalid("parameter_missing", "A browser shows the intent's client secret.").param("client_secret");
        client_secret.map(|client_secret| Self::Browser { client_secret }).ok_or_else(missing)
    }

    /// The shop, and nobody else.
    pub fn shop_only(&self) -> Result<(), ApiError> {
        match self {
            Self::Shop => Ok(()),
            Self::Browser { .. } => Err(ApiError::unauthorized("secret_key_required", "This operation needs the secret key.")),
        }
    }

    /// Under whose name idempotency keys are kept apart.
    pub fn scope(&self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Browser { .. } => "browser",
        }
    }
}

/// Equal, compared in constant time.
pub fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

fn from_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.trim().to_owned());
    }
    // `curl -u KEY:` sends the key as a user without a password.
    let decoded = STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let user = String::from_utf8(decoded).ok()?;
    user.split_once(':').map(|(key, _)| key.to_owned())
}
