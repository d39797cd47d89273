//! Whose cart a request means: the signed-in customer's, or that of the guest who holds a cart token.

use axum::extract::{FromRef, FromRequestParts};
use chrono::Duration;
use http::{HeaderMap, HeaderValue, header, request::Parts};
use kernel::{Ids, Principal, Who};

use crate::{App, Problem, cookies::ShopCookie, extract::Caller, keys};

/// Header for clients without cookies.
pub const CART_TOKEN_HEADER: &str = "x-cart-token";
const TOKEN_LENGTH: usize = 43;
const CART_COOKIE_FOR: Duration = Duration::days(90);

/// The caller as a shopper.
#[derive(Debug, Clone)]
pub struct Shopper {
    /// The signed-in account, if any.
    pub user: Option<kernel::UserId>,
    /// `carts.session_id` of the guest cart that the request's token opens, if it carries one.
    pub guest: Option<String>,
}

impl Shopper {
    /// Whose cart it is; None for a guest without a token, who has no cart yet.
    pub fn who(&self) -> Option<Who> {
        self.user.map(Who::Customer).or_else(|| self.guest.clone().map(Who::Guest))
    }

    /// Whose cart it is, giving a guest without one a new token: the headers hand it over.
    pub fn who_or_new(&self, app: &App, ids: &mut Ids) -> (Who, HeaderMap) {
        if let Some(who) = self.who() {
            return (who, HeaderMap::new());
        }
        let token = keys::token(ids.secret());
        let mut headers = HeaderMap::new();
        if let Some(cookie) = ShopCookie::Cart.set(&app.config, &token, CART_COOKIE_FOR) {
            headers.append(header::SET_COOKIE, cookie);
        }
        if let Ok(value) = HeaderValue::from_str(&token) {
            headers.insert(CART_TOKEN_HEADER, value);
        }
        (Who::Guest(session_id(&token)), headers)
    }
}

/// What `carts.session_id` holds for a token.
fn session_id(token: &str) -> String {
    keys::token(keys::token_hash(token))
}

impl<S: Send + Sync> FromRequestParts<S> for Shopper
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = App::from_ref(state);
        let user = match Caller::from_request_parts(parts, state).await?.0 {
            Principal::User { id, .. } => Some(id),
            Principal::Guest => None,
        };
        let header = parts.headers.get(CART_TOKEN_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let token = header.or_else(|| ShopCookie::Cart.read(&app.config, &parts.headers));
        // A token of another length was never ours; it opens nothing.
        let guest = token.filter(|token| token.len() == TOKEN_LENGTH).map(|token| session_id(&token));
        Ok(Self { user, guest })
    }
}
