//! `GET /orders/{id}`: one order, for its customer or who holds its link.

use axum::{Json, extract::State};
use kernel::OrderId;
use platform::{App, Problem, extract::Path, problem::ProblemBody};

use crate::{access::OrderAccess, model::Order, store};

/// Shows an order.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", operation_id = "get_order",
    params(("id" = OrderId, Path), ("token" = Option<String>, Query, description = "opens a guest's order"), ("X-Order-Token" = Option<String>, Header, description = "the same as a header")),
    responses((status = 200, body = Order), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, access: OrderAccess, Path(id): Path<OrderId>) -> Result<Json<Order>, Problem> {
    let mut db = app.db.read().await?;
    let found = store::find(&mut db, id).await?;
    let found = found.filter(|(order, owner)| access.opens(&app.keys, order.id, *owner));
    found.map(|(order, _)| Json(order)).ok_or_else(|| Problem::not_found("order_not_found"))
}
