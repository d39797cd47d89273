//! Stock: held for an order, then sold or released; given back when a sold order is cancelled.
//!
//! Invariant: on hand is the sum of `stock_moves`, reserved is the sum of held `reservations`. Every function works in
//! the caller's transaction, under the lock of the order that the caller took before, and locks products in id order:
//! stock rows are the last locks that a transaction takes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{Ids, Money, OrderId, ProductId, Quantity};
use sqlx::PgConnection;

use crate::store;

/// What an order wants of one product; an order has one line a product.
#[derive(Debug, Clone, Copy)]
pub struct HoldLine {
    /// The product.
    pub product_id: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// What the shopper was told that one costs.
    pub price: Money,
}

/// Why nothing was held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The shop does not sell this product, or no longer.
    #[error("a product is not on sale any more")]
    NotOnSale {
        /// The product.
        product_id: ProductId,
    },
    /// It costs something else now.
    #[error("a price has changed")]
    PriceChanged {
        /// The product.
        product_id: ProductId,
        /// What one costs now.
        price: Money,
    },
    /// Fewer are free than wanted.
    #[error("only {available} of a product in stock")]
    OutOfStock {
        /// The product.
        product_id: ProductId,
        /// Pieces that are free.
        available: i32,
    },
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Holds every line of an order until `expires_at` (by the database's clock), or nothing: locks the products, compares prices and stock under
/// the lock, then reserves.
pub async fn hold(
    db: &mut PgConnection,
    order: OrderId,
    lines: &[HoldLine],
    expires_at: DateTime<Utc>,
    ids: &mut Ids,
) -> Result<(), HoldError> {
    let wanted: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    let locked: BTreeMap<ProductId, store::stock::Locked> =
        store::stock::lock(db, &wanted).await?.into_iter().map(|product| (product.id, product)).collect();
    for line in lines {
        check(line, locked.get(&line.product_id))?;
    }
    Ok(store::stock::insert_reservations(db, order, lines, expires_at, ids).await?)
}

fn check(line: &HoldLine, product: Option<&store::stock::Locked>) -> Result<(), HoldError> {
    let product_id = line.product_id;
    let Some(product) = product.filter(|product| product.is_active) else { return Err(HoldError::NotOnSale { product_id }) };
    if product.price != line.price {
        return Err(HoldError::PriceChanged { product_id, price: product.price });
    }
    if product.available < line.quantity.get() {
        return Err(HoldError::OutOfStock { product_id, available: product.available });
    }
    Ok(())
}

/// Lets go of what an order holds; a repeat finds nothing held. Answers how many lines were released.
pub async fn release(db: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> sqlx::Result<u64> {
    store::stock::release(db, order, now).await
}

/// Why nothing was sold.
#[derive(Debug, thiserror::Error)]
pub enum SellError {
    /// The hold had run out and the units went to somebody else.
    #[error("only {available} of a product in stock")]
    OutOfStock {
        /// The product.
        product_id: ProductId,
        /// Pieces that are free.
        available: i32,
    },
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Sells every line of an order, or none. What was held leaves the shelf; what was released meanwhile (a late payment)
/// is taken anew if it is still free. A repeat finds nothing left to sell.
pub async fn sell(db: &mut PgConnection, order: OrderId, ids: &mut Ids) -> Result<(), SellError> {
    let lines = store::stock::lock_unsold(db, order).await?;
    if let Some(short) = lines.iter().find(|line| !line.held && line.available < line.quantity) {
        return Err(SellError::OutOfStock { product_id: short.product_id, available: short.available });
    }
    let products: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    store::stock::sell(db, order, &products, ids).await?;
    Ok(())
}

/// Puts a sold order's units back on the shelf, once for each order and product however often it is asked.
pub async fn restock(db: &mut PgConnection, order: OrderId, ids: &mut Ids) -> sqlx::Result<()> {
    let products = store::stock::lock_sold(db, order).await?;
    store::stock::restock(db, order, &products, ids).await
}

/// Orders whose hold ran out by the database's clock, longest overdue first. Takes no lock: the caller locks each order.
pub async fn expired(db: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<OrderId>> {
    store::stock::expired(db, limit).await
}
