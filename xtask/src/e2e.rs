//! The journeys in a browser, against `quickshop up` with nothing configured.

use std::env;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::sh::{Because as _, Failure, Result, command, npm, run as execute, scratch, signal};
use crate::{run, setup};

const READY_WITHIN: Duration = Duration::from_secs(90);
const STOPPED_WITHIN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Lines of the shop's log shown after a failure.
const LOG_TAIL: usize = 60;
/// The shop's data directory in its home.
const DATA: &str = "data";
/// What would make the shop use something else than its own embedded servers.
const CONFIGURATION: [&str; 12] = [
    "BIND",
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "PUBLIC_BASE_URL",
    "QUICKSHOP_ENV",
    "REDIS_URL",
    "SECRET_KEY",
    "SENDGRID_API_BASE",
    "SENDGRID_API_KEY",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
];

/// `cargo xtask e2e`: the journeys alone, with the binary that `make run` starts.
pub fn e2e(_arguments: &[String]) -> Result {
    setup::for_test()?;
    journeys(&run::build()?)
}

/// Starts the shop, runs the browser tests, stops the shop and looks for what it left behind.
pub fn journeys(binary: &Path) -> Result {
    let mut shop = Shop::start(binary)?;
    let tested = shop.ready().and_then(|()| execute(&mut shop.browser_tests()));
    let result = tested.and(shop.stop());
    result.map_err(|Failure(why)| Failure(format!("{why}\n{}", shop.explain())))
}

/// A shop that runs; killed when dropped.
pub struct Shop {
    process: Child,
    port: u16,
    /// A folder that goes with it.
    home: Option<PathBuf>,
    log: PathBuf,
}

impl Shop {
    fn start(binary: &Path) -> Result<Self> {
        let home = env::temp_dir().join(format!("quickshop-e2e-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&home);
        fs::create_dir(&home).because(|| format!("create {}", home.display()))?;
        let log = scratch()?.join("e2e-shop.log");
        let port = free_port()?;
        let mut shop = command(binary);
        unconfigured(&mut shop).arg("up").env("PORT", port.to_string()).env("DATA_DIR", home.join(DATA));
        Self::spawn(shop, port, log, Some(home))
    }

    /// Starts a command that becomes a shop on `port` and writes into `log`.
    pub fn spawn(mut shop: Command, port: u16, log: PathBuf, home: Option<PathBuf>) -> Result<Self> {
        let output = File::create(&log).because(|| format!("create {}", log.display()))?;
        shop.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let process = shop.spawn().because(|| "start the shop".to_owned())?;
        Ok(Self { process, port, home, log })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// They look for the admin's first link where a shopkeeper without a terminal does: in the data directory.
    fn browser_tests(&self) -> Command {
        let mut tests = npm(["run", "--silent", "e2e"]);
        tests.env("QUICKSHOP_URL", self.url());
        if let Some(home) = &self.home {
            tests.env("QUICKSHOP_DATA_DIR", home.join(DATA));
        }
        tests
    }

    /// Waits until it takes requests.
    pub fn ready(&mut self) -> Result {
        let started = Instant::now();
        while !answers_ok(self.port) {
            if let Some(status) = self.process.try_wait()? {
                return Err(Failure(format!("the shop ended before it was ready ({status})")));
            }
            if started.elapsed() > READY_WITHIN {
                return Err(Failure(format!("the shop was not ready within {} s", READY_WITHIN.as_secs())));
            }
            sleep(POLL);
        }
        Ok(())
    }

    /// What Ctrl-C does; the shop must end well, in time, and with everything that it started.
    pub fn stop(&mut self) -> Result {
        let family = descendants(self.process.id());
        signal("INT", self.process.id());
        let Some(status) = wait(&mut self.process, STOPPED_WITHIN) else {
            return Err(Failure(format!("the shop did not stop within {} s", STOPPED_WITHIN.as_secs())));
        };
        if !status.success() {
            return Err(Failure(format!("the shop stopped badly ({status})")));
        }
        let left: Vec<String> = family.into_iter().filter(Process::lives).map(|process| process.name).collect();
        if left.is_empty() { Ok(()) } else { Err(Failure(format!("the shop left processes behind: {}", left.join(", ")))) }
    }

    /// The end of its log, for a message about a failure.
    pub fn explain(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let head = format!("The end of {}:\n", self.log.display());
        lines.iter().skip(lines.len().saturating_sub(LOG_TAIL)).fold(head, |text, line| text + line + "\n")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if wait(&mut self.process, Duration::ZERO).is_none() {
            let _gone = self.process.kill();
            let _ended = self.process.wait();
        }
        if let Some(home) = &self.home {
            let _left = fs::remove_dir_all(home);
        }
    }
}

fn unconfigured(shop: &mut Command) -> &mut Command {
    for name in CONFIGURATION {
        shop.env_remove(name).env_remove(format!("{name}_FILE"));
    }
    shop
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Does `/readyz` answer 200?
fn answers_ok(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut head = String::new();
        stream.take(64).read_to_string(&mut head)?;
        Ok(head)
    };
    ask().is_ok_and(|head| head.starts_with("HTTP/1.1 200"))
}

/// The child's status once it has ended, or nothing when it runs on after `limit`.
pub fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            _ if started.elapsed() >= limit => return None,
            _ => sleep(POLL),
        }
    }
}

/// A process, known by its start time as well: ids come back.
#[derive(Clone, PartialEq, Debug)]
struct Process {
    id: u32,
    parent: u32,
    started: u64,
    name: String,
}

impl Process {
    /// `/proc/PID/stat`: the name stands in brackets and may hold anything, so fields count from the last one.
    fn parse(stat: &str) -> Option<Self> {
        let (id, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split_whitespace();
        // A zombie runs no more; a container's first process may never collect it.
        let _running = fields.next().filter(|state| *state != "Z")?;
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self { id: id.parse().ok()?, parent, started, name: name.to_owned() })
    }

    fn read(id: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    fn lives(&self) -> bool {
        Self::read(self.id).is_some_and(|now| now.started == self.started)
    }
}

/// Children, their children, and so on.
fn descendants(ancestor: u32) -> Vec<Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let all: Vec<Process> = ids.filter_map(Process::read).collect();
    let mut family: Vec<Process> = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        for child in all.iter().filter(|process| process.parent == parent) {
            parents.push(child.id);
            family.push(child.clone());
        }
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_even_when_its_name_looks_like_fields() {
        let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 2";
        let process = Process { id: 42, parent: 7, started: 98765, name: "a) b (c".to_owned() };
        assert_eq!(Process::parse(stat), Some(process));
        assert_eq!(Process::parse(&stat.replace(" S ", " Z ")), None);
    }

    /// A shop made of a few words of shell.
    fn shop(script: &str) -> Shop {
        let mut script = command("sh").args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        // It says so when its signal handler is in place.
        let mut ready = [0; 1];
        script.stdout.take().unwrap().read_exact(&mut ready).unwrap();
        Shop { process: script, port: 0, home: None, log: PathBuf::new() }
    }

    #[test]
    fn a_shop_that_ends_with_all_its_children_stops_well() {
        let mut shop = shop("sleep 60 & child=$!; trap 'kill $child; wait $child; exit 0' INT; echo r; wait");
        assert!(shop.stop().is_ok());
    }

    #[test]
    fn a_shop_that_leaves_a_child_behind_is_told_so() {
        // Until it has become `sleep`, the child still bears the shell's name.
        let mut shop = shop("sleep 2 >/dev/null 2>&1 & until grep -q sleep /proc/$!/comm; do :; done; trap 'exit 0' INT; echo r; wait");
        let Failure(why) = shop.stop().unwrap_err();
        assert_eq!(why, "the shop left processes behind: sleep");
    }

    #[test]
    fn a_shop_that_stops_with_an_error_is_told_so() {
        let mut shop = shop("trap 'exit 3' INT; echo r; while :; do sleep 0.05; done");
        let Failure(why) = shop.stop().unwrap_err();
        assert!(why.starts_with("the shop stopped badly (exit status: 3)"), "{why}");
    }
}
