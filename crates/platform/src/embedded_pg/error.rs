//! Why a private server could not start, each in one line that says what to do.

use std::io;
use std::path::PathBuf;

/// Why the private PostgreSQL did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory, or something in it, cannot be made or written.
    #[error("cannot write to {path} as user {user}: {source}; make it writable, or set DATA_DIR to another folder")]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// The account that tried.
        user: String,
        /// What the system said.
        source: io::Error,
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
        "{cluster} holds data of PostgreSQL {data}, but {binaries} is PostgreSQL {programs}: \
         set PG_BIN to the folder of PostgreSQL {data}'s programs, or set DATA_DIR to an empty folder"
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
    #[error("{program} failed: {why}")]
    Program {
        /// Its path.
        program: PathBuf,
        /// What it or the system said last.
        why: String,
    },
    /// The server ended before it answered.
    #[error("PostgreSQL ended while starting ({status}): {why}; its log is {log}")]
    Ended {
        /// The exit status.
        status: String,
        /// The last line it wrote that says why.
        why: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server did not answer in time.
    #[error("PostgreSQL did not answer within {seconds} s; its log is {log}")]
    Silent {
        /// How long it was given.
        seconds: u64,
        /// The whole log.
        log: PathBuf,
    },
    /// The server answers, but refuses the shop.
    #[error("PostgreSQL refuses the shop's connection: {0}")]
    Refused(#[from] sqlx::Error),
    /// A thread of the shop ended early.
    #[error("the shop could not run its own start of PostgreSQL: {0}")]
    Interrupted(String),
}
