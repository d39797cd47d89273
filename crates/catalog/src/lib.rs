//! Products, categories, search and stock. Tables: `categories`, `products`, `stock_moves`, `reservations`.

pub mod create_category;
pub mod create_product;
pub mod demo;
mod filters;
pub mod list_categories;
pub mod list_products;
mod media;
pub mod model;
mod pages;
mod picture;
mod position;
pub mod read_product;
pub mod search_products;
pub mod set_active;
pub mod set_price;
pub mod set_stock;
pub mod stock;
mod store;
mod story;

use kernel::{Money, Picture, ProductId};
use platform::App;
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use create_category::{NewCategory, create_category};
pub use create_product::{NewPicture, NewProduct, create_product};
pub use media::media_routes;
pub use model::StockLevel;
pub use pages::pages;
pub use set_active::set_active;
pub use set_price::set_price;
pub use set_stock::set_stock;
pub use story::story;

/// The catalogue's part of the API.
pub fn routes(app: &App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_products::route))
        .routes(routes!(search_products::route))
        .routes(routes!(read_product::route))
        .routes(routes!(list_categories::route))
        .with_state(app.clone())
}

/// An active product as a cart or an order needs it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The product.
    pub id: ProductId,
    /// Article number.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The readable part of its address.
    pub slug: String,
    /// What one costs now.
    pub price: Money,
    /// Pieces on hand that nobody holds.
    pub available: i32,
    /// Its picture.
    pub picture: Option<Picture>,
}

/// The product, if it is on sale.
pub async fn offer(db: &mut PgConnection, id: ProductId) -> sqlx::Result<Option<Offer>> {
    Ok(offers(db, &[id]).await?.pop())
}

/// Those of the products that are on sale, by product id.
pub async fn offers(db: &mut PgConnection, ids: &[ProductId]) -> sqlx::Result<Vec<Offer>> {
    store::products::offers(db, ids).await
}

/// True while the shop has no product at all, on sale or not.
pub async fn is_empty(db: &mut PgConnection) -> sqlx::Result<bool> {
    Ok(!store::products::any(db).await?)
}
