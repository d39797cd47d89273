//! The disk of the private PostgreSQL: said in words when it runs full, waited for when nothing goes without it.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use platform::machine::{LITTLE_ROOM_BYTES, is_full};

/// How often the disk is looked at.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Looks once, a moment from now; says when the disk has become full, and when it no longer is.
pub(crate) async fn watch(data_dir: &Path) {
    tokio::time::sleep(LOOK_AGAIN).await;
    say_change(data_dir, is_full(data_dir));
}

/// Waits until PostgreSQL has room to start.
pub(crate) async fn wait_for_room(data_dir: &Path) {
    loop {
        let full = is_full(data_dir);
        say_change(data_dir, full);
        if !full {
            return;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn say_change(data_dir: &Path, full: bool) {
    /// One process has one data directory.
    static WAS_FULL: AtomicBool = AtomicBool::new(false);
    let place = data_dir.display();
    match (WAS_FULL.swap(full, Ordering::Relaxed), full) {
        (false, true) => tracing::error!(
            "the disk of {place} is full (less than {} MB free): nothing that was stored is lost, orders are refused with 503 while \
             PostgreSQL cannot write, and the shop goes on by itself once there is room",
            LITTLE_ROOM_BYTES >> 20
        ),
        (true, false) => tracing::info!("the disk of {place} has room again"),
        (true, true) | (false, false) => {}
    }
}
