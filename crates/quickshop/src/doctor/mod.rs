//! `quickshop doctor`: what a start would find, on demand. Each check is the start's own function; none changes anything.

mod here;
mod report;
mod there;

use std::{
    future::Future,
    io::{IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use platform::{clock::Clock, config::Config, machine};

use crate::{failure, failure::Failure, process, stand_ins::Addresses};
use report::Report;

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Checks, prints, and ends with 1 when something fails.
pub(crate) fn main(json: bool) -> ExitCode {
    let examined = process::runtime().map(|runtime| {
        let report = runtime.block_on(examine());
        // A name server that does not answer keeps a thread, which nobody waits for.
        runtime.shutdown_background();
        report
    });
    match examined {
        Ok(report) => print(&report, json),
        Err(failure) => failure::report(&failure),
    }
}

fn print(report: &Report, json: bool) -> ExitCode {
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = if json { serde_json::to_string_pretty(report).unwrap_or_default() } else { report.lines(colours) };
    let _unheard = writeln!(std::io::stdout(), "{}", text.trim_end());
    if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn examine() -> Report {
    let mut report = Report::default();
    let config = configuration(&mut report);
    here::machine(&mut report.group("machine"), config.as_ref());
    let Some(mut config) = config else { return report };
    here::data_directory(&mut report.group("data directory"), &config);
    if config.database_url.is_none() {
        here::postgresql(&mut report.group("PostgreSQL"), &config).await;
    }
    there::database(&mut report.group("database"), &config).await;
    here::network(&mut report.group("network"), &config).await;
    Addresses::find(&config).apply(&mut config);
    there::payments(&mut report.group("payments"), &config).await;
    there::mail(&mut report.group("mail"), &config).await;
    report
}

/// The rest needs it: without one only the machine is looked at.
fn configuration(report: &mut Report) -> Option<Config> {
    let mut group = report.group("configuration");
    let config = match Config::look() {
        Ok(config) => config,
        Err(error) => {
            group.failure("variables", &Failure::from(error));
            return None;
        }
    };
    if let Err(error) = server::check_signing_key(&config) {
        group.fail("variables", &error.to_string());
    }
    for warning in &config.warnings {
        group.warn("variables", warning);
    }
    let environment = if config.is_development() { "development" } else { "production" };
    group.ok("environment", format!("{environment}, {}", config.public_base_url));
    Some(config)
}

/// The clock against what is certain.
fn clock(group: &mut report::Group<'_>) {
    let now = Clock::system().now();
    match machine::check_clock(now) {
        Ok(()) => group.ok("clock", now.format("%Y-%m-%d %H:%M UTC").to_string()),
        Err(error) => group.fail("clock", &error.to_string()),
    }
}

/// What a check answers, unless it takes too long.
async fn within<T>(what: &str, check: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(PATIENCE, check).await.unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        Err(Failure::new(format!("{what} did not answer within {seconds} s: see whether it runs and can be reached")))
    })
}
