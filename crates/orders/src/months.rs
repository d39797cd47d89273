//! Partitions of `orders`: one a month, made a year ahead.

use std::time::Duration;

use chrono::Months;
use platform::{App, jobs::JobError};

use crate::store;

/// Daily is plenty for partitions that lie a year ahead.
pub const EVERY: Duration = Duration::from_hours(24);
const MONTHS_AHEAD: u32 = 12;

/// Makes the partitions of this month and the next twelve; the pool's lock time-out keeps it from standing in the way.
pub async fn ensure_months(app: App) -> Result<(), JobError> {
    let now = app.clock.now();
    let mut db = app.db.read().await?;
    for ahead in 0..=MONTHS_AHEAD {
        let Some(month) = now.checked_add_months(Months::new(ahead)) else { continue };
        if store::ensure_month(&mut db, month).await? {
            tracing::info!(month = %month.format("%Y-%m"), "partition of orders made");
        }
    }
    if store::has_strays(&mut db).await? {
        tracing::error!("orders lie in the default partition: a month's partition was missing when they were placed");
    }
    Ok(())
}
