//! A refresh token as a request presents it, and the CSRF token that guards it in a cookie.

use http::{HeaderMap, StatusCode};
use kernel::FamilyId;
use platform::{
    App, Problem,
    cookies::ShopCookie,
    keys::{self, Keys},
};
use subtle::ConstantTimeEq;

use crate::session::Form;

const CSRF_HEADER: &str = "x-csrf-token";
const CSRF_PURPOSE: &str = "identity/csrf";
const SUCCESSOR_PURPOSE: &str = "identity/refresh-successor";

/// A refresh token out of a request.
pub(crate) struct Presented {
    token: String,
    /// The CSRF token, sent twice alike; None when the token came in the body, which no foreign page can write.
    csrf: Option<String>,
}

/// The request did not prove that the shop's own page sent it.
#[derive(Debug, thiserror::Error)]
#[error("the header X-CSRF-Token must repeat the CSRF cookie of this session")]
pub(crate) struct CsrfRefused;

impl From<CsrfRefused> for Problem {
    fn from(refused: CsrfRefused) -> Self {
        Self::new(StatusCode::FORBIDDEN, "csrf_token_invalid", refused.to_string())
    }
}

impl Presented {
    /// The body's token, else the cookie's; None when there is neither.
    pub(crate) fn read(app: &App, headers: &HeaderMap, body: Option<String>) -> Result<Option<Self>, CsrfRefused> {
        if let Some(token) = body {
            return Ok(Some(Self { token, csrf: None }));
        }
        let Some(token) = ShopCookie::Refresh.read(&app.config, headers) else {
            return Ok(None);
        };
        let header = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = ShopCookie::Csrf.read(&app.config, headers).unwrap_or_default();
        let alike = !header.is_empty() && bool::from(header.as_bytes().ct_eq(cookie.as_bytes()));
        if alike { Ok(Some(Self { token, csrf: Some(cookie) })) } else { Err(CsrfRefused) }
    }

    /// Only the CSRF token made for this very session counts: another's, planted beside the cookie, does not.
    pub(crate) fn check(&self, keys: &Keys, family: FamilyId) -> Result<(), CsrfRefused> {
        match &self.csrf {
            Some(csrf) if !keys.verify(CSRF_PURPOSE, family.0.as_bytes(), csrf) => Err(CsrfRefused),
            _ => Ok(()),
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        keys::token_hash(&self.token)
    }

    /// The answer takes the way the question took.
    pub(crate) fn form(&self) -> Form {
        Form::asked(self.csrf.is_some())
    }
}

/// The readable half of a session's cookies.
pub(crate) fn csrf_token(keys: &Keys, family: FamilyId) -> String {
    keys.sign(CSRF_PURPOSE, family.0.as_bytes())
}

/// The one token that follows `token`: derived, so that it can be handed out twice without being stored once.
pub(crate) fn successor(keys: &Keys, token: &str) -> String {
    keys.sign(SUCCESSOR_PURPOSE, token.as_bytes())
}
