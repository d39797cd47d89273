//! The server's process: it never outlives the shop, whatever ends the shop.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::{oneshot, watch};

use super::privileges::Account;

/// The signals of a stop and how long each gets; together less than the 5 s that a stop of the shop may take.
/// SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, after which the next start recovers.
const STOP: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_millis(3_000)),
    (Signal::SIGQUIT, Duration::from_millis(1_000)),
    (Signal::SIGKILL, Duration::from_millis(500)),
];

/// What the system sends when the shop dies. Nothing that was committed is lost with a harder signal either, but the
/// fast shutdown rolls back, writes a checkpoint, and spares the next start a recovery.
#[cfg(target_os = "linux")]
const WHEN_THE_SHOP_DIES: Signal = Signal::SIGINT;

/// A running child, with the thread that waits for it.
#[derive(Debug)]
pub(super) struct Process {
    pid: Pid,
    /// The exit status, once it ended.
    ended: watch::Receiver<Option<String>>,
}

/// A command of PostgreSQL under `account`, in its own process group: Ctrl-C reaches the shop, which stops the server
/// after it drained. Nothing of the shop's environment is passed on, because it may hold secrets.
pub(super) fn command(program: impl AsRef<OsStr>, account: &Account) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C.UTF-8").env("TZ", "UTC").current_dir("/").stdin(Stdio::null()).process_group(0);
    if account.is_other() {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    end_with_the_shop(&mut command);
    command
}

/// Asks the system to end the child when the thread that spawned it ends.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "what runs between fork and exec: two system calls, no allocation, no lock")]
fn end_with_the_shop(command: &mut Command) {
    let shop = Pid::this();
    let ask = move || {
        // Runs after the change of account, which would clear the wish again.
        nix::sys::prctl::set_pdeathsig(WHEN_THE_SHOP_DIES)?;
        // The shop may have died in between: then nobody would ever send the signal.
        if Pid::parent() == shop { Ok(()) } else { Err(io::Error::from(nix::errno::Errno::ESRCH)) }
    };
    // SAFETY: `prctl` and `getppid` are async-signal-safe, and an error made of a number allocates nothing.
    unsafe { command.pre_exec(ask) };
}

/// Elsewhere a killed shop leaves its server behind, and the next start says so.
#[cfg(not(target_os = "linux"))]
fn end_with_the_shop(_command: &mut Command) {}

impl Process {
    /// Spawns from a thread that lives exactly as long as the child: the system's "parent died" means this thread.
    pub(super) async fn spawn(mut command: Command) -> io::Result<Self> {
        let (started, start) = oneshot::channel();
        let (end, ended) = watch::channel(None);
        std::thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => {
                    // The start was given up: nobody wants to know.
                    let _ = started.send(Err(error));
                    return;
                }
            };
            let pid = i32::try_from(child.id()).map(Pid::from_raw).map_err(io::Error::other);
            if let Err(Ok(pid)) = started.send(pid) {
                send(pid, Signal::SIGINT);
            }
            let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            end.send_replace(Some(status));
        })?;
        let pid = start.await.map_err(io::Error::other)??;
        Ok(Self { pid, ended })
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    /// The exit status, when it ended already.
    pub(super) fn exit_status(&self) -> Option<String> {
        self.ended.borrow().clone()
    }

    /// Waits until it ends by itself; answers its exit status.
    pub(super) async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "its waiting thread ended".to_owned(),
        }
    }

    /// Ends it, ever less gently, within 5 s.
    pub(super) async fn stop(&self) {
        for (signal, patience) in STOP {
            if self.exit_status().is_some() {
                return;
            }
            send(self.pid, signal);
            if tokio::time::timeout(patience, self.ended()).await.is_ok() {
                return;
            }
            tracing::warn!(pid = self.pid(), %signal, "PostgreSQL did not end yet");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.exit_status().is_none() {
            send(self.pid, Signal::SIGINT);
        }
    }
}

fn send(pid: Pid, signal: Signal) {
    if let Err(error) = kill(pid, signal) {
        tracing::debug!(pid = pid.as_raw(), %signal, %error, "PostgreSQL could not be signalled");
    }
}
