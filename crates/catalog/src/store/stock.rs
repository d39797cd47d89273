//! Statements over `reservations`, `stock_moves` and the stock columns of `products`: one set-based statement a step.

use chrono::{DateTime, Utc};
use kernel::{Ids, Money, OrderId, ProductId, ReservationId, StockMoveId};
use sqlx::{PgConnection, query, query_as, query_scalar};

use super::price;
use crate::stock::HoldLine;

/// A product under lock.
pub(crate) struct Locked {
    pub(crate) id: ProductId,
    pub(crate) price: Money,
    pub(crate) is_active: bool,
    pub(crate) available: i32,
}

/// Locks products in id order.
pub(crate) async fn lock(db: &mut PgConnection, ids: &[ProductId]) -> sqlx::Result<Vec<Locked>> {
    let rows = query!(
        r#"select id as "id: ProductId", price, currency, is_active, stock_quantity - stock_reserved as "available!"
           from products where id = any($1::uuid[]) order by id for no key update"#,
        ids as _,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Locked { id: row.id, price: price(row.price, &row.currency)?, is_active: row.is_active, available: row.available }))
        .collect()
}

/// Writes the reservations of an order over products that are locked.
pub(crate) async fn insert_reservations(
    db: &mut PgConnection,
    order: OrderId,
    lines: &[HoldLine],
    expires_at: DateTime<Utc>,
    ids: &mut Ids,
) -> sqlx::Result<()> {
    let new_ids: Vec<ReservationId> = lines.iter().map(|_| ids.next()).collect();
    let products: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    let quantities: Vec<i32> = lines.iter().map(|line| line.quantity.get()).collect();
    query!(
        r#"with line as (select * from unnest($1::uuid[], $2::uuid[], $3::int[]) as line (id, product_id, quantity)),
                reserved as (
                    insert into reservations (id, order_id, product_id, quantity, expires_at, created_at)
                    select id, $4, product_id, quantity, $5, $6 from line
                )
           update products set stock_reserved = stock_reserved + line.quantity from line where products.id = line.product_id"#,
        &new_ids as _,
        &products as _,
        &quantities,
        order as _,
        expires_at,
        ids.now(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// Ends the held reservations of an order; answers how many there were.
pub(crate) async fn release(db: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let released = query!(
        r#"with released as (
               update reservations set state = 'released', settled_at = $2 where order_id = $1 and state = 'held' returning product_id, quantity
           ),
           locked as (
               select products.id, released.quantity from products join released on released.product_id = products.id
               order by products.id for no key update of products
           )
           update products set stock_reserved = stock_reserved - locked.quantity from locked where products.id = locked.id"#,
        order as _,
        now,
    )
    .execute(db)
    .await?;
    Ok(released.rows_affected())
}

/// A line of an order that is not sold, its product under lock.
pub(crate) struct Unsold {
    pub(crate) product_id: ProductId,
    pub(crate) quantity: i32,
    pub(crate) held: bool,
    pub(crate) available: i32,
}

/// Locks the products of an order's unsold lines in id order.
pub(crate) async fn lock_unsold(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Unsold>> {
    query_as!(
        Unsold,
        r#"select products.id as "product_id: ProductId", reservations.quantity, reservations.state = 'held' as "held!",
                  products.stock_quantity - products.stock_reserved as "available!"
           from reservations join products on products.id = reservations.product_id
           where reservations.order_id = $1 and reservations.state <> 'sold'
           order by products.id for no key update of products"#,
        order as _,
    )
    .fetch_all(db)
    .await
}

/// Sells the unsold lines of an order over products that are locked.
pub(crate) async fn sell(db: &mut PgConnection, order: OrderId, products: &[ProductId], ids: &mut Ids) -> sqlx::Result<()> {
    let moves: Vec<StockMoveId> = products.iter().map(|_| ids.next()).collect();
    query!(
        r#"with line as (
               select reservations.id, product_id, quantity, state = 'held' as held, move.id as move_id
               from reservations join unnest($2::uuid[], $3::uuid[]) as move (product_id, id) using (product_id)
               where order_id = $1 and state <> 'sold'
           ),
           settled as (update reservations set state = 'sold', settled_at = $4 from line where reservations.id = line.id),
           moved as (
               insert into stock_moves (id, product_id, delta, reason, order_id, created_at)
               select move_id, product_id, -quantity, 'sale', $1, $4 from line
           )
           update products
           set stock_quantity = stock_quantity - line.quantity,
               stock_reserved = stock_reserved - case when line.held then line.quantity else 0 end
           from line where products.id = line.product_id"#,
        order as _,
        products as _,
        &moves as _,
        ids.now(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// Locks, in id order, the products that an order bought and has not given back.
pub(crate) async fn lock_sold(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<ProductId>> {
    query_scalar!(
        r#"select products.id as "id: ProductId"
           from stock_moves sale join products on products.id = sale.product_id
           where sale.order_id = $1 and sale.reason = 'sale'
             and not exists (
                 select from stock_moves back
                 where back.order_id = sale.order_id and back.product_id = sale.product_id and back.reason = 'sale_reversal'
             )
           order by products.id for no key update of products"#,
        order as _,
    )
    .fetch_all(db)
    .await
}

/// Takes back what an order bought of products that are locked; what came back before stays as it is.
pub(crate) async fn restock(db: &mut PgConnection, order: OrderId, products: &[ProductId], ids: &mut Ids) -> sqlx::Result<()> {
    let moves: Vec<StockMoveId> = products.iter().map(|_| ids.next()).collect();
    query!(
        r#"with back as (
               insert into stock_moves (id, product_id, delta, reason, order_id, created_at)
               select move.id, sale.product_id, -sale.delta, 'sale_reversal', $1, $4
               from stock_moves sale join unnest($2::uuid[], $3::uuid[]) as move (product_id, id) using (product_id)
               where sale.order_id = $1 and sale.reason = 'sale'
               on conflict (order_id, product_id, reason) where reason in ('sale', 'sale_reversal') do nothing
               returning product_id, delta
           )
           update products set stock_quantity = stock_quantity + back.delta from back where products.id = back.product_id"#,
        order as _,
        products as _,
        &moves as _,
        ids.now(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// Orders with held reservations past their expiry.
pub(crate) async fn expired(db: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<OrderId>> {
    query_scalar!(
        r#"select order_id as "order_id: OrderId" from reservations
           where state = 'held' and expires_at <= statement_timestamp()
           group by order_id order by min(expires_at), order_id limit $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Why stock changes without an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "stock_move_reason", rename_all = "snake_case")]
pub(crate) enum Reason {
    Initial,
    Adjustment,
}

/// Writes why a product's stock changed by `delta`.
pub(crate) async fn insert_move(db: &mut PgConnection, product: ProductId, delta: i32, reason: Reason, ids: &mut Ids) -> sqlx::Result<()> {
    let id: StockMoveId = ids.next();
    query!(
        "insert into stock_moves (id, product_id, delta, reason, created_at) values ($1, $2, $3, $4, $5)",
        id as _,
        product as _,
        delta,
        reason as _,
        ids.now(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "reservation_state", rename_all = "snake_case")]
pub(crate) enum HoldState {
    Held,
    Released,
    Sold,
}

/// What an order held of one product.
pub(crate) struct Held {
    pub(crate) sku: String,
    pub(crate) quantity: i32,
    pub(crate) state: HoldState,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) settled_at: Option<DateTime<Utc>>,
}

/// What an order held, by article number.
pub(crate) async fn held(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Held>> {
    query_as!(
        Held,
        r#"select products.sku, reservations.quantity, reservations.state as "state: HoldState", reservations.created_at,
                  reservations.expires_at, reservations.settled_at
           from reservations join products on products.id = reservations.product_id
           where reservations.order_id = $1 order by products.sku"#,
        order as _,
    )
    .fetch_all(db)
    .await
}

/// What an order took off the shelf, or put back.
pub(crate) struct Moved {
    pub(crate) sku: String,
    pub(crate) delta: i32,
    pub(crate) created_at: DateTime<Utc>,
}

/// What an order moved, oldest first.
pub(crate) async fn moved(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Moved>> {
    query_as!(
        Moved,
        "select products.sku, stock_moves.delta, stock_moves.created_at
         from stock_moves join products on products.id = stock_moves.product_id
         where stock_moves.order_id = $1 and stock_moves.reason in ('sale', 'sale_reversal')
         order by stock_moves.created_at, products.sku",
        order as _,
    )
    .fetch_all(db)
    .await
}
