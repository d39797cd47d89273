//! The archive itself: the same bytes whenever the same commit is packed by the same tools.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{licences, postgresql};
use crate::report::seconds;
use crate::sh::{Because as _, Failure, Result, ask, cargo, command, quiet, root, run, say, target, text};
use crate::{setup, web};

const README: &str = include_str!("README.md");

/// A packed archive.
pub struct Archive {
    /// The file.
    pub file: PathBuf,
    /// Its name without the ending, and the one folder in it.
    pub name: String,
    /// What `quickshop --version` answers from it.
    pub version: String,
}

/// Builds, lays out and packs; says how large the parts are.
pub fn pack() -> Result<Archive> {
    let started = std::time::Instant::now();
    let release = Release::of_checkout()?;
    let built = build(&release)?;
    say(&format!("Built in {}.", seconds(started.elapsed())));
    let place = target().join("dist");
    let folder = place.join(&release.name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).because(|| format!("create {}", folder.display()))?;
    lay_out(&folder, &built)?;
    let file = compress(&place, &release)?;
    say(&format!(
        "Packed {} ({}): program {}, PostgreSQL {}, licences {} before compression.",
        file.display(),
        megabytes(&file)?,
        megabytes(&folder.join("quickshop"))?,
        megabytes(&folder.join("postgresql"))?,
        megabytes(&folder.join("licences"))?,
    ));
    let _packed = fs::remove_dir_all(&folder);
    Ok(Archive { file, name: release.name, version: format!("quickshop {} ({})", env!("CARGO_PKG_VERSION"), release.commit) })
}

/// What an archive's bytes depend on beside the sources.
struct Release {
    name: String,
    /// `abc1234, 2026-11-22`, with a remark when the checkout has other changes.
    commit: String,
    /// Seconds since 1970 that every file in the archive bears.
    time: String,
}

impl Release {
    fn of_checkout() -> Result<Self> {
        if env::consts::OS != "linux" {
            return Err(Failure(format!("the archive is made for Linux, on Linux; this is {}", env::consts::OS)));
        }
        let name = format!("quickshop-{}-{}-linux", env!("CARGO_PKG_VERSION"), env::consts::ARCH);
        let told = env::var_os("SOURCE_DATE_EPOCH").and_then(|time| time.into_string().ok());
        let Some(last) = ask("git", &["log", "-1", "--abbrev=7", "--format=%h %ct %cs"]) else {
            let time = told.ok_or_else(|| {
                Failure("this is no git checkout: set SOURCE_DATE_EPOCH to the time that the archive's files shall bear".to_owned())
            })?;
            return Ok(Self { name, commit: "commit unknown".to_owned(), time });
        };
        let changed = ask("git", &["status", "--porcelain"]).is_none_or(|files| !files.is_empty());
        let (commit, time) = describe(&last, changed).ok_or_else(|| Failure(format!("git answers {last:?} for a commit")))?;
        Ok(Self { name, commit, time: told.unwrap_or(time) })
    }
}

/// The words for a commit and its time, from `hash time date`.
fn describe(last: &str, changed: bool) -> Option<(String, String)> {
    let mut parts = last.split_whitespace();
    let (hash, time, date) = (parts.next()?, parts.next()?, parts.next()?);
    let remark = if changed { " with changes" } else { "" };
    Some((format!("{hash}{remark}, {date}"), time.to_owned()))
}

/// The optimised binary, in a folder of its own: its compiler flags would make every other optimised build start anew.
fn build(release: &Release) -> Result<PathBuf> {
    setup::npm_packages()?;
    web::build()?;
    let folder = target().join("dist/build");
    let mut build = cargo(["build", "--release", "--locked", "--package", "quickshop", "--target-dir"]);
    run(build.arg(&folder).env("QUICKSHOP_COMMIT", &release.commit).env("CARGO_ENCODED_RUSTFLAGS", flags()?))?;
    Ok(folder.join("release/quickshop"))
}

/// The builder's own flags, and no path of this machine in the binary. The last prefix that fits counts, so places that may
/// lie in others come after them.
fn flags() -> Result<String> {
    let own = env::var_os("RUSTFLAGS").unwrap_or_default();
    let mut flags: Vec<String> = own.to_string_lossy().split_whitespace().map(str::to_owned).collect();
    let mut remap = |folder: &Path, name: &str| flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
    remap(&root(), "quickshop");
    remap(&target(), "target");
    licences::crate_folders()?.iter().for_each(|folder| remap(folder, "crates"));
    remap(&licences::toolchain()?, "rust");
    Ok(flags.join("\u{1f}"))
}

/// Where the program was built is nobody's business, and such a path tells the builder's name.
fn tells_nothing(program: &Path, private: &[PathBuf]) -> Result {
    let bytes = fs::read(program).because(|| format!("read {}", program.display()))?;
    let words = String::from_utf8_lossy(&bytes);
    match private.iter().find(|folder| words.contains(&format!("{}/", folder.display()))) {
        Some(folder) => Err(Failure(format!("the program holds the path {}, which --remap-path-prefix did not reach", folder.display()))),
        None => Ok(()),
    }
}

/// Paths of this machine. One of a single name is left out: `/src/` is in every crate, whoever built it.
fn private_folders() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let tools = home.iter().flat_map(|home| [".cargo", ".rustup"].map(|tool| home.join(tool)));
    tools.chain([root(), target()]).filter(|folder| names(folder) > 1).collect()
}

fn names(folder: &Path) -> usize {
    folder.components().filter(|part| matches!(part, Component::Normal(_))).count()
}

fn lay_out(folder: &Path, built: &Path) -> Result {
    // Names of functions would be a quarter of the program; a panic says its file and line without them.
    quiet(command("strip").arg("--strip-all").arg("-o").arg(folder.join("quickshop")).arg(built))?;
    tells_nothing(&folder.join("quickshop"), &private_folders())?;
    fs::write(folder.join("README.md"), README.replace("{version}", env!("CARGO_PKG_VERSION")))?;
    fs::copy(root().join("LICENSE"), folder.join("LICENSE"))?;
    licences::collect(&folder.join("licences"))?;
    postgresql::lay_out(folder)
}

/// Names in order, one time, one owner, no time in the compressed head.
fn compress(place: &Path, release: &Release) -> Result<PathBuf> {
    let file = place.join(format!("{}.tar.gz", release.name));
    let part = file.with_extension("part");
    let mut tar = command("tar");
    tar.args(["--create", "--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"]);
    // Debian's smallest system unpacks gzip only.
    tar.arg(format!("--mtime=@{}", release.time)).arg("--use-compress-program=gzip -9n").arg("--file").arg(&part);
    quiet(tar.arg("--directory").arg(place).arg(&release.name))?;
    fs::rename(&part, &file).because(|| format!("move the archive to {}", file.display()))?;
    let name = format!("{}.tar.gz", release.name);
    fs::write(place.join(format!("{name}.sha256")), text(command("sha256sum").arg(&name).current_dir(place))?)?;
    Ok(file)
}

/// The size of a file, or of all files in a folder.
pub fn megabytes(path: &Path) -> Result<String> {
    let files = if path.is_dir() { crate::files::walk(path)? } else { vec![path.to_path_buf()] };
    let mut bytes = 0;
    for file in files {
        bytes += fs::metadata(file)?.len();
    }
    let tenths = bytes / 100_000;
    Ok(format!("{}.{} MB", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{describe, names, tells_nothing};

    #[test]
    fn a_program_that_holds_a_path_of_the_builder_is_refused() {
        let program = std::env::temp_dir().join(format!("quickshop-program-{}", std::process::id()));
        let holds = |bytes: &[u8]| {
            fs::write(&program, bytes).unwrap();
            tells_nothing(&program, &[Path::new("/srv/ada").to_path_buf(), Path::new("/srv/checkout").to_path_buf()])
        };
        assert!(holds(b"\xff\0quickshop/src/main.rs\0/srv/adalbert/\0").is_ok());
        assert!(holds(b"\xff\0/srv/checkout/src/main.rs\0").unwrap_err().0.contains("/srv/checkout"));
        assert!(holds(b"\xfe/srv/ada/.cargo\0").is_err());
        fs::remove_file(&program).unwrap();
    }

    #[test]
    fn a_folder_of_one_name_says_nothing_about_a_machine() {
        assert_eq!(["/", "/src", "/src/shop"].map(|folder| names(Path::new(folder))), [0, 1, 2]);
    }

    #[test]
    fn a_version_names_its_commit_and_admits_changes() {
        let words = |changed| describe("abc1234 1795000000 2026-11-18", changed).unwrap();
        assert_eq!(words(false), ("abc1234, 2026-11-18".to_owned(), "1795000000".to_owned()));
        assert_eq!(words(true).0, "abc1234 with changes, 2026-11-18");
        assert_eq!(describe("abc1234", false), None);
    }
}
