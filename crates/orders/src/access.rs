//! Who may see an order: its customer, or who holds the link that a guest was given.

use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::{OrderId, Principal, UserId};
use platform::{
    App, Problem,
    extract::Caller,
    keys::{Keys, ORDER_ACCESS},
};

/// Header for clients that do not want the token in an address.
pub const ORDER_TOKEN_HEADER: &str = "x-order-token";

/// What a request brings to open an order.
#[derive(Debug, Clone)]
pub struct OrderAccess {
    /// The signed-in account.
    pub user: Option<UserId>,
    token: Option<String>,
}

impl OrderAccess {
    /// True when this caller may see this order. Another's order and an unknown one look the same from outside.
    pub fn opens(&self, keys: &Keys, order: OrderId, owner: Option<UserId>) -> bool {
        let is_owner = owner.is_some() && owner == self.user;
        is_owner || self.token.as_ref().is_some_and(|token| keys.verify(ORDER_ACCESS, order.0.as_bytes(), token))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OrderAccess {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = match Caller::from_request_parts(parts, state).await?.0 {
            Principal::User { id, .. } => Some(id),
            Principal::Guest => None,
        };
        let header = parts.headers.get(ORDER_TOKEN_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let query = || {
            form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
                .find(|(name, _)| name == "token")
                .map(|(_, token)| token.into_owned())
        };
        Ok(Self { user, token: header.or_else(query) })
    }
}

/// Makes the addresses under which customers find their orders.
#[derive(Clone)]
pub struct Links {
    public_base_url: String,
    keys: Keys,
}

impl Links {
    /// Links of this shop.
    pub fn new(app: &App) -> Self {
        Self { public_base_url: app.config.public_base_url.clone(), keys: app.keys.clone() }
    }

    /// The token that opens a guest's order: HMAC of its id.
    pub fn token(&self, order: OrderId) -> String {
        self.keys.sign(ORDER_ACCESS, order.0.as_bytes())
    }

    /// The order's page, without a guest's token.
    pub fn order_page(&self, order: OrderId) -> String {
        format!("{}/orders/{order}", self.public_base_url)
    }

    /// A path of the shop as a whole address.
    pub fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.public_base_url) } else { path.to_owned() }
    }
}
