//! Secrets that the shop makes for itself outside production: files in `DATA_DIR/secrets`, mode 0600.

use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use rand::RngCore;
use secrecy::SecretString;

const SECRET_BYTES: usize = 32;
/// In the data directory.
const FOLDER: &str = "secrets";

/// Reads a secret of this data directory, making it on first use with `make`.
pub fn read_or_make(data_dir: &Path, name: &str, make: impl FnOnce() -> String) -> std::io::Result<SecretString> {
    make_data_dir(data_dir)?;
    let folder = data_dir.join(FOLDER);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    if let Some(kept) = read(data_dir, name)? {
        return Ok(kept);
    }
    let secret = make();
    write(&folder.join(name), &secret)?;
    Ok(secret.into())
}

/// A secret of this data directory, when it was made already; changes nothing.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read(data_dir: &Path, name: &str) -> std::io::Result<Option<SecretString>> {
    match fs::read_to_string(data_dir.join(FOLDER).join(name)) {
        Ok(secret) if !secret.trim().is_empty() => Ok(Some(secret.trim().to_owned().into())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the data directory: passable, not readable, because as root PostgreSQL's own account must reach its cluster inside.
///
/// # Errors
/// When there is a folder above it that does not take it.
pub fn make_data_dir(data_dir: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o711).create(data_dir)
}

/// Writes a file that only this account can read, in place of an earlier one.
///
/// # Errors
/// When its folder does not take it.
pub fn write(path: &Path, secret: &str) -> std::io::Result<()> {
    // Written whole under another name first: a crash must not leave half a secret behind.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{name}.new"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// 256 random bits as hexadecimal text, behind a prefix such as `whsec_`.
pub fn random(prefix: &str) -> String {
    let mut bytes = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}{}", hex::encode(bytes))
}
