//! `cargo xtask test`: everything that CI runs, cheap failures first.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::files::walk;
use crate::report::{Done, Report};
use crate::sh::{Because as _, Failure, Result, ask, cargo, command, root, run, target};
use crate::{archive, check, e2e, openapi, setup, sqlx, tidy, web};

const SERVER_ENDS_WITHIN: Duration = Duration::from_secs(10);

/// Runs the stages in order and stops after the first that has a failure.
pub fn test(_arguments: &[String]) -> Result {
    let mut report = Report::start();
    for stage in [sources, front_end, build, tests, journeys, distribution] {
        if report.failed() == 0 {
            stage(&mut report);
        }
    }
    report.finish()
}

/// What needs no build.
fn sources(report: &mut Report) {
    report.step("format", check::formatted);
    report.step("tidy", tidy::run);
    report.step_or_skip("dependencies", dependencies);
    report.step_or_skip("advisories", advisories);
    report.step_or_skip("unused dependencies", unused_dependencies);
}

fn front_end(report: &mut Report) {
    report.step("set-up", || setup::for_test().map(|_| ()));
    if report.failed() > 0 {
        return; // nothing below can run
    }
    report.step("TypeScript types fresh", openapi::types_are_fresh);
    report.step("front end: check", web::check);
    report.step("front end: test", web::test);
    report.step("front end: build", web::build);
}

fn build(report: &mut Report) {
    report.step("clippy", check::clippy);
    // One build of everything: the tests, the test server and the shop for the journeys come from it.
    report.step("build", || run(&mut cargo(["build", "--workspace", "--all-targets"])));
}

fn tests(report: &mut Report) {
    report.step("openapi.json fresh", || openapi::document_is_fresh(&built("quickshop")));
    report.step(".sqlx fresh", || sqlx::command(&["--check".to_owned()]));
    report.step("tests", || {
        let server = TestPostgres::start()?;
        let pg18 = setup::for_test()?;
        let mut tests = if has_cargo("nextest") {
            cargo(["nextest", "run", "--workspace", "--no-fail-fast"])
        } else {
            cargo(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
        };
        run(tests.env("QUICKSHOP_TEST_DATABASE_URL", &server.url).env("QUICKSHOP_TEST_PG18_BIN", pg18))
    });
    report.step_or_skip("doc tests", doc_tests);
}

fn journeys(report: &mut Report) {
    report.step("journeys in a browser", || e2e::journeys(&built("quickshop")));
}

fn distribution(report: &mut Report) {
    report.step_or_skip("archive, bare Debian", archive::proven);
}

/// A binary of the development build.
fn built(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

fn dependencies() -> Result<Done> {
    if !has_cargo("deny") {
        return Ok(Done::Skipped("cargo-deny is not installed".to_owned()));
    }
    run(&mut cargo(["deny", "check", "bans", "licenses", "sources"])).map(|()| Done::Passed)
}

fn advisories() -> Result<Done> {
    if !has_cargo("deny") {
        return Ok(Done::Skipped("cargo-deny is not installed".to_owned()));
    }
    if run(&mut cargo(["deny", "fetch", "db"])).is_err() {
        return Ok(Done::Skipped("the advisory database cannot be reached".to_owned()));
    }
    run(&mut cargo(["deny", "check", "advisories"])).map(|()| Done::Passed)
}

fn unused_dependencies() -> Result<Done> {
    if !has_cargo("machete") {
        return Ok(Done::Skipped("cargo-machete is not installed".to_owned()));
    }
    run(&mut cargo(["machete"])).map(|()| Done::Passed)
}

fn has_cargo(subcommand: &str) -> bool {
    ask(&format!("cargo-{subcommand}"), &[subcommand, "--version"]).is_some()
}

/// Each crate with an example would cost a run of rustdoc, so they run only where there are any.
fn doc_tests() -> Result<Done> {
    let example = |line: &str| matches!(line.trim(), "/// ```" | "//! ```" | "/// ```rust" | "//! ```rust");
    for file in walk(&root().join("crates"))? {
        if file.extension().is_some_and(|end| end == "rs") && fs::read_to_string(&file)?.lines().any(example) {
            return run(&mut cargo(["test", "--workspace", "--doc"])).map(|()| Done::Passed);
        }
    }
    Ok(Done::Skipped("no example in the documentation".to_owned()))
}

/// The tests' own database server. It ends when its standard input closes, so it cannot outlive this process.
struct TestPostgres {
    process: Child,
    url: String,
}

impl TestPostgres {
    fn start() -> Result<Self> {
        let binary = built("test-postgres");
        let mut process =
            command(&binary).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().because(|| format!("start {}", binary.display()))?;
        let mut url = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        let server = Self { process, url: url.trim().to_owned() };
        if server.url.is_empty() { Err(Failure("test-postgres ended without an address".to_owned())) } else { Ok(server) }
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if e2e::wait(&mut self.process, SERVER_ENDS_WITHIN).is_none() {
            let _gone = self.process.kill();
        }
    }
}
