//! `cargo xtask sqlx [--check]`: the committed query cache, with which a clone compiles without a database.
//!
//! Migrations are applied with psql and not with `quickshop migrate`: a stale cache is exactly when that binary
//! does not compile.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::check_only;
use crate::files::walk;
use crate::postgres::Server;
use crate::sh::{Because as _, Failure, Result, cargo, root, run, say, scratch, text};

/// The job queue's crate, whose tables our queries name, keeps its migrations as numbered files of SQL.
const QUEUE_CRATE: &str = "graphile_worker_migrations-";
const QUEUE_SCHEMA: &str = "graphile_worker";
/// The books that the two migrators keep for themselves; queries may read them.
const BOOKS: &str = "create schema graphile_worker;
create table graphile_worker.migrations (id int primary key, ts timestamptz default now() not null, breaking boolean not null default false);
create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz not null default now(),
    success boolean not null, checksum bytea not null, execution_time bigint not null);
";

/// Refreshes `.sqlx`, or only compares it.
pub fn command(arguments: &[String]) -> Result {
    let check = check_only(arguments)?;
    let fresh = entries(&describe()?)?;
    let committed = entries(&root().join(".sqlx"))?;
    let changes = differences(&committed, &fresh);
    if changes.is_empty() {
        say(&format!(".sqlx is fresh ({} queries)", fresh.len()));
        return Ok(());
    }
    if check {
        return Err(Failure(format!(".sqlx is stale: run `cargo xtask sqlx` and commit it\n{}", changes.join("\n"))));
    }
    replace(&committed, &fresh)?;
    say(&format!(".sqlx has {} queries now:\n{}", fresh.len(), changes.join("\n")));
    Ok(())
}

/// Checks every target against a migrated database; answers the folder in which the macros described their queries.
fn describe() -> Result<PathBuf> {
    let folder = scratch()?.join("sqlx");
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let server = Server::start()?;
    migrate(&server)?;
    let touched = Touched::all()?;
    let checked = run(cargo(["check", "--workspace", "--all-targets"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &folder)
        .env("DATABASE_URL", server.url()));
    drop(touched);
    checked.map(|()| folder)
}

fn migrate(server: &Server) -> Result {
    if let Some(queue) = queue_schema()? {
        server.apply(&queue)?;
    }
    for file in walk(&root().join("migrations"))? {
        if file.extension().is_some_and(|end| end == "sql") {
            server.apply(&file)?;
        }
    }
    Ok(())
}

/// The job queue's schema as one file, from the sources of the very version in the lock file.
fn queue_schema() -> Result<Option<PathBuf>> {
    let metadata = text(&mut cargo(["metadata", "--format-version=1"]))?;
    let Some(sources) = manifests(&metadata).find_map(|manifest| {
        let folder = manifest.parent()?;
        let version = folder.file_name()?.to_str()?.strip_prefix(QUEUE_CRATE)?;
        version.starts_with(|c: char| c.is_ascii_digit()).then(|| folder.join("src/sql"))
    }) else {
        return Ok(None);
    };
    let mut schema = String::from(BOOKS);
    for file in walk(&sources)?.iter().filter(|file| file.extension().is_some_and(|end| end == "sql")) {
        let statements = fs::read_to_string(file).because(|| format!("read {}", file.display()))?;
        let statements = statements.replace(":GRAPHILE_WORKER_SCHEMA", QUEUE_SCHEMA);
        // One transaction each, as the crate does it: some of them lock tables.
        schema.push_str(&format!("begin;\n{statements};\ncommit;\n"));
    }
    let path = scratch()?.join("queue.sql");
    fs::write(&path, schema).because(|| format!("write {}", path.display()))?;
    Ok(Some(path))
}

/// The manifests that `cargo metadata` lists.
fn manifests(metadata: &str) -> impl Iterator<Item = &Path> {
    metadata.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next()).map(Path::new)
}

/// The roots of all our targets, made to look edited while this lives: the macros read the database at compile
/// time, which cargo cannot see. Their times come back afterwards, so that no other build starts anew.
struct Touched(Vec<(PathBuf, SystemTime, SystemTime)>);

impl Touched {
    fn all() -> Result<Self> {
        let clock = scratch()?.join("touched");
        fs::write(&clock, "")?;
        let now = fs::metadata(&clock)?.modified()?;
        let mut touched = Self(Vec::new());
        for file in walk(&root().join("crates"))?.into_iter().filter(|file| is_target_root(file)) {
            let before = fs::metadata(&file)?.modified()?;
            File::options().append(true).open(&file)?.set_modified(now)?;
            touched.0.push((file, before, now));
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (file, before, touched) in &self.0 {
            // A file saved by an editor meanwhile keeps its new time.
            if fs::metadata(file).and_then(|meta| meta.modified()).is_ok_and(|now| now == *touched) {
                let _gone = File::options().append(true).open(file).and_then(|file| file.set_modified(*before));
            }
        }
    }
}

fn is_target_root(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    matches!(name, "lib.rs" | "main.rs") || name.ends_with(".rs") && matches!(folder, "bin" | "tests" | "examples" | "benches")
}

/// File name to content.
fn entries(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut entries = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("query-") {
            let content = fs::read_to_string(&path).because(|| format!("read {}", path.display()))?;
            entries.insert(name, content);
        }
    }
    Ok(entries)
}

/// One line for each query that is new, gone or described differently.
fn differences(committed: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> Vec<String> {
    let gone = committed.iter().filter(|(name, _)| !fresh.contains_key(*name)).map(|(_, content)| ("gone", content));
    let new = fresh.iter().filter(|(name, _)| !committed.contains_key(*name)).map(|(_, content)| ("new", content));
    let changed = fresh.iter().filter(|(name, content)| committed.get(*name).is_some_and(|old| old != *content));
    gone.chain(new)
        .chain(changed.map(|(_, content)| ("changed", content)))
        .map(|(word, content)| format!("  {word:<8} {}", query(content)))
        .collect()
}

/// The statement in an entry, on one line.
fn query(content: &str) -> String {
    let line = content.lines().find_map(|line| line.trim().strip_prefix("\"query\": ")).unwrap_or_default();
    line.replace("\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect()
}

fn replace(committed: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> Result {
    let folder = root().join(".sqlx");
    fs::create_dir_all(&folder)?;
    for name in committed.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, content) in fresh {
        if committed.get(name) != Some(content) {
            fs::write(folder.join(name), content)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_what_is_new_gone_and_changed() {
        let entry = |text: &str| format!("{{\n  \"db_name\": \"PostgreSQL\",\n  \"query\": \"{text}\",\n}}");
        let committed = BTreeMap::from([("query-a".to_owned(), entry("select 1")), ("query-b".to_owned(), entry("select 2"))]);
        let fresh = BTreeMap::from([("query-b".to_owned(), entry("select\\n   3")), ("query-c".to_owned(), entry("select 4"))]);
        let told = differences(&committed, &fresh);
        assert_eq!(told, ["  gone     \"select 1\",", "  new      \"select 4\",", "  changed  \"select 3\","]);
        assert!(differences(&fresh, &fresh).is_empty());
    }

    #[test]
    fn manifests_are_found_in_what_cargo_prints() {
        let metadata = r#"{"packages":[{"manifest_path":"/r/one-1.0.0/Cargo.toml"},{"x":1,"manifest_path":"/r/two-2/Cargo.toml"}]}"#;
        let found: Vec<_> = manifests(metadata).collect();
        assert_eq!(found, [Path::new("/r/one-1.0.0/Cargo.toml"), Path::new("/r/two-2/Cargo.toml")]);
    }

    #[test]
    fn the_roots_of_all_kinds_of_targets_are_known() {
        for root in ["crates/cart/src/lib.rs", "crates/testkit/tests/it/main.rs", "crates/testkit/src/bin/x.rs", "crates/a/tests/b.rs"] {
            assert!(is_target_root(Path::new(root)), "{root}");
        }
        assert!(!is_target_root(Path::new("crates/cart/src/store.rs")));
    }
}
