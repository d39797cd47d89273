//! PostgreSQL that came with the shop instead of with the system, and how root's server reaches it.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::StartError;
use super::find_binaries::{Binaries, numbered_folders};
use super::places;
use super::privileges::Account;

/// The folder of programs beside the executable. Not `postgres`: that is a cluster's name in a data directory, which may
/// be the same folder.
const BESIDE: &str = "postgresql";

/// The name of the cached relocatable builds, followed by their version.
const CACHED_PREFIX: &str = "postgres-";

/// The files of an installation that is copied: far above what one has.
const MOST_FILES: usize = 10_000;

/// Installations that the shop brings along.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundled {
    /// The one beside the executable. A distribution archive was tested as a whole, so it wins over the system's.
    pub beside: Option<PathBuf>,
    /// The relocatable builds in the caches, newest first, for a system that has none.
    pub cached: Vec<PathBuf>,
}

impl Bundled {
    /// Looks beside `executable` (links to it are followed) and into the caches: `make run` puts its build into
    /// `$XDG_CACHE_HOME/quickshop`, as root into `/var/cache/quickshop`, because the server's account cannot enter
    /// root's home.
    #[must_use]
    pub fn of(executable: Option<&Path>, cache_home: Option<&Path>) -> Self {
        let beside = executable.and_then(|file| Some(fs::canonicalize(file).ok()?.parent()?.join(BESIDE)));
        let caches = [Some(Path::new("/var/cache")), cache_home];
        let cached = caches.into_iter().flatten().flat_map(|cache| numbered_folders(&cache.join("quickshop"), CACHED_PREFIX));
        Self { beside: beside.filter(|folder| folder.is_dir()), cached: cached.collect() }
    }
}

/// The folder of programs that `account` can run: the one that was found, or a copy of its installation.
///
/// Root unpacks an archive in its closed home as often as not, where the server's account cannot go.
pub(super) fn within_reach(found: &Binaries, account: &Account) -> Result<PathBuf, StartError> {
    if account.can_enter(&found.dir) {
        return Ok(found.dir.clone());
    }
    let closed = || StartError::Closed { path: found.dir.clone(), user: account.name.clone(), instead: "PG_BIN for programs elsewhere" };
    let installation = found.movable.as_deref().ok_or_else(closed)?;
    let below = found.dir.strip_prefix(installation).map_err(|_| closed())?;
    let copy = places::state_directory()?.join(format!("programs-{}", fingerprint(installation).map_err(unreadable(installation))?));
    if !complete(installation, &copy) {
        tracing::info!(from = %installation.display(), to = %copy.display(), "copying PostgreSQL's programs to where its account can go");
        copy_aside(installation, &copy).map_err(unreadable(&copy))?;
    }
    Ok(copy.join(below))
}

/// Copies beside the final place and renames, so that another start never sees half an installation.
fn copy_aside(installation: &Path, copy: &Path) -> io::Result<()> {
    let mut fresh = copy.as_os_str().to_owned();
    fresh.push(format!(".{}", std::process::id()));
    let fresh = PathBuf::from(fresh);
    let _absent = fs::remove_dir_all(&fresh);
    let mut folder = DirBuilder::new();
    folder.recursive(true).mode(0o755);
    for file in files(installation)? {
        let target = fresh.join(&file);
        folder.create(target.parent().unwrap_or(&fresh))?;
        fs::copy(installation.join(&file), target)?;
    }
    // Incomplete after a crash of the machine: no server runs from it.
    let _absent = fs::remove_dir_all(copy);
    let renamed = fs::rename(&fresh, copy);
    let _moved = fs::remove_dir_all(&fresh);
    if complete(installation, copy) { Ok(()) } else { renamed }
}

/// Whether each file is there in its length: a machine that stopped may have kept names without content.
fn complete(installation: &Path, copy: &Path) -> bool {
    let same =
        |file: &PathBuf| -> io::Result<bool> { Ok(fs::metadata(installation.join(file))?.len() == fs::metadata(copy.join(file))?.len()) };
    files(installation).is_ok_and(|files| files.iter().all(|file| same(file).unwrap_or(false)))
}

/// Names and contents: another version of PostgreSQL, or another build of the same one, gets a copy of its own.
fn fingerprint(installation: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    for file in files(installation)? {
        digest.update(file.as_os_str().as_bytes());
        digest.update([0]);
        io::copy(&mut File::open(installation.join(&file))?, &mut HashWriter(&mut digest))?;
    }
    Ok(hex::encode(digest.finalize()).chars().take(12).collect())
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The files below `folder`, relative to it, in the order of their names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(folder.join(&next))? {
            let entry = entry?;
            let name = next.join(entry.file_name());
            // Links are followed: they lead to files of the same installation.
            if fs::metadata(entry.path())?.is_dir() {
                open.push(name);
            } else {
                found.push(name);
            }
            if found.len() + open.len() > MOST_FILES {
                return Err(io::Error::other(format!("more than {MOST_FILES} files")));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Unwritable { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn programs_beside_the_executable_are_found_through_a_link_to_it() {
        let home = tempfile::tempdir().unwrap();
        let archive = home.path().join("quickshop-1");
        fs::create_dir_all(archive.join("postgresql/bin")).unwrap();
        fs::write(archive.join("quickshop"), "").unwrap();
        let link = home.path().join("quickshop");
        symlink(archive.join("quickshop"), &link).unwrap();
        let beside = |executable: &Path| Bundled::of(Some(executable), None).beside;
        let expected = fs::canonicalize(archive.join("postgresql")).unwrap();
        assert_eq!(beside(&link), Some(expected));
        assert_eq!(beside(&home.path().join("nowhere")), None);
        fs::remove_dir_all(archive.join("postgresql")).unwrap();
        assert_eq!(beside(&link), None);
    }

    #[test]
    fn a_copy_is_whole_and_one_that_lost_content_is_made_again() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        fs::create_dir_all(from.join("bin")).unwrap();
        fs::write(from.join("bin/postgres"), "program").unwrap();
        let before = fingerprint(&from).unwrap();
        assert!(!complete(&from, &to));
        copy_aside(&from, &to).unwrap();
        assert!(complete(&from, &to));
        assert_eq!(fingerprint(&to).unwrap(), before);
        fs::write(to.join("bin/postgres"), "").unwrap();
        assert!(!complete(&from, &to));
        copy_aside(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("bin/postgres")).unwrap(), "program");
        fs::write(from.join("bin/postgres"), "another").unwrap();
        assert_ne!(fingerprint(&from).unwrap(), before);
    }
}
