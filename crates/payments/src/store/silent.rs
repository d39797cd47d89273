//! Payments that stay silent: which of them Stripe is to be asked about, and when again.

use chrono::{DateTime, Duration, Utc};
use kernel::{OrderId, PaymentId};
use sqlx::{PgConnection, query, query_as};

use super::PaymentState;

/// A payment that Stripe is to be asked about.
#[derive(Debug)]
pub(crate) struct Silent {
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    /// None for one that is to end, and whose intent's making was never answered.
    pub intent_id: Option<String>,
    pub state: PaymentState,
    pub created_at: DateTime<Utc>,
}

/// How long after its intent a payment is asked about: at first, and at most.
pub(crate) struct Pauses {
    pub first: Duration,
    pub longest: Duration,
}

/// Takes those that are due, the longest waiting first, by writing down when each is due again: as long from now as it is
/// old, within the bounds. Who does the same at the same time takes others.
pub(crate) async fn claim(db: &mut PgConnection, pauses: &Pauses, limit: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<Silent>> {
    query_as!(
        Silent,
        r#"update payments p
           set asked_at = $1, times_asked = p.times_asked + 1, next_ask_at = $1 + least(greatest($1 - p.opened_at, $2), $3)
           from (select id from payments where state in ('open', 'cancel_requested') and next_ask_at <= $1
                 order by next_ask_at limit $4 for no key update skip locked) due
           where p.id = due.id
           returning p.id as "payment_id: PaymentId", p.order_id as "order_id: OrderId", p.intent_id, p.state as "state: PaymentState", p.created_at"#,
        now,
        pauses.first as _,
        pauses.longest as _,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Puts the next question off; None: there is nothing to ask about any more.
pub(crate) async fn put_off(db: &mut PgConnection, payment: PaymentId, until: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    query!("update payments set next_ask_at = $2 where id = $1", payment as _, until).execute(db).await.map(drop)
}
