//! Sets a product's price.

use chrono::{DateTime, Utc};
use kernel::{Currency, Money, ProductId};
use sqlx::PgConnection;

use crate::store::products;

/// Why the price stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SetPriceError {
    /// There is no such product.
    #[error("there is no such product")]
    Unknown,
    /// The shop sells in another currency.
    #[error("prices of this shop are in {shop}")]
    OtherCurrency {
        /// The shop's currency.
        shop: Currency,
    },
    /// The database's fault.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Sets what one costs from now on. Orders and quotes keep what they were made with.
pub async fn set_price(db: &mut PgConnection, product: ProductId, price: Money, now: DateTime<Utc>) -> Result<(), SetPriceError> {
    let shop = platform::settings::get(db).await?.currency;
    if price.currency() != shop {
        return Err(SetPriceError::OtherCurrency { shop });
    }
    if products::set_price(db, product, price, now).await? { Ok(()) } else { Err(SetPriceError::Unknown) }
}
