//! `/`: what is new, and the categories.

use platform::{
    App, Problem,
    page::{Fallback, Page, PageRequest},
    paging::Limit,
    settings,
};
use serde_json::json;

use super::{all_categories, category_links, json_ld, product_links, to_json};
use crate::{filters::RawFilters, list_categories::list_categories, list_products::list_products};

pub(super) async fn page(app: App, _request: PageRequest) -> Result<Page, Problem> {
    let mut db = app.db.read().await?;
    let shop = settings::get(&mut db).await?;
    let categories = list_categories(&mut db, all_categories(), None).await?;
    let products = list_products(&mut db, &RawFilters::default(), Limit::default(), None).await?;
    drop(db);
    let description = format!("{}: everyday objects, clothes and small luxuries, picked one at a time.", shop.shop_name);
    let mut page = Page::new("Fewer things, better ones", description.clone(), "/");
    page.picture = products.data.first().and_then(|product| product.picture.as_ref()).map(|picture| picture.url.clone());
    page.json_ld = vec![json_ld::web_site(&app, &shop.shop_name)];
    page.queries = vec![(json!(["categories"]), to_json(&categories)?), (json!(["products", {}]), to_json(&products)?)];
    page.fallback = vec![Fallback::Heading(shop.shop_name), Fallback::Text(description)];
    page.fallback.extend(category_links(&categories).chain(product_links(&products.data)));
    Ok(page)
}
