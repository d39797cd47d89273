//! The one way in which an order's status changes: under its lock, through the state machine, with a row of history.

use kernel::Ids;
use sqlx::PgConnection;

use crate::{
    Status,
    status::InvalidTransition,
    store::{self, LockedOrder, NewEvent},
};

/// Who moved an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The customer or guest.
    Customer,
    /// Stripe's word.
    Stripe,
    /// The shop itself: time ran out, money came too late.
    System,
}

impl Actor {
    /// The name in `order_events.actor`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Stripe => "stripe",
            Self::System => "system",
        }
    }
}

/// Why an order was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The state machine does not know the move.
    #[error(transparent)]
    Invalid(#[from] InvalidTransition),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

/// Moves an order that the caller has locked.
pub(crate) async fn move_to(
    db: &mut PgConnection,
    order: &LockedOrder,
    to: Status,
    actor: Actor,
    reason: Option<&str>,
    ids: &mut Ids,
) -> Result<(), MoveError> {
    let next = order.status.move_to(to)?;
    store::set_status(db, order.id, next, ids.now()).await?;
    store::add_event(db, &NewEvent { order: order.id, from: Some(order.status), to: next, actor: actor.as_str(), reason }, ids).await?;
    Ok(())
}
