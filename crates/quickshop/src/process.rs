//! The process itself: its runtime, log, signals and open files.

use std::io::{IsTerminal, Write};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use platform::{clock::Clock, config::Config, machine, telemetry, unwritable};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    failure::{self, Failure},
    port,
};

/// At a terminal the person sees what goes wrong; a line for each request is for log files.
const TERMINAL_FILTER: &str = "info,request=error,graphile_worker=warn,graphile_worker_crontab_runner=warn,sqlx=warn";
/// Files that are no connections of customers: the database's, the log, the binary's own.
const OTHER_FILES: u64 = 128;
/// What the shell says of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

pub(crate) fn start_logging(filter: Option<&str>) -> Result<(), Failure> {
    if filter.is_some_and(|filter| !telemetry::is_filter(filter)) {
        return Err(Failure::new("QUICKSHOP_LOG or --log is not a filter of logs: use for example `debug` or `info,sqlx=debug`"));
    }
    let terminal = std::io::stderr().is_terminal();
    telemetry::init(!terminal, filter.or(terminal.then_some(TERMINAL_FILTER)));
    // The default hook writes plain lines among the JSON, and cannot name the request.
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let message = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        tracing::error!(place = panic.location().map(tracing::field::display), reason = message, "panic");
    }));
    Ok(())
}

pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Cancelled by the first Ctrl-C or SIGTERM; the second ends the process on the spot.
#[expect(clippy::disallowed_methods, reason = "the command line is a root")]
pub(crate) fn stop_on_signals() -> Result<CancellationToken, Failure> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        stopping.cancel();
        either(&mut interrupt, &mut terminate).await;
        // The private PostgreSQL sees its parent go and ends by itself.
        std::process::exit(INTERRUPTED);
    });
    Ok(stop)
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// Raises the soft limit of open files to the hard one; answers how many connections fit.
pub(crate) fn connections() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return server::http::MAX_CONNECTIONS };
    let files = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
    let fit = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(1);
    if fit < server::http::MAX_CONNECTIONS {
        tracing::warn!(connections = fit, "the limit of open files allows fewer connections than the shop would take");
    }
    fit.min(server::http::MAX_CONNECTIONS)
}

/// What is configured, when a start can go on with it. Nothing was made yet.
pub(crate) fn look() -> Result<Config, Failure> {
    machine::check_clock(Clock::system().now())?;
    let config = Config::look()?;
    server::check_signing_key(&config)?;
    for warning in &config.warnings {
        failure::warn(warning);
    }
    Ok(config)
}

/// Listens, before anything else is started: a taken port is found while nothing has to be undone.
pub(crate) async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(port::taken(address.port())),
        std::io::ErrorKind::PermissionDenied => {
            Failure::new(format!("port {} needs more rights: set PORT to one above 1023, or put a proxy in front", address.port()))
        }
        std::io::ErrorKind::AddrNotAvailable => Failure::new(format!("{} is no address of this machine: correct BIND", address.ip())),
        _ => Failure::new(format!("cannot listen on {address} ({}): correct BIND or PORT", unwritable::reason(&error))),
    })
}

/// With PORT=0 the system chose the port: what the shop says of itself follows.
pub(crate) fn adopt(listener: &TcpListener, config: &mut Config) -> Result<(), Failure> {
    let chosen = listener.local_addr()?;
    if config.bind.port() == 0 && config.public_base_url.ends_with(":0") {
        config.public_base_url = format!("http://localhost:{}", chosen.port());
    }
    config.bind = chosen;
    Ok(())
}

/// A line for the person at the terminal. A terminal that went away is no reason to stop.
pub(crate) fn say(line: &str) {
    let _unheard = writeln!(std::io::stdout(), "{line}");
}
