//! Puts a product on sale or takes it off.

use chrono::{DateTime, Utc};
use kernel::ProductId;
use sqlx::PgConnection;

use crate::store::products;

/// Why the product stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SetActiveError {
    /// There is no such product.
    #[error("there is no such product")]
    Unknown,
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Puts a product on sale (`true`) or takes it off. Orders that hold it keep it.
pub async fn set_active(db: &mut PgConnection, product: ProductId, active: bool, now: DateTime<Utc>) -> Result<(), SetActiveError> {
    if products::set_active(db, product, active, now).await? { Ok(()) } else { Err(SetActiveError::Unknown) }
}
