//! The configuration of the private server: three files in the cluster, and what must hold on the command line.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use super::places::Places;
use super::privileges::Account;
use super::{PORT, ROLE, SUPERUSER, Settings};

/// Everything else of the server's configuration is PostgreSQL's default.
///
/// `log_min_messages = log` keeps the errors of statements out of the log: their texts repeat what a customer typed,
/// and the shop gets each of them as an answer anyway.
const TUNING: &str = "\
# Written at every start of the shop. What `ALTER SYSTEM` sets is kept and wins over this file.
shared_buffers = 128MB
max_wal_size = 512MB
wal_compression = on
max_wal_senders = 2
max_replication_slots = 2
jit = off
random_page_cost = 1.1
autovacuum_max_workers = 2
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
";

/// Writes `postgresql.conf`, `pg_hba.conf` and `pg_ident.conf`, so that a newer shop brings its settings to an old cluster.
pub(super) fn write(settings: &Settings, places: &Places) -> io::Result<()> {
    let access = format!("# Written at every start of the shop.\nlocal all all peer map={ROLE}\nlocal replication all peer map={ROLE}\n");
    put(places, "postgresql.conf", &tuning(settings))?;
    put(places, "pg_hba.conf", &access)?;
    put(places, "pg_ident.conf", &account_map(&[&Account::of_the_shop(), &places.account]))
}

/// Settings that neither a file nor `ALTER SYSTEM` may change, because the shop's safety leans on them.
pub(super) fn arguments(settings: &Settings, places: &Places) -> Vec<String> {
    let mut fixed = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", places.sockets.display()),
        format!("port={PORT}"),
        format!("hba_file={}", places.cluster.join("pg_hba.conf").display()),
        format!("ident_file={}", places.cluster.join("pg_ident.conf").display()),
        format!("max_connections={}", settings.max_connections),
    ];
    if !settings.durable {
        fixed.extend(["fsync=off", "full_page_writes=off", "synchronous_commit=off"].map(str::to_owned));
    }
    fixed.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

fn tuning(settings: &Settings) -> String {
    let mut text = TUNING.to_owned();
    if has_statement_statistics(&settings.binaries.dir) {
        text.push_str("shared_preload_libraries = 'pg_stat_statements'\n");
    }
    text
}

/// Distributions package it apart, and a library that cannot be loaded stops the server.
fn has_statement_statistics(bin: &Path) -> bool {
    ["../lib", "../lib/postgresql", "../lib64"].iter().any(|lib| bin.join(lib).join("pg_stat_statements.so").exists())
}

fn account_map(accounts: &[&Account]) -> String {
    let mut text = "# Written at every start of the shop.\n".to_owned();
    for account in accounts {
        for role in [ROLE, SUPERUSER] {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{ROLE} \"{}\" {role}", account.name);
        }
    }
    text
}

/// Replaces a file of the cluster. By renaming: root never writes through a link that the server's account laid.
fn put(places: &Places, name: &str, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(&places.cluster)?;
    file.write_all(text.as_bytes())?;
    places.account.take(file.path())?;
    file.persist(places.cluster.join(name))?;
    Ok(())
}
