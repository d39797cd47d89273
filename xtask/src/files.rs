//! The files of the checkout: walking them, and stamps that tell whether they changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::sh::{Because as _, Result, root, scratch};

/// Folders that hold nothing a person wrote, wherever they are.
const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "dist"];
/// The same, from the root of the checkout: what the shop and its tests leave.
const LEFT: [&str; 3] = ["data", "web/e2e/pictures", "web/e2e/results"];

/// Every file under `folder`, sorted, without what was built or downloaded.
pub fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).because(|| format!("list {}", next.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !skipped(&entry.path()) {
                    open.push(entry.path());
                }
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn skipped(folder: &Path) -> bool {
    SKIPPED.iter().any(|name| folder.ends_with(name)) || LEFT.iter().any(|left| *folder == root().join(left))
}

/// A number that changes when one of the files changes its name or content.
pub fn fingerprint(files: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file).because(|| format!("read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Does `work` unless it was done for the same fingerprint before and all its results are there; says whether it did.
pub fn unless_done(stamp: &str, fingerprint: u64, results: &[PathBuf], work: impl FnOnce() -> Result) -> Result<bool> {
    let stamp = scratch()?.join(stamp);
    let wanted = format!("{fingerprint:016x}");
    if results.iter().all(|result| result.exists()) && fs::read_to_string(&stamp).is_ok_and(|last| last == wanted) {
        return Ok(false);
    }
    // Removed first: a run that is killed half way must not look done.
    let _absent = fs::remove_file(&stamp);
    work()?;
    fs::write(&stamp, wanted).because(|| format!("write {}", stamp.display()))?;
    Ok(true)
}
