//! The file that survives the process: one line for each request that changed something, written before it is answered.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::book::Change;

/// Rewritten in shorter form when it is so much longer than it was when last rewritten.
const GROWTH_MAX: u64 = 8;
/// No matter the growth, a file so small is left alone.
const SMALL_BYTES: u64 = 16 * 1024 * 1024;

/// The journal of one data directory, or none at all.
pub struct Journal {
    disk: Option<Disk>,
}

struct Disk {
    path: PathBuf,
    file: File,
    bytes: u64,
    bytes_when_rewritten: u64,
    /// Held while the journal is open: two processes would write over each other.
    _lock: File,
}

impl Journal {
    /// A journal that keeps nothing.
    pub fn none() -> Self {
        Self { disk: None }
    }

    /// Opens the journal of a folder, making both where they are missing, and hands out what it holds, in order.
    pub fn open(folder: &Path, mut apply: impl FnMut(Change)) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = private().create(true).open(folder.join("simulator.lock"))?;
        lock.try_lock().map_err(|_| io::Error::new(io::ErrorKind::WouldBlock, "another payment simulator has this data directory"))?;
        let path = folder.join("simulator.jsonl");
        // Without truncation: what is there is read first.
        let file = private().create(true).read(true).open(&path)?;
        replay(&file, &mut apply)?;
        let bytes = file.metadata()?.len();
        Ok(Self { disk: Some(Disk { path, file, bytes, bytes_when_rewritten: bytes, _lock: lock }) })
    }

    /// Writes what one request changed, all of it or nothing. The kernel has it then: the end of this process loses nothing.
    pub fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        if let Err(error) = disk.file.write_all(&line) {
            // Half a line would swallow the next one.
            disk.file.set_len(disk.bytes)?;
            return Err(error);
        }
        disk.bytes = disk.bytes.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// True when rewriting would make it much shorter.
    pub fn is_overgrown(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.bytes > SMALL_BYTES.max(disk.bytes_when_rewritten.saturating_mul(GROWTH_MAX)))
    }

    /// Replaces the journal with one that says the same in fewer words.
    pub fn rewrite(&mut self, changes: impl Iterator<Item = Change>) -> io::Result<()> {
        let Some(disk) = &mut self.disk else { return Ok(()) };
        let fresh = disk.path.with_extension("new");
        let file = private().create(true).open(&fresh)?;
        file.set_len(0)?;
        let mut writer = BufWriter::new(&file);
        for change in changes {
            serde_json::to_writer(&mut writer, &[change])?;
            writer.write_all(b"\n")?;
        }
        writer.flush()?;
        drop(writer);
        file.sync_all()?;
        fs::rename(&fresh, &disk.path)?;
        let bytes = file.metadata()?.len();
        (disk.file, disk.bytes, disk.bytes_when_rewritten) = (file, bytes, bytes);
        Ok(())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).mode(0o600);
    options
}

fn replay(file: &File, apply: &mut impl FnMut(Change)) -> io::Result<()> {
    let mut reader = BufReader::new(file);
    let (mut line, mut number, mut good_bytes) = (Vec::new(), 0_u64, 0_u64);
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        if line.last() != Some(&b'\n') {
            // The process ended while writing: that request was never answered.
            return file.set_len(good_bytes);
        }
        let changes: Vec<Change> = serde_json::from_slice(&line).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("line {number} of the payment simulator's journal: {error}"))
        })?;
        changes.into_iter().for_each(&mut *apply);
        good_bytes = good_bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
}
