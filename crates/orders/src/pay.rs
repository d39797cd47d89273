//! What money does to an order: the façade that payments calls, always under the order's lock.

use catalog::stock::{self, SellError};
use kernel::{
    Email, Ids, Money, OrderId, OrderNumber,
    event::{OrderCancelled, OrderPaid},
};
use platform::events;
use sqlx::PgConnection;

use crate::{
    Links, Status, confirmation,
    history::{self, Actor, MoveError},
    store::{self, LockedOrder},
};

/// An order that can be paid now.
#[derive(Debug, Clone)]
pub struct Payable {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// What is due.
    pub total: Money,
    /// Whose receipt it is.
    pub email: Email,
}

impl LockedOrder {
    /// The order as something to pay for; None when it is paid, cancelled or its hold ran out.
    pub fn payable(&self) -> Option<Payable> {
        let open = self.status == Status::Pending && !self.hold_released;
        open.then(|| Payable { id: self.id, number: self.number.clone(), total: self.total, email: self.email.clone() })
    }
}

/// Why money does not make this order paid.
#[derive(Debug, thiserror::Error)]
pub enum MarkPaidError {
    /// It is paid already: nothing to do.
    #[error("the order is paid already")]
    AlreadyPaid,
    /// It was cancelled before the money came: the money goes back.
    #[error("the order was cancelled before the money came")]
    Cancelled,
    /// The money is not what is due: a person must decide.
    #[error("{paid} came, {due} is due")]
    WrongAmount {
        /// What came.
        paid: Money,
        /// What is due.
        due: Money,
    },
    /// The hold ran out and the units are gone: the order was cancelled just now, the money goes back.
    #[error("the stock was sold before the money came")]
    OutOfStock,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<MoveError> for MarkPaidError {
    fn from(error: MoveError) -> Self {
        match error {
            // The status was looked at under the lock just before.
            MoveError::Invalid(invalid) => Self::Db(sqlx::Error::Protocol(invalid.to_string())),
            MoveError::Db(source) => Self::Db(source),
        }
    }
}

/// Moves a locked order to `Processing`, sells its stock and queues the receipt, in the caller's transaction.
///
/// `MarkPaidError::OutOfStock` has cancelled the order in this transaction: commit it, and give the money back.
pub async fn mark_paid(
    db: &mut PgConnection,
    order: &LockedOrder,
    paid: Money,
    actor: Actor,
    links: &Links,
    ids: &mut Ids,
) -> Result<(), MarkPaidError> {
    match order.status {
        Status::Pending => {}
        Status::Cancelled => return Err(MarkPaidError::Cancelled),
        Status::Processing | Status::Shipped | Status::Delivered => return Err(MarkPaidError::AlreadyPaid),
    }
    if paid != order.total {
        return Err(MarkPaidError::WrongAmount { paid, due: order.total });
    }
    // Late money: whether units are still free decides what becomes of the order, so they are taken first.
    if order.hold_released && !sell(db, order.id, ids).await? {
        cancel(db, order, "paid after the stock was gone", ids).await?;
        return Err(MarkPaidError::OutOfStock);
    }
    history::move_to(db, order, Status::Processing, actor, None, ids).await?;
    confirmation::queue(db, order.id, links, ids).await?;
    events::publish(db, &OrderPaid { order_id: order.id }, ids).await?;
    // The hottest rows last. A live hold has its units: anything else is a fault, and nothing of this is kept.
    if !order.hold_released && !sell(db, order.id, ids).await? {
        return Err(sqlx::Error::Protocol("a live hold had no units".to_owned()).into());
    }
    Ok(())
}

/// Sells the order's units; false when they are gone.
async fn sell(db: &mut PgConnection, order: OrderId, ids: &mut Ids) -> sqlx::Result<bool> {
    match stock::sell(db, order, ids).await {
        Ok(()) => Ok(true),
        Err(SellError::OutOfStock { .. }) => Ok(false),
        Err(SellError::Db(source)) => Err(source),
    }
}

/// An order that costs nothing is paid when it is placed.
pub(crate) async fn mark_free(db: &mut PgConnection, order: OrderId, links: &Links, ids: &mut Ids) -> Result<(), MarkPaidError> {
    let order = store::lock(db, order).await?.ok_or(sqlx::Error::RowNotFound)?;
    mark_paid(db, &order, order.total, Actor::System, links, ids).await
}

/// Cancels a locked order that was never paid, giving its hold back.
pub async fn cancel(db: &mut PgConnection, order: &LockedOrder, reason: &str, ids: &mut Ids) -> Result<(), MoveError> {
    history::move_to(db, order, Status::Cancelled, Actor::System, Some(reason), ids).await?;
    events::publish(db, &OrderCancelled { order_id: order.id }, ids).await?;
    stock::release(db, order.id, ids.now()).await?;
    Ok(())
}
