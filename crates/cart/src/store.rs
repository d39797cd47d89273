//! Every statement on the cart's tables. Tables owned: `carts`, `cart_items`.

use chrono::{DateTime, Utc};
use kernel::{CartId, CartItemId, Money, ProductId, Quantity, Who};
use platform::settings::decode;
use sqlx::{PgConnection, query, query_scalar};

/// A stored line.
pub(crate) struct LineRow {
    pub id: CartItemId,
    pub product_id: ProductId,
    pub quantity: Quantity,
}

/// Locks the shopper's cart, making it first if there is none.
pub(crate) async fn lock_or_create(db: &mut PgConnection, who: &Who, id: CartId, now: DateTime<Utc>) -> sqlx::Result<CartId> {
    match who {
        Who::Customer(user) => {
            query_scalar!(
                r#"insert into carts (id, user_id, created_at, updated_at) values ($1, $2, $3, $3)
                   on conflict on constraint carts_one_per_user do update set updated_at = excluded.updated_at
                   returning id as "id: CartId""#,
                id as _,
                *user as _,
                now,
            )
            .fetch_one(db)
            .await
        }
        Who::Guest(session) => {
            query_scalar!(
                r#"insert into carts (id, session_id, created_at, updated_at) values ($1, $2, $3, $3)
                   on conflict on constraint carts_one_per_session do update set updated_at = excluded.updated_at
                   returning id as "id: CartId""#,
                id as _,
                session,
                now,
            )
            .fetch_one(db)
            .await
        }
    }
}

/// Locks the shopper's cart if there is one, marking it changed.
pub(crate) async fn lock_existing(db: &mut PgConnection, who: &Who, now: DateTime<Utc>) -> sqlx::Result<Option<CartId>> {
    query_scalar!(
        r#"update carts set updated_at = $3 where user_id = $1 or session_id = $2 returning id as "id: CartId""#,
        who.user() as _,
        who.session(),
        now,
    )
    .fetch_optional(db)
    .await
}

/// Locks this cart of this shopper; false when it is gone or another's.
pub(crate) async fn lock(db: &mut PgConnection, cart: CartId, who: &Who) -> sqlx::Result<bool> {
    query_scalar!(
        r#"select true as "mine!" from carts where id = $1 and (user_id = $2 or session_id = $3) for no key update"#,
        cart as _,
        who.user() as _,
        who.session(),
    )
    .fetch_optional(db)
    .await
    .map(|mine| mine.is_some())
}

/// The shopper's cart, with the time of its last change.
pub(crate) async fn find(db: &mut PgConnection, who: &Who) -> sqlx::Result<Option<(CartId, DateTime<Utc>)>> {
    query!(r#"select id as "id: CartId", updated_at from carts where user_id = $1 or session_id = $2"#, who.user() as _, who.session())
        .fetch_optional(db)
        .await
        .map(|row| row.map(|row| (row.id, row.updated_at)))
}

/// A cart's lines in the order they were added; `MAX_LINES` bounds them.
pub(crate) async fn lines(db: &mut PgConnection, cart: CartId) -> sqlx::Result<Vec<LineRow>> {
    let rows = query!(
        r#"select id as "id: CartItemId", product_id as "product_id: ProductId", quantity from cart_items where cart_id = $1 order by created_at, id"#,
        cart as _,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok(LineRow { id: row.id, product_id: row.product_id, quantity: Quantity::try_from(row.quantity).map_err(decode)? }))
        .collect()
}

/// Writes a line, replacing the quantity of the product's line if there is one.
pub(crate) async fn put_line(
    db: &mut PgConnection,
    cart: CartId,
    id: CartItemId,
    product: ProductId,
    quantity: Quantity,
    price: Money,
    now: DateTime<Utc>,
) -> sqlx::Result<CartItemId> {
    query_scalar!(
        r#"insert into cart_items (id, cart_id, product_id, quantity, price_at_time, currency, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $7)
           on conflict on constraint cart_items_one_per_product
           do update set quantity = excluded.quantity, price_at_time = excluded.price_at_time, currency = excluded.currency, updated_at = excluded.updated_at
           returning id as "id: CartItemId""#,
        id as _,
        cart as _,
        product as _,
        quantity.get(),
        price.to_numeric(),
        price.currency().code(),
        now,
    )
    .fetch_one(db)
    .await
}

/// Deletes a line of this cart; false when it has no such line.
pub(crate) async fn delete_line(db: &mut PgConnection, cart: CartId, line: CartItemId) -> sqlx::Result<bool> {
    query!("delete from cart_items where cart_id = $1 and id = $2", cart as _, line as _)
        .execute(db)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// Deletes the lines of products that left the sale.
pub(crate) async fn keep_only(db: &mut PgConnection, cart: CartId, products: &[ProductId]) -> sqlx::Result<()> {
    query!("delete from cart_items where cart_id = $1 and product_id <> all($2)", cart as _, products as _).execute(db).await.map(drop)
}

/// Deletes a cart with its lines.
pub(crate) async fn delete(db: &mut PgConnection, cart: CartId) -> sqlx::Result<()> {
    query!("delete from carts where id = $1", cart as _).execute(db).await.map(drop)
}

/// Locks a guest's cart.
pub(crate) async fn lock_guest(db: &mut PgConnection, session: &str) -> sqlx::Result<Option<CartId>> {
    query_scalar!(r#"select id as "id: CartId" from carts where session_id = $1 for no key update"#, session).fetch_optional(db).await
}

/// Raises lines that both carts have, each up to the most that a line may hold.
pub(crate) async fn add_common_lines(db: &mut PgConnection, from: CartId, to: CartId, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "update cart_items mine set quantity = least(mine.quantity + theirs.quantity, $3), updated_at = $4
         from cart_items theirs where mine.cart_id = $2 and theirs.cart_id = $1 and theirs.product_id = mine.product_id",
        from as _,
        to as _,
        Quantity::MAX,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Moves lines that only one cart has to the other, oldest first, as many as fit in `most`.
pub(crate) async fn move_other_lines(db: &mut PgConnection, from: CartId, to: CartId, most: i64) -> sqlx::Result<()> {
    query!(
        "update cart_items set cart_id = $2 where id in (
             select theirs.id from cart_items theirs
             where theirs.cart_id = $1 and not exists (select from cart_items mine where mine.cart_id = $2 and mine.product_id = theirs.product_id)
             order by theirs.created_at, theirs.id
             limit greatest(0, $3 - (select count(*) from cart_items where cart_id = $2)))",
        from as _,
        to as _,
        most,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Lowers lines to at most so many pieces of a product each.
pub(crate) async fn cap_lines(db: &mut PgConnection, cart: CartId, products: &[ProductId], most: &[i32]) -> sqlx::Result<()> {
    query!(
        "update cart_items set quantity = least(cart_items.quantity, cap.most)
         from unnest($2::uuid[], $3::int[]) as cap (product_id, most)
         where cart_items.cart_id = $1 and cart_items.product_id = cap.product_id and cart_items.quantity > cap.most",
        cart as _,
        products as _,
        most,
    )
    .execute(db)
    .await
    .map(drop)
}
