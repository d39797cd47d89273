//! `GET /products/{id}`: one product, by its id or its slug.

use axum::{Json, extract::State};
use kernel::{ProductId, Slug};
use platform::{App, Problem, extract::Path, problem::ProblemBody};
use sqlx::PgConnection;

use crate::{model::Product, store::products};

/// How a product is named in an address.
pub(crate) enum ProductKey {
    Id(ProductId),
    Slug(Slug),
}

impl ProductKey {
    /// None for what can name no product. A slug is never a UUID, so the two do not meet.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Id).ok().or_else(|| Slug::parse(text).map(Self::Slug).ok())
    }
}

/// One product, by its id or its slug.
#[utoipa::path(get, path = "/products/{id}", tag = "catalog", operation_id = "read_product",
    params(("id" = String, Path, description = "id or slug of the product")),
    responses((status = 200, body = Product), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, Path(key): Path<String>) -> Result<Json<Product>, Problem> {
    let mut db = app.db.read().await?;
    let product = read_product(&mut db, &key).await?;
    product.map(Json).ok_or_else(|| Problem::not_found("product_not_found"))
}

/// The product, if it is on sale.
pub(crate) async fn read_product(db: &mut PgConnection, key: &str) -> sqlx::Result<Option<Product>> {
    match ProductKey::parse(key) {
        Some(key) => products::find(db, &key).await,
        None => Ok(None),
    }
}
