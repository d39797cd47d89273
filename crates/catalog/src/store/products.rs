//! Statements over `products`.

use chrono::{DateTime, Utc};
use kernel::{CategoryId, Money, ProductId};
use sqlx::{PgConnection, query, query_scalar};

use super::price;
use crate::{
    Offer,
    create_product::NewProduct,
    model::{Availability, CategoryRef, Product, ProductSummary},
    picture::picture,
    read_product::ProductKey,
};

pub(crate) async fn offers(db: &mut PgConnection, ids: &[ProductId]) -> sqlx::Result<Vec<Offer>> {
    let rows = query!(
        r#"select id as "id: ProductId", sku, name, slug, price, currency, stock_quantity - stock_reserved as "available!",
                  image_url, image_alt, image_widths, image_ratio
           from products where id = any($1::uuid[]) and is_active order by id"#,
        ids as _,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Offer {
                id: row.id,
                price: price(row.price, &row.currency)?,
                available: row.available,
                picture: picture(row.image_url.as_deref(), &row.image_alt, &row.image_widths, row.image_ratio),
                sku: row.sku,
                name: row.name,
                slug: row.slug,
            })
        })
        .collect()
}

/// The product on sale under an id or a slug.
pub(crate) async fn find(db: &mut PgConnection, key: &ProductKey) -> sqlx::Result<Option<Product>> {
    let (id, slug) = match key {
        ProductKey::Id(id) => (Some(*id), None),
        ProductKey::Slug(slug) => (None, Some(slug.as_str())),
    };
    let row = query!(
        r#"select p.id as "id: ProductId", p.sku, p.slug, p.name, p.description, p.price, p.currency,
                  p.stock_quantity - p.stock_reserved as "available!", p.image_url, p.image_alt, p.image_widths, p.image_ratio,
                  p.created_at, p.updated_at, c.id as "category_id?: CategoryId", c.slug as "category_slug?", c.name as "category_name?"
           from products p left join categories c on c.id = p.category_id
           where (p.id = $1 or p.slug = $2) and p.is_active"#,
        id as _,
        slug,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let category = match (row.category_id, row.category_slug, row.category_name) {
        (Some(id), Some(slug), Some(name)) => Some(CategoryRef { id, slug, name }),
        _ => None,
    };
    let summary = ProductSummary {
        id: row.id,
        price: price(row.price, &row.currency)?,
        picture: picture(row.image_url.as_deref(), &row.image_alt, &row.image_widths, row.image_ratio),
        category,
        availability: Availability::of(row.available),
        available: row.available,
        sku: row.sku,
        slug: row.slug,
        name: row.name,
    };
    Ok(Some(Product { summary, description: row.description, created_at: row.created_at, updated_at: row.updated_at }))
}

/// The product of an article number, on sale or not.
pub(crate) async fn find_by_sku(db: &mut PgConnection, sku: &str) -> sqlx::Result<Option<ProductId>> {
    query_scalar!(r#"select id as "id: ProductId" from products where sku = $1"#, sku).fetch_optional(db).await
}

/// True when there is a product, on sale or not.
pub(crate) async fn any(db: &mut PgConnection) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from products) as "any!""#).fetch_one(db).await
}

pub(crate) async fn insert(db: &mut PgConnection, id: ProductId, product: &NewProduct, now: DateTime<Utc>) -> sqlx::Result<()> {
    let picture = product.picture.as_ref();
    query!(
        "insert into products (id, sku, name, slug, description, price, currency, stock_quantity, category_id,
                               image_url, image_alt, image_widths, image_ratio, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        id as _,
        product.sku.as_str(),
        product.name.as_str(),
        product.slug.as_str(),
        product.description.as_ref().map_or("", |text| text.as_str()),
        product.price.to_numeric(),
        product.price.currency().code(),
        product.stock.get(),
        product.category_id as _,
        picture.map(|picture| picture.url.as_str()),
        picture.and_then(|picture| picture.alt.as_ref()).map_or("", |alt| alt.as_str()),
        picture.map_or(&[][..], |picture| &picture.widths),
        picture.map_or(rust_decimal::Decimal::ONE, |picture| picture.ratio),
        now,
    )
    .execute(db)
    .await
    .map(drop)
}

/// A product's stock, under lock.
pub(crate) struct Stock {
    pub(crate) on_hand: i32,
    pub(crate) reserved: i32,
}

/// Locks a product's stock; None when there is no such product.
pub(crate) async fn lock_stock(db: &mut PgConnection, id: ProductId) -> sqlx::Result<Option<Stock>> {
    let row =
        query!("select stock_quantity, stock_reserved from products where id = $1 for no key update", id as _).fetch_optional(db).await?;
    Ok(row.map(|row| Stock { on_hand: row.stock_quantity, reserved: row.stock_reserved }))
}

pub(crate) async fn add_stock(db: &mut PgConnection, id: ProductId, delta: i32) -> sqlx::Result<()> {
    query!("update products set stock_quantity = stock_quantity + $2 where id = $1", id as _, delta).execute(db).await.map(drop)
}

/// Answers whether there is such a product.
pub(crate) async fn set_price(db: &mut PgConnection, id: ProductId, price: Money, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let amount = price.to_numeric();
    let code = price.currency().code();
    let updated = query!("update products set price = $2, currency = $3, updated_at = $4 where id = $1", id as _, amount, code, now)
        .execute(db)
        .await?;
    Ok(updated.rows_affected() > 0)
}

/// Answers whether there is such a product.
pub(crate) async fn set_active(db: &mut PgConnection, id: ProductId, active: bool, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let updated = query!("update products set is_active = $2, updated_at = $3 where id = $1", id as _, active, now).execute(db).await?;
    Ok(updated.rows_affected() > 0)
}
