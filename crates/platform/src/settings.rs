//! The shop's settings: name, currency, delivery, tax. One row of `shop_settings`.

use kernel::{Currency, Money};
use rust_decimal::Decimal;
use sqlx::PgConnection;

/// Settings as the pricing needs them.
#[derive(Debug, Clone)]
pub struct ShopSettings {
    /// The shop's name.
    pub shop_name: String,
    /// The one currency of the shop.
    pub currency: Currency,
    /// What delivery costs below `free_delivery_over`.
    pub delivery_rate: Money,
    /// Subtotal from which delivery is free; None means never.
    pub free_delivery_over: Option<Money>,
    /// A fraction: 0.0825 is 8.25 per cent.
    pub tax_rate: Decimal,
    /// True when prices contain the tax.
    pub tax_inclusive: bool,
}

/// Reads the settings.
pub async fn get(db: &mut PgConnection) -> sqlx::Result<ShopSettings> {
    let row = sqlx::query!("select shop_name, currency, delivery_rate, free_delivery_over, tax_rate, tax_inclusive from shop_settings")
        .fetch_one(db)
        .await?;
    let currency = Currency::parse(&row.currency).map_err(decode)?;
    let money = |amount| Money::from_numeric(amount, currency).map_err(decode);
    Ok(ShopSettings {
        shop_name: row.shop_name,
        currency,
        delivery_rate: money(row.delivery_rate)?,
        free_delivery_over: row.free_delivery_over.map(money).transpose()?,
        tax_rate: row.tax_rate,
        tax_inclusive: row.tax_inclusive,
    })
}

/// Replaces the settings.
pub async fn set(db: &mut PgConnection, settings: &ShopSettings) -> sqlx::Result<()> {
    sqlx::query!(
        "update shop_settings set shop_name = $1, currency = $2, delivery_rate = $3, free_delivery_over = $4, tax_rate = $5, tax_inclusive = $6, updated_at = now()",
        settings.shop_name,
        settings.currency.code(),
        settings.delivery_rate.to_numeric(),
        settings.free_delivery_over.map(Money::to_numeric),
        settings.tax_rate,
        settings.tax_inclusive,
    )
    .execute(db)
    .await
    .map(drop)
}

/// A column that does not hold what its constraint promises.
pub fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
