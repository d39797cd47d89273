//! Structured data (schema.org) for search engines.

use platform::App;
use serde_json::{Value, json};

use crate::model::{Availability, CategoryRef, Product};

/// The address of a path. Pictures may already have a whole one.
pub(super) fn absolute(app: &App, path: &str) -> String {
    if path.starts_with('/') { format!("{}{path}", app.config.public_base_url) } else { path.to_owned() }
}

/// The shop and its search.
pub(super) fn web_site(app: &App, shop_name: &str) -> Value {
    json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": shop_name,
        "url": absolute(app, "/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": absolute(app, "/search?q={search_term_string}") },
            "query-input": "required name=search_term_string",
        },
    })
}

/// A product with what one costs.
pub(super) fn product(app: &App, product: &Product) -> Value {
    let summary = &product.summary;
    let url = absolute(app, &format!("/p/{}", summary.slug));
    let availability = match summary.availability {
        Availability::InStock => "https://schema.org/InStock",
        Availability::LowStock => "https://schema.org/LimitedAvailability",
        Availability::OutOfStock => "https://schema.org/OutOfStock",
    };
    let mut product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": summary.name,
        "sku": summary.sku,
        "description": product.description,
        "url": url,
        "image": summary.picture.as_ref().map(|picture| absolute(app, &picture.url)),
        "category": summary.category.as_ref().map(|category| &category.name),
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": summary.price.amount(),
            "priceCurrency": summary.price.currency().code(),
            "availability": availability,
            "itemCondition": "https://schema.org/NewCondition",
        },
    });
    if let Some(fields) = product.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    product
}

/// The way from the shop's first page to this one; `last` is the page itself: path and name.
pub(super) fn breadcrumbs(app: &App, shop_name: &str, categories: &[CategoryRef], last: Option<(&str, &str)>) -> Value {
    let first = (absolute(app, "/"), shop_name.to_owned());
    let middle = categories.iter().map(|category| (absolute(app, &format!("/c/{}", category.slug)), category.name.clone()));
    let last = last.map(|(path, name)| (absolute(app, path), name.to_owned()));
    let items: Vec<Value> = std::iter::once(first)
        .chain(middle)
        .chain(last)
        .zip(1..)
        .map(|((item, name), position)| json!({ "@type": "ListItem", "position": position, "name": name, "item": item }))
        .collect();
    json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items })
}
