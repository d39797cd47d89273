//! A Debian 12 with nothing installed, as the archive's customers have it: made once, kept, and unpacked for each proof.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::postgres;
use crate::sh::{Because as _, Failure, Result, ask, command, has, is_root, quiet, say, scratch};

const RELEASE: &str = "bookworm";
/// How long making it may take, in seconds: a mirror that swallows packets would keep debootstrap for hours.
const MADE_WITHIN_S: &str = "900";
/// Programs that would prove the system not to be bare.
const ABSENT: [&str; 9] = ["cargo", "rustc", "cc", "node", "npm", "python3", "make", "postgres", "psql"];
const PROGRAM_FOLDERS: [&str; 4] = ["usr/bin", "usr/sbin", "usr/local/bin", "usr/lib/postgresql"];
/// Mounts live in a namespace of the command, so they go with its last process, however that ends. Each step replaces the
/// one before: the process that was started becomes the command itself.
const ENTER: &str = r#"set -e; root=$1 user=$2 home=$3; shift 3
mount -t proc proc "$root/proc"
exec chroot --userspec="$user" "$root" /usr/bin/env -i HOME="$home" PATH=/usr/bin:/usr/sbin:/bin:/sbin "$@""#;
/// What making one and entering it need, tried in an empty folder: many a sandbox allows mounts in general, yet none of
/// /proc and no devices, or its file system lets nobody open them.
const TRY: &str = r#"set -e; cd "$1"; mkdir proc; mount -t proc proc proc; mknod null c 1 3; : >null"#;
/// How the folders below `scratch()` begin, each followed by the process that works in it.
const SYSTEM: &str = "debian-";
const BUILDING: &str = "debootstrap-";
const TRIED: &str = "mounts-";

/// Why this machine cannot make one.
pub fn impossible() -> Option<String> {
    if !is_root() {
        return Some("a bare Debian is entered with chroot, which only root may".to_owned());
    }
    if !has("debootstrap") {
        return Some("debootstrap is not installed".to_owned());
    }
    if mirror().is_none() {
        return Some("apt names no mirror of Debian".to_owned());
    }
    match lets_mount() {
        Ok(true) => None,
        Ok(false) => Some("this machine does not let root mount /proc and make devices".to_owned()),
        Err(Failure(why)) => Some(why),
    }
}

fn lets_mount() -> Result<bool> {
    let place = workplace(TRIED)?;
    fs::create_dir(&place).because(|| format!("create {}", place.display()))?;
    let tried = command("unshare").args(["--mount", "--propagation", "private", "sh", "-c", TRY, "sh"]).arg(&place).output();
    let _left = fs::remove_dir_all(&place);
    Ok(tried.is_ok_and(|tried| tried.status.success()))
}

/// A folder with a whole system in it; gone when dropped.
pub struct Debian {
    root: PathBuf,
}

/// Who works in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub name: &'static str,
    pub home: &'static str,
    /// Where the shop keeps its data when nobody says otherwise.
    pub data: &'static str,
}

pub const ROOT: Person = Person { name: "root", home: "/root", data: "/var/lib/quickshop" };

impl Debian {
    pub fn fresh() -> Result<Self> {
        let base = base()?;
        let debian = Self { root: workplace(SYSTEM)? };
        fs::create_dir(&debian.root)?;
        quiet(
            command("tar")
                .args(["--extract", "--numeric-owner", "--same-permissions", "--file"])
                .arg(base)
                .arg("--directory")
                .arg(&debian.root),
        )?;
        // A running Debian has a file system there that everybody may write to.
        fs::set_permissions(debian.root.join("dev/shm"), fs::Permissions::from_mode(0o1777))?;
        debian.is_bare()?;
        Ok(debian)
    }

    /// A command inside, in an empty environment.
    pub fn command(&self, person: Person) -> Command {
        let mut inside = command("unshare");
        inside.args(["--mount", "--propagation", "private", "sh", "-c", ENTER, "sh"]).arg(&self.root);
        inside.arg(format!("{0}:{0}", person.name)).arg(person.home);
        inside
    }

    /// Makes an ordinary user.
    pub fn add(&self, person: Person) -> Result {
        quiet(self.command(ROOT).args(["useradd", "--create-home", "--home-dir", person.home, person.name]))
    }

    /// Lays a file into a home.
    pub fn bring(&self, file: &Path, person: Person) -> Result {
        let home = self.root.join(person.home.trim_start_matches('/'));
        let to = home.join(file.file_name().unwrap_or_default());
        fs::copy(file, &to).because(|| format!("copy {} to {}", file.display(), to.display()))?;
        Ok(())
    }

    fn is_bare(&self) -> Result {
        let programs = PROGRAM_FOLDERS.iter().flat_map(|folder| ABSENT.map(|name| self.root.join(folder).join(name)));
        match programs.into_iter().find(|file| file.exists()) {
            Some(file) => Err(Failure(format!("this Debian is not bare: it has {}", file.display()))),
            None => Ok(()),
        }
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        let _left = fs::remove_dir_all(&self.root);
    }
}

/// The packed system, made by Debian's own tool from the mirror that this machine's apt uses, unless it is kept already.
pub fn base() -> Result<PathBuf> {
    let file = postgres::cache()?.join(format!("debian-{RELEASE}.tar.gz"));
    if file.is_file() {
        return Ok(file);
    }
    let mirror = mirror().ok_or_else(|| Failure("apt names no mirror of Debian".to_owned()))?;
    say(&format!("Making a bare Debian ({RELEASE}, 70 MB) in {}", file.display()));
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    let (root, part) = (workplace(BUILDING)?, file.with_extension(format!("{}", std::process::id())));
    let made = quiet(
        command("timeout")
            .args([MADE_WITHIN_S, "unshare", "--mount", "--propagation", "private", "debootstrap", "--variant=minbase", RELEASE])
            .arg(&root)
            .arg(&mirror),
    )
    .and_then(|()| fs::remove_dir_all(root.join("var/cache/apt")).because(|| "empty apt's cache".to_owned()))
    .and_then(|()| {
        let compressed = ["--create", "--numeric-owner", "--use-compress-program=gzip -1", "--file"];
        quiet(command("tar").args(compressed).arg(&part).arg("--directory").arg(&root).arg("."))
    })
    .and_then(|()| fs::rename(&part, &file).because(|| format!("move the system to {}", file.display())));
    let _left = (fs::remove_dir_all(&root), fs::remove_file(&part));
    made.map(|()| file)
}

/// A folder of this process below `scratch()`, still to be made. Those of runs that were killed go first.
fn workplace(prefix: &str) -> Result<PathBuf> {
    let scratch = scratch()?;
    let own = scratch.join(format!("{prefix}{}", std::process::id()));
    for entry in fs::read_dir(&scratch)?.flatten() {
        let owner = entry.file_name().to_str().and_then(owner);
        let ended = owner.is_some_and(|id| !Path::new("/proc").join(id.to_string()).exists());
        if ended || entry.path() == own {
            let _left = fs::remove_dir_all(entry.path());
        }
    }
    Ok(own)
}

/// The process that a folder below `scratch()` belongs to.
fn owner(name: &str) -> Option<u32> {
    [SYSTEM, BUILDING, TRIED].iter().find_map(|prefix| name.strip_prefix(prefix)?.parse().ok())
}

fn mirror() -> Option<String> {
    let system = fs::read_to_string("/etc/os-release").ok()?;
    let targets = ask("apt-get", &["indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"])?;
    mirror_of(&system, &targets)
}

/// The mirror that serves the machine's own release; all of Debian's releases are on it.
fn mirror_of(system: &str, targets: &str) -> Option<String> {
    let field = |name: &str| system.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim_matches('"'));
    let release = field("VERSION_CODENAME=").filter(|_| field("ID=") == Some("debian"))?;
    let lines = targets.lines().filter_map(|line| line.split_once(' '));
    lines.into_iter().find(|(serves, _)| *serves == release).map(|(_, uri)| uri.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{BUILDING, SYSTEM, TRIED, mirror_of, owner, workplace};

    #[test]
    fn folders_of_killed_runs_are_swept_and_nothing_else() {
        assert_eq!(["debian-7", "debootstrap-8", "mounts-9"].map(owner), [Some(7), Some(8), Some(9)]);
        assert_eq!(["debian-bookworm.tar.gz", "e2e-shop.log", "debian-"].map(owner), [None; 3]);
        // A process that has ended, and one that lives as long as this test.
        let mut ended = crate::sh::command("true").spawn().unwrap();
        ended.wait().unwrap();
        let folder = |prefix: &str, id: u32| crate::sh::scratch().unwrap().join(format!("{prefix}{id}"));
        let (left, used) = (folder(SYSTEM, ended.id()), folder(BUILDING, std::os::unix::process::parent_id()));
        fs::create_dir_all(left.join("etc")).unwrap();
        fs::create_dir_all(&used).unwrap();
        let own = workplace(TRIED).unwrap();
        let found = (left.exists(), used.exists(), own.exists());
        fs::remove_dir_all(&used).unwrap();
        assert_eq!(found, (false, true, false));
    }

    #[test]
    fn the_mirror_is_the_one_of_the_machines_own_release() {
        let targets = "tools http://tools.example/\nbookworm-updates http://one.example/\nbookworm http://two.example/debian/\n";
        let debian = "PRETTY_NAME=\"Debian\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(mirror_of(debian, targets).as_deref(), Some("http://two.example/debian/"));
        assert_eq!(mirror_of("ID=ubuntu\nVERSION_CODENAME=bookworm\n", targets), None);
        assert_eq!(mirror_of(debian, ""), None);
    }
}
