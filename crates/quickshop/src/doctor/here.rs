//! What can be seen on this machine: the machine itself, the data directory, PostgreSQL's programs, the port.

use platform::{config::Config, embedded_pg, machine, unwritable};

use super::{clock, report::Group, within};
use crate::{database, port, process};

/// Less than this is one busy hour away from too little.
const ROOM_MB: u64 = 1024;
/// PostgreSQL, the shop and their caches.
const MEMORY_MB: u64 = 256;

pub(super) fn machine(group: &mut Group<'_>, config: Option<&Config>) {
    clock(group);
    match (machine::open_files().map(|(_, hard)| hard), process::connections()) {
        (Ok(_), connections) if connections < server::http::MAX_CONNECTIONS => {
            group.warn("open files", &format!("their limit allows {connections} connections: raise it (ulimit -n 4096)"));
        }
        (Ok(hard), _) => group.ok("open files", format!("up to {hard}")),
        (Err(error), _) => group.warn("open files", &format!("their limit is unknown ({})", unwritable::reason(&error))),
    }
    match machine::free_memory_bytes().map(|bytes| bytes >> 20) {
        Some(free_mb) if free_mb < MEMORY_MB => {
            group.warn("memory", &format!("{free_mb} MB are free, the shop and PostgreSQL take {MEMORY_MB} MB: stop other programs"));
        }
        Some(free_mb) => group.ok("memory", format!("{free_mb} MB free")),
        None => {}
    }
    if let Some(config) = config {
        disk(group, config);
    }
}

fn disk(group: &mut Group<'_>, config: &Config) {
    let place = config.data_dir.display();
    match machine::free_bytes(&config.data_dir) {
        Ok(free) if free < machine::LITTLE_ROOM_BYTES => {
            group.fail("disk", &format!("the disk of {place} has {} MB free: make room, or the shop takes no more orders", free >> 20));
        }
        Ok(free) if free >> 20 < ROOM_MB => group.warn("disk", &format!("the disk of {place} has {} MB free: make room soon", free >> 20)),
        Ok(free) => group.ok("disk", format!("{} MB free", free >> 20)),
        Err(error) => group.fail("disk", &unwritable::say(&config.data_dir, &error)),
    }
}

pub(super) fn data_directory(group: &mut Group<'_>, config: &Config) {
    let place = config.data_dir.display();
    match machine::can_write(&config.data_dir) {
        Ok(()) if config.data_dir.exists() => group.ok("folder", place.to_string()),
        Ok(()) => group.ok("folder", format!("{place}, which the first start makes")),
        Err(error) => group.fail("folder", &unwritable::say(&config.data_dir, &error)),
    }
    match embedded_pg::holder_of(&config.data_dir) {
        Some(holder) => group.ok("in use", format!("by the shop that runs{holder}")),
        None => group.ok("in use", "no"),
    }
}

pub(super) async fn postgresql(group: &mut Group<'_>, config: &Config) {
    let found = within("PostgreSQL's `postgres --version`", database::find_binaries(config)).await;
    let binaries = match found {
        Ok(binaries) => binaries,
        Err(failure) => return group.failure("programs", &failure),
    };
    group.ok("programs", format!("PostgreSQL {} in {}", binaries.major, binaries.dir.display()));
    match embedded_pg::inspect(&config.data_dir, &binaries) {
        Ok(true) => group.ok("cluster", format!("of PostgreSQL {}", binaries.major)),
        Ok(false) => group.ok("cluster", "none yet, the first start makes it"),
        Err(error) => group.fail("cluster", &error.to_string()),
    }
}

/// Listens for a moment, where nothing does.
pub(super) async fn network(group: &mut Group<'_>, config: &Config) {
    let ours = embedded_pg::holder_of(&config.data_dir);
    let holder = port::holder(config.bind.port()).map(|holder| format!(" (process {})", holder.process));
    if holder.is_some() && holder == ours {
        return group.ok("port", format!("{}, served by the shop that runs", config.bind));
    }
    match within("the port", process::listen(config.bind)).await {
        Ok(listener) => {
            drop(listener);
            group.ok("port", format!("{} is free", config.bind));
        }
        Err(failure) => group.failure("port", &failure),
    }
}
