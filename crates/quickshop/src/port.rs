//! Who has the port that the shop was to have.

use std::{fs, path::Path};

/// A listening socket in `/proc/net/tcp`.
const LISTENING: &str = "0A";

/// A program that listens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) process: u32,
    pub(crate) name: String,
}

/// What to say of a port that is taken: one line, after its last colon what to do.
pub(crate) fn taken(port: u16) -> String {
    match holder(port) {
        Some(Holder { process, name }) if name == "quickshop" => format!(
            "port {port} is taken by another QuickShop (process {process}), it is open at localhost:{port}: stop it (kill {process}), or set PORT to another one"
        ),
        Some(Holder { process, name }) => {
            format!("port {port} is taken by {name} (process {process}): stop it, or set PORT to another one")
        }
        None => format!("port {port} is taken: stop the program that uses it, or set PORT to another one"),
    }
}

/// The program that listens on a port, where the system tells and this account may know it.
pub(crate) fn holder(port: u16) -> Option<Holder> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| table.lines().filter_map(|line| inode(line, port)).map(|inode| format!("socket:[{inode}]")).collect::<Vec<_>>())
        .collect();
    if sockets.is_empty() {
        return None;
    }
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        if !has_open(&entry.path(), &sockets) {
            return None;
        }
        let name = fs::read_to_string(entry.path().join("comm")).ok()?.trim().to_owned();
        Some(Holder { process, name })
    })
}

/// Columns: number, local address, remote address, state, queues, timers, retransmits, user, time-out, inode.
fn inode(line: &str, port: u16) -> Option<&str> {
    let mut columns = line.split_whitespace();
    let local = columns.nth(1)?;
    let state = columns.nth(1)?;
    let found = u16::from_str_radix(local.rsplit(':').next()?, 16).ok()?;
    (found == port && state == LISTENING).then(|| columns.nth(5)).flatten()
}

fn has_open(process: &Path, sockets: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else { return false };
    files
        .flatten()
        .any(|file| fs::read_link(file.path()).is_ok_and(|target| sockets.iter().any(|socket| target.as_os_str() == socket.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_port_of_this_process_is_found_to_be_its_own() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(holder(port).map(|holder| holder.process), Some(std::process::id()));
        assert!(taken(port).contains(&format!("(process {})", std::process::id())));
        drop(listener);
        assert_eq!(holder(port), None);
        assert_eq!(taken(port), format!("port {port} is taken: stop the program that uses it, or set PORT to another one"));
    }
}
