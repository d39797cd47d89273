//! The steps of a long command: a name and a time for each, and a table at the end.

use std::time::{Duration, Instant};

use crate::sh::{Failure, Result, say};

/// How a step ended when it did not fail.
pub enum Done {
    Passed,
    Skipped(String),
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

struct Row {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

pub struct Report {
    started: Instant,
    rows: Vec<Row>,
}

impl Report {
    pub fn start() -> Self {
        Self { started: Instant::now(), rows: Vec::new() }
    }

    /// A step that passes or fails.
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result) {
        self.step_or_skip(name, || work().map(|()| Done::Passed));
    }

    /// A step that may find that it cannot be done on this machine.
    pub fn step_or_skip(&mut self, name: &'static str, work: impl FnOnce() -> Result<Done>) {
        say(&format!("\n==> {name}"));
        let started = Instant::now();
        let outcome = match work() {
            Ok(Done::Passed) => Outcome::Passed,
            Ok(Done::Skipped(why)) => Outcome::Skipped(why),
            Err(Failure(why)) => Outcome::Failed(why),
        };
        let took = started.elapsed();
        say(&format!("<== {name}: {} in {}", word(&outcome), seconds(took)));
        self.rows.push(Row { name, took, outcome });
    }

    pub fn failed(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Failed(_))).count()
    }

    /// Prints the table; an error when a step failed.
    pub fn finish(self) -> Result {
        say("");
        for Row { name, took, outcome } in &self.rows {
            say(&format!("{:>9}  {name:<22} {}", seconds(*took), word(outcome)));
        }
        say(&format!("{:>9}  in all", seconds(self.started.elapsed())));
        let passed = self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Passed)).count();
        let failed = self.failed();
        if failed > 0 {
            say("A failed stage ends the run: later stages are not in the table.");
        }
        say(&format!("{passed} passed, {failed} failed"));
        // The count is the last line in both cases.
        if failed == 0 { Ok(()) } else { Err(Failure(String::new())) }
    }
}

fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Passed => "ok".to_owned(),
        Outcome::Skipped(why) => format!("skipped: {why}"),
        Outcome::Failed(why) => format!("FAILED: {why}"),
    }
}

/// `4.2 s`, or `3 min 07 s`.
pub fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    if whole < 60 { format!("{whole}.{} s", took.subsec_millis() / 100) } else { format!("{} min {:02} s", whole / 60, whole % 60) }
}
