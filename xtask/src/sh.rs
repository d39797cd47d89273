//! Child processes, the terminal, and the one error type of these tools.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Why a command of xtask stopped: a sentence for a person.
#[derive(Debug)]
pub struct Failure(pub String);

pub type Result<T = ()> = std::result::Result<T, Failure>;

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Says what was being done when something failed.
pub trait Because<T> {
    fn because(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Display> Because<T> for std::result::Result<T, E> {
    fn because(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure(format!("{}: {error}", doing())))
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line for the person at the terminal. A closed terminal is no reason to stop.
pub fn say(line: &str) {
    let _closed = writeln!(io::stdout(), "{line}");
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where cargo puts its artefacts.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}

/// Where xtask keeps its stamps and scratch files.
pub fn scratch() -> Result<PathBuf> {
    let path = target().join("xtask");
    std::fs::create_dir_all(&path).because(|| format!("create {}", path.display()))?;
    Ok(path)
}

/// A command at the root of the checkout.
///
/// `cargo run` describes xtask to its children in the environment, and build scripts of third parties watch some
/// of those names: left in place, a build started here and one started by hand would undo each other.
pub fn command(program: impl Into<OsString>) -> Command {
    const OWN: [&str; 6] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    let mut command = Command::new(program.into());
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        if OWN.iter().any(|own| name.to_string_lossy().starts_with(own)) {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo with these arguments.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// npm with these arguments, in `web/`.
pub fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    let mut npm = command("npm");
    npm.args(arguments).current_dir(root().join("web"));
    npm
}

/// Runs a command that talks to the terminal itself.
pub fn run(command: &mut Command) -> Result {
    let status = command.stdin(Stdio::null()).status().because(|| format!("start `{}`", show(command)))?;
    judge(command, status)
}

/// Runs a command silently; its output appears only when it fails.
pub fn quiet(command: &mut Command) -> Result {
    let output = command.stdin(Stdio::null()).output().because(|| format!("start `{}`", show(command)))?;
    if !output.status.success() {
        say(String::from_utf8_lossy(&output.stdout).trim_end());
        say(String::from_utf8_lossy(&output.stderr).trim_end());
    }
    judge(command, output.status)
}

/// What a command prints.
pub fn text(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().because(|| format!("start `{}`", show(command)))?;
    judge(command, output.status)?;
    String::from_utf8(output.stdout).because(|| format!("read what `{}` printed", show(command)))
}

/// What a command prints, or nothing when it is missing or fails.
pub fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Is there such a program on the path?
pub fn has(program: &str) -> bool {
    which(program).is_some()
}

/// Where on the path a program is.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Are we root?
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Sends a signal (`INT`, `KILL`) to one process.
pub fn signal(name: &str, pid: u32) {
    // The shell's own `kill` is there when procps is not.
    let _gone = command("sh").args(["-c", &format!("kill -{name} {pid}")]).stderr(Stdio::null()).status();
}

fn judge(command: &Command, status: ExitStatus) -> Result {
    if status.success() { Ok(()) } else { Err(Failure(format!("`{}` failed ({status})", show(command)))) }
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut line = program.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
