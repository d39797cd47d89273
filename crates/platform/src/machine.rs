//! What the machine has: room on the disk, memory, open files, and a clock that can be right.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Duration, Utc};
use nix::{
    sys::{
        resource::{Resource, getrlimit},
        statvfs::statvfs,
    },
    unistd::{AccessFlags, access},
};

/// The day before this version was made, in seconds since 1970: raised with the version. A clock before it is certainly wrong.
const MADE_S: i64 = 1_795_219_200;
/// How far two clocks may differ. Stripe's signatures are refused from five minutes on.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(1);
/// A server and a demo shop take 50 MB; the first day's log of changes doubles it.
pub const NEW_SHOP_BYTES: u64 = 128 << 20;
/// Below this PostgreSQL may not be able to log the next change (its segments are 16 MB).
pub const LITTLE_ROOM_BYTES: u64 = 20 << 20;

/// The clock is before the day on which this program was made.
#[derive(Debug, thiserror::Error)]
#[error(
    "the clock says {0}, before this version was made; signatures, sign-ins and TLS would fail, nothing was started: set the clock (timedatectl set-ntp true)"
)]
pub struct ClockWrong(String);

/// Refuses a clock that is certainly wrong.
///
/// # Errors
/// When it is before the day on which this version was made.
pub fn check_clock(now: DateTime<Utc>) -> Result<(), ClockWrong> {
    if now.timestamp() < MADE_S { Err(ClockWrong(now.format("%Y-%m-%d").to_string())) } else { Ok(()) }
}

/// Bytes that an ordinary account may still write on the disk of `path`, which need not exist yet.
///
/// # Errors
/// When the system does not say.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let found = statvfs(&existing(path))?;
    Ok(found.blocks_available().saturating_mul(found.fragment_size()))
}

/// True when the disk of `path` has too little room for the database to go on.
pub fn is_full(path: &Path) -> bool {
    free_bytes(path).is_ok_and(|free| free < LITTLE_ROOM_BYTES)
}

/// Whether this account may write to `path`, or make it where it does not exist; changes nothing.
///
/// # Errors
/// When it may not.
pub fn can_write(path: &Path) -> io::Result<()> {
    let existing = existing(path);
    if !std::fs::metadata(&existing)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(&existing, AccessFlags::R_OK | AccessFlags::W_OK | AccessFlags::X_OK)?)
}

/// The nearest folder above a path that exists, or itself.
fn existing(path: &Path) -> PathBuf {
    path.ancestors().find(|step| std::fs::symlink_metadata(step).is_ok()).unwrap_or(Path::new("/")).to_owned()
}

/// Files that this process may open: as it is, and as far as it may raise it.
///
/// # Errors
/// When the system does not say.
pub fn open_files() -> io::Result<(u64, u64)> {
    Ok(getrlimit(Resource::RLIMIT_NOFILE)?)
}

/// Bytes of memory that programs can still have; None where the system does not say.
pub fn free_memory_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kibibytes = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    kibibytes.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_program_was_made_is_refused_and_now_is_not() {
        let made = DateTime::from_timestamp(MADE_S, 0).unwrap();
        assert!(check_clock(made).is_ok());
        let said = check_clock(made - Duration::seconds(1)).unwrap_err().to_string();
        assert!(said.contains("2026-11-20") && said.contains("set the clock"), "{said}");
        assert!(check_clock(crate::clock::Clock::system().now()).is_ok());
    }

    #[test]
    fn a_folder_that_does_not_exist_yet_has_the_room_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        assert!(free_bytes(&below).unwrap() > 0);
        assert!(can_write(&below).is_ok());
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(can_write(&folder.path().join("file/shop")).is_err());
    }
}
