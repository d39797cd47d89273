//! Why the shop cannot use a folder or file of its own, in one line that says what to do.

use std::{
    io::{self, ErrorKind},
    path::Path,
};

use nix::unistd::{Uid, User};

/// What keeps the shop from `path`: what happened, and after the last colon what to do.
pub fn say(path: &Path, error: &io::Error) -> String {
    let (path, user) = (path.display(), user());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk of {path} is full, what was stored before is untouched: make room and start again")
        }
        ErrorKind::ReadOnlyFilesystem => format!("{path} is on a disk that cannot be written: set DATA_DIR to another folder"),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            format!("{path} is not a folder, or lies below a file: set DATA_DIR to another folder")
        }
        ErrorKind::PermissionDenied => {
            format!("{path} is closed to user {user}: give it to that user (chown {user}), or set DATA_DIR to another folder")
        }
        _ => format!("{path} cannot be used by user {user} ({}): set DATA_DIR to another folder", reason(error)),
    }
}

/// The system's words without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn user() -> String {
    let uid = Uid::effective();
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}
