//! What `postmaster.pid` in a cluster says about the server that runs there, or ran there before the machine or the shop died.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::kill;
use nix::unistd::Pid;
use tokio::time::Instant;

use super::error::{StartError, unwritable};
use super::places::{self, Places};
use super::server::POLL;

/// How long the server of a killed shop may take to end by itself.
const LEAVING: Duration = Duration::from_secs(20);

struct PidFile {
    pid: Pid,
    sockets: PathBuf,
    ready: bool,
}

/// The URL of the private server of `data_dir`, when one runs and answers: for the processes beside the shop that joins it.
#[must_use]
pub fn running(data_dir: &Path) -> Option<String> {
    let cluster = fs::canonicalize(places::cluster_link(data_dir)).ok()?;
    let found = read(&cluster)?;
    (found.ready && serves(found.pid, &cluster)).then(|| super::url(&found.sockets))
}

/// Waits for the server of an earlier shop to end, then clears away what would keep a new one from starting.
///
/// A killed shop's server ends by itself, but its checkpoint may take longer than the next start.
pub(super) async fn make_way(places: &Places) -> Result<(), StartError> {
    let deadline = Instant::now() + LEAVING;
    let mut told = false;
    while let Some(found) = read(&places.cluster).filter(|found| serves(found.pid, &places.cluster)) {
        if Instant::now() > deadline {
            return Err(StartError::InUse { pid: found.pid.as_raw(), cluster: places.cluster.clone() });
        }
        if !told {
            tracing::info!(pid = found.pid.as_raw(), "waiting for the PostgreSQL of an earlier shop to end");
            told = true;
        }
        tokio::time::sleep(POLL).await;
    }
    remove_stale_files(places)
}

/// PostgreSQL itself sees through a stale `postmaster.pid` unless the number lives again as another process: common in
/// containers, where the same few numbers return, also as thread numbers or as a dead process that nobody waited for.
/// Only then the file goes; otherwise it stays, because PostgreSQL also finds leftover backends by it.
fn remove_stale_files(places: &Places) -> Result<(), StartError> {
    let pid_file = places.cluster.join("postmaster.pid");
    let mut stale = vec![places.sockets.join(".s.PGSQL.5432"), places.sockets.join(".s.PGSQL.5432.lock")];
    if read(&places.cluster).is_some_and(|found| kill(found.pid, None).is_ok()) {
        stale.push(pid_file);
    }
    for path in stale {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(&path)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn read(cluster: &Path) -> Option<PidFile> {
    parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
}

/// Lines: process, cluster, start time, port, socket directory, address, shared memory, status.
fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    // A single-user server writes its number negative.
    let pid: i32 = lines.next()?.trim().parse().ok()?;
    let sockets = PathBuf::from(lines.nth(3).unwrap_or_default());
    let ready = lines.nth(2).is_some_and(|status| status.trim() == "ready");
    Some(PidFile { pid: Pid::from_raw(pid.checked_abs()?), sockets, ready })
}

/// Whether this process is a server on this cluster: a server works in its cluster's directory.
#[cfg(target_os = "linux")]
fn serves(pid: Pid, cluster: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|directory| directory == cluster)
}

#[cfg(not(target_os = "linux"))]
fn serves(pid: Pid, _cluster: &Path) -> bool {
    kill(pid, None).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_while_starting_and_when_ready() {
        let head = "123\n/data/postgres\n1764000000\n5432\n/data/postgres.run\n";
        let starting = parse(head).unwrap();
        assert_eq!((starting.pid, starting.ready), (Pid::from_raw(123), false));
        let ready = parse(&format!("{head}\n  9043    32769\nready   \n")).unwrap();
        assert_eq!((ready.sockets, ready.ready), (PathBuf::from("/data/postgres.run"), true));
        assert_eq!(parse("-7\n/data\n").unwrap().pid, Pid::from_raw(7));
        assert!(parse("").is_none());
        assert!(parse("x\n").is_none());
    }
}
