//! The front ends' build.

use std::path::PathBuf;

use crate::files::{fingerprint, unless_done, walk};
use crate::sh::{Result, npm, root, run, say};

/// The npm workspaces that the binary carries, each as its `dist`.
pub const APPS: [&str; 2] = ["apps/storefront", "apps/admin"];

/// Builds storefront and admin when one of their sources changed since the last build.
pub fn build() -> Result {
    let web = root().join("web");
    let sources: Vec<_> = walk(&web)?.into_iter().filter(|file| !file.starts_with(web.join("e2e"))).collect();
    let built: Vec<PathBuf> = APPS.iter().map(|app| web.join(app).join("dist")).collect();
    unless_done("web-build.stamp", fingerprint(&sources)?, &built, || {
        say("Building storefront and admin");
        run(&mut npm(["run", "--silent", "build"]))
    })
    .map(|_| ())
}

/// Types, lint, unused code and borders of the front end.
pub fn check() -> Result {
    run(&mut npm(["run", "--silent", "check"]))
}

/// The same, unless nothing changed since it last passed.
pub fn check_if_changed() -> Result {
    let web = root().join("web");
    let sources = walk(&web)?;
    unless_done("web-check.stamp", fingerprint(&sources)?, &[web.join("node_modules")], check).map(|_| ())
}

/// The front end's unit tests.
pub fn test() -> Result {
    run(&mut npm(["test", "--silent"]))
}
