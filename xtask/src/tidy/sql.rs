//! Rules for SQL: numbered migrations, lower case, named columns.

use super::text::is_test;
use super::{Finding, Source, words};

/// Enough of the language to notice a statement in capitals.
const KEYWORDS: [&str; 30] = [
    "ALTER",
    "AND",
    "AS",
    "BEGIN",
    "CHECK",
    "CONSTRAINT",
    "CREATE",
    "DEFAULT",
    "DELETE",
    "DROP",
    "EXISTS",
    "FROM",
    "FUNCTION",
    "GRANT",
    "INDEX",
    "INSERT",
    "INTO",
    "JOIN",
    "KEY",
    "NOT",
    "NULL",
    "ON",
    "PRIMARY",
    "REFERENCES",
    "SELECT",
    "TABLE",
    "TRIGGER",
    "UPDATE",
    "VALUES",
    "WHERE",
];
const STATEMENTS: [&str; 4] = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE "];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    if source.path.ends_with(".sql") {
        statements(source, findings);
    } else if source.path.starts_with("crates/") && source.path.ends_with(".rs") {
        queries(source, findings);
    }
}

fn statements(source: &Source, findings: &mut Vec<Finding>) {
    for (number, line) in without_text(&source.text).lines().enumerate() {
        if let Some(keyword) = words(line).find(|word| KEYWORDS.contains(word)) {
            findings.push(source.finding("sql-case", number + 1, format!("`{keyword}`: SQL is written in lower case")));
        }
        if unnamed_columns(line) {
            findings.push(source.finding("select-star", number + 1, "name the columns"));
        }
    }
}

fn queries(source: &Source, findings: &mut Vec<Finding>) {
    for (number, line) in source.lines() {
        let line = line.trim_start();
        if line.starts_with("//") || is_test(&source.path) {
            continue;
        }
        let text = line.trim_start_matches(|c: char| !c.is_alphabetic());
        let quoted = line.split('"').skip(1);
        if STATEMENTS.iter().any(|statement| text.starts_with(statement) || quoted.clone().any(|part| part.starts_with(statement))) {
            findings.push(source.finding("sql-case", number, "SQL is written in lower case"));
        }
        if unnamed_columns(line) {
            findings.push(source.finding("select-star", number, "name the columns"));
        }
    }
}

/// An `unnest` names its columns in its alias.
fn unnamed_columns(line: &str) -> bool {
    line.split("select *").skip(1).any(|rest| !rest.starts_with(" from unnest("))
}

/// The SQL with comments and quoted text blanked out; line breaks stay.
fn without_text(sql: &str) -> String {
    let mut kept = String::with_capacity(sql.len());
    let (mut quoted, mut comment, mut last) = (false, false, ' ');
    for c in sql.chars() {
        match c {
            '\n' => comment = false,
            '\'' if !comment => quoted = !quoted,
            '-' if last == '-' && !quoted => comment = true,
            _ => {}
        }
        kept.push(if c == '\n' || !quoted && !comment { c } else { ' ' });
        last = c;
    }
    kept
}

/// Migrations are `0001_name.sql`, `0002_name.sql`, ... without a gap or a double.
pub fn check_numbers(sources: &[Source], findings: &mut Vec<Finding>) {
    let migrations = sources.iter().filter(|source| source.path.starts_with("migrations/") && source.path.ends_with(".sql"));
    for (index, source) in migrations.enumerate() {
        let wanted = format!("migrations/{:04}_", index + 1);
        let name = source.path.strip_prefix(&wanted).and_then(|rest| rest.strip_suffix(".sql"));
        if !name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))) {
            findings.push(source.finding(
                "migrations",
                0,
                format!("expected {wanted}name.sql: numbers have no gaps, names are lower case"),
            ));
            return; // all later ones would be wrong as well
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{broken, findings};
    use super::*;

    #[test]
    fn capitals_are_found_in_statements_but_not_in_text() {
        assert_eq!(broken("migrations/0001_a.sql", "CREATE table a (id uuid);"), ["sql-case"]);
        assert!(broken("migrations/0001_a.sql", "-- CREATE TABLE\nselect 'SELECT it''s FROM';").is_empty());
        assert_eq!(broken("migrations/0001_a.sql", "select 'a';\nSELECT 1;"), ["sql-case"]);
        assert_eq!(broken("crates/a/src/store.rs", "query!(\"SELECT id from a\")"), ["sql-case"]);
        assert_eq!(broken("crates/a/src/store.rs", "    r#\"INSERT INTO a\n"), ["sql-case"]);
        assert!(broken("crates/a/src/store.rs", "let word = \"Please SELECT one\";").is_empty());
    }

    #[test]
    fn columns_are_named() {
        assert_eq!(broken("crates/a/src/store.rs", "query!(\"select * from a\")"), ["select-star"]);
        assert!(broken("crates/a/src/store.rs", "query!(\"select count(*) from a\")").is_empty());
        assert!(broken("crates/a/src/store.rs", "query!(\"select * from unnest($1::int[]) as line (n)\")").is_empty());
    }

    #[test]
    fn migrations_are_numbered_without_gaps() {
        let numbered = |names: &[&str]| {
            let sources: Vec<_> = names.iter().map(|name| Source { path: format!("migrations/{name}"), text: String::new() }).collect();
            findings(&sources).len()
        };
        assert_eq!(numbered(&["0001_a.sql", "0002_b_c.sql", "README.md"]), 0);
        assert_eq!(numbered(&["0001_a.sql", "0003_c.sql"]), 1);
        assert_eq!(numbered(&["0001_a.sql", "0001_b.sql"]), 1);
        assert_eq!(numbered(&["0001_A.sql"]), 1);
        assert_eq!(numbered(&["1_a.sql"]), 1);
    }
}
