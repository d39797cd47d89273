//! A guest who signs in keeps the cart: its lines join the customer's, once.

use catalog::Offer;
use kernel::{Ids, Quantity, UserId, Who};
use sqlx::PgConnection;

use crate::store;

/// Merges the guest cart behind `session` into the customer's; false when there was none.
///
/// Guest cart first, then the customer's: everyone takes the two locks in this order, and the guest cart is gone
/// afterwards, so a second tab merges nothing.
pub(crate) async fn merge(db: &mut PgConnection, user: UserId, session: &str, ids: &mut Ids) -> sqlx::Result<bool> {
    let Some(guest) = store::lock_guest(db, session).await? else { return Ok(false) };
    let cart = store::lock_or_create(db, &Who::Customer(user), ids.next(), ids.now()).await?;
    store::add_lines(db, guest, cart, ids.now()).await?;
    store::delete(db, guest).await?;
    let lines = store::lines(db, cart).await?;
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    for offer in catalog::offers(db, &products).await? {
        let Some(line) = lines.iter().find(|line| line.product_id == offer.id) else { continue };
        let most = most_of(&offer);
        if line.quantity > most {
            store::put_line(db, cart, line.id, offer.id, most, offer.price, ids.now()).await?;
        }
    }
    Ok(true)
}

/// What stock allows; one piece stays in the cart of a product that is sold out, where the shopper sees it.
fn most_of(offer: &Offer) -> Quantity {
    let one_to_max = offer.available.clamp(1, Quantity::MAX);
    Quantity::try_from(one_to_max).unwrap_or_else(|_| unreachable!("clamped to the range of a quantity"))
}
