//! `DELETE /cart/items/{id}`: take a line out of the cart.

use axum::extract::State;
use http::StatusCode;
use kernel::CartItemId;
use platform::{App, Problem, extract::Path, problem::ProblemBody, shopper::Shopper};

use crate::store;

/// Removes a line.
#[utoipa::path(delete, path = "/cart/items/{id}", tag = "cart", operation_id = "remove_cart_item", params(("id" = CartItemId, Path)),
    responses((status = 204), (status = "4XX", body = ProblemBody)))]
pub async fn route(State(app): State<App>, shopper: Shopper, Path(line): Path<CartItemId>) -> Result<StatusCode, Problem> {
    let not_in_cart = || Problem::new(StatusCode::NOT_FOUND, "cart_item_not_found", "this line is not in your cart");
    let who = shopper.who().ok_or_else(not_in_cart)?;
    let mut tx = app.db.begin().await?;
    let cart = store::lock_existing(&mut tx, &who, app.clock.now()).await?.ok_or_else(not_in_cart)?;
    if !store::delete_line(&mut tx, cart, line).await? {
        return Err(not_in_cart());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
