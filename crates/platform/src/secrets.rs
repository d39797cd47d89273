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

/// Reads a secret of this data directory, making it on first use with `make`.
pub fn read_or_make(data_dir: &Path, name: &str, make: impl FnOnce() -> String) -> std::io::Result<SecretString> {
    // Passable, not readable: as root, PostgreSQL's own account must reach its cluster inside.
    fs::DirBuilder::new().recursive(true).mode(0o711).create(data_dir)?;
    let folder = data_dir.join("secrets");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let path = folder.join(name);
    match fs::read_to_string(&path) {
        Ok(secret) if !secret.trim().is_empty() => return Ok(secret.trim().to_owned().into()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let secret = make();
    // Written whole under another name first: a crash must not leave half a secret behind.
    let fresh = folder.join(format!(".{name}.new"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    Ok(secret.into())
}

/// 256 random bits as hexadecimal text, behind a prefix such as `whsec_`.
pub fn random(prefix: &str) -> String {
    let mut bytes = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}{}", hex::encode(bytes))
}
