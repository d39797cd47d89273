//! `/search?q=`: products by words; without words, everything. Search engines do not list it.

use platform::{
    App, Problem,
    page::{Fallback, Page, PageRequest},
    paging::Limit,
};
use serde_json::json;

use super::{all_categories, filters, product_links, to_json, unless_refused};
use crate::{
    list_categories::list_categories,
    list_products::list_products,
    search_products::{Words, search_products},
};

pub(super) async fn page(app: App, request: PageRequest) -> Result<Page, Problem> {
    let typed = request.query.get("q").map(|words| words.trim()).unwrap_or_default();
    let title = if typed.is_empty() { "Everything".to_owned() } else { format!("“{typed}”") };
    let mut page = Page::new(title.clone(), "Search the shop.", "/search");
    page.noindex = true;
    page.fallback = vec![Fallback::Heading(title)];
    let (raw, key) = filters(&request, None);
    let mut db = app.db.read().await?;
    let categories = list_categories(&mut db, all_categories(), None).await?;
    page.queries.push((json!(["categories"]), to_json(&categories)?));
    let (key, products) = if typed.is_empty() {
        (json!(["products", key]), list_products(&mut db, &raw, Limit::default(), None).await)
    } else {
        let Ok(words) = Words::parse(typed) else { return Ok(page) };
        (json!(["search", typed, key]), search_products(&mut db, &words, &raw, Limit::default(), None).await)
    };
    if let Some(products) = unless_refused(products)? {
        page.queries.push((key, to_json(&products)?));
        page.fallback.extend(product_links(&products.data));
    }
    Ok(page)
}
