//! A guest who signs in keeps the cart: its lines join the customer's, once.

use kernel::{Ids, ProductId, Quantity, UserId, Who};
use platform::shopper::Shopper;
use sqlx::PgConnection;

use crate::{MAX_LINES, store};

/// Merges the guest cart that came with a signed-in customer, if one did; false when there was none.
pub(crate) async fn merge_guest_cart(db: &mut PgConnection, shopper: &Shopper, ids: &mut Ids) -> sqlx::Result<bool> {
    match (shopper.user, &shopper.guest) {
        (Some(user), Some(session)) => merge(db, user, session, ids).await,
        _ => Ok(false),
    }
}

/// Guest cart first, then the customer's: everyone takes the two locks in this order, and the guest cart is gone
/// afterwards, so a second tab merges nothing.
async fn merge(db: &mut PgConnection, user: UserId, session: &str, ids: &mut Ids) -> sqlx::Result<bool> {
    let Some(guest) = store::lock_guest(db, session).await? else { return Ok(false) };
    let cart = store::lock_or_create(db, &Who::Customer(user), ids.next(), ids.now()).await?;
    store::add_common_lines(db, guest, cart, ids.now()).await?;
    store::move_other_lines(db, guest, cart, i64::try_from(MAX_LINES).unwrap_or(i64::MAX)).await?;
    store::delete(db, guest).await?;
    let products: Vec<ProductId> = store::lines(db, cart).await?.iter().map(|line| line.product_id).collect();
    let offers = catalog::offers(db, &products).await?;
    // One piece stays in the cart of a product that is sold out, where the shopper sees it.
    let most: Vec<i32> = offers.iter().map(|offer| offer.available.clamp(1, Quantity::MAX)).collect();
    let products: Vec<ProductId> = offers.iter().map(|offer| offer.id).collect();
    store::cap_lines(db, cart, &products, &most).await?;
    Ok(true)
}
