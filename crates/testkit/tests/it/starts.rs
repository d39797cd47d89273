//! The real binary, started with one thing broken: it says in one line what happened and what to do, ends with 1, and
//! leaves nothing behind.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection, postgres::PgConnectOptions};
use testkit::postgres;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

/// Longest broken start: one that waits for a database.
const ENDS_WITHIN: Duration = Duration::from_secs(60);
/// A value that must never be printed.
const SECRET: &str = "hunter2-hunter2-hunter2-hunter2-hunter2";

/// The binary that `cargo build` put beside the tests, or the one that `QUICKSHOP_BIN` names.
pub(crate) fn binary() -> PathBuf {
    let named = std::env::var_os("QUICKSHOP_BIN").map(PathBuf::from);
    let beside = || std::env::current_exe().ok()?.parent()?.parent().map(|folder| folder.join("quickshop"));
    let binary = named.or_else(beside).expect("a place for the binary");
    assert!(binary.is_file(), "{} is missing: run `cargo build -p quickshop`, or set QUICKSHOP_BIN", binary.display());
    binary
}

/// The command with nothing of the tests' own environment; the port is free.
pub(crate) fn quickshop(arguments: &[&str], data_dir: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env_clear().env("DATA_DIR", data_dir).env("PORT", "0");
    for name in ["PATH", "HOME", "PG_BIN", "XDG_CACHE_HOME", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(variables.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

pub(crate) async fn ended(mut command: Command) -> Output {
    tokio::time::timeout(ENDS_WITHIN, command.output()).await.expect("an end in time").expect("its output")
}

/// What `up` says, line by line, without the log.
async fn complaints(data_dir: &Path, variables: &[(&str, &str)]) -> Vec<String> {
    let output = ended(quickshop(&["up"], data_dir, variables)).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panic") && !said.contains(SECRET), "{said}");
    said.lines()
        .filter_map(|line| line.strip_prefix("quickshop: "))
        .filter(|line| !line.starts_with("warning"))
        .map(str::to_owned)
        .collect()
}

async fn complaint(data_dir: &Path, variables: &[(&str, &str)]) -> String {
    let mut lines = complaints(data_dir, variables).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.swap_remove(0)
}

#[tokio::test]
async fn a_wrong_variable_is_named_and_nothing_is_made() {
    let folder = postgres::folder();
    let data_dir = folder.path().join("shop");
    let missing = folder.path().join("missing").display().to_string();
    for (name, value, expected) in [
        ("PORT", "abc", "PORT must be a whole number"),
        ("PORT", "70000", "PORT must be a whole number"),
        ("BIND", "here", "BIND must be an address with a port"),
        ("PUBLIC_BASE_URL", "shop.example.com", "PUBLIC_BASE_URL must begin with http:// or https://"),
        ("PUBLIC_BASE_URL", "https://example.com/shop", "PUBLIC_BASE_URL must end after the host"),
        (
            "DATABASE_URL",
            "mysql://root:hunter2-hunter2-hunter2-hunter2-hunter2@localhost/shop",
            "DATABASE_URL must be an address of PostgreSQL",
        ),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("SECRET_KEY_FILE", &missing, "SECRET_KEY_FILE names a file that cannot be read"),
        ("JWT_KEYS", SECRET, "JWT_KEYS must be a private key"),
        ("JWT_KEYS", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "JWT_KEYS is not an Ed25519 private key"),
        ("HOLD_TTL_SECONDS", "-1", "HOLD_TTL_SECONDS must be a whole number"),
        ("MAIL_FROM", "nobody", "MAIL_FROM must be an e-mail address"),
        ("STRIPE_SECRET_KEY", SECRET, "STRIPE_PUBLISHABLE_KEY is missing"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_1", "STRIPE_SECRET_KEY is missing"),
        ("STRIPE_API_BASE", "nonsense", "STRIPE_API_BASE must begin with http"),
        ("STRIPE_API_BASE", &format!("https://shop:{SECRET}@example.com"), "STRIPE_API_BASE must not hold a name or password"),
        ("SENDGRID_API_BASE", "nonsense", "SENDGRID_API_BASE must begin with http"),
        ("QUICKSHOP_ENV", "prod", "QUICKSHOP_ENV must be development or production"),
        ("QUICKSHOP_ENVV", "production", "you may mean QUICKSHOP_ENV"),
        ("QUICKSHOP_LOG", "in fo==", "QUICKSHOP_LOG or --log is not a filter"),
    ] {
        let said = complaint(&data_dir, &[(name, value)]).await;
        assert!(said.contains(expected), "{name}: {said}");
    }
    assert!(!data_dir.exists(), "a refused start made something");
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let folder = postgres::folder();
    let file = folder.path().join("key");
    std::fs::write(&file, SECRET).expect("a file");
    let wrong =
        [("PORT", "x"), ("MAIL_FROM", "x"), ("SECRET_KEY", SECRET), ("SECRET_KEY_FILE", file.to_str().expect("a path")), ("BIND", "x")];
    let said = complaints(&folder.path().join("shop"), &wrong).await;
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said.iter().any(|line| line == "SECRET_KEY and SECRET_KEY_FILE are both set: unset one of them"), "{said:?}");
}

#[tokio::test]
async fn a_name_near_to_one_of_ours_is_warned_of() {
    let folder = postgres::folder();
    let output = ended(quickshop(&["up"], &folder.path().join("shop"), &[("STRIPE_SECRETKEY", SECRET), ("PG_BIN", "/nowhere")])).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("warning: STRIPE_SECRETKEY is not read: if you mean STRIPE_SECRET_KEY, correct it"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_with_its_holder_before_anything_is_made() {
    let folder = postgres::folder();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port().to_string();
    let said = complaint(&folder.path().join("shop"), &[("PORT", &port)]).await;
    assert!(said.starts_with(&format!("port {port} is taken by ")) && said.contains(&std::process::id().to_string()), "{said}");
    let elsewhere = complaint(&folder.path().join("shop"), &[("BIND", "192.0.2.1:8080")]).await;
    assert_eq!(elsewhere, "192.0.2.1 is no address of this machine: correct BIND");
    assert!(!folder.path().join("shop").exists(), "a refused start made something");
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_used_is_said_with_its_path() {
    let folder = postgres::folder();
    let (file, odd, gone) = (folder.path().join("file"), folder.path().join("odd"), folder.path().join("gone"));
    std::fs::write(&file, "").expect("a file");
    assert!(complaint(&file, &[]).await.contains("is not a folder, or lies below a file"));
    std::fs::create_dir_all(odd.join("postgres/something")).expect("a folder");
    assert!(complaint(&odd, &[]).await.contains("is not a PostgreSQL cluster"));
    std::fs::create_dir(&gone).expect("a folder");
    std::os::unix::fs::symlink("/nowhere", gone.join("postgres")).expect("a link");
    assert!(complaint(&gone, &[]).await.contains("leads to /nowhere, which is gone"));
}

#[tokio::test]
async fn programs_that_are_missing_old_or_of_another_major_are_said() {
    let folder = postgres::folder();
    let (empty, old, other) = (folder.path().join("empty"), folder.path().join("old"), folder.path().join("other"));
    std::fs::create_dir(&empty).expect("a folder");
    programs(&old, 14);
    programs(&other, 99);
    let data_dir = folder.path().join("shop");
    let with = async |bin: &Path| complaint(&data_dir, &[("PG_BIN", bin.to_str().expect("a path"))]).await;
    assert!(with(&empty).await.contains("holds no working `postgres` and `initdb`"));
    assert!(with(&old).await.contains("is PostgreSQL 14: 15 or newer is needed"));
    std::fs::create_dir_all(data_dir.join("postgres")).expect("a folder");
    std::fs::write(data_dir.join("postgres/PG_VERSION"), "15\n").expect("a version");
    let said = with(&other).await;
    assert!(said.contains("holds data of PostgreSQL 15") && said.contains("is PostgreSQL 99") && said.contains("untouched"), "{said}");
}

/// Programs that say they are of a major version.
fn programs(folder: &Path, major: u32) {
    std::fs::create_dir(folder).expect("a folder");
    for name in ["postgres", "initdb"] {
        std::fs::write(folder.join(name), format!("#!/bin/sh\necho 'postgres (PostgreSQL) {major}.1'\n")).expect("a program");
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).expect("its mode");
    }
}

/// A URL with everything spelt out, as a process of its own needs it.
pub(crate) fn url(database: &PgConnectOptions) -> String {
    let name = database.get_database().expect("a database");
    let host = database.get_socket().map_or_else(|| database.get_host().to_owned(), |folder| folder.display().to_string());
    format!("postgres:///{name}?host={host}&port={}&user={}", database.get_port(), database.get_username())
}

#[tokio::test]
async fn a_database_that_is_not_this_versions_is_refused_and_left_alone() {
    let folder = postgres::folder();
    for (sql, expected) in [
        (
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9001, 'later', true, '\\x00', 1)",
            "of a newer QuickShop (it has migration 9001",
        ),
        ("update _sqlx_migrations set checksum = '\\x00' where version = 2", "migration 2 was applied with another text"),
        ("update _sqlx_migrations set success = false where version = 3", "migration 3 was begun and not ended"),
        ("drop table _sqlx_migrations", "tables of another program"),
    ] {
        let database = postgres::database().await;
        let mut owner = postgres::owner(&database).await;
        postgres::execute(&mut owner, sql).await;
        let said = complaint(&folder.path().join("shop"), &[("DATABASE_URL", &url(&database))]).await;
        assert!(said.contains(expected) && said.contains("nothing"), "{said}");
        owner.close().await.expect("goodbye");
    }
}

#[tokio::test]
async fn what_runs_beside_a_newer_version_goes_on_with_its_schema() {
    let folder = postgres::folder();
    let database = postgres::database().await;
    let newer =
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9001, 'later', true, '\\x00', 1)";
    postgres::execute(&mut postgres::owner(&database).await, newer).await;
    let elsewhere = "http://127.0.0.1:1";
    let variables = [("DATABASE_URL", &*url(&database)), ("STRIPE_API_BASE", elsewhere), ("SENDGRID_API_BASE", elsewhere)];
    for (part, says) in [("serve", "Serving "), ("worker", "Working ")] {
        let mut started =
            quickshop(&[part], folder.path(), &variables).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let mut lines = BufReader::new(started.stdout.take().expect("its output")).lines();
        let line = tokio::time::timeout(ENDS_WITHIN, lines.next_line()).await.expect("a line in time").expect("its output");
        let process = Pid::from_raw(started.id().and_then(|id| i32::try_from(id).ok()).expect("a process"));
        // One that refused has ended already.
        let _ended = kill(process, Signal::SIGTERM);
        let output = tokio::time::timeout(ENDS_WITHIN, started.wait_with_output()).await.expect("an end in time").expect("its output");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(line.is_some_and(|line| line.starts_with(says)) && output.status.success(), "{part}: {said}");
        assert!(said.contains("the database is of a newer QuickShop"), "{part}: {said}");
    }
    let refused = ended(quickshop(&["migrate"], folder.path(), &variables)).await;
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("nothing was changed"));
}

#[tokio::test]
async fn a_start_beside_another_shops_first_one_does_not_take_it_for_another_program() {
    let database = postgres::database().await;
    let (mut other, mut looking) = (postgres::owner(&database).await, postgres::owner(&database).await);
    postgres::execute(&mut other, "create table other_history as table _sqlx_migrations; delete from _sqlx_migrations").await;
    // Only the question for tables needs `pg_depend`, here one that can be locked: who waits for it has found no history.
    postgres::execute(&mut other, "create table public.pg_depend as table pg_catalog.pg_depend").await;
    postgres::execute(&mut looking, "set search_path = public, pg_catalog").await;
    postgres::execute(&mut other, "begin; lock table public.pg_depend in access exclusive mode").await;
    let look = platform::migrate::look(&mut looking);
    let store = async {
        let waits = "select count(*) from pg_locks where relation = 'public.pg_depend'::regclass and not granted \
                     and database = (select oid from pg_database where datname = current_database())";
        let deadline = Instant::now() + ENDS_WITHIN;
        while postgres::number(&mut other, waits).await == 0 {
            assert!(Instant::now() < deadline, "nobody waits");
            tokio::task::yield_now().await;
        }
        postgres::execute(&mut other, "insert into _sqlx_migrations table other_history; commit").await;
    };
    let (found, ()) = tokio::join!(look, store);
    assert_eq!(found.expect("an answer"), platform::migrate::Schema::Current);
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_without_its_password() {
    let folder = postgres::folder();
    // Bound and never listening: nothing else gets this port, and a connection is refused.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let nothing = socket.local_addr().expect("its address");
    let said = complaint(&folder.path().join("shop"), &[("DATABASE_URL", &format!("postgres://shop:{SECRET}@{nothing}/shop"))]).await;
    assert!(said.starts_with(&format!("no PostgreSQL listens at {nothing} (database shop)")), "{said}");

    let database = postgres::database().await;
    let missing = url(&database).replace(database.get_database().expect("a database"), "no_such_database");
    let said = complaint(&folder.path().join("shop"), &[("DATABASE_URL", &missing)]).await;
    assert!(said.contains("does not exist on that server"), "{said}");
}

#[tokio::test]
async fn what_listens_and_is_no_postgresql_is_said() {
    let folder = postgres::folder();
    // Takes the connection and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("its address");
    let said = complaint(&folder.path().join("shop"), &[("DATABASE_URL", &format!("postgres://shop:{SECRET}@{address}/shop"))]).await;
    assert!(said.starts_with(&format!("no PostgreSQL answers at {address}")), "{said}");
}

#[tokio::test]
async fn a_disk_without_room_for_a_shop_is_refused_before_the_cluster_is_made() {
    // Only root mounts a small disk; CI is root. For others the same check is tested in `platform::machine`.
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!("not tested: only root can mount a small disk");
        return;
    }
    let folder = postgres::folder();
    let disk = SmallDisk::mount(&folder.path().join("disk"), "20m");
    let said = complaint(&disk.0.join("shop"), &[]).await;
    assert!(said.contains("MB free, a new shop needs 128 MB; nothing was made"), "{said}");
    assert!(!disk.0.join("shop").exists(), "something was left");
}

/// A disk in memory, unmounted with it.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(place: &Path, size: &str) -> Self {
        std::fs::create_dir(place).expect("a folder");
        let options = format!("size={size},mode=755");
        let mounted = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(place).status();
        assert!(mounted.is_ok_and(|status| status.success()), "root could not mount a tmpfs: run the tests with CAP_SYS_ADMIN");
        Self(place.to_owned())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_wrong_command_line_ends_with_2_in_one_line() {
    let folder = postgres::folder();
    let output = ended(quickshop(&["docter"], folder.path(), &[])).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "quickshop: there is no command `docter`: try `doctor`, or see `quickshop help`\n");
    let welcome = ended(quickshop(&[], folder.path(), &[])).await;
    assert!(welcome.status.success() && String::from_utf8_lossy(&welcome.stdout).contains("quickshop up"));
}
