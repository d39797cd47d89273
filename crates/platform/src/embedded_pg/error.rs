//! Why a private server could not start, each in one line that says what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::unwritable;

/// Why the private PostgreSQL did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory, or something in it, cannot be made or written.
    #[error("{}", unwritable::say(path, source))]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is too little room for a new cluster.
    #[error(
        "the disk of {data_dir} has {free_mb} MB free, a new shop needs {needed_mb} MB; nothing was made: make room, or set DATA_DIR to another disk"
    )]
    NoRoom {
        /// The data directory.
        data_dir: PathBuf,
        /// What there is.
        free_mb: u64,
        /// What is needed.
        needed_mb: u64,
    },
    /// The disk was full when something was written to it.
    #[error("the disk of {path} is full ({why}); what was committed is kept: make room and start again")]
    DiskFull {
        /// A place on the disk.
        path: PathBuf,
        /// What PostgreSQL said.
        why: String,
    },
    /// Another shop holds the lock of this data directory.
    #[error("another shop{holder} already runs on {data_dir}: stop it, or set DATA_DIR to another folder")]
    Locked {
        /// The data directory.
        data_dir: PathBuf,
        /// ` (process 123)`, or nothing when the holder is unknown.
        holder: String,
    },
    /// A PostgreSQL that this shop did not start uses the cluster and does not end.
    #[error("PostgreSQL process {pid} still uses {cluster}: stop it (kill -INT {pid}) and start again")]
    InUse {
        /// The other server's process.
        pid: i32,
        /// The cluster.
        cluster: PathBuf,
    },
    /// The cluster was made by another major version.
    #[error(
        "{cluster} holds data of PostgreSQL {data}, but {binaries} is PostgreSQL {programs}; the data is untouched: \
         install PostgreSQL {data} or set PG_BIN to its programs, or set DATA_DIR to an empty folder"
    )]
    OtherMajor {
        /// The cluster.
        cluster: PathBuf,
        /// The major version of the data.
        data: u32,
        /// The folder of the programs.
        binaries: PathBuf,
        /// The major version of the programs.
        programs: u32,
    },
    /// Something else lies where the cluster belongs.
    #[error("{path} is not a PostgreSQL cluster: move it away, or set DATA_DIR to another folder")]
    NotACluster {
        /// What lies there.
        path: PathBuf,
    },
    /// The link in the data directory leads nowhere.
    #[error("{link} leads to {target}, which is gone: put the cluster back there, or remove the link to begin with an empty shop")]
    ClusterGone {
        /// The link in the data directory.
        link: PathBuf,
        /// Where the cluster was.
        target: PathBuf,
    },
    /// The cluster, or a private directory, belongs to another account.
    #[error("{path} belongs to user {owner}, not to {user}: start the shop as that user or as root, or set DATA_DIR to another folder")]
    OtherOwner {
        /// What belongs to somebody else.
        path: PathBuf,
        /// Its owner.
        owner: String,
        /// The account that would need it.
        user: String,
    },
    /// The account that the server runs under cannot enter a directory.
    #[error("PostgreSQL runs as user {user}, who cannot enter {path}: open the folders above it (chmod o+x), or use {instead}")]
    Closed {
        /// What cannot be entered.
        path: PathBuf,
        /// The server's account.
        user: String,
        /// What to set to what else.
        instead: &'static str,
    },
    /// Root has nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody`: make one, or start the shop as an ordinary user"
    )]
    NoAccount,
    /// A program could not be started, or `initdb` failed.
    #[error("{program} failed ({why}); nothing of it was left behind: see the folder it is in and the one it writes to")]
    Program {
        /// Its path.
        program: PathBuf,
        /// What it or the system said last.
        why: String,
    },
    /// The server ended before it answered.
    #[error("PostgreSQL ended while starting ({why}): {}, its log is {log}", remedy(why))]
    Ended {
        /// The exit status.
        status: String,
        /// The last line it wrote that says why.
        why: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server did not answer in time.
    #[error("PostgreSQL did not answer within {seconds} s and was ended: see its log, {log}")]
    Silent {
        /// How long it was given.
        seconds: u64,
        /// The whole log.
        log: PathBuf,
    },
    /// The server answers, but refuses the shop.
    #[error("PostgreSQL refuses the shop's connection ({0}): see postgres.log in DATA_DIR")]
    Refused(#[from] sqlx::Error),
    /// A thread of the shop ended early.
    #[error("the shop could not run its own start of PostgreSQL ({0}): start it again")]
    Interrupted(String),
}

/// Says that the shop cannot write to `path`. For want of room is another matter: that passes by itself.
pub(super) fn unwritable(path: &Path) -> impl Fn(io::Error) -> StartError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StartError::DiskFull { path: path.to_owned(), why: unwritable::reason(&source) }
        }
        _ => StartError::Unwritable { path: path.to_owned(), source },
    }
}

/// PostgreSQL's words for a full disk.
const DISK_FULL: [&str; 3] = ["No space left on device", "Disk quota exceeded", "wrote only"];

/// What PostgreSQL says when it does not start, and what to do about it.
const REMEDIES: [(&str, &str); 7] = [
    ("shared memory", "free memory, or lower shared_buffers in postgresql.auto.conf"),
    ("Cannot allocate memory", "free memory"),
    ("file descriptors", "raise the limit of open files (ulimit -n 4096)"),
    ("semaphores", "raise the system's limit of semaphores (kernel.sem)"),
    ("checksum", "restore the data directory from a backup"),
    ("checkpoint record", "restore the data directory from a backup"),
    ("database system", "restore the data directory from a backup"),
];

/// Whether these words of PostgreSQL's mean a full disk.
pub(super) fn is_disk_full(why: &str) -> bool {
    DISK_FULL.iter().any(|words| why.contains(words))
}

fn remedy(why: &str) -> &'static str {
    REMEDIES.iter().find(|(words, _)| why.contains(words)).map_or("mend what it names", |(_, remedy)| remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_is_told_from_a_folder_that_cannot_be_written() {
        for (kind, full) in
            [(io::ErrorKind::StorageFull, true), (io::ErrorKind::QuotaExceeded, true), (io::ErrorKind::PermissionDenied, false)]
        {
            let said = unwritable(Path::new("/shop"))(kind.into());
            assert_eq!(matches!(said, StartError::DiskFull { .. }), full, "{said}");
        }
    }

    #[test]
    fn what_postgresql_says_becomes_what_to_do() {
        for (why, remedy) in [
            ("could not map anonymous shared memory: Cannot allocate memory", "free memory, or lower"),
            ("insufficient file descriptors available to start server process", "ulimit"),
            ("could not find the database system", "from a backup"),
            ("invalid value for parameter \"wal_level\"", "mend what it names"),
        ] {
            let said = StartError::Ended { status: "1".to_owned(), why: why.to_owned(), log: PathBuf::from("/l") }.to_string();
            assert!(said.contains(why) && said.contains(remedy) && said.ends_with("its log is /l"), "{said}");
        }
        assert!(is_disk_full("could not write to file \"pg_wal/xlogtemp.1\": No space left on device"));
    }
}
