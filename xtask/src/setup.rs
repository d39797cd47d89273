//! What must be installed before the shop can be built, run and tested; installs only what is missing.

use std::env;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::Command;

use crate::files::{fingerprint, unless_done};
use crate::postgres;
use crate::sh::{Because as _, Failure, Result, ask, command, has, is_root, npm, root, run, say};

/// Debian's packages that the journeys in a browser need, and what buys from the packed archive.
const PACKAGES: [&str; 3] = ["chromium", "fonts-liberation", "curl"];
/// Makes the bare Debian in which the archive is proven, where that can be done.
const BARE_DEBIAN: &str = "debootstrap";
/// Needed to fetch the relocatable PostgreSQL; Debian's Python comes without it.
const PIP: &str = "python3-pip";
/// Where the tests keep Stripe's own client.
const OFFICIAL_CLIENT: &str = "crates/payments/tests/node";
/// The oldest Node that the front end's tools run on.
const OLDEST_NODE: u32 = 20;

/// `cargo xtask setup`: everything that `test` needs.
pub fn install(_arguments: &[String]) -> Result {
    for_test().map(|_| ())
}

/// npm packages, exactly those of the lock file and without their scripts.
pub fn npm_packages() -> Result {
    let node = ask("node", &["--version"])
        .ok_or_else(|| Failure("Node 20 or newer is needed to build the front end: install it and run this again".to_owned()))?;
    let major = node.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        return Err(Failure(format!("Node {OLDEST_NODE} or newer is needed to build the front end; this is {node}")));
    }
    install_packages("npm.stamp", "web", "the front end's packages")
}

/// The lock file of a folder, to the letter.
fn install_packages(stamp: &str, folder: &str, what: &str) -> Result {
    let folder = root().join(folder);
    let lock = fingerprint(&[folder.join("package-lock.json")])?;
    unless_done(stamp, lock, &[folder.join("node_modules")], || {
        say(&format!("Installing {what}"));
        run(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))
    })
    .map(|_| ())
}

/// PostgreSQL for a shop that is given none: the installed one, or the relocatable build in the cache, where the
/// shop looks by itself.
pub fn postgres() -> Result {
    if env::var_os("DATABASE_URL").is_some() || postgres::installed().is_some() {
        return Ok(());
    }
    postgres::relocatable().map(|_| ())
}

/// Everything for the tests; answers the folder of PostgreSQL 18's binaries.
pub fn for_test() -> Result<PathBuf> {
    debian_packages()?;
    npm_packages()?;
    install_packages("stripe.stamp", OFFICIAL_CLIENT, "Stripe's official client for the simulator's tests")?;
    postgres::relocatable()
}

fn debian_packages() -> Result {
    let no_pip = ask("python3", &["-m", "pip", "--version"]).is_none();
    let on_debian = is_root() && has("apt-get");
    let needed = PACKAGES.into_iter().chain(on_debian.then_some(BARE_DEBIAN)).filter(|package| !present(package));
    let missing: Vec<&str> = needed.chain(no_pip.then_some(PIP)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !has("apt-get") {
        return Err(Failure(format!("please install: {}", missing.join(", "))));
    }
    say(&format!("Installing {}", missing.join(", ")));
    run(&mut apt(&["update", "-qq"])).because(|| "refresh Debian's package lists".to_owned())?;
    let mut install = apt(&["install", "-qq", "-y", "--no-install-recommends"]);
    run(install.args(&missing)).because(|| format!("install {}", missing.join(", ")))
}

/// A program of that name will do on systems without Debian's package database.
fn present(package: &str) -> bool {
    has(package) || ask("dpkg-query", &["--show", "--showformat=${db:Status-Status}", package]).is_some_and(|status| status == "installed")
}

fn apt(arguments: &[&str]) -> Command {
    let mut apt = if is_root() {
        command("env")
    } else {
        let mut sudo = command("sudo");
        if !std::io::stdin().is_terminal() {
            sudo.arg("--non-interactive");
        }
        sudo.arg("env");
        sudo
    };
    apt.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(arguments);
    apt
}
