//! Guest and customer carts, quotes and pricing. Tables: `carts`, `cart_items`.

pub mod add_item;
pub mod change_item;
pub mod checkout;
mod merge;
mod model;
pub mod pricing;
pub mod quote;
pub mod remove_item;
mod store;
pub mod view;

use kernel::{CartId, Who};
use platform::App;
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use model::{Cart, CartLine, CartProduct};
pub use quote::{AcceptedQuote, QuoteRefused};

/// Different products in one cart.
pub const MAX_LINES: usize = 100;

/// The routes under `/cart`.
pub fn routes(app: &App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(view::route))
        .routes(routes!(add_item::route))
        .routes(routes!(change_item::route, remove_item::route))
        .routes(routes!(checkout::route))
        .with_state(app.clone())
}

/// A cart's lines under its lock: what placing an order compares with the quote.
pub struct LockedCart {
    /// Product and quantity of each line, by product id.
    pub lines: Vec<quote::QuotedItem>,
}

/// Locks a shopper's cart; None when it is gone (already ordered) or another's.
pub async fn lock(db: &mut PgConnection, cart: CartId, who: &Who) -> sqlx::Result<Option<LockedCart>> {
    if !store::lock(db, cart, who).await? {
        return Ok(None);
    }
    let lines = store::lines(db, cart).await?;
    Ok(Some(LockedCart {
        lines: lines.into_iter().map(|line| quote::QuotedItem { product_id: line.product_id, quantity: line.quantity }).collect(),
    }))
}

/// Ends a cart that became an order; the next thing added begins a new one.
pub async fn consume(db: &mut PgConnection, cart: CartId) -> sqlx::Result<()> {
    store::delete(db, cart).await
}
