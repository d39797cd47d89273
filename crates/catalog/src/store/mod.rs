//! Every statement over the catalogue's tables. Tables owned: `categories`, `products`, `stock_moves`, `reservations`.

pub(crate) mod categories;
pub(crate) mod listing;
pub(crate) mod products;
pub(crate) mod stock;

use kernel::{Currency, Money};
use platform::settings::decode;
use rust_decimal::Decimal;

/// A price column with its currency column.
fn price(amount: Decimal, currency: &str) -> sqlx::Result<Money> {
    Money::from_numeric(amount, Currency::parse(currency).map_err(decode)?).map_err(decode)
}

/// The named constraint that refused a statement.
pub(crate) fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
