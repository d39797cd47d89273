//! Which account the server runs under: PostgreSQL refuses root, and a shop in a container often is root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::Path;

use nix::unistd::{Gid, Uid, User};

use super::StartError;

/// Who runs the server when the shop is root, the first that exists.
const DEDICATED: [&str; 2] = ["postgres", "nobody"];

/// An account of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
}

impl Account {
    /// The account that the shop itself runs under.
    pub(super) fn of_the_shop() -> Self {
        Self::of(Uid::effective())
    }

    /// The account with this number, known by its number when it has no name.
    pub(super) fn of(uid: Uid) -> Self {
        match User::from_uid(uid) {
            Ok(Some(user)) => Self { name: user.name, uid, gid: user.gid },
            Ok(None) | Err(_) => Self { name: uid.to_string(), uid, gid: Gid::effective() },
        }
    }

    /// The account that root starts a new cluster under.
    pub(super) fn dedicated() -> Result<Self, StartError> {
        DEDICATED
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self { name: user.name, uid: user.uid, gid: user.gid })
            .ok_or(StartError::NoAccount)
    }

    /// Whether a process of the shop has to change to this account.
    pub(super) fn is_other(&self) -> bool {
        self.uid != Uid::effective()
    }

    pub(super) fn is_root(&self) -> bool {
        self.uid.is_root()
    }

    /// Whether this account can reach what lies in `directory`. Extra groups do not count: the server drops them.
    pub(super) fn can_enter(&self, directory: &Path) -> bool {
        directory.ancestors().all(|step| fs::metadata(step).is_ok_and(|found| self.may_search(&found)))
    }

    fn may_search(&self, found: &fs::Metadata) -> bool {
        let bit = if found.uid() == self.uid.as_raw() {
            0o100
        } else if found.gid() == self.gid.as_raw() {
            0o010
        } else {
            0o001
        };
        self.is_root() || found.mode() & bit != 0
    }

    /// Gives `path` to this account, when it is another one than the shop's. Never follows a link, because
    /// the directory around may belong to an ordinary user.
    pub(super) fn take(&self, path: &Path) -> io::Result<()> {
        if self.is_other() {
            lchown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw()))?;
        }
        Ok(())
    }
}
