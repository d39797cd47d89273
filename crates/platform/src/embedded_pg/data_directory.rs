//! The shop's data directory: its lock, and the cluster in it, made whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use super::error::StartError;
use super::places::{self, Places};
use super::privileges::Account;
use super::{SUPERUSER, Settings, process};

/// The lock of a data directory, held until it is dropped or the shop's process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Makes the data directory when it is missing; answers its canonical path.
pub(super) fn open(data_dir: &Path) -> Result<PathBuf, StartError> {
    places::make_data_directory(data_dir).map_err(unwritable(data_dir))
}

/// Takes the lock, or says who has it.
pub(super) fn lock(data_dir: &Path) -> Result<Lock, StartError> {
    let path = data_dir.join("postgres.lock");
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(unwritable(data_dir))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::Locked { data_dir: data_dir.to_owned(), holder: holder(&mut file) }),
        Err(TryLockError::Error(error)) => return Err(unwritable(&path)(error)),
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
    let text = fs::read_to_string(&version).map_err(unwritable(&version))?;
    let data = text.trim().parse().map_err(|_| StartError::NotACluster { path: places.cluster.clone() })?;
    if data == settings.binaries.major {
        return Ok(());
    }
    Err(StartError::OtherMajor {
        cluster: places.cluster.clone(),
        data,
        binaries: settings.binaries.dir.clone(),
        programs: settings.binaries.major,
    })
}

/// Runs `initdb` beside the final place and renames the result, so that an interrupted start leaves no half cluster.
fn create_cluster(settings: &Settings, places: &Places) -> Result<(), StartError> {
    if fs::read_dir(&places.cluster).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(StartError::NotACluster { path: places.cluster.clone() });
    }
    let mut fresh = places.cluster.clone().into_os_string();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(unwritable(&fresh))?;
    }
    DirBuilder::new().mode(0o700).create(&fresh).map_err(unwritable(&fresh))?;
    places.account.take(&fresh).map_err(unwritable(&fresh))?;
    run_initdb(settings, &fresh, &places.account)?;
    fs::rename(&fresh, &places.cluster).map_err(unwritable(&places.cluster))?;
    if settings.durable {
        let parent = places.cluster.parent().unwrap_or(&places.cluster);
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(unwritable(parent))?;
    }
    tracing::info!(cluster = %places.cluster.display(), major = settings.binaries.major, "made a PostgreSQL cluster");
    Ok(())
}

fn run_initdb(settings: &Settings, cluster: &Path, account: &Account) -> Result<(), StartError> {
    let program = settings.binaries.dir.join("initdb");
    let mut command = process::command(&program, account);
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
    Err(fails(why.map_or_else(|| output.status.to_string(), str::to_owned)))
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

/// Says that the shop cannot write to `path`.
pub(super) fn unwritable(path: &Path) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Unwritable { path: path.to_owned(), user: Account::of_the_shop().name, source }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if text.parse::<u32>().is_ok() => format!(" (process {text})"),
        Ok(_) | Err(_) => String::new(),
    }
}
