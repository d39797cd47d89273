//! Cookie names and attributes: `__Host-` and Secure wherever the shop is on https.

use chrono::Duration;
use http::{HeaderMap, HeaderValue};

use crate::config::Config;

/// A cookie of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopCookie {
    /// The guest's cart token.
    Cart,
    /// The refresh token.
    Refresh,
    /// The double-submit token, readable by script.
    Csrf,
}

impl ShopCookie {
    /// The name under this configuration.
    pub fn name(self, config: &Config) -> &'static str {
        match (self, config.is_https()) {
            (Self::Cart, true) => "__Host-qs_cart",
            (Self::Cart, false) => "qs_cart",
            (Self::Refresh, true) => "__Host-qs_refresh",
            (Self::Refresh, false) => "qs_refresh",
            (Self::Csrf, true) => "__Host-qs_csrf",
            (Self::Csrf, false) => "qs_csrf",
        }
    }

    /// The `Set-Cookie` value that keeps a base64url token for `max_age`; zero deletes the cookie.
    pub fn set(self, config: &Config, token: &str, max_age: Duration) -> Option<HeaderValue> {
        let http_only = if self == Self::Csrf { "" } else { "; HttpOnly" };
        let secure = if config.is_https() { "; Secure" } else { "" };
        let (name, seconds) = (self.name(config), max_age.num_seconds());
        HeaderValue::from_str(&format!("{name}={token}; Path=/; Max-Age={seconds}; SameSite=Lax{http_only}{secure}")).ok()
    }

    /// The token that a request's cookies carry.
    pub fn read(self, config: &Config, headers: &HeaderMap) -> Option<String> {
        axum_extra::extract::CookieJar::from_headers(headers).get(self.name(config)).map(|cookie| cookie.value().to_owned())
    }
}
