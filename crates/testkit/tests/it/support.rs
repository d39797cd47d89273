//! What several test files look at: problems, and everything that is stored.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use sqlx::{Executor, Row};
use testkit::{Reply, Shop, postgres};

/// Words of the inside that no answer may tell.
const INSIDE: [&str; 8] = ["sqlx", "postgres", "panicked", "syntax error", "constraint", "relation \"", ".rs:", "stack backtrace"];

/// Checks that an answer is a problem in the shop's one shape, and tells nothing of the inside.
#[track_caller]
pub fn assert_problem(reply: &Reply, context: &str) {
    let text = String::from_utf8_lossy(&reply.bytes);
    let shown = format!("{context}: {} {text}", reply.status);
    assert!(reply.status.is_client_error(), "{shown}");
    assert_eq!(header(reply, "content-type"), "application/problem+json", "{shown}");
    assert_eq!(reply.body["status"], reply.status.as_u16(), "{shown}");
    let code = reply.code();
    assert!(!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{shown}");
    assert_eq!(reply.body["type"], format!("urn:quickshop:problem:{code}"), "{shown}");
    assert!(!reply.body["title"].as_str().unwrap_or_default().is_empty(), "{shown}");
    assert_eq!(header(reply, "x-request-id"), reply.body["request_id"].as_str().unwrap_or_default(), "{shown}");
    if reply.status == StatusCode::UNPROCESSABLE_ENTITY {
        for error in reply.body["errors"].as_array().expect(&shown) {
            assert!(["field", "code", "detail"].iter().all(|name| error[name].is_string()), "{shown}");
        }
    }
    let detail = reply.body["detail"].as_str().unwrap_or_default();
    for word in INSIDE {
        assert!(!detail.contains(word), "{word} in {shown}");
    }
}

/// A header as text; nothing when it is missing.
pub fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The fields that a problem names.
pub fn wrong_fields(reply: &Reply) -> Vec<&str> {
    reply.body["errors"].as_array().into_iter().flatten().filter_map(|error| error["field"].as_str()).collect()
}

/// Every row of every table as text, by table: what a refused request must leave as it was.
pub async fn stored(shop: &Shop) -> BTreeMap<String, Vec<String>> {
    const TABLES: &str =
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
    let mut db = postgres::owner(&shop.database()).await;
    let tables: Vec<String> = db.fetch_all(TABLES).await.expect("tables").iter().map(|row| row.get(0)).collect();
    let each: Vec<String> = tables.iter().map(|table| format!("select '{table}', t::text from {table} t")).collect();
    let rows = db.fetch_all(sqlx::AssertSqlSafe(format!("{} order by 1, 2", each.join(" union all ")))).await.expect("rows");
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        stored.entry(row.get(0)).or_default().push(row.get(1));
    }
    stored
}

/// Percent-encodes everything but letters and digits.
pub fn encode(text: &str) -> String {
    let encode = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

/// A shop with the demo's products.
pub async fn demo() -> Shop {
    let shop = Shop::open().await;
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    server::seed(&mut tx, &mut shop.app.ids()).await.map_err(|error| error.to_string()).expect("the demo");
    tx.commit().await.expect("a commit");
    shop
}
