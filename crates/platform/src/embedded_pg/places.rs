//! Where the cluster and the socket of a data directory lie, and under which account the server runs.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use super::bundled;
use super::error::{StartError, unwritable};
use super::find_binaries::Binaries;
use super::privileges::Account;

/// The machine-wide folder of a shop that runs as root.
const STATE_DIR: &str = "/var/lib/quickshop";

/// The longest path of a socket that every supported system takes (Linux 107 bytes, others 103).
const LONGEST_SOCKET: usize = 103;

/// What PostgreSQL appends to the socket's directory.
const SOCKET_NAME: &str = "/.s.PGSQL.5432";

/// Everything that is decided before the server starts.
#[derive(Debug)]
pub(super) struct Places {
    /// The name of the cluster in the data directory: the cluster itself or a link to it.
    pub(super) link: PathBuf,
    /// The cluster.
    pub(super) cluster: PathBuf,
    /// The socket's directory.
    pub(super) sockets: PathBuf,
    /// The account that owns the cluster and runs the server.
    pub(super) account: Account,
    /// The folder of the programs, as far as that account can reach it.
    pub(super) programs: PathBuf,
}

impl Places {
    /// Decides for `data_dir`, which exists and is canonical.
    pub(super) fn of(data_dir: &Path, binaries: &Binaries) -> Result<Self, StartError> {
        let shop = Account::of_the_shop();
        let link = cluster_link(data_dir);
        let hash = short_hash(data_dir);
        let account = if shop.is_root() { Account::dedicated()? } else { shop.clone() };
        let (cluster, exists) = match existing_cluster(&link)? {
            Some(cluster) => (cluster, true),
            None => new_cluster(&shop, &account, data_dir, &hash)?,
        };
        let account = if exists { account_of(&shop, &cluster, account)? } else { account };
        let parent = cluster.parent().unwrap_or(data_dir);
        if !account.can_enter(parent) {
            return Err(StartError::Closed { path: parent.to_owned(), user: account.name, instead: "another DATA_DIR" });
        }
        let sockets = socket_directory(&shop, &cluster, &hash)?;
        let programs = bundled::within_reach(binaries, &account)?;
        Ok(Self { link, cluster, sockets, account, programs })
    }
}

/// The name of the cluster in a data directory.
pub(super) fn cluster_link(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

/// The major version of the cluster in `data_dir`, when there is one that can be read.
pub(super) fn cluster_major(data_dir: &Path) -> Option<u32> {
    let version = fs::read_to_string(cluster_link(data_dir).join("PG_VERSION")).ok()?;
    version.trim().parse().ok()
}

/// Makes the data directory. As root it can be passed through by the server's account, which owns the cluster inside;
/// what is secret in it has mode 0600 of its own.
pub(super) fn make_data_directory(data_dir: &Path) -> io::Result<PathBuf> {
    let mode = if Uid::effective().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(data_dir)?;
    let data_dir = fs::canonicalize(data_dir)?;
    let untouched = fs::read_dir(&data_dir)?.next().is_none();
    if mode == 0o711 && (untouched || data_dir == Path::new(STATE_DIR)) {
        open_for_passing(&data_dir)?;
    }
    Ok(data_dir)
}

/// Makes a directory that only `account` can enter, or takes it over from an earlier start.
pub(super) fn make_private(directory: &Path, account: &Account) -> Result<(), StartError> {
    let fails = unwritable(directory);
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(fails(error)),
        Ok(()) | Err(_) => account.take(directory).map_err(&fails)?,
    }
    // The short socket directory of an ordinary user lies in /tmp, where anybody may have been first.
    let found = fs::symlink_metadata(directory).map_err(&fails)?;
    if !found.is_dir() || found.uid() != account.uid.as_raw() {
        let owner = Account::of(Uid::from_raw(found.uid())).name;
        return Err(StartError::OtherOwner { path: directory.to_owned(), owner, user: account.name.clone() });
    }
    fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(fails)
}

/// The cluster that has a name in a data directory.
pub(super) fn existing_cluster(link: &Path) -> Result<Option<PathBuf>, StartError> {
    let Ok(found) = fs::symlink_metadata(link) else { return Ok(None) };
    if found.is_symlink() {
        let target = fs::read_link(link).unwrap_or_default();
        return match fs::canonicalize(link) {
            Ok(cluster) => Ok(Some(cluster)),
            // Starting with an empty shop instead would look like lost orders.
            Err(_) => Err(StartError::ClusterGone { link: link.to_owned(), target }),
        };
    }
    if found.is_dir() { Ok(Some(link.to_owned())) } else { Err(StartError::NotACluster { path: link.to_owned() }) }
}

/// Chooses the place of a cluster that has no name in the data directory yet, and says whether it exists nevertheless:
/// an earlier start may have ended before it made the link.
fn new_cluster(shop: &Account, account: &Account, data_dir: &Path, hash: &str) -> Result<(PathBuf, bool), StartError> {
    if shop.is_root() {
        let outside = Path::new(STATE_DIR).join(format!("pg-{hash}"));
        let exists = outside.join("PG_VERSION").exists();
        if exists || !account.can_enter(data_dir) {
            state_directory()?;
            return Ok((outside, exists));
        }
    }
    Ok((cluster_link(data_dir), false))
}

/// Root runs an existing cluster as its owner, so that a shop can be started as root once and by its owner later.
fn account_of(shop: &Account, cluster: &Path, dedicated: Account) -> Result<Account, StartError> {
    let unreadable = |source| StartError::Unwritable { path: cluster.to_owned(), source };
    let owner = Uid::from_raw(fs::metadata(cluster).map_err(unreadable)?.uid());
    if owner == dedicated.uid || owner.is_root() && shop.is_root() {
        return Ok(dedicated);
    }
    let owner = Account::of(owner);
    if shop.is_root() {
        return Ok(owner);
    }
    Err(StartError::OtherOwner { path: cluster.to_owned(), owner: owner.name, user: shop.name.clone() })
}

/// Refuses a cluster of somebody else's.
pub(super) fn check_owner(cluster: &Path) -> Result<(), StartError> {
    let shop = Account::of_the_shop();
    let dedicated = if shop.is_root() { Account::dedicated()? } else { shop.clone() };
    account_of(&shop, cluster, dedicated).map(drop)
}

fn socket_directory(shop: &Account, cluster: &Path, hash: &str) -> Result<PathBuf, StartError> {
    let mut beside = cluster.as_os_str().to_owned();
    beside.push(".run");
    let beside = PathBuf::from(beside);
    if fits(&beside) {
        return Ok(beside);
    }
    if shop.is_root() {
        return Ok(state_directory()?.join(format!("run-{hash}")));
    }
    Ok(PathBuf::from(format!("/tmp/quickshop-{}-{hash}", shop.uid)))
}

/// Whether a socket fits in there, and the path is the same in a URL and in the server's list of directories.
fn fits(directory: &Path) -> bool {
    let bytes = directory.as_os_str().as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    bytes.len() + SOCKET_NAME.len() <= LONGEST_SOCKET && bytes.iter().all(plain)
}

/// The machine-wide folder, made when it is missing: only for root.
pub(super) fn state_directory() -> Result<&'static Path, StartError> {
    let path = Path::new(STATE_DIR);
    let make = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o711).create(path)?;
        open_for_passing(path)
    };
    make().map_err(unwritable(path))?;
    Ok(path)
}

fn open_for_passing(directory: &Path) -> io::Result<()> {
    let mode = fs::metadata(directory)?.mode();
    if mode & 0o011 == 0o011 {
        return Ok(());
    }
    fs::set_permissions(directory, Permissions::from_mode(mode & 0o7777 | 0o011))
}

fn short_hash(path: &Path) -> String {
    let digest = hex::encode(Sha256::digest(path.as_os_str().as_bytes()));
    digest.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_and_plain_socket_directories_fit() {
        assert!(fits(Path::new("/var/lib/quickshop/postgres.run")));
        assert!(fits(Path::new(&format!("/{}", "a".repeat(88)))));
        assert!(!fits(Path::new(&format!("/{}", "a".repeat(89)))));
        for odd in ["/srv/my shop", "/srv/a,b", "/srv/a&b", "/srv/caf\u{e9}", "/srv/a+b", "/srv/\"a\""] {
            assert!(!fits(Path::new(odd)), "{odd}");
        }
    }
}
