//! Every statement on the order's tables. Tables owned: `orders`, `order_keys`, `order_items`, `order_events`.

use chrono::{DateTime, Utc};
use kernel::{Address, CartId, Currency, Email, Ids, Money, OrderEventId, OrderId, OrderItemId, OrderNumber, Picture, ProductId, UserId};
use platform::{paging::Limit, settings::decode};
use rust_decimal::Decimal;
use sqlx::{PgConnection, query, query_as, query_scalar, types::Json};

use crate::{
    Status,
    model::{Order, OrderLine, OrderSummary},
};

/// What is written of a new order.
pub(crate) struct NewOrder<'a> {
    pub id: OrderId,
    pub user: Option<UserId>,
    pub number: &'a OrderNumber,
    pub checkout: CartId,
    pub email: &'a Email,
    pub address: &'a Address,
    pub shipping_method: &'a str,
    pub totals: &'a cart::pricing::Totals,
    pub tax_rate: Decimal,
    pub tax_inclusive: bool,
    pub hold_ttl_s: u32,
    pub now: DateTime<Utc>,
}

/// Writes the order; answers when its hold ends, by the database's clock.
pub(crate) async fn insert(db: &mut PgConnection, order: &NewOrder<'_>) -> sqlx::Result<DateTime<Utc>> {
    let totals = order.totals;
    query_scalar!(
        r#"insert into orders (id, user_id, order_number, email, currency, subtotal, discount, shipping, tax, tax_included, tax_rate, tax_inclusive,
                               total_amount, shipping_method, shipping_address, hold_expires_at, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now() + make_interval(secs => $16), $17, $17)
           returning hold_expires_at as "hold_expires_at!""#,
        order.id as _,
        order.user as _,
        order.number.as_str(),
        order.email.as_str(),
        totals.total.currency().code(),
        totals.subtotal.to_numeric(),
        totals.discount.to_numeric(),
        totals.shipping.to_numeric(),
        totals.tax.to_numeric(),
        totals.tax_included.to_numeric(),
        order.tax_rate,
        order.tax_inclusive,
        totals.total.to_numeric(),
        order.shipping_method,
        Json(order.address) as _,
        f64::from(order.hold_ttl_s),
        order.now,
    )
    .fetch_one(db)
    .await
}

/// Writes what must be unique over all months. The constraint on the checkout makes a second order of one cart impossible.
pub(crate) async fn insert_keys(db: &mut PgConnection, order: &NewOrder<'_>) -> sqlx::Result<()> {
    query!(
        "insert into order_keys (order_id, order_number, checkout_id) values ($1, $2, $3)",
        order.id as _,
        order.number.as_str(),
        order.checkout as _
    )
    .execute(db)
    .await
    .map(drop)
}

/// The order that a cart became.
pub(crate) async fn of_checkout(db: &mut PgConnection, checkout: CartId) -> sqlx::Result<Option<OrderId>> {
    query_scalar!(r#"select order_id as "id: OrderId" from order_keys where checkout_id = $1"#, checkout as _).fetch_optional(db).await
}

/// Writes an order's lines in one statement.
pub(crate) async fn insert_lines(db: &mut PgConnection, order: OrderId, lines: &[OrderLine], now: DateTime<Utc>) -> sqlx::Result<()> {
    let Some(currency) = lines.first().map(|line| line.unit_price.currency()) else { return Ok(()) };
    let column = |of: fn(&OrderLine) -> Money| lines.iter().map(|line| of(line).to_numeric()).collect::<Vec<_>>();
    query!(
        "insert into order_items (id, order_id, product_id, position, sku, name, picture, quantity, unit_price, line_total, tax, currency, created_at)
         select line.id, $1, line.product_id, line.position, line.sku, line.name, line.picture, line.quantity, line.unit_price, line.line_total, line.tax, $2, $3
         from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[], $9::int[], $10::numeric[], $11::numeric[], $12::numeric[])
              with ordinality as line (id, product_id, sku, name, picture, quantity, unit_price, line_total, tax, position)",
        order as _,
        currency.code(),
        now,
        &lines.iter().map(|line| line.id.0).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.product_id.0).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.sku.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.picture.as_ref().and_then(|picture| serde_json::to_value(picture).ok())).collect::<Vec<_>>() as _,
        &lines.iter().map(|line| line.quantity).collect::<Vec<_>>(),
        &column(|line| line.unit_price),
        &column(|line| line.line_total),
        &column(|line| line.tax),
    )
    .execute(db)
    .await
    .map(drop)
}

/// A row of an order's history.
pub(crate) struct NewEvent<'a> {
    pub order: OrderId,
    pub from: Option<Status>,
    pub to: Status,
    pub actor: &'a str,
    pub reason: Option<&'a str>,
}

/// Adds a move to the history; the order's lock makes the sequence gapless.
pub(crate) async fn add_event(db: &mut PgConnection, event: &NewEvent<'_>, ids: &mut Ids) -> sqlx::Result<()> {
    let id: OrderEventId = ids.next();
    query!(
        "insert into order_events (id, order_id, seq, kind, from_status, to_status, actor, reason, created_at)
         select $1, $2, coalesce(max(seq), 0) + 1, 'status', $3, $4, $5, $6, $7 from order_events where order_id = $2",
        id as _,
        event.order as _,
        event.from as _,
        event.to as _,
        event.actor,
        event.reason,
        ids.now(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// An order under its row lock: what a move must know.
#[derive(Debug, Clone)]
pub struct LockedOrder {
    /// The order.
    pub id: OrderId,
    /// Its customer.
    pub user: Option<UserId>,
    /// Its number.
    pub number: OrderNumber,
    /// Where it stands.
    pub status: Status,
    /// Where the receipt goes.
    pub email: Email,
    /// What is paid.
    pub total: Money,
    /// Set once the payment provider was asked.
    pub payment_started: bool,
    /// Set once its stock was given back for want of payment.
    pub hold_released: bool,
}

/// Locks an order against every other move.
pub async fn lock(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<LockedOrder>> {
    let row = query!(
        r#"select user_id as "user_id: UserId", order_number as "order_number: OrderNumber", status as "status: Status", email as "email: Email", currency,
                  total_amount, payment_started_at is not null as "payment_started!", hold_released_at is not null as "hold_released!"
           from orders where id = $1 for no key update"#,
        order as _,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(LockedOrder {
            id: order,
            user: row.user_id,
            number: row.order_number,
            status: row.status,
            email: row.email,
            total: money(row.total_amount, &row.currency)?,
            payment_started: row.payment_started,
            hold_released: row.hold_released,
        })
    })
    .transpose()
}

/// Notes that the payment provider is about to be asked: from here on only payments may end the order.
pub async fn start_payment(db: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update orders set payment_started_at = coalesce(payment_started_at, $2), updated_at = $2 where id = $1", order as _, now)
        .execute(db)
        .await
        .map(drop)
}

/// Ties the payment intent to its order, once and for all months.
pub async fn attach_intent(db: &mut PgConnection, order: OrderId, intent: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update order_keys set payment_intent_id = $2 where order_id = $1", order as _, intent).execute(&mut *db).await?;
    query!("update orders set payment_intent_id = $2, updated_at = $3 where id = $1", order as _, intent, now).execute(db).await.map(drop)
}

/// Writes a status; only `history::move_to` calls it.
pub(crate) async fn set_status(db: &mut PgConnection, order: OrderId, to: Status, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "update orders set status = $2, updated_at = $3,
                paid_at = case when $2 = 'processing'::order_status then $3 else paid_at end,
                cancelled_at = case when $2 = 'cancelled'::order_status then $3 else cancelled_at end
         where id = $1",
        order as _,
        to as _,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Notes that the hold was given back.
pub(crate) async fn set_hold_released(db: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!("update orders set hold_released_at = $2, updated_at = $2 where id = $1", order as _, now).execute(db).await.map(drop)
}

/// An order with its lines, and whose it is.
pub(crate) async fn find(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<(Order, Option<UserId>)>> {
    let row = query!(
        r#"select user_id as "user_id: UserId", order_number as "order_number: OrderNumber", status as "status: Status", email as "email: Email", currency,
                  subtotal, discount, shipping, tax, tax_included, tax_inclusive, total_amount, shipping_address as "shipping_address: Json<Address>",
                  created_at, paid_at, cancelled_at, hold_expires_at
           from orders where id = $1"#,
        order as _,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let amount = |value| money(value, &row.currency);
    let found = Order {
        id: order,
        order_number: row.order_number,
        status: row.status,
        email: row.email,
        shipping_address: row.shipping_address.0,
        lines: lines(db, order).await?,
        subtotal: amount(row.subtotal)?,
        discount: amount(row.discount)?,
        shipping: amount(row.shipping)?,
        tax: amount(row.tax.max(row.tax_included))?,
        total: amount(row.total_amount)?,
        tax_inclusive: row.tax_inclusive,
        placed_at: row.created_at,
        paid_at: row.paid_at,
        cancelled_at: row.cancelled_at,
        hold_expires_at: row.hold_expires_at.filter(|_| row.status == Status::Pending),
        access_token: None,
    };
    Ok(Some((found, row.user_id)))
}

async fn lines(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<OrderLine>> {
    let rows = query!(
        r#"select id as "id: OrderItemId", product_id as "product_id: ProductId", sku, name, picture as "picture: Json<Picture>", quantity, unit_price, line_total,
                  tax, currency
           from order_items where order_id = $1 order by position"#,
        order as _,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OrderLine {
                id: row.id,
                product_id: row.product_id,
                sku: row.sku,
                name: row.name,
                picture: row.picture.map(|picture| picture.0),
                quantity: row.quantity,
                unit_price: money(row.unit_price, &row.currency)?,
                line_total: money(row.line_total, &row.currency)?,
                tax: money(row.tax, &row.currency)?,
            })
        })
        .collect()
}

/// A customer's orders, newest first, from below `before`.
pub(crate) async fn list(db: &mut PgConnection, user: UserId, before: Option<OrderId>, limit: Limit) -> sqlx::Result<Vec<OrderSummary>> {
    let rows = query!(
        r#"select o.id as "id: OrderId", o.order_number as "order_number: OrderNumber", o.status as "status: Status", o.total_amount, o.currency, o.created_at,
                  i.item_count as "item_count!", i.names as "names!", i.picture as "picture: Json<Picture>"
           from orders o
           cross join lateral (
               select coalesce(sum(quantity), 0) as item_count, coalesce(array_agg(name::text order by position), '{}') as names,
                      (array_agg(picture order by position))[1] as picture
               from order_items where order_id = o.id
           ) i
           where o.user_id = $1 and ($2::uuid is null or o.id < $2)
           order by o.id desc limit $3"#,
        user as _,
        before as _,
        limit.with_next(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OrderSummary {
                id: row.id,
                order_number: row.order_number,
                status: row.status,
                total: money(row.total_amount, &row.currency)?,
                item_count: row.item_count,
                names: row.names,
                picture: row.picture.map(|picture| picture.0),
                placed_at: row.created_at,
            })
        })
        .collect()
}

/// How many orders a customer has.
pub(crate) async fn count(db: &mut PgConnection, user: UserId) -> sqlx::Result<i64> {
    query_scalar!(r#"select count(*) as "count!" from orders where user_id = $1"#, user as _).fetch_one(db).await
}

/// The newest order, and when anything of it last changed.
pub(crate) async fn last(db: &mut PgConnection) -> sqlx::Result<Option<(OrderId, DateTime<Utc>)>> {
    let row = query!(r#"select id as "id: OrderId", updated_at from orders order by id desc limit 1"#).fetch_optional(db).await?;
    Ok(row.map(|row| (row.id, row.updated_at)))
}

/// The payment intent of an order, once there is one.
pub(crate) async fn intent_of(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Option<String>> {
    query_scalar!("select payment_intent_id from order_keys where order_id = $1", order as _).fetch_optional(db).await.map(Option::flatten)
}

/// A move of an order's history.
pub(crate) struct Move {
    pub from: Option<Status>,
    pub to: Status,
    pub actor: String,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

/// An order's history, oldest first.
pub(crate) async fn moves(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Move>> {
    query_as!(
        Move,
        r#"select from_status as "from: Status", to_status as "to!: Status", actor, reason, created_at as at
           from order_events where order_id = $1 and kind = 'status' order by seq"#,
        order as _,
    )
    .fetch_all(db)
    .await
}

/// Makes the partition of the month that lies so many months ahead; false when it is there already.
pub(crate) async fn ensure_month(db: &mut PgConnection, at: DateTime<Utc>) -> sqlx::Result<bool> {
    query_scalar!(r#"select ensure_order_month($1) as "made!""#, at).fetch_one(db).await
}

/// Rows in the default partition: a month was missed.
pub(crate) async fn has_strays(db: &mut PgConnection) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from orders_default) as "strays!""#).fetch_one(db).await
}

fn money(amount: Decimal, currency: &str) -> sqlx::Result<Money> {
    Money::from_numeric(amount, Currency::parse(currency).map_err(decode)?).map_err(decode)
}
