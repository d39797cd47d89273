//! What shoppers see of the catalogue.

use chrono::{DateTime, Utc};
use kernel::{CategoryId, Invalid, Money, Picture, ProductId};
use serde::Serialize;
use utoipa::ToSchema;

/// How well a product is in stock, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Enough.
    InStock,
    /// Few enough to mention.
    LowStock,
    /// None free.
    OutOfStock,
}

/// From this many pieces down a page says how many are left.
const LOW_STOCK: i32 = 3;

impl Availability {
    /// The word for a number of free pieces.
    pub fn of(available: i32) -> Self {
        match available {
            ..=0 => Self::OutOfStock,
            1..=LOW_STOCK => Self::LowStock,
            _ => Self::InStock,
        }
    }
}

/// The category of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryRef {
    /// The category.
    pub id: CategoryId,
    /// The readable part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A product as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductSummary {
    /// The product.
    pub id: ProductId,
    /// Article number.
    pub sku: String,
    /// The readable part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// Its picture.
    #[schema(required)]
    pub picture: Option<Picture>,
    /// Its category.
    #[schema(required)]
    pub category: Option<CategoryRef>,
    /// How well it is in stock.
    pub availability: Availability,
    /// Pieces on hand that nobody holds.
    pub available: i32,
}

/// A product as its own page shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Product {
    /// What lists show as well.
    #[serde(flatten)]
    pub summary: ProductSummary,
    /// A text about it.
    pub description: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When its name, text, price or picture changed last.
    pub updated_at: DateTime<Utc>,
}

/// A category.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Category {
    /// The category.
    pub id: CategoryId,
    /// The readable part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// A text about it.
    pub description: String,
    /// The category above it.
    #[schema(required)]
    pub parent_id: Option<CategoryId>,
    /// Products on sale in it and in the categories below it.
    pub product_count: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Pieces on hand: 0 to a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockLevel(i32);

impl StockLevel {
    /// The most pieces of one product.
    pub const MAX: i32 = 1_000_000;

    /// Checks a number of pieces.
    pub fn new(pieces: i32) -> Result<Self, Invalid> {
        if (0..=Self::MAX).contains(&pieces) {
            Ok(Self(pieces))
        } else {
            Err(Invalid::new("stock_out_of_range", format!("stock is a whole number from 0 to {}", Self::MAX)))
        }
    }

    /// The number of pieces.
    pub fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_said_in_words() {
        use Availability::{InStock, LowStock, OutOfStock};
        for (pieces, word) in [(0, OutOfStock), (1, LowStock), (3, LowStock), (4, InStock), (99, InStock)] {
            assert_eq!(Availability::of(pieces), word, "{pieces}");
        }
    }

    #[test]
    fn a_stock_level_is_never_negative() {
        assert!(StockLevel::new(-1).is_err() && StockLevel::new(StockLevel::MAX + 1).is_err());
        assert_eq!(StockLevel::new(0).map(StockLevel::get), Ok(0));
    }
}
