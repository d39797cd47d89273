//! `cargo xtask dist`: one file that sells on a machine with nothing installed, and with `--check` the proof of it.

mod bare_debian;
mod licences;
mod pack;
mod postgresql;
mod proof;

use crate::report::Done;
use crate::sh::{Failure, Result};

/// Packs the archive; with `--check` it also sells from it in a bare Debian.
pub fn command(arguments: &[String]) -> Result {
    let check = crate::check_only(arguments)?;
    if check && let Some(why) = bare_debian::impossible() {
        return Err(Failure(why));
    }
    let archive = pack::pack()?;
    if check { proof::prove(&archive) } else { Ok(()) }
}

/// The same for `test`, which skips what this machine cannot do before it spends minutes on an optimised build: be it that
/// it confines its root, or that it does not reach Debian's mirror.
pub fn proven() -> Result<Done> {
    let missing = bare_debian::impossible().or_else(|| bare_debian::base().err().map(|Failure(why)| why));
    match missing {
        Some(why) => Ok(Done::Skipped(why)),
        None => proof::prove(&pack::pack()?).map(|()| Done::Passed),
    }
}
