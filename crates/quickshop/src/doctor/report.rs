//! What the doctor found, for a person and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::failure::Failure;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    /// What was found.
    pub(crate) says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<String>,
}

/// All of them, in the order in which they are shown.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) checks: Vec<Check>,
}

/// The checks of one group, as they are found.
pub(crate) struct Group<'a> {
    report: &'a mut Report,
    name: &'static str,
}

impl Report {
    pub(crate) fn group(&mut self, name: &'static str) -> Group<'_> {
        Group { report: self, name }
    }

    /// How many are of a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.checks.iter().filter(|check| check.level == level).count()
    }

    pub(crate) fn failed(&self) -> bool {
        self.count(Level::Fail) > 0
    }

    /// Lines for a person: a heading for each group, then level, name, finding and advice.
    pub(crate) fn lines(&self, colours: bool) -> String {
        let width = self.checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
        let (mut text, mut group) = (String::new(), "");
        for check in &self.checks {
            if check.group != group {
                group = check.group;
                let _ = writeln!(text, "{}", paint(colours, BOLD, group));
            }
            let level = match check.level {
                Level::Ok => paint(colours, GREEN, "ok  "),
                Level::Warn => paint(colours, YELLOW, "warn"),
                Level::Fail => paint(colours, RED, "fail"),
            };
            let advice = check.advice.as_ref().map_or_else(String::new, |advice| format!(" -> {advice}"));
            let _ = writeln!(text, "  {level}  {:width$}  {}{advice}", check.name, check.says);
        }
        let (failed, warned) = (self.count(Level::Fail), self.count(Level::Warn));
        let verdict = match (failed, warned) {
            (0, 0) => "Everything is well.".to_owned(),
            (0, warned) => format!("Nothing fails; {} to know of.", things(warned)),
            (failed, 0) => format!("{} to mend.", things(failed)),
            (failed, warned) => format!("{} to mend, {} to know of.", things(failed), things(warned)),
        };
        let _ = writeln!(text, "\n{verdict}");
        text
    }
}

impl Group<'_> {
    pub(crate) fn ok(&mut self, name: &'static str, says: impl Into<String>) {
        self.add(name, Level::Ok, says.into(), None);
    }

    /// `text` is as a start would say it: what it is, and after the last colon what to do.
    pub(crate) fn warn(&mut self, name: &'static str, text: &str) {
        self.add_text(name, Level::Warn, text);
    }

    /// As [`Group::warn`].
    pub(crate) fn fail(&mut self, name: &'static str, text: &str) {
        self.add_text(name, Level::Fail, text);
    }

    /// What a start would say, a check for each line of it.
    pub(crate) fn failure(&mut self, name: &'static str, failure: &Failure) {
        failure.to_string().lines().for_each(|line| self.fail(name, line));
    }

    fn add_text(&mut self, name: &'static str, level: Level, text: &str) {
        match text.rsplit_once(": ") {
            Some((says, advice)) => self.add(name, level, says.to_owned(), Some(advice.to_owned())),
            None => self.add(name, level, text.to_owned(), None),
        }
    }

    fn add(&mut self, name: &'static str, level: Level, says: String, advice: Option<String>) {
        self.report.checks.push(Check { group: self.name, name, level, says, advice });
    }
}

const BOLD: &str = "1";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "1;31";

fn paint(colours: bool, code: &str, text: &str) -> String {
    if colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn things(count: usize) -> String {
    if count == 1 { "1 thing".to_owned() } else { format!("{count} things") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        report.group("machine").ok("clock", "2026-11-22 16:00 UTC");
        report.group("machine").warn("memory", "100 MB are free: stop other programs");
        report.group("network").fail("port", "port 8080 is taken by nginx (process 7): stop it, or set PORT to another one");
        report
    }

    #[test]
    fn a_person_reads_aligned_lines_with_what_to_do() {
        insta::assert_snapshot!(report().lines(false));
    }

    #[test]
    fn colours_are_around_the_words_and_never_change_them() {
        let mut plain = report().lines(true);
        for code in [BOLD, GREEN, YELLOW, RED, "0"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, report().lines(false));
    }

    #[test]
    fn a_program_reads_levels_and_advice() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["checks"][1]["level"], "warn");
        assert_eq!(json["checks"][2]["advice"], "stop it, or set PORT to another one");
        assert!(json["checks"][0].get("advice").is_none());
    }
}
