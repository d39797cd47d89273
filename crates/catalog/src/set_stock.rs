//! Sets how many pieces of a product are on hand.

use kernel::{Ids, ProductId};
use sqlx::PgConnection;

use crate::{
    model::StockLevel,
    store::{products, stock},
};

/// Why the stock stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SetStockError {
    /// There is no such product.
    #[error("there is no such product")]
    Unknown,
    /// Orders hold more than that.
    #[error("orders hold {reserved} pieces of this product")]
    Reserved {
        /// Pieces that orders hold.
        reserved: i32,
    },
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Sets the pieces on hand; the difference is an `adjustment` move.
pub async fn set_stock(db: &mut PgConnection, product: ProductId, level: StockLevel, ids: &mut Ids) -> Result<(), SetStockError> {
    let before = products::lock_stock(db, product).await?.ok_or(SetStockError::Unknown)?;
    if level.get() < before.reserved {
        return Err(SetStockError::Reserved { reserved: before.reserved });
    }
    let delta = level.get() - before.on_hand;
    if delta != 0 {
        products::add_stock(db, product, delta).await?;
        stock::insert_move(db, product, delta, stock::Reason::Adjustment, ids).await?;
    }
    Ok(())
}
