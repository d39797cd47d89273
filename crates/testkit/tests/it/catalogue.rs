//! Looking around: lists, filters, orders, pages, search, single products, categories.

use std::collections::BTreeSet;

use catalog::{NewCategory, NewProduct, StockLevel};
use kernel::{CategoryId, ProductId, Slug, Text};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Shop, cents};

use crate::support::wrong_fields;

async fn category(shop: &Shop, name: &str, parent_id: Option<CategoryId>) -> CategoryId {
    let slug = Slug::parse(&name.to_lowercase().replace(' ', "-")).expect("a slug");
    let new = NewCategory { name: Text::parse(name).expect("a name"), slug, description: None, parent_id };
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let id = catalog::create_category(&mut tx, &new, &mut shop.app.ids()).await.expect("a category");
    tx.commit().await.expect("a commit");
    id
}

/// A product on sale; its name also makes its address and article number.
async fn product(shop: &Shop, name: &str, minor: i64, stock: i32, category_id: Option<CategoryId>) -> ProductId {
    let slug = name.to_lowercase().replace(' ', "-").replace(['é', 'è'], "e");
    let new = NewProduct {
        sku: Text::parse(&slug).expect("a number"),
        name: Text::parse(name).expect("a name"),
        slug: Slug::parse(&slug).expect("a slug"),
        description: Some(Text::parse(&format!("The {name} is made by hand in Bornholm.")).expect("a text")),
        price: cents(minor),
        category_id,
        stock: StockLevel::new(stock).expect("a stock"),
        picture: None,
    };
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    let id = catalog::create_product(&mut tx, &new, &mut shop.app.ids()).await.expect("a product");
    tx.commit().await.expect("a commit");
    id
}

/// Two categories, one below the other, and five products.
async fn furnished() -> Shop {
    let shop = Shop::open().await;
    let kitchen = category(&shop, "Kitchen", None).await;
    let tea = category(&shop, "Tea things", Some(kitchen)).await;
    product(&shop, "Ceramic teapot", 4500, 5, Some(tea)).await;
    product(&shop, "Copper kettle", 8900, 2, Some(tea)).await;
    product(&shop, "Bread knife", 3200, 0, Some(kitchen)).await;
    product(&shop, "Desk lamp", 8900, 9, None).await;
    product(&shop, "Café crème cup", 1250, 40, Some(kitchen)).await;
    shop
}

async fn names(shop: &Shop, path: &str) -> Vec<String> {
    let page = shop.guest().get(path).await.ok();
    let names: Vec<String> = page["data"].as_array().expect("rows").iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert!(page["next_cursor"].is_string() || page["total"] == json!(names.len()), "{page}");
    names
}

#[tokio::test]
async fn a_list_shows_what_is_on_sale_newest_first() {
    let shop = furnished().await;
    assert_eq!(names(&shop, "/products").await, ["Café crème cup", "Desk lamp", "Bread knife", "Copper kettle", "Ceramic teapot"]);
    let page = shop.guest().get("/products").await.ok();
    let (kettle, knife) = (&page["data"][3], &page["data"][2]);
    assert_eq!(kettle["price"], json!({ "amount": "89.00", "currency": "USD" }));
    assert_eq!(
        (&kettle["availability"], &kettle["available"], &kettle["category"]["slug"]),
        (&json!("low_stock"), &json!(2), &json!("tea-things"))
    );
    assert_eq!((&knife["availability"], &knife["available"]), (&json!("out_of_stock"), &json!(0)));
    let knife: ProductId = knife["id"].as_str().unwrap().parse().unwrap();
    shop.set_active(knife, false).await;
    assert_eq!(names(&shop, "/products").await.len(), 4);
}

#[tokio::test]
async fn filters_narrow_a_list_and_its_total() {
    let shop = furnished().await;
    for (query, expected) in [
        ("category=kitchen&sort=name", &["Bread knife", "Café crème cup", "Ceramic teapot", "Copper kettle"][..]),
        ("category=tea-things&sort=name", &["Ceramic teapot", "Copper kettle"]),
        ("category=garden", &[]),
        ("min_price=45&sort=price", &["Ceramic teapot", "Desk lamp", "Copper kettle"]),
        ("max_price=45.00&sort=price", &["Café crème cup", "Bread knife", "Ceramic teapot"]),
        ("min_price=32.01&max_price=88.99", &["Ceramic teapot"]),
        ("in_stock=false", &["Bread knife"]),
        ("in_stock=true&category=kitchen&sort=price", &["Café crème cup", "Ceramic teapot", "Copper kettle"]),
    ] {
        let mut found = names(&shop, &format!("/products?{query}")).await;
        let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        if query.contains("sort=price") {
            found.sort();
            expected.sort(); // two cost the same
        }
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_sorted_as_asked() {
    let shop = furnished().await;
    let by_price = names(&shop, "/products?sort=price").await;
    assert_eq!(by_price[..3], ["Café crème cup", "Bread knife", "Ceramic teapot"]);
    let dearest: Vec<String> = by_price.into_iter().rev().collect();
    assert_eq!(names(&shop, "/products?sort=-price").await, dearest, "also where prices are equal");
    let by_name = names(&shop, "/products?sort=name").await;
    assert_eq!(by_name, ["Bread knife", "Café crème cup", "Ceramic teapot", "Copper kettle", "Desk lamp"]);
}

#[tokio::test]
async fn pages_cover_each_product_once_in_every_order() {
    let shop = Shop::open().await;
    for n in 0..23 {
        shop.priced_product(100 + n % 4, 1).await; // many of one price: the id decides
    }
    for sort in ["newest", "price", "-price", "name"] {
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = shop.guest().get(&format!("/products?sort={sort}&limit=5&cursor={cursor}")).await.ok();
            assert_eq!(page["total"], 23);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((pages, seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (5, 23, 23), "{sort}");
    }
}

#[tokio::test]
async fn a_product_that_comes_while_somebody_turns_pages_shifts_nothing() {
    let shop = Shop::open().await;
    for _ in 0..4 {
        shop.product(1).await;
    }
    let first = shop.guest().get("/products?limit=2").await.ok();
    shop.product(1).await;
    let second = shop.guest().get(&format!("/products?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.ok();
    let ids = |page: &Value| page["data"].as_array().unwrap().iter().map(|row| row["id"].to_string()).collect::<BTreeSet<_>>();
    assert_eq!((ids(&first).len(), ids(&second).len(), ids(&first).intersection(&ids(&second)).count()), (2, 2, 0));
    assert_eq!(second["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused_by_field() {
    let shop = Shop::open().await;
    let name_cursor = {
        shop.product(1).await;
        shop.product(1).await;
        shop.guest().get("/products?sort=name&limit=1").await.ok()["next_cursor"].as_str().unwrap().to_owned()
    };
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("sort=colour", "sort"),
        ("sort=relevance", "sort"),
        ("min_price=cheap", "min_price"),
        ("max_price=1.999", "max_price"),
        ("in_stock=perhaps", "in_stock"),
        ("category=%00", "category"),
        ("cursor=abc", "cursor"),
        ("colour=red", "colour"),
    ] {
        let refused = shop.guest().get(&format!("/products?{query}")).await;
        assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec![field]), "{query}: {}", refused.body);
    }
    let refused = shop.guest().get(&format!("/products?sort=price&cursor={name_cursor}")).await;
    assert_eq!((refused.refusal(), wrong_fields(&refused)), ((422, "cursor_invalid"), vec!["cursor"]), "a cursor of another order");
}

#[tokio::test]
async fn a_search_finds_words_endings_accents_and_slips_of_the_pen() {
    let shop = furnished().await;
    for (words, expected) in [
        ("teapot", &["Ceramic teapot"][..]),
        ("TEAPOTS", &["Ceramic teapot"]),
        ("cafe creme", &["Café crème cup"]),
        ("café", &["Café crème cup"]),
        ("teapto", &["Ceramic teapot"]),
        ("coper ketle", &["Copper kettle"]),
        ("lamp", &["Desk lamp"]),
        ("xyzzyx", &[]),
        ("'; drop table products; --", &[]),
    ] {
        let found = names(&shop, &format!("/products/search?q={}", crate::support::encode(words))).await;
        assert_eq!(found, expected, "{words}");
    }
    assert_eq!(names(&shop, "/products/search?q=bornholm&sort=price&max_price=40").await, ["Café crème cup", "Bread knife"]);
    let refused = shop.guest().get("/products/search?q=").await;
    assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec!["q"]));
    let refused = shop.guest().get("/products/search").await;
    assert_eq!((refused.status.as_u16(), wrong_fields(&refused)), (422, vec!["q"]));
}

#[tokio::test]
async fn pages_of_a_search_cover_each_match_once() {
    let shop = Shop::open().await;
    for n in 0..7 {
        product(&shop, &format!("Tea cup {n}"), 500, 1, None).await;
    }
    product(&shop, "Garden chair", 500, 1, None).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.guest().get(&format!("/products/search?q=tea&limit=3&cursor={cursor}")).await.ok();
        assert_eq!(page["total"], 7);
        seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (7, 7));
}

#[tokio::test]
async fn a_product_has_its_page_by_id_and_by_address() {
    let shop = furnished().await;
    let by_slug = shop.guest().get("/products/ceramic-teapot").await.ok();
    let by_id = shop.guest().get(&format!("/products/{}", by_slug["id"].as_str().unwrap())).await.ok();
    assert_eq!(by_slug, by_id);
    assert_eq!(
        (&by_id["description"], &by_id["category"]["name"]),
        (&json!("The Ceramic teapot is made by hand in Bornholm."), &json!("Tea things"))
    );

    let id: ProductId = by_id["id"].as_str().unwrap().parse().unwrap();
    shop.set_active(id, false).await;
    for unknown in ["ceramic-teapot", "no-such-thing", "01988000-0000-7000-8000-000000000001", "%00", "Ä", "a--b"] {
        let answer = shop.guest().get(&format!("/products/{unknown}")).await;
        assert_eq!(
            (answer.refusal(), answer.headers["content-type"].to_str().unwrap()),
            ((404, "product_not_found"), "application/problem+json"),
            "{unknown}"
        );
        assert_eq!(answer.body["request_id"].as_str().unwrap(), answer.headers["x-request-id"].to_str().unwrap());
    }
}

#[tokio::test]
async fn categories_count_what_is_on_sale_below_them() {
    let shop = furnished().await;
    let page = shop.guest().get("/categories").await.ok();
    let rows: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["slug"].as_str().unwrap(), row["product_count"].as_i64().unwrap()))
        .collect();
    assert_eq!(rows, [("kitchen", 4), ("tea-things", 2)]);
    assert_eq!((&page["data"][1]["parent_id"], &page["total"]), (&page["data"][0]["id"], &json!(2)));

    let first = shop.guest().get("/categories?limit=1").await.ok();
    let second = shop.guest().get(&format!("/categories?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await.ok();
    assert_eq!((&first["data"][0]["slug"], &second["data"][0]["slug"]), (&json!("kitchen"), &json!("tea-things")));
    assert_eq!(second["next_cursor"], Value::Null);
    assert_eq!(shop.guest().get("/categories?limit=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
