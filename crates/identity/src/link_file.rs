//! `DATA_DIR/admin-link`: the admin's one-time link for whoever may read the shop's data, where no terminal shows it.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use platform::secrets;

const NAME: &str = "admin-link";
/// An address of the shop and 256 bits in base64 are far shorter.
const MAX_BYTES: u64 = 4096;

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

/// The link that lies there; None when there is no file, or none that the shop wrote.
pub fn read(data_dir: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path(data_dir)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
    secret(&text).is_some().then(|| text.trim().to_owned())
}

/// The secret of a link: what stands behind its `#`.
pub fn secret(link: &str) -> Option<&str> {
    link.trim().rsplit_once('#').map(|(_, secret)| secret)
}

/// Takes the link of this secret away, which is of no use any more; a newer one that lies there by now stays.
pub fn remove(data_dir: &Path, of: &str) {
    if read(data_dir).as_deref().and_then(secret) != Some(of) {
        return;
    }
    match std::fs::remove_file(path(data_dir)) {
        Err(error) if error.kind() != ErrorKind::NotFound => tracing::warn!(%error, "the used admin link stays in the data directory"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_link_that_is_meant_is_taken_away() {
        const NEWER: &str = "https://shop.example/admin/welcome#newer";
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        assert_eq!(read(place), None);
        write(place, NEWER).unwrap();
        remove(place, "older");
        assert_eq!(read(place).as_deref(), Some(NEWER));
        remove(place, "newer");
        assert_eq!(read(place), None);
    }

    #[test]
    fn what_the_shop_did_not_write_is_no_link() {
        let folder = tempfile::tempdir().unwrap();
        for foreign in [&b""[..], b"\xff\xfe#x", b"no fragment"] {
            std::fs::write(path(folder.path()), foreign).unwrap();
            assert_eq!(read(folder.path()), None, "{foreign:?}");
        }
    }
}
