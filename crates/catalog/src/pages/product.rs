//! `/p/{slug}`: one product.

use kernel::Slug;
use platform::{
    App, Problem,
    page::{Fallback, Page, PageRequest},
    settings,
};
use serde_json::json;

use super::{all_categories, excerpt, json_ld, to_json};
use crate::{
    list_categories::list_categories,
    model::{Availability, Product},
    read_product::ProductKey,
    store,
};

pub(super) async fn page(app: App, request: PageRequest) -> Result<Page, Problem> {
    let canonical = format!("/p/{}", request.slug);
    let mut db = app.db.read().await?;
    // A page has one address: the slug's. Ids are for programs.
    let found = match Slug::parse(&request.slug) {
        Ok(slug) => store::products::find(&mut db, &ProductKey::Slug(slug)).await?,
        Err(_) => None,
    };
    let Some(product) = found else { return Ok(Page::not_found(canonical)) };
    let shop = settings::get(&mut db).await?;
    let path = match &product.summary.category {
        Some(category) => store::categories::path(&mut db, category.id).await?,
        None => Vec::new(),
    };
    let categories = list_categories(&mut db, all_categories(), None).await?;
    drop(db);
    let summary = &product.summary;
    let description = if product.description.is_empty() { summary.name.clone() } else { excerpt(&product.description) };
    let mut page = Page::new(summary.name.clone(), description, canonical.clone());
    page.picture = summary.picture.as_ref().map(|picture| picture.url.clone());
    page.json_ld =
        vec![json_ld::product(&app, &product), json_ld::breadcrumbs(&app, &shop.shop_name, &path, Some((&canonical, &summary.name)))];
    page.queries = vec![(json!(["categories"]), to_json(&categories)?), (json!(["product", request.slug]), to_json(&product)?)];
    page.fallback = fallback(&product);
    Ok(page)
}

fn fallback(product: &Product) -> Vec<Fallback> {
    let summary = &product.summary;
    let stock = match summary.availability {
        Availability::InStock => "In stock".to_owned(),
        Availability::LowStock => format!("Only {} left", summary.available),
        Availability::OutOfStock => "Sold out".to_owned(),
    };
    let mut lines = vec![
        Fallback::Heading(summary.name.clone()),
        Fallback::Text(format!("{}. {stock}.", summary.price)),
        Fallback::Text(product.description.clone()),
    ];
    lines.extend(summary.category.iter().map(|category| Fallback::Link(format!("/c/{}", category.slug), category.name.clone())));
    lines
}
