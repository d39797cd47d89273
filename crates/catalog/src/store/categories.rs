//! Statements over `categories`.

use chrono::{DateTime, Utc};
use kernel::CategoryId;
use platform::paging::Limit;
use sqlx::{PgConnection, query, query_as, query_scalar};

use crate::{
    create_category::NewCategory,
    model::{Category, CategoryRef},
};

/// Categories by name, after a place in that order; one more than the page shows.
pub(crate) async fn list(db: &mut PgConnection, from: Option<&(String, CategoryId)>, limit: Limit) -> sqlx::Result<Vec<Category>> {
    // Counts go down the tree: what is in a category below is in the category.
    query_as!(
        Category,
        r#"with recursive page as (
               select id, slug, name, description, parent_id, created_at from categories
               where $1::text is null or (name, id) > ($1, $2::uuid)
               order by name, id limit $3
           ),
           branch (root, id) as (
               select id, id from page
               union
               select branch.root, categories.id from categories join branch on categories.parent_id = branch.id
           ),
           counted as (
               select branch.root, count(*) as products
               from branch join products on products.category_id = branch.id and products.is_active
               group by branch.root
           )
           select page.id as "id: CategoryId", page.slug, page.name, page.description, page.parent_id as "parent_id: CategoryId",
                  coalesce(counted.products, 0) as "product_count!", page.created_at
           from page left join counted on counted.root = page.id
           order by page.name, page.id"#,
        from.map(|(name, _)| name.as_str()),
        from.map(|(_, id)| *id) as _,
        limit.with_next(),
    )
    .fetch_all(db)
    .await
}

/// How many categories there are.
pub(crate) async fn count(db: &mut PgConnection) -> sqlx::Result<i64> {
    query_scalar!(r#"select count(*) as "count!" from categories"#).fetch_one(db).await
}

/// Id, name and text of a category.
pub(crate) struct Named {
    pub(crate) id: CategoryId,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// The category of a slug.
pub(crate) async fn find_by_slug(db: &mut PgConnection, slug: &str) -> sqlx::Result<Option<Named>> {
    query_as!(Named, r#"select id as "id: CategoryId", name, description from categories where slug = $1"#, slug).fetch_optional(db).await
}

/// Deepest tree that a path shows.
const MAX_DEPTH: i32 = 16;

/// The way to a category: from the top of the tree down to itself.
pub(crate) async fn path(db: &mut PgConnection, id: CategoryId) -> sqlx::Result<Vec<CategoryRef>> {
    query_as!(
        CategoryRef,
        r#"with recursive up as (
               select id, slug, name, parent_id, 1 as depth from categories where id = $1
               union all
               select above.id, above.slug, above.name, above.parent_id, up.depth + 1
               from categories above join up on above.id = up.parent_id where up.depth < $2
           )
           select id as "id!: CategoryId", slug as "slug!", name as "name!" from up order by depth desc"#,
        id as _,
        MAX_DEPTH,
    )
    .fetch_all(db)
    .await
}

pub(crate) async fn insert(db: &mut PgConnection, id: CategoryId, category: &NewCategory, now: DateTime<Utc>) -> sqlx::Result<()> {
    query!(
        "insert into categories (id, name, slug, description, parent_id, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
        id as _,
        category.name.as_str(),
        category.slug.as_str(),
        category.description.as_ref().map_or("", |text| text.as_str()),
        category.parent_id as _,
        now,
    )
    .execute(db)
    .await
    .map(drop)
}
