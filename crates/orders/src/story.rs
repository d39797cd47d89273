//! An order's own part of its story: placed, paid, sent, ended. Other owners tell theirs.

use chrono::{DateTime, Utc};
use email::format_money;
use kernel::OrderId;
use platform::story::{Moment, Mood, Part};
use sqlx::PgConnection;

use crate::{
    Order, Status,
    store::{self, Move},
};

/// An order and what its history tells.
#[derive(Debug, Clone)]
pub struct Told {
    /// The order as it is now.
    pub order: Order,
    /// Its payment intent, once there is one.
    pub intent_id: Option<String>,
    /// Its moves, oldest first.
    pub moments: Vec<Moment>,
}

/// The shop's newest order, and when anything of it last changed.
pub async fn last(db: &mut PgConnection) -> sqlx::Result<Option<(OrderId, DateTime<Utc>)>> {
    store::last(db).await
}

/// What happened to an order.
pub async fn story(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<Told>> {
    let Some((found, _owner)) = store::find(db, order).await? else { return Ok(None) };
    let moves = store::moves(db, order).await?;
    let moments = moves.iter().map(|made| moment(&found, made)).collect();
    Ok(Some(Told { intent_id: store::intent_of(db, order).await?, moments, order: found }))
}

fn moment(order: &Order, made: &Move) -> Moment {
    let reason = made.reason.as_deref();
    let (mood, what) = match made.to {
        Status::Pending => (Mood::Done, format!("Order placed for {}", format_money(order.total))),
        Status::Processing => (Mood::Done, "Order paid".to_owned()),
        Status::Shipped => (Mood::Done, "Order handed to the carrier".to_owned()),
        Status::Delivered => (Mood::Done, "Order delivered".to_owned()),
        Status::Cancelled => (Mood::Trouble, reason.map_or("Order cancelled".to_owned(), |why| format!("Order cancelled: {why}"))),
    };
    let from = made.from.map_or_else(String::new, |from| format!("{} → ", status_name(from)));
    Moment { at: made.at, part: Part::Order, mood, what, detail: format!("{from}{}, by {}", status_name(made.to), made.actor) }
}

/// The name in `orders.status`.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Processing => "processing",
        Status::Shipped => "shipped",
        Status::Delivered => "delivered",
        Status::Cancelled => "cancelled",
    }
}
