//! `PUT /cart/items/{id}`: set how many of a product the cart holds.

use axum::{Json, extract::State};
use http::StatusCode;
use kernel::{CartItemId, Ids, MoneyError, Quantity, Who};
use platform::{
    App, Problem,
    extract::{Body, Path},
    problem::ProblemBody,
    shopper::Shopper,
};
use sqlx::PgConnection;

use crate::{model::CartLine, store};

/// The new quantity.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeItem {
    /// How many there shall be.
    #[schema(value_type = i32, minimum = 1, maximum = 99)]
    pub quantity: Quantity,
}

/// Sets the quantity of a line.
#[utoipa::path(put, path = "/cart/items/{id}", tag = "cart", operation_id = "change_cart_item", params(("id" = CartItemId, Path)), request_body = ChangeItem,
    responses((status = 200, body = CartLine), (status = "4XX", body = ProblemBody)))]
pub async fn route(
    State(app): State<App>,
    shopper: Shopper,
    Path(line): Path<CartItemId>,
    Body(command): Body<ChangeItem>,
) -> Result<Json<CartLine>, Problem> {
    let who = shopper.who().ok_or(ChangeItemError::NotInCart)?;
    let mut tx = app.db.begin().await?;
    let line = change_item(&mut tx, &who, line, &command, &app.ids()).await?;
    tx.commit().await?;
    Ok(Json(line))
}

/// Sets the quantity under the cart's lock. Fewer pieces are always allowed, even of a product that ran short.
pub async fn change_item(
    db: &mut PgConnection,
    who: &Who,
    line: CartItemId,
    command: &ChangeItem,
    ids: &Ids,
) -> Result<CartLine, ChangeItemError> {
    let cart = store::lock_existing(db, who, ids.now()).await?.ok_or(ChangeItemError::NotInCart)?;
    let held = store::lines(db, cart).await?.into_iter().find(|held| held.id == line).ok_or(ChangeItemError::NotInCart)?;
    let offer = catalog::offer(db, held.product_id).await?.ok_or(ChangeItemError::NotOnSale)?;
    if command.quantity > held.quantity && command.quantity.get() > offer.available {
        return Err(ChangeItemError::OutOfStock { available: offer.available });
    }
    store::put_line(db, cart, held.id, held.product_id, command.quantity, offer.price, ids.now()).await?;
    Ok(CartLine::new(held.id, command.quantity, offer)?)
}

/// Why the line stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeItemError {
    /// The shopper's cart has no such line.
    #[error("this line is not in your cart")]
    NotInCart,
    /// Not sold any more.
    #[error("this product is not on sale any more")]
    NotOnSale,
    /// More than there is.
    #[error("only {available} in stock")]
    OutOfStock {
        /// Pieces that can be bought.
        available: i32,
    },
    /// The line's price does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<ChangeItemError> for Problem {
    fn from(error: ChangeItemError) -> Self {
        use ChangeItemError as E;
        let detail = error.to_string();
        match error {
            E::NotInCart => Self::new(StatusCode::NOT_FOUND, "cart_item_not_found", detail),
            E::NotOnSale => Self::new(StatusCode::CONFLICT, "product_not_on_sale", detail),
            E::OutOfStock { .. } => Self::new(StatusCode::CONFLICT, "out_of_stock", detail),
            E::Money(_) => Self::field("quantity", "amount_too_large", detail),
            E::Db(source) => source.into(),
        }
    }
}
