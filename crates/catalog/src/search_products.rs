//! `GET /products/search`: products by words; when none has them, products with a name that looks alike.

use axum::{Json, extract::State};
use kernel::Text;
use platform::{App, Problem, extract::Query, fields::Fields, paging::Limit, problem::ProblemBody};
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::IntoParams;

use crate::{
    filters::{RawFilters, Sort},
    list_products::ProductPage,
    position::Position,
    store::listing::{self, Match},
};

/// What a shopper types.
pub(crate) type Words = Text<200>;

/// What to look for, among which products, in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchProducts {
    /// Words; `"in quotes"` for a phrase, `-word` for what it must not have.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// Slug of a category; products of the categories below it belong to it.
    category: Option<String>,
    /// Least price, a decimal amount in the shop's currency.
    min_price: Option<String>,
    /// Highest price, a decimal amount in the shop's currency.
    max_price: Option<String>,
    /// `true`: only what is in stock; `false`: only what is not.
    in_stock: Option<bool>,
    /// `relevance` (unless asked otherwise), `newest`, `price`, `-price` or `name`.
    sort: Option<String>,
    /// Products of a page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 24)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Products by words.
#[utoipa::path(get, path = "/products/search", tag = "catalog", operation_id = "search_products", params(SearchProducts),
    responses((status = 200, body = ProductPage), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, Query(query): Query<SearchProducts>) -> Result<Json<ProductPage>, Problem> {
    let SearchProducts { q, category, min_price, max_price, in_stock, sort, limit, cursor } = query;
    let mut fields = Fields::default();
    let words = fields.take("q", Words::parse(&q));
    let words = fields.finish(words)?;
    let filters = RawFilters { category, min_price, max_price, in_stock, sort };
    let mut db = app.db.read().await?;
    search_products(&mut db, &words, &filters, limit.unwrap_or_default(), cursor.as_deref()).await.map(Json)
}

/// One page of the products that match and pass the filters.
pub(crate) async fn search_products(
    db: &mut PgConnection,
    words: &Words,
    filters: &RawFilters,
    limit: Limit,
    cursor: Option<&str>,
) -> Result<ProductPage, Problem> {
    let (filters, sort) = filters.parse(db, Sort::Relevance).await?;
    let from = Position::read(cursor, sort)?;
    let mut matching = Match::Words(words.as_str());
    let mut total = listing::count(db, matching, &filters).await?;
    if total == 0 {
        matching = Match::Likeness(words.as_str());
        total = listing::count(db, matching, &filters).await?;
    }
    Ok(listing::page(db, matching, &filters, sort, from.as_ref(), limit, total).await?.into())
}
