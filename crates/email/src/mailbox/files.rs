//! The mailbox's folder: one file a mail, named by a number that only grows, at most [`KEPT`] of them.

use std::{
    collections::VecDeque,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use tokio::{fs, sync::Mutex};

use super::message::{Message, Summary};

/// Mails that are kept; an older one makes room.
pub(super) const KEPT: usize = 500;
/// Digits of a name: enough for a mail every millisecond over years, and for names that sort as numbers.
const NAME_DIGITS: usize = 12;

/// The folder and what is known of it.
pub(super) struct Files {
    folder: PathBuf,
    /// Held while a file is written, so that names stay in the order in which mails came.
    index: Mutex<Index>,
}

struct Index {
    last: u64,
    /// Oldest first.
    mails: VecDeque<Summary>,
}

impl Files {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let mut names: Vec<String> = std::fs::read_dir(&folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
            .filter(|name| is_id(name))
            .collect();
        names.sort_unstable();
        let last = names.last().and_then(|name| name.parse().ok()).unwrap_or(0);
        let newest = names.split_off(names.len().saturating_sub(KEPT));
        for name in names {
            std::fs::remove_file(folder.join(format!("{name}.json")))?;
        }
        let mails = newest.iter().filter_map(|name| read_now(&folder, name)).map(|mail| mail.summary()).collect();
        Ok(Self { folder, index: Mutex::new(Index { last, mails }) })
    }

    /// Keeps a mail under the next name, which it returns. Ready to be read after a crash once this returns.
    pub(super) async fn add(&self, make: impl FnOnce(String) -> Message) -> io::Result<String> {
        let mut index = self.index.lock().await;
        index.last += 1;
        let message = make(format!("{:0NAME_DIGITS$}", index.last));
        let bytes = serde_json::to_vec_pretty(&message)?;
        // Under a hidden name first: half a mail is never read.
        let fresh = self.folder.join(format!(".{}.new", message.id));
        fs::write(&fresh, bytes).await?;
        fs::rename(&fresh, self.path(&message.id)).await?;
        index.mails.push_back(message.summary());
        while index.mails.len() > KEPT {
            if let Some(oldest) = index.mails.pop_front() {
                remove(&self.path(&oldest.id)).await?;
            }
        }
        Ok(message.id)
    }

    /// Summaries, newest first.
    pub(super) async fn list(&self) -> Vec<Summary> {
        self.index.lock().await.mails.iter().rev().cloned().collect()
    }

    /// A mail; None when it made room for newer ones, was removed by hand or never was.
    pub(super) async fn find(&self, id: &str) -> io::Result<Option<Message>> {
        if !is_id(id) {
            return Ok(None);
        }
        match fs::read(self.path(id)).await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

/// Invariant: only names of this form become paths, so no address reaches outside the folder.
fn is_id(name: &str) -> bool {
    name.len() == NAME_DIGITS && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_now(folder: &Path, name: &str) -> Option<Message> {
    let bytes = std::fs::read(folder.join(format!("{name}.json"))).ok()?;
    serde_json::from_slice(&bytes).ok()
}

async fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
