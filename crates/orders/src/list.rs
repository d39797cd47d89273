//! `GET /orders` and `GET /users/orders`: a customer's orders, newest first.

use axum::{Json, extract::State};
use kernel::{Cursor, OrderId, UserId};
use platform::{
    App, Problem,
    extract::{Customer, Query},
    paging::{Limit, Page},
    problem::ProblemBody,
};

use crate::{model::OrderSummary, store};

/// Which page.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListOrders {
    /// Rows of the page, 1 to 100.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of orders.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct OrderPage {
    /// The orders.
    data: Vec<OrderSummary>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
    /// Orders of the whole list.
    total: i64,
}

/// Lists the signed-in customer's orders.
#[utoipa::path(get, path = "/orders", tag = "orders", operation_id = "list_orders", params(ListOrders),
    responses((status = 200, body = OrderPage), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, Customer(user): Customer, Query(query): Query<ListOrders>) -> Result<Json<OrderPage>, Problem> {
    list(&app, user, query).await.map(Json)
}

/// The same list under the account.
#[utoipa::path(get, path = "/users/orders", tag = "users", operation_id = "list_my_orders", params(ListOrders),
    responses((status = 200, body = OrderPage), (status = "4XX", body = ProblemBody)))]
pub async fn users_route(
    State(app): State<App>,
    Customer(user): Customer,
    Query(query): Query<ListOrders>,
) -> Result<Json<OrderPage>, Problem> {
    list(&app, user, query).await.map(Json)
}

async fn list(app: &App, user: UserId, query: ListOrders) -> Result<OrderPage, Problem> {
    let before = query
        .cursor
        .as_deref()
        .map(Cursor::decode::<OrderId>)
        .transpose()
        .map_err(|invalid| Problem::field("cursor", invalid.code, invalid.detail))?;
    let mut db = app.db.read().await?;
    let rows = store::list(&mut db, user, before, query.limit).await?;
    let total = store::count(&mut db, user).await?;
    let Page { data, next_cursor, total } = Page::cut(rows, query.limit, total, |last| Cursor::encode(&last.id));
    Ok(OrderPage { data, next_cursor, total })
}
