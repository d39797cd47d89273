//! The private PostgreSQL of a shop that was given no `DATABASE_URL`: finds the programs, makes the cluster, runs and ends it.
//!
//! What lies where, for a data directory `D`:
//!
//! | path | what |
//! |---|---|
//! | `D/postgres` | the cluster, or a link to it when the server's account cannot enter `D` |
//! | `D/postgres.run` | the socket, in a directory of mode 0700 (a short path elsewhere when this one is too long) |
//! | `D/postgres.lock` | locked by the one shop that may run on `D` |
//! | `D/postgres.log` | what the server wrote since the last start; the start before is in `postgres.log.old` |
//!
//! **Who may connect.** Only `peer` over the socket, with a map from the accounts of the shop and of the server to the
//! database's roles. As root the shop stays root while the server runs under another account, so plain `peer` would not
//! fit; a generated password would, but it is one more secret on the disk, in every URL and in every connection's cost,
//! and whoever could use the map could read that file as well.
//!
//! **Roles.** The shop connects as [`ROLE`], which owns its database and may create roles, but is no superuser: a session
//! of the shop can never reach files or programs of the machine. [`SUPERUSER`] is for maintenance by the same accounts.

mod bundled;
mod data_directory;
mod error;
mod find_binaries;
mod places;
mod postmaster;
mod privileges;
mod process;
mod server;
mod settings_files;

use std::path::{Path, PathBuf};

pub use bundled::Bundled;
pub use data_directory::{holder_of, inspect};
pub use error::StartError;
pub use find_binaries::{Binaries, NoBinaries, find_binaries};
pub use postmaster::running;
pub use server::Server;

/// The role that the shop connects as, and the owner of [`DATABASE`].
pub const ROLE: &str = "quickshop";

/// The role of the cluster's superuser.
pub const SUPERUSER: &str = "postgres";

/// The database of the shop.
pub const DATABASE: &str = "quickshop";

/// Part of the socket's file name; nothing listens on a network port.
const PORT: u16 = 5432;

/// What a private server needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop's data directory (`DATA_DIR`); made when missing.
    pub data_dir: PathBuf,
    /// The programs to run, from [`find_binaries`].
    pub binaries: Binaries,
    /// False turns fsync off: for tests, whose data may be lost with the machine.
    pub durable: bool,
    /// How many connections the server accepts.
    pub max_connections: u16,
}

impl Settings {
    /// Safe settings for a shop in `data_dir`: durable, 60 connections.
    #[must_use]
    pub fn new(data_dir: PathBuf, binaries: Binaries) -> Self {
        Self { data_dir, binaries, durable: true, max_connections: 60 }
    }
}

/// The URL of [`DATABASE`] for a server whose socket lies in `sockets`.
///
/// The port is spelt out because a `PGPORT` in the environment would otherwise change the socket's file name.
/// Invariant: `places` chooses only socket directories that need no escaping in a URL.
fn url(sockets: &Path) -> String {
    format!("postgres:///{DATABASE}?host={}&port={PORT}&user={ROLE}", sockets.display())
}
