//! The contract's generated files: `openapi.json` from the handlers, TypeScript types from `openapi.json`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sh::{Because as _, Failure, Result, command as program, npm, quiet, root, text};
use crate::{check_only, run, setup};

const STALE: &str = "run `cargo xtask openapi` and commit what it changed";

/// `cargo xtask openapi [--check]`.
pub fn command(arguments: &[String]) -> Result {
    let check = check_only(arguments)?;
    setup::npm_packages()?;
    let binary = run::build_binary()?;
    if check {
        return document_is_fresh(&binary).and_then(|()| types_are_fresh());
    }
    let fresh = printed_by(&binary)?;
    fs::write(document(), fresh).because(|| format!("write {}", document().display()))?;
    generate()
}

/// Does the committed document say what the handlers of this binary say?
pub fn document_is_fresh(binary: &Path) -> Result {
    let fresh = printed_by(binary)?;
    if read(&document())? == fresh { Ok(()) } else { Err(Failure(format!("openapi.json is stale: {STALE}"))) }
}

/// Are the committed types those of the committed document?
pub fn types_are_fresh() -> Result {
    let committed = read(&types())?;
    let generated = generate().and_then(|()| read(&types()));
    // A check leaves the tree as it was.
    fs::write(types(), &committed).because(|| format!("write {}", types().display()))?;
    if generated? == committed { Ok(()) } else { Err(Failure(format!("the TypeScript types are stale: {STALE}"))) }
}

fn printed_by(binary: &Path) -> Result<String> {
    text(program(binary).arg("openapi"))
}

fn generate() -> Result {
    quiet(&mut npm(["run", "--silent", "generate"]))
}

fn document() -> PathBuf {
    root().join("openapi.json")
}

fn types() -> PathBuf {
    root().join("web/packages/api/src/schema.d.ts")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).because(|| format!("read {}", path.display()))
}
