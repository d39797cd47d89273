//! The private PostgreSQL with real servers: on the system's programs, and on the relocatable build 18 when
//! `QUICKSHOP_TEST_PG18_BIN` names its folder.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "clippy takes only the test functions for tests, not what they share"
)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use platform::embedded_pg::{Binaries, Bundled, NoBinaries, Server, Settings, StartError, find_binaries, running};
use sqlx::{Connection, Executor, PgConnection, Row};
use tempfile::TempDir;

const NO_18: &str = "ATTENTION: QUICKSHOP_TEST_PG18_BIN is not set: the relocatable PostgreSQL 18 is NOT tested";

/// The programs to test, the system's first.
fn installations() -> Vec<Binaries> {
    let mut found = vec![any_installation()];
    match std::env::var_os("QUICKSHOP_TEST_PG18_BIN") {
        Some(bin) => found.push(find_binaries(Some(Path::new(&bin)), &Bundled::default(), Path::new("/nonexistent")).unwrap()),
        None => eprintln!("{NO_18}"),
    }
    found
}

fn any_installation() -> Binaries {
    find_binaries(None, &Bundled::default(), Path::new("/nonexistent")).expect("the tests need a PostgreSQL on the system")
}

fn is_root(why: &str) -> bool {
    if !Uid::effective().is_root() {
        eprintln!("skipped, needs root: {why}");
    }
    Uid::effective().is_root()
}

/// A folder that the server's account can pass through, as a person's data directory would be.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o711)).unwrap();
        Self(dir)
    }

    fn data_dir(&self) -> PathBuf {
        self.0.path().join("shop")
    }

    fn cluster(&self) -> PathBuf {
        self.data_dir().join("postgres")
    }

    fn settings(&self, binaries: &Binaries) -> Settings {
        settings(self.data_dir(), binaries)
    }
}

fn settings(data_dir: PathBuf, binaries: &Binaries) -> Settings {
    Settings { durable: false, ..Settings::new(data_dir, binaries.clone()) }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn text(db: &mut PgConnection, sql: &'static str) -> String {
    db.fetch_one(sql).await.unwrap().get(0)
}

async fn refusal(settings: &Settings) -> String {
    let message = Server::start(settings).await.expect_err("the start should be refused").to_string();
    assert!(!message.contains('\n'), "one line: {message}");
    message
}

/// The processes whose working directory is this cluster: the server and all its backends.
fn processes_of(cluster: &Path) -> Vec<i32> {
    let cluster = fs::canonicalize(cluster).unwrap();
    let numbers = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|pid: &i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == cluster)).collect()
}

async fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let begun = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    while !check() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tick.tick().await;
    }
}

/// A shop as its own process: this test program again, running only `a_shop_to_be_killed`.
fn shop_process(place: &Place, binaries: &Binaries) -> (Child, i32) {
    let mut shop = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_shop_to_be_killed", "--nocapture"])
        .env("QUICKSHOP_TEST_SHOP", place.data_dir())
        .env("QUICKSHOP_TEST_SHOP_BIN", &binaries.dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(shop.stdout.take().unwrap()).lines();
    let ready = lines.map(Result::unwrap).find_map(|line| line.split_once("server: ").map(|(_, pid)| pid.parse().unwrap()));
    (shop, ready.expect("the shop should become ready"))
}

/// Not a test of its own: what `shop_process` runs.
#[tokio::test]
async fn a_shop_to_be_killed() {
    let (Some(data_dir), Some(bin)) = (std::env::var_os("QUICKSHOP_TEST_SHOP"), std::env::var_os("QUICKSHOP_TEST_SHOP_BIN")) else {
        return;
    };
    let binaries = find_binaries(Some(Path::new(&bin)), &Bundled::default(), Path::new(&data_dir)).unwrap();
    let server = Server::start(&Settings::new(data_dir.into(), binaries)).await.unwrap();
    let mut db = connect(server.url()).await;
    db.execute("create table if not exists kept (n int); insert into kept values (1)").await.unwrap();
    db.execute("begin; insert into kept values (2)").await.unwrap();
    println!("server: {}", server.pid());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_fresh_start_makes_a_cluster_that_is_closed_to_everybody_else() {
    for binaries in installations() {
        let place = Place::new();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        let mut db = connect(server.url()).await;
        assert!(text(&mut db, "show server_version").await.starts_with(&binaries.major.to_string()));
        for (sql, expected) in [
            ("show data_checksums", "on"),
            ("show listen_addresses", ""),
            ("show server_encoding", "UTF8"),
            ("show jit", "off"),
            ("show max_connections", "60"),
            ("show shared_buffers", "128MB"),
            ("show timezone", "UTC"),
            ("select datcollate::text from pg_database where datname = current_database()", "C.UTF-8"),
            ("select datdba::regrole::text from pg_database where datname = current_database()", "quickshop"),
            ("select rolsuper::text from pg_roles where rolname = current_user", "false"),
        ] {
            assert_eq!(text(&mut db, sql).await, expected, "{} {sql}", binaries.major);
        }
        assert_ne!(text(&mut db, "show wal_compression").await, "off");
        // What the migrations need: extensions, and roles of their own to become.
        db.execute("create extension pg_trgm; create extension unaccent; create extension citext; create extension btree_gin")
            .await
            .unwrap();
        db.execute("create role app; grant app to current_user; set role app; reset role; drop role app").await.unwrap();

        let superuser = server.url().replace("/quickshop?", "/postgres?").replace("user=quickshop", "user=postgres");
        let mut superuser = connect(&superuser).await;
        assert_eq!(
            text(&mut superuser, "select string_agg(distinct type || ' ' || auth_method, ',') from pg_hba_file_rules").await,
            "local peer"
        );
        assert_eq!(text(&mut superuser, "select count(*)::text from pg_hba_file_rules where error is not null").await, "0");
        for private in [place.cluster(), place.data_dir().join("postgres.run")] {
            assert_eq!(fs::metadata(&private).unwrap().mode() & 0o777, 0o700, "{}", private.display());
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn a_restart_keeps_the_data_and_is_quick() {
    for binaries in installations() {
        let place = Place::new();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        connect(server.url()).await.execute("create table kept as select 42 as n").await.unwrap();
        server.stop().await;

        let begun = Instant::now();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        let took = begun.elapsed();
        eprintln!("PostgreSQL {}: ready after {took:?}", binaries.major);
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert_eq!(text(&mut connect(server.url()).await, "select n::text from kept").await, "42");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_stop_ends_every_process_within_five_seconds_whatever_clients_do() {
    for binaries in installations() {
        let place = Place::new();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        let mut idle = connect(server.url()).await;
        idle.execute("begin; create table open_transaction (n int)").await.unwrap();
        let mut busy = connect(server.url()).await;
        let query = async { busy.execute("select pg_sleep(60)").await.map(|_| ()) };
        let stop = async {
            let begun = Instant::now();
            server.stop().await;
            begun.elapsed()
        };
        let (answer, took) = tokio::join!(query, stop);
        eprintln!("PostgreSQL {}: stopped after {took:?}", binaries.major);
        assert!(answer.is_err());
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert_eq!(processes_of(&place.cluster()), [0_i32; 0]);
        assert!(!place.cluster().join("postmaster.pid").exists(), "the end was clean");
    }
}

#[tokio::test]
async fn a_dropped_server_ends_and_the_next_start_waits_for_it() {
    let place = Place::new();
    let binaries = any_installation();
    drop(Server::start(&place.settings(&binaries)).await.unwrap());
    let server = Server::start(&place.settings(&binaries)).await.unwrap();
    assert!(processes_of(&place.cluster()).contains(&server.pid()));
    server.stop().await;
}

#[tokio::test]
async fn a_killed_shop_takes_its_server_along_and_loses_nothing_committed() {
    for binaries in installations() {
        let place = Place::new();
        let (mut shop, server) = shop_process(&place, &binaries);
        assert!(processes_of(&place.cluster()).contains(&server));
        shop.kill().unwrap();
        shop.wait().unwrap();
        // At once, while the old server may still be ending.
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        assert_eq!(text(&mut connect(server.url()).await, "select string_agg(n::text, ',') from kept").await, "1");
        server.stop().await;

        let (mut shop, _) = shop_process(&place, &binaries);
        shop.kill().unwrap();
        shop.wait().unwrap();
        eventually("the server ends after its shop", || processes_of(&place.cluster()).is_empty()).await;
    }
}

#[tokio::test]
async fn a_killed_server_is_recovered_by_the_next_start() {
    for binaries in installations() {
        let place = Place::new();
        let (mut shop, server) = shop_process(&place, &binaries);
        kill(Pid::from_raw(server), Signal::SIGKILL).unwrap();
        shop.kill().unwrap();
        shop.wait().unwrap();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        assert_eq!(text(&mut connect(server.url()).await, "select string_agg(n::text, ',') from kept").await, "1");
        let log = fs::read_to_string(place.data_dir().join("postgres.log")).unwrap();
        assert!(log.contains("not properly shut down"), "{log}");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_start_waits_for_busy_backends_of_a_killed_server() {
    for binaries in installations() {
        let place = Place::new();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        let mut busy = connect(server.url()).await;
        let work = "do $$ declare stop timestamptz = clock_timestamp() + '2 s'; begin while clock_timestamp() < stop loop end loop; end $$";
        let restart = async {
            let mut watch = connect(server.url()).await;
            let seen = "select count(*)::text from pg_stat_activity where state = 'active' and query like 'do %'";
            while text(&mut watch, seen).await != "1" {}
            kill(Pid::from_raw(server.pid()), Signal::SIGKILL).unwrap();
            server.ended().await;
            drop(server);
            assert_ne!(processes_of(&place.cluster()), [0_i32; 0], "the busy backend lives on");
            Server::start(&place.settings(&binaries)).await.unwrap()
        };
        let (_, server) = tokio::join!(busy.execute(work), restart);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_end_of_a_server_that_nobody_stopped_is_told() {
    let place = Place::new();
    let server = Server::start(&place.settings(&any_installation())).await.unwrap();
    kill(Pid::from_raw(server.pid()), Signal::SIGKILL).unwrap();
    let status = tokio::time::timeout(Duration::from_secs(10), server.ended()).await.unwrap();
    assert!(status.contains('9'), "{status}");
    eventually("its backends end", || processes_of(&place.cluster()).is_empty()).await;
}

#[tokio::test]
async fn a_stale_pid_file_whose_number_lives_again_does_not_block() {
    let place = Place::new();
    let binaries = any_installation();
    Server::start(&place.settings(&binaries)).await.unwrap().stop().await;
    let cluster = fs::metadata(place.cluster()).unwrap();
    let mut other = Command::new("sleep");
    other.arg("60");
    if Uid::effective().is_root() {
        other.uid(cluster.uid()); // the server may signal it, so it believes the file
    }
    let mut other = other.spawn().unwrap();
    let stale = format!("{}\n{}\n1\n5432\n/nowhere\n\n  1 1\nready\n", other.id(), place.cluster().display());
    for (path, content) in
        [(place.cluster().join("postmaster.pid"), &stale), (place.data_dir().join("postgres.run/.s.PGSQL.5432.lock"), &stale)]
    {
        fs::write(&path, content).unwrap();
        chown(&path, Some(cluster.uid()), Some(cluster.gid())).unwrap();
    }
    assert_eq!(running(&place.data_dir()), None);
    let server = Server::start(&place.settings(&binaries)).await;
    other.kill().unwrap();
    other.wait().unwrap();
    server.unwrap().stop().await;
}

#[tokio::test]
async fn a_second_shop_on_the_same_data_is_refused() {
    let place = Place::new();
    let binaries = any_installation();
    let server = Server::start(&place.settings(&binaries)).await.unwrap();
    let message = refusal(&place.settings(&binaries)).await;
    assert!(message.starts_with(&format!("another shop (process {}) already runs on ", std::process::id())), "{message}");
    assert_eq!(text(&mut connect(server.url()).await, "select 'unharmed'").await, "unharmed");
    server.stop().await;
}

#[tokio::test]
async fn other_processes_find_the_running_server() {
    let place = Place::new();
    assert_eq!(running(&place.data_dir()), None);
    let server = Server::start(&place.settings(&any_installation())).await.unwrap();
    assert_eq!(running(&place.data_dir()).as_deref(), Some(server.url()));
    assert_eq!(text(&mut connect(&running(&place.data_dir()).unwrap()).await, "select 'joined'").await, "joined");
    server.stop().await;
    assert_eq!(running(&place.data_dir()), None);
}

#[tokio::test]
async fn data_of_another_major_is_refused_and_matching_programs_are_preferred() {
    let place = Place::new();
    let all = installations();
    for binaries in &all {
        let place = Place::new();
        Server::start(&place.settings(binaries)).await.unwrap().stop().await;
        for other in all.iter().filter(|other| other.major != binaries.major) {
            let message = refusal(&place.settings(other)).await;
            assert!(message.contains(&format!("install PostgreSQL {} or set PG_BIN to its programs", binaries.major)), "{message}");
        }
        let bundled = Bundled { beside: None, cached: all.iter().map(|other| other.dir.clone()).collect() };
        assert_eq!(find_binaries(None, &bundled, &place.data_dir()).unwrap().major, binaries.major);
    }
    let binaries = any_installation();
    Server::start(&place.settings(&binaries)).await.unwrap().stop().await;
    fs::write(place.cluster().join("PG_VERSION"), "14\n").unwrap();
    let message = refusal(&place.settings(&binaries)).await;
    assert!(message.contains("holds data of PostgreSQL 14"), "{message}");
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_is_refused() {
    let place = Place::new();
    let binaries = any_installation();
    fs::write(place.0.path().join("file"), "").unwrap();
    for path in ["file", "file/below"] {
        let message = refusal(&settings(place.0.path().join(path), &binaries)).await;
        assert!(
            message.contains("is not a folder, or lies below a file") && message.ends_with("set DATA_DIR to another folder"),
            "{message}"
        );
    }
    if Uid::effective().is_root() {
        eprintln!("skipped as root, who may write everywhere: a data directory of mode 0500");
        return;
    }
    fs::DirBuilder::new().mode(0o500).create(place.data_dir()).unwrap();
    let message = refusal(&place.settings(&binaries)).await;
    assert!(message.contains("is closed to user"), "{message}");
}

#[tokio::test]
async fn what_lies_where_the_cluster_belongs_is_never_overwritten() {
    let place = Place::new();
    let binaries = any_installation();
    fs::create_dir_all(place.cluster()).unwrap();
    fs::set_permissions(place.data_dir(), Permissions::from_mode(0o711)).unwrap();
    fs::write(place.cluster().join("diary.txt"), "mine").unwrap();
    assert!(refusal(&place.settings(&binaries)).await.contains("is not a PostgreSQL cluster"));
    assert_eq!(fs::read_to_string(place.cluster().join("diary.txt")).unwrap(), "mine");

    fs::remove_dir_all(place.cluster()).unwrap();
    symlink("/nonexistent/pg-0", place.cluster()).unwrap();
    assert!(refusal(&place.settings(&binaries)).await.contains("which is gone"));
}

#[tokio::test]
async fn a_first_start_that_was_interrupted_is_begun_again() {
    let place = Place::new();
    fs::create_dir_all(place.data_dir().join("postgres.new/base")).unwrap();
    fs::set_permissions(place.data_dir(), Permissions::from_mode(0o711)).unwrap();
    fs::write(place.data_dir().join("postgres.new/PG_VERSION"), "15\n").unwrap();
    Server::start(&place.settings(&any_installation())).await.unwrap().stop().await;
    assert!(!place.data_dir().join("postgres.new").exists());
}

#[tokio::test]
async fn long_and_odd_paths_work() {
    let binaries = any_installation();
    for name in ["long".repeat(30), "my shop, caf\u{e9} & \"co\" + 100%".to_owned()] {
        let place = Place::new();
        let settings = settings(place.0.path().join(name), &binaries);
        let server = Server::start(&settings).await.unwrap();
        assert_eq!(text(&mut connect(server.url()).await, "select 'here'").await, "here");
        assert_eq!(running(&settings.data_dir).as_deref(), Some(server.url()));
        let sockets = server.url().split(['=', '&']).nth(1).unwrap().to_owned();
        assert_eq!(fs::metadata(&sockets).unwrap().mode() & 0o777, 0o700);
        server.stop().await;
        fs::remove_dir_all(sockets).unwrap();
    }
}

#[tokio::test]
async fn as_root_a_closed_data_directory_keeps_its_cluster_outside() {
    if !is_root("a data directory below a closed folder") {
        return;
    }
    for binaries in installations() {
        let place = Place::new();
        fs::set_permissions(place.0.path(), Permissions::from_mode(0o700)).unwrap();
        let server = Server::start(&place.settings(&binaries)).await.unwrap();
        let cluster = fs::read_link(place.cluster()).unwrap();
        assert!(cluster.to_str().unwrap().starts_with("/var/lib/quickshop/pg-"), "{}", cluster.display());
        connect(server.url()).await.execute("create table kept as select 42 as n").await.unwrap();
        assert_eq!(running(&place.data_dir()).as_deref(), Some(server.url()));
        server.stop().await;

        // The link decides from now on: neither an opened folder nor another path to it loses the shop's data.
        fs::set_permissions(place.0.path(), Permissions::from_mode(0o711)).unwrap();
        let moved = place.0.path().join("moved");
        fs::rename(place.data_dir(), &moved).unwrap();
        let server = Server::start(&settings(moved.clone(), &binaries)).await.unwrap();
        assert_eq!(text(&mut connect(server.url()).await, "select n::text from kept").await, "42");
        server.stop().await;

        let mut sockets = cluster.clone().into_os_string();
        sockets.push(".run");
        fs::remove_dir_all(sockets).unwrap();
        fs::remove_dir_all(&cluster).unwrap();
        let message = refusal(&settings(moved, &binaries)).await;
        assert!(message.contains("which is gone"), "{message}");
    }
}

#[tokio::test]
async fn as_root_the_server_runs_as_the_owner_of_the_data_and_sees_no_environment_of_the_shop() {
    if !is_root("another account") {
        return;
    }
    let place = Place::new();
    let binaries = any_installation();
    let server = Server::start(&place.settings(&binaries)).await.unwrap();
    let environment = fs::read_to_string(format!("/proc/{}/environ", server.pid())).unwrap();
    assert!(!environment.contains("PATH=") && !environment.contains("CARGO"), "{environment}");
    assert_ne!(fs::metadata(format!("/proc/{}", server.pid())).unwrap().uid(), 0);
    server.stop().await;

    let nobody = User::from_name("nobody").unwrap().unwrap();
    let owner = format!("{}:{}", nobody.uid, nobody.gid);
    assert!(Command::new("chown").args(["-R", &owner]).arg(place.cluster()).status().unwrap().success());
    let server = Server::start(&place.settings(&binaries)).await.unwrap();
    assert_eq!(fs::metadata(format!("/proc/{}", server.pid())).unwrap().uid(), nobody.uid.as_raw());
    server.stop().await;
}

#[tokio::test]
async fn as_root_programs_that_the_server_cannot_reach_are_refused() {
    if !is_root("programs in a closed folder") {
        return;
    }
    let place = Place::new();
    let binaries = any_installation();
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).unwrap();
    for program in ["postgres", "initdb"] {
        fs::copy(binaries.dir.join(program), closed.path().join(program)).unwrap();
    }
    let found = find_binaries(Some(closed.path()), &Bundled::default(), &place.data_dir()).unwrap();
    let message = refusal(&place.settings(&found)).await;
    assert!(message.contains("who cannot enter") && message.contains("PG_BIN"), "{message}");
}

#[tokio::test]
async fn as_root_programs_that_came_with_the_shop_are_copied_to_where_the_server_reaches_them() {
    let Some(bin) = std::env::var_os("QUICKSHOP_TEST_PG18_BIN") else {
        eprintln!("{NO_18}");
        return;
    };
    if !is_root("programs in a closed folder") {
        return;
    }
    let (place, closed) = (Place::new(), tempfile::tempdir().unwrap());
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).unwrap();
    let installation = Path::new(&bin).ancestors().nth(3).unwrap();
    let beside = closed.path().join("postgresql");
    assert!(Command::new("cp").arg("-r").args([installation, &beside]).status().unwrap().success());
    let bundled = Bundled { beside: Some(beside), cached: Vec::new() };
    let found = find_binaries(None, &bundled, &place.data_dir()).unwrap();
    assert!(found.dir.starts_with(fs::canonicalize(closed.path()).unwrap()));
    let mut runs_from = Vec::new();
    for _start in ["copies", "finds the copy"] {
        let server = Server::start(&place.settings(&found)).await.unwrap();
        runs_from.push(fs::read_link(format!("/proc/{}/exe", server.pid())).unwrap());
        server.stop().await;
    }
    let copy = runs_from[0].ancestors().nth(4).unwrap();
    assert!(copy.to_str().unwrap().starts_with("/var/lib/quickshop/programs-"), "{}", copy.display());
    assert_eq!(runs_from[0], runs_from[1]);
    fs::remove_dir_all(copy).unwrap();
}

#[tokio::test]
async fn as_an_ordinary_user_the_data_of_somebody_else_is_refused() {
    if Uid::effective().is_root() {
        eprintln!("skipped as root, who runs the server as the owner of the data");
        return;
    }
    let place = Place::new();
    fs::create_dir(place.data_dir()).unwrap();
    symlink("/usr", place.cluster()).unwrap();
    let refused = Server::start(&place.settings(&any_installation())).await.unwrap_err();
    assert!(matches!(refused, StartError::OtherOwner { .. }), "{refused}");
}

#[test]
fn programs_are_found_in_pg_bin_or_said_to_be_missing() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(find_binaries(Some(empty.path()), &Bundled::default(), empty.path()), Err(NoBinaries::NotInPgBin(empty.path().to_owned())));
    let old = empty.path().join("old");
    fs::create_dir(&old).unwrap();
    for program in ["postgres", "initdb"] {
        fs::write(old.join(program), "#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n").unwrap();
        fs::set_permissions(old.join(program), Permissions::from_mode(0o755)).unwrap();
    }
    assert!(matches!(find_binaries(Some(&old), &Bundled::default(), empty.path()), Err(NoBinaries::TooOld { major: 13, .. })));
    for message in [NoBinaries::Nowhere, NoBinaries::NotInPgBin(old)].map(|error| error.to_string()) {
        assert!(message.contains("PG_BIN") && !message.contains('\n'), "{message}");
    }
}
