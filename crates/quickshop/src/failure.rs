//! Why a command did not succeed, for the person who gave it: what is wrong and what to do.

use std::{fmt, io::Write, process::ExitCode};

use crate::command_line;

/// What shells and scripts expect of a command line that could not be read.
const MISREAD: u8 = 2;

/// One line, or several complaints of one line each.
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

/// What went wrong below says itself what to do.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may be a mistake.
pub(crate) fn warn(line: &str) {
    let _unheard = writeln!(std::io::stderr(), "quickshop: warning: {line}");
}

/// Tells the person, and the caller's script.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    let mut lines: Vec<&str> = failure.0.lines().collect();
    // One cause, such as a closed folder, may be met several times.
    lines.dedup();
    for line in lines {
        let _unheard = writeln!(std::io::stderr(), "quickshop: {line}");
    }
    ExitCode::FAILURE
}

/// Prints a help or the version that was asked for, or says why the command line could not be read.
pub(crate) fn misread(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _unheard = error.print();
        return ExitCode::SUCCESS;
    }
    let _unheard = writeln!(std::io::stderr(), "quickshop: {}", command_line::complaint(error));
    ExitCode::from(MISREAD)
}
