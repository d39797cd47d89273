//! What the tables tell of one order's payment.

use chrono::{DateTime, Utc};
use kernel::{Currency, Money, OrderId, PaymentId};
use platform::settings::decode;
use rust_decimal::Decimal;
use sqlx::{PgConnection, query, query_as};

use super::{PaymentState, RefundState, SettledBy};

/// Rows told of one payment, of each kind.
const ROWS_MAX: i64 = 100;

/// A payment with its times.
pub(crate) struct Told {
    pub id: PaymentId,
    pub intent_id: Option<String>,
    pub state: PaymentState,
    pub amount: Money,
    pub last_error_code: Option<String>,
    pub created_at: DateTime<Utc>,
    pub opened_at: Option<DateTime<Utc>>,
    pub asked_at: Option<DateTime<Utc>>,
    pub times_asked: i32,
    pub next_ask_at: Option<DateTime<Utc>>,
    pub settled: Option<(DateTime<Utc>, SettledBy)>,
}

/// The payment of an order, if one began.
pub(crate) async fn payment(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<Told>> {
    let row = query!(
        r#"select id as "id: PaymentId", intent_id, state as "state: PaymentState", currency, amount, last_error_code, created_at, opened_at,
                  asked_at, times_asked, next_ask_at, settled_at, settled_by as "settled_by: SettledBy"
           from payments where order_id = $1"#,
        order as _,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Told {
            id: row.id,
            intent_id: row.intent_id,
            state: row.state,
            amount: money(row.amount, &row.currency)?,
            last_error_code: row.last_error_code,
            created_at: row.created_at,
            opened_at: row.opened_at,
            asked_at: row.asked_at,
            times_asked: row.times_asked,
            next_ask_at: row.next_ask_at,
            settled: row.settled_at.zip(row.settled_by),
        })
    })
    .transpose()
}

/// An event that was received.
pub(crate) struct ReceivedEvent {
    pub event_id: String,
    pub kind: String,
    pub received_at: DateTime<Utc>,
    pub processed_at: Option<DateTime<Utc>>,
}

/// The events about an intent, oldest first.
pub(crate) async fn events(db: &mut PgConnection, intent: &str) -> sqlx::Result<Vec<ReceivedEvent>> {
    query_as!(
        ReceivedEvent,
        "select event_id, type as kind, received_at, processed_at from stripe_events where intent_id = $1 order by received_at limit $2",
        intent,
        ROWS_MAX,
    )
    .fetch_all(db)
    .await
}

/// Money on its way back.
pub(crate) struct ToldRefund {
    pub refund_id: Option<String>,
    pub state: RefundState,
    pub amount: Money,
    pub reason: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The refunds of a payment, oldest first.
pub(crate) async fn refunds(db: &mut PgConnection, payment: PaymentId) -> sqlx::Result<Vec<ToldRefund>> {
    let rows = query!(
        r#"select refund_id, state as "state: RefundState", currency, amount, reason, created_at, updated_at
           from refunds where payment_id = $1 order by id limit $2"#,
        payment as _,
        ROWS_MAX,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let amount = money(row.amount, &row.currency)?;
            let (created_at, updated_at) = (row.created_at, row.updated_at);
            Ok(ToldRefund { refund_id: row.refund_id, state: row.state, amount, reason: row.reason, created_at, updated_at })
        })
        .collect()
}

/// What a person must decide.
pub(crate) struct ToldReview {
    pub reason: String,
    pub detail: String,
    pub created_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
}

/// The reviews of an intent, oldest first.
pub(crate) async fn reviews(db: &mut PgConnection, intent: &str) -> sqlx::Result<Vec<ToldReview>> {
    query_as!(
        ToldReview,
        "select reason, detail, created_at, resolved_at from payment_reviews where intent_id = $1 order by created_at limit $2",
        intent,
        ROWS_MAX,
    )
    .fetch_all(db)
    .await
}

fn money(amount: Decimal, currency: &str) -> sqlx::Result<Money> {
    Money::from_numeric(amount, Currency::parse(currency).map_err(decode)?).map_err(decode)
}
