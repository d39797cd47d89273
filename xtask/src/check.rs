//! `cargo xtask check` and `fmt`: the inner loop.

use crate::report::Report;
use crate::sh::{Result, cargo, npm, run};
use crate::{setup, tidy, web};

/// Formatting, tidy, clippy, and the front end's checks when it changed.
pub fn check(_arguments: &[String]) -> Result {
    let mut report = Report::start();
    report.step("format", formatted);
    report.step("tidy", tidy::run);
    report.step("front end", || setup::npm_packages().and_then(|()| web::check_if_changed()));
    report.step("clippy", clippy);
    report.finish()
}

/// Formats Rust and the front end.
pub fn format(_arguments: &[String]) -> Result {
    run(&mut cargo(["fmt", "--all"]))?;
    setup::npm_packages()?;
    run(&mut npm(["run", "--silent", "format"]))
}

/// Is Rust formatted? (The front end's format is part of its own checks.)
pub fn formatted() -> Result {
    run(&mut cargo(["fmt", "--all", "--check"]))
}

/// Every target, and no warning.
pub fn clippy() -> Result {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}
