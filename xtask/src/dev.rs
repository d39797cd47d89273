//! `cargo xtask dev`: the shop, rebuilt and restarted when its sources change, and a Vite for each front end before it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::files::walk;
use crate::sh::{Because as _, Result, command, npm, root, say, signal};
use crate::{e2e, run, setup};

/// How often the sources are looked at: listing them costs a few milliseconds.
const POLL: Duration = Duration::from_millis(400);
/// Where the shop listens when `PORT` does not say.
const DEFAULT_PORT: &str = "8080";
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Runs until Ctrl-C, which reaches the shop and Vite directly: both are in the terminal's process group.
pub fn dev(arguments: &[String]) -> Result {
    setup::postgres()?;
    let binary = run::build()?;
    let mut shop = start(&binary, arguments)?;
    let port = env::var_os("PORT").unwrap_or_else(|| DEFAULT_PORT.into());
    let origin = format!("http://127.0.0.1:{}", port.to_string_lossy());
    let mut vite =
        npm(["run", "dev"]).env("QUICKSHOP_DEV_ORIGIN", origin).stdin(Stdio::null()).spawn().because(|| "start Vite".to_owned())?;
    let mut seen = state();
    while vite.try_wait()?.is_none() {
        sleep(POLL);
        let now = state();
        // A folder that is being moved cannot be listed for a moment.
        if now.is_none() || now == seen {
            continue;
        }
        seen = now;
        say("Sources changed: building");
        // The old shop serves on when the new one does not compile.
        if run::build_binary().is_ok() {
            stop(&mut shop);
            shop = start(&binary, arguments)?;
        }
    }
    stop(&mut shop);
    Ok(())
}

fn start(binary: &Path, arguments: &[String]) -> Result<Child> {
    let mut shop = command(binary);
    shop.arg("up").args(arguments).stdin(Stdio::null());
    shop.spawn().because(|| "start quickshop".to_owned())
}

fn stop(shop: &mut Child) {
    signal("INT", shop.id());
    if e2e::wait(shop, STOPS_WITHIN).is_none() {
        say("The shop did not stop in time and was killed.");
        let _gone = shop.kill();
        let _ended = shop.wait();
    }
}

/// Names and times of all that the binary is built from.
fn state() -> Option<Vec<(PathBuf, SystemTime)>> {
    let mut files = vec![root().join("Cargo.toml"), root().join("Cargo.lock")];
    for folder in ["crates", "migrations"] {
        files.extend(walk(&root().join(folder)).ok()?);
    }
    files.into_iter().map(|file| file.metadata().and_then(|meta| meta.modified()).ok().map(|time| (file, time))).collect()
}
