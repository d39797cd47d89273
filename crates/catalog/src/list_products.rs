//! `GET /products`: the shop's products, filtered, sorted, page by page.

use axum::{Json, extract::State};
use platform::{
    App, Problem,
    extract::Query,
    paging::{Limit, Page},
    problem::ProblemBody,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use crate::{
    filters::{RawFilters, Sort},
    model::ProductSummary,
    position::Position,
    store::listing::{self, Match},
};

/// One page of products.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPage {
    /// The products.
    pub data: Vec<ProductSummary>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: i64,
}

impl From<Page<ProductSummary>> for ProductPage {
    fn from(Page { data, next_cursor, total }: Page<ProductSummary>) -> Self {
        Self { data, next_cursor, total }
    }
}

/// Which products, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListProducts {
    /// Slug of a category; products of the categories below it belong to it.
    category: Option<String>,
    /// Least price, a decimal amount in the shop's currency.
    #[param(example = "10.00")]
    min_price: Option<String>,
    /// Highest price, a decimal amount in the shop's currency.
    max_price: Option<String>,
    /// `true`: only what is in stock; `false`: only what is not.
    in_stock: Option<bool>,
    /// `newest` (unless asked otherwise), `price`, `-price` or `name`.
    sort: Option<String>,
    /// Products of a page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 24)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The products of the shop.
#[utoipa::path(get, path = "/products", tag = "catalog", operation_id = "list_products", params(ListProducts),
    responses((status = 200, body = ProductPage), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, Query(query): Query<ListProducts>) -> Result<Json<ProductPage>, Problem> {
    let ListProducts { category, min_price, max_price, in_stock, sort, limit, cursor } = query;
    let filters = RawFilters { category, min_price, max_price, in_stock, sort };
    let mut db = app.db.read().await?;
    list_products(&mut db, &filters, limit.unwrap_or_default(), cursor.as_deref()).await.map(Json)
}

/// One page of the products that pass the filters.
pub(crate) async fn list_products(
    db: &mut PgConnection,
    filters: &RawFilters,
    limit: Limit,
    cursor: Option<&str>,
) -> Result<ProductPage, Problem> {
    let (filters, sort) = filters.parse(db, Sort::Newest).await?;
    let from = Position::read(cursor, sort)?;
    let total = listing::count(db, Match::All, &filters).await?;
    Ok(listing::page(db, Match::All, &filters, sort, from.as_ref(), limit, total).await?.into())
}
