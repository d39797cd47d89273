//! `POST /cart/items`: put a product in the cart, or raise its quantity.

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode};
use kernel::{Ids, MoneyError, ProductId, Quantity, QuantityError, Who};
use platform::{App, Problem, extract::Body, problem::ProblemBody, shopper::Shopper};
use sqlx::PgConnection;

use crate::{MAX_LINES, merge, model::CartLine, store};

/// What to add.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddItem {
    /// The product.
    pub product_id: ProductId,
    /// How many more of it.
    #[schema(value_type = i32, minimum = 1, maximum = 99)]
    pub quantity: Quantity,
}

/// Adds to the cart; a guest without a cart gets one, and the token that opens it.
#[utoipa::path(post, path = "/cart/items", tag = "cart", operation_id = "add_cart_item", request_body = AddItem,
    responses((status = 201, body = CartLine), (status = "4XX", body = ProblemBody)))]
pub async fn route(
    State(app): State<App>,
    shopper: Shopper,
    Body(command): Body<AddItem>,
) -> Result<(StatusCode, HeaderMap, Json<CartLine>), Problem> {
    let mut ids = app.ids();
    let (who, headers) = shopper.who_or_new(&app, &mut ids);
    let mut tx = app.db.begin().await?;
    merge::merge_guest_cart(&mut tx, &shopper, &mut ids).await?;
    let line = add_item(&mut tx, &who, &command, &mut ids).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, headers, Json(line)))
}

/// Locks the cart before reading it, so two tabs cannot overwrite each other's line.
pub async fn add_item(db: &mut PgConnection, who: &Who, command: &AddItem, ids: &mut Ids) -> Result<CartLine, AddItemError> {
    let AddItem { product_id, quantity } = *command;
    let now = ids.now();
    let cart = store::lock_or_create(db, who, ids.next(), now).await?;
    let offer = catalog::offer(db, product_id).await?.ok_or(AddItemError::NotOnSale)?;
    let lines = store::lines(db, cart).await?;
    let wanted = match lines.iter().find(|line| line.product_id == product_id) {
        Some(held) => held.quantity.checked_add(quantity)?,
        None if lines.len() >= MAX_LINES => return Err(AddItemError::CartFull),
        None => quantity,
    };
    // A courtesy to the customer: stock is taken, under lock, when the order is placed.
    if wanted.get() > offer.available {
        return Err(AddItemError::OutOfStock { available: offer.available });
    }
    let id = store::put_line(db, cart, ids.next(), product_id, wanted, offer.price, now).await?;
    Ok(CartLine::new(id, wanted, offer)?)
}

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum AddItemError {
    /// Unknown, or not sold now.
    #[error("this product is not on sale")]
    NotOnSale,
    /// The cart would ask for more than there is.
    #[error("only {available} in stock")]
    OutOfStock {
        /// Pieces that can be bought.
        available: i32,
    },
    /// The cart has as many lines as it may have.
    #[error("a cart holds at most {MAX_LINES} different products")]
    CartFull,
    /// More than a line may hold.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The line's price does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<AddItemError> for Problem {
    fn from(error: AddItemError) -> Self {
        use AddItemError as E;
        let detail = error.to_string();
        match error {
            E::NotOnSale => Self::new(StatusCode::NOT_FOUND, "product_not_on_sale", detail),
            E::OutOfStock { .. } => Self::new(StatusCode::CONFLICT, "out_of_stock", detail),
            E::CartFull => Self::new(StatusCode::CONFLICT, "cart_full", detail),
            E::Quantity(_) => Self::field("quantity", "quantity_out_of_range", detail),
            E::Money(_) => Self::field("quantity", "amount_too_large", detail),
            E::Db(source) => source.into(),
        }
    }
}
