//! The shop's data directory: its lock, and the cluster in it, made whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{StartError, unwritable};
use super::places::{self, Places};
use super::server::POLL;
use super::{Binaries, SUPERUSER, Settings, error, process};
use crate::machine;

/// Its name in the data directory.
const LOCK: &str = "postgres.lock";

/// Longer than any [`holder_of`] has the lock.
const GLANCE: Duration = Duration::from_millis(100);

/// The lock of a data directory, held until it is dropped or the shop's process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Makes the data directory when it is missing; answers its canonical path.
pub(super) fn open(data_dir: &Path) -> Result<PathBuf, StartError> {
    places::make_data_directory(data_dir).map_err(unwritable(data_dir))
}

/// Takes the lock, or says who has it. Blocks its thread for a moment, in case that only a glance of [`holder_of`] is in the way.
pub(super) fn lock(data_dir: &Path) -> Result<Lock, StartError> {
    let path = data_dir.join(LOCK);
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(unwritable(data_dir))?;
    let glance_ends = Instant::now() + GLANCE;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < glance_ends => thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => return Err(StartError::Locked { data_dir: data_dir.to_owned(), holder: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(unwritable(&path)(error)),
        }
    }
    let mut note = || -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(std::process::id().to_string().as_bytes())
    };
    note().map_err(unwritable(&path))?;
    Ok(Lock { _file: file })
}

/// Makes the cluster when there is none; refuses one of another major version.
pub(super) fn ensure_cluster(settings: &Settings, places: &Places) -> Result<(), StartError> {
    let version = places.cluster.join("PG_VERSION");
    if !version.try_exists().map_err(unwritable(&version))? {
        create_cluster(settings, places)?;
    }
    if fs::symlink_metadata(&places.link).is_err() {
        symlink(&places.cluster, &places.link).map_err(unwritable(&places.link))?;
    }
    check_major(&places.cluster, &settings.binaries)
}

/// Refuses a cluster of another major version than the programs'.
fn check_major(cluster: &Path, binaries: &Binaries) -> Result<(), StartError> {
    let version = cluster.join("PG_VERSION");
    let text = match fs::read_to_string(&version) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StartError::NotACluster { path: cluster.to_owned() }),
        read => read.map_err(unwritable(&version))?,
    };
    let data = text.trim().parse().map_err(|_| StartError::NotACluster { path: cluster.to_owned() })?;
    if data == binaries.major {
        return Ok(());
    }
    Err(StartError::OtherMajor { cluster: cluster.to_owned(), data, binaries: binaries.dir.clone(), programs: binaries.major })
}

/// Whether `binaries` can run the cluster of a data directory: true when there is one, false when a start would make it.
/// Changes nothing.
///
/// # Errors
/// What a start would say.
pub fn inspect(data_dir: &Path, binaries: &Binaries) -> Result<bool, StartError> {
    let Some(cluster) = places::existing_cluster(&places::cluster_link(data_dir))? else {
        check_room(data_dir)?;
        return Ok(false);
    };
    places::check_owner(&cluster)?;
    check_major(&cluster, binaries)?;
    Ok(true)
}

/// Who holds the lock of a data directory, such as ` (process 123)`; None when no shop runs on it.
pub fn holder_of(data_dir: &Path) -> Option<String> {
    let mut file = File::open(data_dir.join(LOCK)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn check_room(data_dir: &Path) -> Result<(), StartError> {
    match machine::free_bytes(data_dir) {
        Ok(free) if free < machine::NEW_SHOP_BYTES => {
            Err(StartError::NoRoom { data_dir: data_dir.to_owned(), free_mb: free >> 20, needed_mb: machine::NEW_SHOP_BYTES >> 20 })
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Runs `initdb` beside the final place and renames the result, so that an interrupted start leaves no half cluster.
fn create_cluster(settings: &Settings, places: &Places) -> Result<(), StartError> {
    if fs::read_dir(&places.cluster).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(StartError::NotACluster { path: places.cluster.clone() });
    }
    check_room(places.cluster.parent().unwrap_or(&places.cluster))?;
    let mut fresh = places.cluster.clone().into_os_string();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(unwritable(&fresh))?;
    }
    DirBuilder::new().mode(0o700).create(&fresh).map_err(unwritable(&fresh))?;
    places.account.take(&fresh).map_err(unwritable(&fresh))?;
    run_initdb(settings, &fresh, places).inspect_err(|_| {
        // What is left all the same is cleared by the next start.
        let _cleared = fs::remove_dir_all(&fresh);
    })?;
    fs::rename(&fresh, &places.cluster).map_err(unwritable(&places.cluster))?;
    if settings.durable {
        let parent = places.cluster.parent().unwrap_or(&places.cluster);
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(unwritable(parent))?;
    }
    tracing::info!(cluster = %places.cluster.display(), major = settings.binaries.major, "made a PostgreSQL cluster");
    Ok(())
}

fn run_initdb(settings: &Settings, cluster: &Path, places: &Places) -> Result<(), StartError> {
    let program = places.programs.join("initdb");
    let mut command = process::command(&program, &places.account);
    command.arg("-D").arg(cluster).args(["-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]);
    command.args(["--auth-local=peer", "--auth-host=reject", "--no-instructions"]);
    if !settings.durable {
        command.arg("--no-sync");
    }
    let fails = |why: String| StartError::Program { program: program.clone(), why };
    let output = command.output().map_err(|error| fails(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // The cause is an `error:` line; hints and the removal of files follow it.
    let why = said.lines().find(|line| line.contains("error:") || line.contains("FATAL:")).or_else(|| said.lines().last());
    // The server that it runs begins its lines with the time and the process.
    let why = why.map_or_else(|| output.status.to_string(), |line| line.rsplit("FATAL:").next().unwrap_or(line).trim().to_owned());
    if error::is_disk_full(&why) {
        return Err(StartError::DiskFull { path: cluster.to_owned(), why });
    }
    Err(fails(why))
}

/// Opens an empty log and keeps the one of the start before, so that both together stay bounded by two starts.
pub(super) fn fresh_log(data_dir: &Path) -> Result<(PathBuf, File), StartError> {
    let path = data_dir.join("postgres.log");
    match fs::rename(&path, data_dir.join("postgres.log.old")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(&path)(error)),
        Ok(()) | Err(_) => {}
    }
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path).map_err(unwritable(&path))?;
    Ok((path, file))
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if text.parse::<u32>().is_ok() => format!(" (process {text})"),
        Ok(_) | Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_glance_at_the_lock_is_not_taken_for_another_shop() {
        let folder = tempfile::tempdir().unwrap();
        drop(lock(folder.path()).unwrap());
        let glance = File::open(folder.path().join(LOCK)).unwrap();
        glance.try_lock_shared().unwrap();
        let (stay, gone) = mpsc::channel::<()>();
        let glancing = thread::spawn(move || {
            // Nothing is sent: it only takes its time.
            let _out_of_time = gone.recv_timeout(GLANCE / 4);
            drop(glance);
        });
        let held = lock(folder.path()).unwrap();
        drop(stay);
        glancing.join().unwrap();
        assert!(matches!(lock(folder.path()), Err(StartError::Locked { .. })), "one that stays is another shop");
        drop(held);
    }
}
