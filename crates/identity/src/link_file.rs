//! `DATA_DIR/admin-link`: the admin's one-time link for whoever may read the shop's data, where no terminal shows it.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use platform::secrets;

const NAME: &str = "admin-link";

/// Where the link is while there is one.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

/// Writes the link in place of an earlier one, readable by the shop's own account only.
///
/// # Errors
/// When the data directory does not take it.
pub fn write(data_dir: &Path, link: &str) -> std::io::Result<()> {
    secrets::make_data_dir(data_dir)?;
    secrets::write(&path(data_dir), &format!("{link}\n"))
}

/// Takes a link away that is of no use any more. A file that stays shows a link that opens nothing.
pub fn remove(data_dir: &Path) {
    match std::fs::remove_file(path(data_dir)) {
        Err(error) if error.kind() != ErrorKind::NotFound => tracing::warn!(%error, "the used admin link stays in the data directory"),
        _ => {}
    }
}
