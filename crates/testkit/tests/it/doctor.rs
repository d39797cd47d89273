//! `quickshop doctor` beside the real thing: healthy, broken, and without changing anything.

use serde_json::Value;
use testkit::postgres;

use crate::starts::{ended, quickshop, url};

/// The checks of a run, with its exit code.
async fn examine(data_dir: &std::path::Path, variables: &[(&str, &str)]) -> (Option<i32>, Vec<Value>) {
    let output = ended(quickshop(&["doctor", "--json"], data_dir, variables)).await;
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    (output.status.code(), report["checks"].as_array().expect("checks").clone())
}

fn check<'a>(checks: &'a [Value], group: &str, name: &str) -> &'a Value {
    checks
        .iter()
        .find(|check| check["group"] == group && check["name"] == name)
        .unwrap_or_else(|| panic!("no {group}/{name} in {checks:?}"))
}

#[tokio::test]
async fn a_healthy_shop_is_found_well_and_nothing_is_made() {
    let folder = postgres::folder();
    let (data_dir, database) = (folder.path().join("shop"), postgres::database().await);
    let (code, checks) = examine(&data_dir, &[("DATABASE_URL", &url(&database))]).await;
    assert_eq!(code, Some(0), "{checks:?}");
    for (group, name) in [("database", "server"), ("database", "schema"), ("database", "role"), ("database", "clock"), ("network", "port")]
    {
        assert_eq!(check(&checks, group, name)["level"], "ok", "{checks:?}");
    }
    assert!(!data_dir.exists(), "the doctor made the data directory");
}

#[tokio::test]
async fn a_shop_that_never_started_is_well_and_its_cluster_is_still_to_come() {
    let folder = postgres::folder();
    let (code, checks) = examine(&folder.path().join("shop"), &[]).await;
    assert_eq!(code, Some(0), "{checks:?}");
    assert_eq!(check(&checks, "PostgreSQL", "cluster")["says"], "none yet, the first start makes it");
    assert!(!folder.path().join("shop").exists(), "the doctor made the data directory");
}

#[tokio::test]
async fn another_programs_database_is_recognised_whatever_its_tables_are_called() {
    let folder = postgres::folder();
    let database = postgres::database().await;
    let others = "drop schema public cascade; create schema public; create table events (happened text); create table users ()";
    postgres::execute(&mut postgres::owner(&database).await, others).await;
    let (code, checks) = examine(&folder.path().join("shop"), &[("DATABASE_URL", &url(&database))]).await;
    assert_eq!((code, &check(&checks, "database", "server")["level"]), (Some(1), &"ok".into()), "{checks:?}");
    let says = check(&checks, "database", "schema")["says"].as_str().map(str::to_owned);
    assert!(says.is_some_and(|says| says.contains("2 tables of another program (events, users)")), "{checks:?}");
}

#[tokio::test]
async fn each_broken_thing_fails_with_what_to_do() {
    let folder = postgres::folder();
    let data_dir = folder.path().join("shop");
    let database = postgres::database().await;
    postgres::execute(
        &mut postgres::owner(&database).await,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9001, 'later', true, '\\x00', 1)",
    )
    .await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let (code, checks) = examine(&data_dir, &[("DATABASE_URL", &url(&database)), ("PORT", &port)]).await;
    assert_eq!(code, Some(1));
    for (group, name, says) in [("database", "schema", "newer QuickShop"), ("network", "port", "is taken by")] {
        let found = check(&checks, group, name);
        assert_eq!(found["level"], "fail", "{found}");
        assert!(found["says"].as_str().is_some_and(|text| text.contains(says)) && found["advice"].is_string(), "{found}");
    }

    let (code, checks) = examine(&data_dir, &[("PORT", "x"), ("MAIL_FROM", "x")]).await;
    assert_eq!((code, checks.iter().filter(|check| check["level"] == "fail").count()), (Some(1), 2), "{checks:?}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let (code, checks) = examine(&file, &[]).await;
    assert_eq!(code, Some(1), "{checks:?}");
}
