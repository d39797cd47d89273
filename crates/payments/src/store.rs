//! Every statement on the tables of payments. Tables owned: `payments`, `refunds`, `stripe_events`, `payment_reviews`.

pub(crate) mod silent;
pub(crate) mod story;

use chrono::{DateTime, Utc};
use kernel::{Currency, Money, OrderId, PaymentId, RefundId, ReviewId};
use platform::settings::decode;
use sqlx::{PgConnection, query, query_scalar};

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "payment_state", rename_all = "snake_case")]
pub(crate) enum PaymentState {
    /// Stripe is being asked for the intent.
    Creating,
    /// Waiting for the customer.
    Open,
    /// The hold is gone and Stripe is asked to end it.
    CancelRequested,
    /// The money is in.
    Succeeded,
    /// Ended without money.
    Canceled,
}

/// By what the shop learned how a payment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "payment_settled_by", rename_all = "snake_case")]
pub(crate) enum SettledBy {
    /// An event of Stripe's.
    Webhook,
    /// Stripe was asked because nothing was heard.
    Reconciler,
    /// Stripe was asked to end it, because the hold ran out or the order was cancelled.
    Expiry,
}

/// The payment of an order.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub id: PaymentId,
    pub intent_id: Option<String>,
    pub client_secret: Option<String>,
    pub state: PaymentState,
    pub amount: Money,
}

/// Locks the payment of an order, whose row the caller has locked before.
pub(crate) async fn lock_of_order(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<Payment>> {
    let row = query!(
        r#"select id as "id: PaymentId", intent_id, client_secret, state as "state: PaymentState", currency, amount
           from payments where order_id = $1 for no key update"#,
        order as _,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let amount = Money::from_numeric(row.amount, Currency::parse(&row.currency).map_err(decode)?).map_err(decode)?;
        Ok(Payment { id: row.id, intent_id: row.intent_id, client_secret: row.client_secret, state: row.state, amount })
    })
    .transpose()
}

/// Locks a payment by itself, where no order is touched.
pub(crate) async fn lock(db: &mut PgConnection, payment: PaymentId) -> sqlx::Result<()> {
    query!(r#"select id as "id: PaymentId" from payments where id = $1 for no key update"#, payment as _).fetch_one(db).await.map(drop)
}

/// The order that an intent was made for.
pub(crate) async fn order_of_intent(db: &mut PgConnection, intent: &str) -> sqlx::Result<Option<OrderId>> {
    query_scalar!(r#"select order_id as "id: OrderId" from payments where intent_id = $1"#, intent).fetch_optional(db).await
}

/// Writes that Stripe is about to be asked; an order has one payment.
pub(crate) async fn insert(db: &mut PgConnection, id: PaymentId, order: OrderId, amount: Money, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "insert into payments (id, order_id, state, currency, amount, created_at, updated_at) values ($1, $2, 'creating', $3, $4, $5, $5)
         on conflict on constraint payments_one_per_order do nothing",
        id as _,
        order as _,
        amount.currency().code(),
        amount.to_numeric(),
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Ties the intent to its payment, which is open from now on unless it was ended meanwhile.
pub(crate) async fn set_intent(
    db: &mut PgConnection,
    payment: PaymentId,
    intent: &str,
    client_secret: &str,
    ask_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    query!(
        "update payments set intent_id = $2, client_secret = $3, state = case when state = 'creating' then 'open'::payment_state else state end,
                next_ask_at = $4, opened_at = $5, updated_at = $5
         where id = $1",
        payment as _,
        intent,
        client_secret,
        ask_at,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Writes that Stripe is to end it. Who has no intent yet was never to be asked about: from now on it is, beginning at `ask_at`.
pub(crate) async fn set_cancel_requested(
    db: &mut PgConnection,
    payment: PaymentId,
    ask_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    query!(
        "update payments set state = 'cancel_requested', updated_at = $3,
                next_ask_at = case when intent_id is null then coalesce(next_ask_at, $2) else next_ask_at end
         where id = $1",
        payment as _,
        ask_at,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Writes that it ended without money.
pub(crate) async fn set_canceled(db: &mut PgConnection, payment: PaymentId, by: SettledBy, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "update payments set state = 'canceled', settled_by = $2, settled_at = $3, updated_at = $3 where id = $1",
        payment as _,
        by as _,
        now
    )
    .execute(db)
    .await
    .map(drop)
}

/// Writes that the money is in.
pub(crate) async fn set_captured(
    db: &mut PgConnection,
    payment: PaymentId,
    captured: Money,
    by: SettledBy,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    query!(
        "update payments set state = 'succeeded', captured = $2, settled_by = $3, settled_at = $4, updated_at = $4 where id = $1",
        payment as _,
        captured.to_numeric(),
        by as _,
        now
    )
    .execute(db)
    .await
    .map(drop)
}

/// Keeps why the last attempt to pay failed.
pub(crate) async fn set_last_error(db: &mut PgConnection, payment: PaymentId, code: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "update payments set last_error_code = left($2, 80), updated_at = $3 where id = $1 and last_error_code is distinct from left($2, 80)",
        payment as _,
        code,
        now
    )
    .execute(db)
    .await
    .map(drop)
}

/// Stores an event of Stripe's; false when it is known.
pub(crate) async fn insert_event(db: &mut PgConnection, event: &crate::stripe::Event, now: DateTime<Utc>) -> sqlx::Result<bool> {
    query!(
        "insert into stripe_events (event_id, type, intent_id, livemode, received_at) values ($1, $2, $3, $4, $5) on conflict (event_id) do nothing",
        event.id,
        event.r#type,
        event.intent_id(),
        event.livemode,
        now,
    )
    .execute(db)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A stored event.
pub(crate) struct EventRow {
    pub kind: String,
    pub intent_id: Option<String>,
    pub is_processed: bool,
}

/// A stored event.
pub(crate) async fn event(db: &mut PgConnection, id: &str) -> sqlx::Result<EventRow> {
    query!(r#"select type as kind, intent_id, processed_at is not null as "is_processed!" from stripe_events where event_id = $1"#, id)
        .fetch_one(db)
        .await
        .map(|row| EventRow { kind: row.kind, intent_id: row.intent_id, is_processed: row.is_processed })
}

/// Notes that an event had its effect.
pub(crate) async fn set_processed(db: &mut PgConnection, id: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update stripe_events set processed_at = coalesce(processed_at, $2) where event_id = $1", id, now).execute(db).await.map(drop)
}

/// Writes a refund that is to be sent.
pub(crate) async fn insert_refund(
    db: &mut PgConnection,
    id: RefundId,
    payment: &Payment,
    amount: Money,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    query!(
        "insert into refunds (id, payment_id, currency, amount, reason, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
        id as _,
        payment.id as _,
        amount.currency().code(),
        amount.to_numeric(),
        reason,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "refund_state", rename_all = "snake_case")]
pub(crate) enum RefundState {
    /// Stripe is being asked.
    Queued,
    /// Stripe has it, the bank is slow.
    Pending,
    /// The money is back.
    Succeeded,
    /// The bank refused; a person must look.
    Failed,
}

/// A refund that waits to be sent.
pub(crate) struct QueuedRefund {
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    pub intent_id: String,
    pub amount: Money,
}

/// A refund, if it still waits to be sent.
pub(crate) async fn queued_refund(db: &mut PgConnection, id: RefundId) -> sqlx::Result<Option<QueuedRefund>> {
    let row = query!(
        r#"select p.id as "payment_id: PaymentId", p.order_id as "order_id: OrderId", p.intent_id as "intent_id!", r.amount, r.currency
           from refunds r join payments p on p.id = r.payment_id where r.id = $1 and r.state = 'queued'"#,
        id as _,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let amount = Money::from_numeric(row.amount, Currency::parse(&row.currency).map_err(decode)?).map_err(decode)?;
        Ok(QueuedRefund { payment_id: row.payment_id, order_id: row.order_id, intent_id: row.intent_id, amount })
    })
    .transpose()
}

/// Writes what Stripe said of a refund; false when that is known already.
pub(crate) async fn answer_refund(
    db: &mut PgConnection,
    id: RefundId,
    stripe_id: &str,
    state: RefundState,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    query!(
        "update refunds set refund_id = $2, state = $3, updated_at = $4 where id = $1 and state = 'queued'",
        id as _,
        stripe_id,
        state as _,
        now,
    )
    .execute(db)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Adds to what went back of a payment; a constraint keeps it within what was captured.
pub(crate) async fn add_refunded(db: &mut PgConnection, payment: PaymentId, amount: Money, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update payments set refunded = refunded + $2, updated_at = $3 where id = $1", payment as _, amount.to_numeric(), now)
        .execute(db)
        .await
        .map(drop)
}

/// What a person must decide.
pub(crate) struct Review<'a> {
    pub intent: &'a str,
    pub order: Option<OrderId>,
    pub reason: &'static str,
    pub detail: &'a str,
}

/// Opens a review, once for an intent and reason.
pub(crate) async fn open_review(db: &mut PgConnection, id: ReviewId, review: &Review<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    tracing::error!(reason = review.reason, order = ?review.order, "a payment needs review");
    query!(
        "insert into payment_reviews (id, intent_id, order_id, reason, detail, created_at) values ($1, $2, $3, $4, left($5, 400), $6)
         on conflict on constraint payment_reviews_once do nothing",
        id as _,
        review.intent,
        review.order as _,
        review.reason,
        review.detail,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}
