//! `/c/{slug}`: the products of a category.

use kernel::Slug;
use platform::{
    App, Problem,
    page::{Fallback, Page, PageRequest},
    paging::Limit,
    settings,
};
use serde_json::json;

use super::{all_categories, excerpt, filters, json_ld, product_links, to_json, unless_refused};
use crate::{list_categories::list_categories, list_products::list_products, store};

pub(super) async fn page(app: App, request: PageRequest) -> Result<Page, Problem> {
    let canonical = format!("/c/{}", request.slug);
    let mut db = app.db.read().await?;
    let found = match Slug::parse(&request.slug) {
        Ok(slug) => store::categories::find_by_slug(&mut db, slug.as_str()).await?,
        Err(_) => None,
    };
    let Some(category) = found else { return Ok(Page::not_found(canonical)) };
    let shop = settings::get(&mut db).await?;
    let path = store::categories::path(&mut db, category.id).await?;
    let categories = list_categories(&mut db, all_categories(), None).await?;
    let (raw, key) = filters(&request, Some(&request.slug));
    let products = unless_refused(list_products(&mut db, &raw, Limit::default(), None).await)?;
    drop(db);
    let description =
        if category.description.is_empty() { format!("{} at {}.", category.name, shop.shop_name) } else { excerpt(&category.description) };
    let mut page = Page::new(category.name.clone(), description, canonical);
    page.json_ld = vec![json_ld::breadcrumbs(&app, &shop.shop_name, &path, None)];
    page.queries.push((json!(["categories"]), to_json(&categories)?));
    page.fallback = vec![Fallback::Heading(category.name), Fallback::Text(category.description)];
    if let Some(products) = products {
        page.picture = products.data.first().and_then(|product| product.picture.as_ref()).map(|picture| picture.url.clone());
        page.queries.push((json!(["products", key]), to_json(&products)?));
        page.fallback.extend(product_links(&products.data));
    }
    Ok(page)
}
