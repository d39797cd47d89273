//! `GET /categories`: the categories by name, with how many products they have on sale.

use axum::{Json, extract::State};
use kernel::{CategoryId, Cursor};
use platform::{
    App, Problem,
    extract::Query,
    paging::{Limit, Page},
    problem::ProblemBody,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use crate::{model::Category, position, store::categories};

/// One page of categories.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CategoryPage {
    /// The categories.
    pub data: Vec<Category>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: i64,
}

impl From<Page<Category>> for CategoryPage {
    fn from(Page { data, next_cursor, total }: Page<Category>) -> Self {
        Self { data, next_cursor, total }
    }
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCategories {
    /// Categories of a page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 24)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The categories of the shop.
#[utoipa::path(get, path = "/categories", tag = "catalog", operation_id = "list_categories", params(ListCategories),
    responses((status = 200, body = CategoryPage), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, Query(query): Query<ListCategories>) -> Result<Json<CategoryPage>, Problem> {
    let mut db = app.db.read().await?;
    list_categories(&mut db, query.limit.unwrap_or_default(), query.cursor.as_deref()).await.map(Json)
}

/// One page of the categories.
pub(crate) async fn list_categories(db: &mut PgConnection, limit: Limit, cursor: Option<&str>) -> Result<CategoryPage, Problem> {
    let from = match cursor.filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Some(read_cursor(cursor)?),
        None => None,
    };
    let rows = categories::list(db, from.as_ref(), limit).await?;
    let total = categories::count(db).await?;
    Ok(Page::cut(rows, limit, total, |last| Cursor::encode(&(&last.name, last.id))).into())
}

fn read_cursor(cursor: &str) -> Result<(String, CategoryId), Problem> {
    Cursor::decode::<(String, CategoryId)>(cursor).ok().filter(|(name, _)| !name.contains('\0')).ok_or_else(position::invalid)
}
