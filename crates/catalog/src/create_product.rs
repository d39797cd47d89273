//! Adds a product with its first stock.

use kernel::{CategoryId, Currency, Ids, Money, ProductId, Slug, Text};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::{
    model::StockLevel,
    store::{self, products, stock},
};

/// A product that is not there yet.
#[derive(Debug, Clone)]
pub struct NewProduct {
    /// Article number, unique.
    pub sku: Text<64>,
    /// Its name.
    pub name: Text<200>,
    /// The readable part of its address, unique.
    pub slug: Slug,
    /// A text about it.
    pub description: Option<Text<20000>>,
    /// What one costs, in the shop's currency.
    pub price: Money,
    /// Its category.
    pub category_id: Option<CategoryId>,
    /// Pieces on hand.
    pub stock: StockLevel,
    /// Its picture.
    pub picture: Option<NewPicture>,
}

/// A picture that exists in several widths under one name: `mug-320.webp`, `mug-700.webp`.
#[derive(Debug, Clone)]
pub struct NewPicture {
    /// Where the widest version is.
    pub url: Text<2048>,
    /// What it shows, for people who do not see it; empty when the name says it all.
    pub alt: Option<Text<400>>,
    /// Widths in pixels.
    pub widths: Vec<i32>,
    /// Height over width.
    pub ratio: Decimal,
}

/// Why a product was not added.
#[derive(Debug, thiserror::Error)]
pub enum CreateProductError {
    /// Another product has this article number.
    #[error("another product has this article number")]
    SkuTaken,
    /// Another product has this address.
    #[error("another product has this address")]
    SlugTaken,
    /// Its category does not exist.
    #[error("this category does not exist")]
    CategoryUnknown,
    /// The shop sells in another currency.
    #[error("prices of this shop are in {shop}")]
    OtherCurrency {
        /// The shop's currency.
        shop: Currency,
    },
    /// The database's fault.
    #[error(transparent)]
    Db(sqlx::Error),
}

impl From<sqlx::Error> for CreateProductError {
    fn from(error: sqlx::Error) -> Self {
        match store::constraint(&error) {
            Some("products_sku_unique") => Self::SkuTaken,
            Some("products_slug_unique") => Self::SlugTaken,
            Some("products_category_id_fkey") => Self::CategoryUnknown,
            _ => Self::Db(error),
        }
    }
}

/// Adds a product, on sale at once; its stock begins with an `initial` move.
pub async fn create_product(db: &mut PgConnection, product: &NewProduct, ids: &mut Ids) -> Result<ProductId, CreateProductError> {
    let shop = platform::settings::get(db).await?.currency;
    if product.price.currency() != shop {
        return Err(CreateProductError::OtherCurrency { shop });
    }
    let id = ids.next();
    products::insert(db, id, product, ids.now()).await?;
    if product.stock.get() > 0 {
        stock::insert_move(db, id, product.stock.get(), stock::Reason::Initial, ids).await?;
    }
    Ok(id)
}
