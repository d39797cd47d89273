//! `cargo xtask run`: build the shop, then become `quickshop up`.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::time::Instant;

use crate::report::seconds;
use crate::sh::{Failure, Result, cargo, command, run as execute, say, target};
use crate::{setup, web};

/// Arguments and the environment go to `quickshop up` as they are.
pub fn run(arguments: &[String]) -> Result {
    let started = Instant::now();
    setup::postgres()?;
    let binary = build()?;
    say(&format!("Built in {}.", seconds(started.elapsed())));
    let mut shop = command(binary);
    shop.arg("up").args(arguments.iter().filter(|argument| *argument != "--"));
    // Replaces this process, as cargo replaced itself by this one: signals and the exit status of `make run` are the shop's own.
    let never_started = shop.exec();
    Err(Failure(format!("cannot start quickshop: {never_started}")))
}

/// The shop as `make run` starts it: front end first, as the binary carries it.
pub fn build() -> Result<PathBuf> {
    setup::npm_packages()?;
    web::build()?;
    build_binary()
}

/// The optimised binary alone.
pub fn build_binary() -> Result<PathBuf> {
    execute(&mut cargo(["build", "--profile", "local", "--package", "quickshop"]))?;
    Ok(target().join("local/quickshop"))
}
