//! Deletes tokens and links that ended long ago.

use chrono::{DateTime, Duration, Utc};
use platform::{App, jobs::JobError, periodic::Periodic};
use uuid::Uuid;

use crate::{session::REFRESH_LIFETIME, store};

const EVERY: std::time::Duration = std::time::Duration::from_mins(60);
/// How long past its end a token is still known, so that its reuse is noticed.
const KEPT_FOR: Duration = Duration::days(7);
/// Rows a statement, and statements a round: a backlog is worked off over hours, never in one long delete.
const BATCH: i64 = 1000;
const MAX_BATCHES: usize = 50;

pub(crate) fn periodic(app: &App) -> Periodic {
    Periodic::new("identity.purge_tokens", EVERY, app, purge)
}

async fn purge(app: App) -> Result<(), JobError> {
    let before = first_id_at(app.clock.now() - REFRESH_LIFETIME - KEPT_FOR);
    for _ in 0..MAX_BATCHES {
        let mut tx = app.db.begin().await?;
        let deleted = store::delete_tokens(&mut tx, before, BATCH).await? + store::delete_links(&mut tx, before, BATCH).await?;
        tx.commit().await?;
        if deleted == 0 {
            break;
        }
    }
    Ok(())
}

/// The smallest id of an instant. Ids begin with their time and all lifetimes are alike, so no index of expiries is needed.
fn first_id_at(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_an_instant_are_not_below_its_first() {
        let at = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
        let id: Uuid = kernel::Ids::new(at, [3; 32]).next();
        let earlier: Uuid = kernel::Ids::new(at - Duration::milliseconds(1), [3; 32]).next();
        assert!(earlier < first_id_at(at) && first_id_at(at) <= id);
    }
}
