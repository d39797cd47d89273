//! Lists of products: the one place of the catalogue where SQL is put together, always with bound values.

use chrono::{DateTime, Utc};
use kernel::{CategoryId, Cursor, ProductId};
use platform::paging::{Limit, Page};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::price;
use crate::{
    filters::{Filters, Sort},
    model::{Availability, CategoryRef, ProductSummary},
    picture::picture,
    position::Position,
};

/// How a search finds products.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Match<'a> {
    /// Everything.
    All,
    /// Products whose name or text has these words.
    Words(&'a str),
    /// Products whose name looks like this, for slips of the pen and beginnings of words.
    Likeness(&'a str),
}

#[derive(FromRow)]
struct Row {
    id: ProductId,
    sku: String,
    slug: String,
    name: String,
    price: Decimal,
    currency: String,
    available: i32,
    image_url: Option<String>,
    image_alt: String,
    image_widths: Vec<i32>,
    image_ratio: Decimal,
    category_id: Option<CategoryId>,
    category_slug: Option<String>,
    category_name: Option<String>,
    created_at: DateTime<Utc>,
    score: Decimal,
}

/// How many products a list has.
pub(crate) async fn count(db: &mut PgConnection, matching: Match<'_>, filters: &Filters) -> sqlx::Result<i64> {
    let mut sql = QueryBuilder::new("select count(*) from products p where p.is_active");
    push_match(&mut sql, matching);
    push_filters(&mut sql, filters);
    sql.build_query_scalar().fetch_one(db).await
}

/// One page of a list that has `total` products.
pub(crate) async fn page(
    db: &mut PgConnection,
    matching: Match<'_>,
    filters: &Filters,
    sort: Sort,
    from: Option<&Position>,
    limit: Limit,
    total: i64,
) -> sqlx::Result<Page<ProductSummary>> {
    let mut sql = QueryBuilder::new(
        "select p.id, p.sku, p.slug, p.name, p.price, p.currency, p.stock_quantity - p.stock_reserved as available,
                p.image_url, p.image_alt, p.image_widths, p.image_ratio, p.created_at,
                c.id as category_id, c.slug as category_slug, c.name as category_name, ",
    );
    push_score(&mut sql, matching);
    sql.push(" as score from products p left join categories c on c.id = p.category_id where p.is_active");
    push_match(&mut sql, matching);
    push_filters(&mut sql, filters);
    push_position(&mut sql, matching, from);
    sql.push(match sort {
        Sort::Newest => " order by p.created_at desc, p.id desc",
        Sort::Cheapest => " order by p.price, p.id",
        Sort::Dearest => " order by p.price desc, p.id desc",
        Sort::Name => " order by p.name, p.id",
        Sort::Relevance => " order by score desc, p.id desc",
    });
    sql.push(" limit ").push_bind(limit.with_next());
    let rows: Vec<Row> = sql.build_query_as().fetch_all(db).await?;
    let cut = Page::cut(rows, limit, total, |last| Cursor::encode(&last.position(sort)));
    let data = cut.data.into_iter().map(Row::into_summary).collect::<sqlx::Result<_>>()?;
    Ok(Page { data, next_cursor: cut.next_cursor, total: cut.total })
}

/// Rounded to a fixed scale, so that a cursor holds it exactly.
fn push_score(sql: &mut QueryBuilder<Postgres>, matching: Match<'_>) {
    match matching {
        Match::All => sql.push("0::numeric"),
        Match::Words(words) => sql
            .push("round((ts_rank(p.search, websearch_to_tsquery('shop_search', ")
            .push_bind(words.to_owned())
            .push(")) + word_similarity(")
            .push_bind(words.to_owned())
            .push(", p.name))::numeric, 6)"),
        Match::Likeness(words) => sql.push("round(word_similarity(").push_bind(words.to_owned()).push(", p.name)::numeric, 6)"),
    };
}

fn push_match(sql: &mut QueryBuilder<Postgres>, matching: Match<'_>) {
    match matching {
        Match::All => sql,
        Match::Words(words) => sql.push(" and p.search @@ websearch_to_tsquery('shop_search', ").push_bind(words.to_owned()).push(")"),
        Match::Likeness(words) => sql.push(" and p.id in (select products_named_like(").push_bind(words.to_owned()).push("))"),
    };
}

fn push_filters(sql: &mut QueryBuilder<Postgres>, filters: &Filters) {
    if let Some(category) = &filters.category {
        // `union` and not `union all`: a loop among categories ends.
        sql.push(" and p.category_id in (with recursive branch as (select id from categories where slug = ")
            .push_bind(category.as_str().to_owned())
            .push(" union select c.id from categories c join branch on c.parent_id = branch.id) select id from branch)");
    }
    if let Some(least) = filters.min_price {
        sql.push(" and p.price >= ").push_bind(least.to_numeric());
    }
    if let Some(most) = filters.max_price {
        sql.push(" and p.price <= ").push_bind(most.to_numeric());
    }
    if let Some(in_stock) = filters.in_stock {
        sql.push(" and (p.stock_quantity > p.stock_reserved) = ").push_bind(in_stock);
    }
}

fn push_position(sql: &mut QueryBuilder<Postgres>, matching: Match<'_>, from: Option<&Position>) {
    match from {
        None => sql,
        Some(Position::Newest(at, id)) => sql.push(" and (p.created_at, p.id) < (").push_bind(*at).push(", ").push_bind(*id).push(")"),
        Some(Position::Cheapest(price, id)) => sql.push(" and (p.price, p.id) > (").push_bind(*price).push(", ").push_bind(*id).push(")"),
        Some(Position::Dearest(price, id)) => sql.push(" and (p.price, p.id) < (").push_bind(*price).push(", ").push_bind(*id).push(")"),
        Some(Position::Name(name, id)) => sql.push(" and (p.name, p.id) > (").push_bind(name.clone()).push(", ").push_bind(*id).push(")"),
        Some(Position::Relevance(score, id)) => {
            sql.push(" and (");
            push_score(sql, matching);
            sql.push(", p.id) < (").push_bind(*score).push(", ").push_bind(*id).push(")")
        }
    };
}

impl Row {
    fn position(&self, sort: Sort) -> Position {
        match sort {
            Sort::Newest => Position::Newest(self.created_at, self.id),
            Sort::Cheapest => Position::Cheapest(self.price, self.id),
            Sort::Dearest => Position::Dearest(self.price, self.id),
            Sort::Name => Position::Name(self.name.clone(), self.id),
            Sort::Relevance => Position::Relevance(self.score, self.id),
        }
    }

    fn into_summary(self) -> sqlx::Result<ProductSummary> {
        let category = match (self.category_id, self.category_slug, self.category_name) {
            (Some(id), Some(slug), Some(name)) => Some(CategoryRef { id, slug, name }),
            _ => None,
        };
        Ok(ProductSummary {
            id: self.id,
            price: price(self.price, &self.currency)?,
            picture: picture(self.image_url.as_deref(), &self.image_alt, &self.image_widths, self.image_ratio),
            category,
            availability: Availability::of(self.available),
            available: self.available,
            sku: self.sku,
            slug: self.slug,
            name: self.name,
        })
    }
}
