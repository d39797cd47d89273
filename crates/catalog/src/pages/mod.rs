//! The catalogue's storefront pages as crawlers, link previews and the first paint see them.

mod category;
mod home;
mod json_ld;
mod product;
mod search;

use platform::{
    App, Problem,
    page::{Fallback, PageRequest, PageRoute},
    paging::Limit,
};
use serde_json::{Map, Value};

use crate::{filters::RawFilters, list_categories::CategoryPage, list_products::ProductPage, model::ProductSummary};

/// The catalogue's pages.
pub fn pages(app: &App) -> Vec<PageRoute> {
    vec![
        PageRoute::new("/", app, home::page),
        PageRoute::new("/c/{slug}", app, category::page),
        PageRoute::new("/p/{slug}", app, product::page),
        PageRoute::new("/search", app, search::page),
    ]
}

/// Longest description in characters: what search engines show.
const DESCRIPTION_MAX: usize = 160;

/// The beginning of a text, cut between words.
fn excerpt(text: &str) -> String {
    if text.chars().count() <= DESCRIPTION_MAX {
        return text.to_owned();
    }
    let mut kept = String::new();
    for word in text.split_whitespace() {
        if kept.chars().count() + word.chars().count() + 2 > DESCRIPTION_MAX {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept.push('…');
    kept
}

/// The filters in a page's address: what the list is asked with, and the object that is part of its query key.
fn filters(request: &PageRequest, category: Option<&str>) -> (RawFilters, Value) {
    let given = |name: &str| request.query.get(name).filter(|value| !value.is_empty()).cloned();
    let mut key = Map::new();
    if let Some(slug) = category {
        key.insert("category".to_owned(), slug.into());
    }
    for name in ["min_price", "max_price", "in_stock", "sort"] {
        if let Some(value) = given(name) {
            key.insert(name.to_owned(), value.into());
        }
    }
    let raw = RawFilters {
        category: category.map(str::to_owned),
        min_price: given("min_price"),
        max_price: given("max_price"),
        // The storefront's switch knows only "in stock" and "all".
        in_stock: given("in_stock").filter(|value| value == "true").map(|_| true),
        sort: given("sort"),
    };
    (raw, Value::Object(key))
}

/// A list for a page; none when the address asks for something that the API refuses: the storefront then says so.
fn unless_refused(list: Result<ProductPage, Problem>) -> Result<Option<ProductPage>, Problem> {
    match list {
        Ok(list) => Ok(Some(list)),
        Err(problem) if problem.status().is_client_error() => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| Problem::internal(&error))
}

fn product_links(products: &[ProductSummary]) -> impl Iterator<Item = Fallback> {
    products.iter().map(|product| Fallback::Link(format!("/p/{}", product.slug), format!("{}, {}", product.name, product.price)))
}

fn category_links(categories: &CategoryPage) -> impl Iterator<Item = Fallback> {
    categories.data.iter().map(|category| Fallback::Link(format!("/c/{}", category.slug), category.name.clone()))
}

/// As many categories as the storefront asks for.
fn all_categories() -> Limit {
    Limit::try_from(Limit::MAX).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words() {
        let text = "words of a text that goes on ".repeat(10);
        let short = excerpt(&text);
        assert!(short.chars().count() <= DESCRIPTION_MAX && short.ends_with('…'), "{short}");
        assert!(text.starts_with(short.trim_end_matches('…')));
        assert_eq!(excerpt("A mug."), "A mug.");
        assert!(excerpt(&"x".repeat(500)).chars().count() <= DESCRIPTION_MAX);
    }

    #[test]
    fn the_query_key_has_only_what_the_address_says() {
        let query =
            [("sort", "price"), ("min_price", ""), ("utm_source", "mail"), ("in_stock", "1")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let request = PageRequest { slug: String::new(), query: query.into() };
        let (raw, key) = filters(&request, Some("living"));
        assert_eq!(key, serde_json::json!({ "category": "living", "in_stock": "1", "sort": "price" }));
        assert_eq!((raw.in_stock, raw.min_price), (None, None));
    }
}
