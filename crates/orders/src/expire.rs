//! Holds that ran out: the stock goes back on sale, and the order ends unless a payment is under way.

use std::time::Duration;

use catalog::stock;
use kernel::{Ids, OrderId, event::OrderHoldReleased};
use platform::{App, events, jobs::JobError};
use sqlx::PgConnection;

use crate::{Status, history::MoveError, pay, store};

/// How often holds are looked at: well within the 60 s that a hold may outlive its end.
pub const EVERY: Duration = Duration::from_secs(5);
/// Orders of one round.
const BATCH: i64 = 200;

/// Ends every hold that ran out by the database's clock; each order in a transaction of its own.
pub async fn expire_holds(app: App) -> Result<(), JobError> {
    loop {
        let orders = {
            let mut db = app.db.read().await?;
            stock::expired(&mut db, BATCH).await?
        };
        let full = i64::try_from(orders.len()).unwrap_or(BATCH) == BATCH;
        let mut failed = 0;
        for order in orders {
            if let Err(error) = end_hold(&app, order).await {
                failed += 1;
                tracing::error!(%order, %error, "a hold could not be ended, the next round tries again");
            }
        }
        // What failed would come first again: the next round has it.
        if !full || failed > 0 {
            return Ok(());
        }
    }
}

async fn end_hold(app: &App, order: OrderId) -> Result<(), JobError> {
    let mut tx = app.db.begin().await?;
    expire(&mut tx, order, &mut app.ids()).await.map_err(|error| JobError::Retry(error.to_string()))?;
    Ok(tx.commit().await?)
}

/// Releases one order's hold. Without a payment the order is cancelled at once; with one, payments must end it first.
pub async fn expire(db: &mut PgConnection, order: OrderId, ids: &mut Ids) -> Result<(), MoveError> {
    let locked = store::lock(db, order).await?;
    let Some(locked) = locked.filter(|locked| locked.status == Status::Pending && !locked.hold_released) else {
        // A hold without a pending order would block stock for nothing.
        stock::release(db, order, ids.now()).await?;
        return Ok(());
    };
    store::set_hold_released(db, order, ids.now()).await?;
    if locked.payment_started {
        events::publish(db, &OrderHoldReleased { order_id: order }, ids).await?;
        stock::release(db, order, ids.now()).await?;
        return Ok(());
    }
    pay::cancel(db, &locked, "not paid in time", ids).await
}
