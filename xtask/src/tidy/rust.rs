//! Rules for Rust: who opens a transaction, exact money, checked SQL.

use super::text::is_test;
use super::{Finding, Source, words};

/// The one module that may hand text to the database as it is, beside the tests' own database set-up.
const RAW_SQL: &str = "crates/platform/src/db/raw.rs";
/// Where a transaction may begin whatever the file holds: the pool itself, roots, and tests.
const EDGES: [&str; 4] = ["crates/platform/src/db", "crates/quickshop/", "crates/testkit/", "crates/prove/"];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    if !source.path.ends_with(".rs") || !source.path.starts_with("crates/") {
        return;
    }
    let edge = is_edge(source);
    for (number, line) in code(source) {
        if !edge && line.contains(".begin(") {
            findings.push(source.finding(
                "begin",
                number,
                "a transaction begins in a route, a job or the command line; take `&mut PgConnection`",
            ));
        }
        if source.path.starts_with("crates/kernel/") && words(line).any(|word| matches!(word, "f32" | "f64")) {
            findings.push(source.finding("float", number, "no floats in kernel: money and rates are exact"));
        }
        let own_database = is_test(&source.path) || source.path.starts_with("crates/testkit/");
        if source.path != RAW_SQL && !own_database && words(line).any(|word| word == "AssertSqlSafe") {
            findings.push(source.finding("raw-sql", number, format!("unchecked SQL lives in {RAW_SQL} only")));
        }
    }
}

/// Routes, jobs and commands of the CLI own their transaction. A job is known by its error.
fn is_edge(source: &Source) -> bool {
    let path = source.path.as_str();
    let by_name = path.ends_with("/jobs.rs") || path.ends_with("/main.rs") || path.contains("/jobs/") || path.contains("/bin/");
    let holds = |sign: &str| code(source).any(|(_, line)| line.contains(sign));
    by_name
        || is_test(path)
        || EDGES.iter().any(|edge| path.starts_with(edge))
        || holds("#[utoipa::path(")
        || holds("async fn route")
        || holds("JobError>")
}

/// Lines that are not comments, up to the tests at the end of the file.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.lines().take_while(|(_, line)| line.trim() != "#[cfg(test)]").filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::super::broken;

    const BEGIN: &str = "let mut tx = app.db.begin().await?;\n";

    #[test]
    fn a_transaction_begins_at_the_edge_only() {
        assert_eq!(broken("crates/cart/src/add_item.rs", BEGIN), ["begin"]);
        assert_eq!(broken("crates/cart/src/store.rs", BEGIN), ["begin"]);
        assert!(broken("crates/cart/src/add_item.rs", &format!("#[utoipa::path(get)]\n{BEGIN}")).is_empty());
        assert!(broken("crates/payments/src/apply.rs", &format!("-> Result<(), JobError> {{\n{BEGIN}")).is_empty());
        assert!(broken("crates/cart/src/jobs.rs", BEGIN).is_empty());
        assert!(broken("crates/quickshop/src/seed.rs", BEGIN).is_empty());
        assert!(broken("crates/cart/src/store.rs", &format!("// {BEGIN}#[cfg(test)]\n{BEGIN}")).is_empty());
    }

    #[test]
    fn kernel_has_no_floats() {
        assert_eq!(broken("crates/kernel/src/money.rs", "let rate = x as f64;"), ["float"]);
        assert!(broken("crates/kernel/src/money.rs", "// never an f64\nlet cf64 = 1;").is_empty());
        assert!(broken("crates/platform/src/telemetry.rs", "let ms: f64 = 1.0;").is_empty());
    }

    #[test]
    fn unchecked_sql_has_one_home() {
        assert_eq!(broken("crates/catalog/src/store.rs", "query(AssertSqlSafe(text))"), ["raw-sql"]);
        assert!(broken(super::RAW_SQL, "query(AssertSqlSafe(text))").is_empty());
        assert!(broken("crates/testkit/src/database.rs", "query(AssertSqlSafe(text))").is_empty());
    }
}
