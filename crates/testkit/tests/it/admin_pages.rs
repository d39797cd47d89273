//! The admin's pages: one document below `/admin`, kept by nobody and listed nowhere, and its files.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Reply, Shop};

use crate::support::{demo, header};

/// Smaller files are not worth a compressed twin (web/scripts/compress.mjs).
const COMPRESSED_FROM_BYTES: usize = 512;
const PAGES: [&str; 7] = [
    "/admin",
    "/admin/",
    "/admin/welcome",
    "/admin/orders/01988000-0000-7000-8000-000000000001?token=x",
    "/admin/index.html",
    "/admin/a/b/c",
    "/admin/%ff",
];

async fn open(client: &Client, path: &str) -> Reply {
    client.send(client.request(Method::GET, &format!("/{path}")).header("accept", "text/html")).await
}

fn html(reply: &Reply) -> String {
    String::from_utf8(reply.bytes.clone()).expect("UTF-8")
}

/// The addresses of files that a document names.
fn files(html: &str) -> Vec<String> {
    let named = html.split('"').filter(|text| text.starts_with("/admin/") && text.contains('.'));
    named.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_path_below_admin_is_the_one_document() {
    let shop = demo().await;
    let guest = shop.guest();
    let first = html(&open(&guest, "/admin").await);
    let block = first.split_once("<script type=\"application/json\" id=\"qs-data\">").expect("first data").1;
    let data: Value = serde_json::from_str(block.split("</script>").next().expect("an end")).expect("JSON");
    assert_eq!(
        data,
        json!({ "queries": [], "settings": { "shop_name": "QuickShop", "currency": "USD", "locale": "en-US", "development": true } })
    );
    assert!(first.contains("<title>QuickShop · Admin</title>") && first.matches("<title>").count() == 1, "{first}");
    assert!(!first.contains("<!--qs:"), "{first}");
    for path in PAGES {
        let page = open(&guest, path).await;
        assert_eq!((page.status.as_u16(), header(&page, "content-type")), (200, "text/html; charset=utf-8"), "{path}");
        assert_eq!((header(&page, "cache-control"), header(&page, "x-robots-tag")), ("no-store", "noindex"), "{path}");
        assert!(page.headers.get("etag").is_none() && page.headers.get("set-cookie").is_none(), "{path}");
        assert_eq!(html(&page), first, "{path}");
        let policy = header(&page, "content-security-policy");
        for rule in [
            "default-src 'self'",
            "script-src 'self';",
            "connect-src 'self';",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        for name in ["referrer-policy", "permissions-policy", "cross-origin-opener-policy", "x-content-type-options", "x-request-id"] {
            assert!(!header(&page, name).is_empty(), "{path}: {name}");
        }
        let head = guest.send(guest.request(Method::HEAD, &format!("/{path}"))).await;
        assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_and_missing_ones_are_no_page() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    for path in ["//admin/assets/nothing.js", "//admin/assets/", "//admin/assets/..%2findex.html", "//admin/assets/a/b.css"] {
        let missing = guest.get(path).await;
        assert_eq!((missing.status.as_u16(), header(&missing, "cache-control")), (404, "no-store"), "{path}");
        assert!(missing.bytes.len() < 200, "{path}");
    }
    for path in ["//administration", "//admin.html"] {
        assert_eq!(guest.get(path).await.status, 404, "{path}");
    }
    let post = guest.send(guest.request(Method::POST, "//admin")).await;
    assert_eq!((post.status.as_u16(), header(&post, "allow")), (405, "GET,HEAD"), "a page is not written to");

    let page = html(&open(&guest, "/admin").await);
    let files = files(&page);
    assert!(files.iter().any(|file| file.starts_with("/admin/assets/")) || page.contains("The admin is not built yet."), "{page}");
    for file in files {
        let reply = guest.send(guest.request(Method::GET, &format!("/{file}")).header("accept-encoding", "br")).await;
        assert_eq!(reply.status, 200, "{file}");
        let cache = if file.starts_with("/admin/assets/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
        assert_eq!(header(&reply, "cache-control"), cache, "{file}");
        let text = file.ends_with(".js") || file.ends_with(".css");
        let compressed = header(&reply, "content-encoding") == "br";
        assert!(compressed || !text || reply.bytes.len() < COMPRESSED_FROM_BYTES, "{file}: {} bytes as they are", reply.bytes.len());
        let again = guest.request(Method::GET, &format!("/{file}")).header("if-none-match", header(&reply, "etag"));
        assert_eq!(guest.send(again).await.status, 304, "{file}");
    }
}

#[tokio::test]
async fn crawlers_are_told_to_stay_out() {
    let shop = Shop::open().await;
    let robots = shop.guest().get("//robots.txt").await;
    assert!(html(&robots).lines().any(|line| line == "Disallow: /admin"), "{}", html(&robots));
}

#[tokio::test]
async fn a_name_is_text_in_the_admins_document_too() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    shop.change_settings(|settings| settings.shop_name = "</script><script>alert(1)</script>".to_owned()).await;
    let page = html(&open(&guest, "/admin").await);
    assert!(!page.contains("<script>alert") && page.contains("<title>&lt;/script&gt;"), "{page}");
}

#[tokio::test]
async fn a_shop_that_cannot_answer_says_so_and_no_more() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    shop.sql("alter table shop_settings rename to elsewhere").await;
    let page = open(&guest, "/admin").await;
    assert_eq!((page.status.as_u16(), header(&page, "cache-control"), header(&page, "x-robots-tag")), (500, "no-store", "noindex"));
    assert!(html(&page).contains("Something went wrong") && !html(&page).contains("relation"));
}
