//! `cargo xtask tidy`: the house rules that no linter knows.
//!
//! Exceptions stand in `xtask/tidy-exceptions.txt`, one `rule path reason` a line. The list only shrinks: an entry
//! that no longer excuses anything is itself a finding.

mod exceptions;
mod layers;
mod links;
mod rust;
mod sql;
mod text;

use std::fs;
use std::path::Path;

use crate::files::walk;
use crate::sh::{Because as _, Failure, Result, root, say};

/// Files a person reads and writes; pictures, fonts and lock files of cargo are none of tidy's business.
const READ: [&str; 19] =
    ["rs", "ts", "tsx", "js", "mjs", "css", "html", "sql", "md", "toml", "json", "jinja", "txt", "svg", "sh", "py", "yml", "yaml", "run"];
const READ_WITHOUT_ENDING: [&str; 3] = ["Makefile", "LICENSE", "run"];

/// One file, by its path from the root of the checkout.
struct Source {
    path: String,
    text: String,
}

/// One broken rule. Line 0 means the whole file.
#[derive(Debug, PartialEq)]
struct Finding {
    rule: &'static str,
    path: String,
    line: usize,
    why: String,
}

/// `cargo xtask tidy`.
pub fn command(_arguments: &[String]) -> Result {
    run()
}

/// Checks every file; an error when one breaks a rule.
pub fn run() -> Result {
    let sources = read(&root())?;
    let list = sources.iter().find(|source| source.path == exceptions::LIST).map(|source| source.text.as_str());
    let findings = exceptions::apply(list.unwrap_or_default(), findings(&sources));
    for Finding { rule, path, line, why } in &findings {
        say(&if *line == 0 { format!("{path}: {why} [{rule}]") } else { format!("{path}:{line}: {why} [{rule}]") });
    }
    if findings.is_empty() {
        say(&format!("{} files are tidy", sources.len()));
        return Ok(());
    }
    Err(Failure(format!("{} findings", findings.len())))
}

fn findings(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        text::check(source, &mut findings);
        rust::check(source, &mut findings);
        sql::check(source, &mut findings);
        layers::check(source, &mut findings);
        links::check(source, &mut findings);
    }
    sql::check_numbers(sources, &mut findings);
    findings
}

fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for file in walk(root)? {
        let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        let ending = file.extension().map(|ending| ending.to_string_lossy().into_owned());
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = ending.map_or(READ_WITHOUT_ENDING.contains(&name.as_str()), |ending| READ.contains(&ending.as_str()));
        if wanted && !path.starts_with(".sqlx/") {
            let text = fs::read_to_string(&file).because(|| format!("read {path}"))?;
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}

impl Source {
    /// Lines with their numbers.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn finding(&self, rule: &'static str, line: usize, why: impl Into<String>) -> Finding {
        Finding { rule, path: self.path.clone(), line, why: why.into() }
    }
}

/// The words of a line: runs of letters, digits and underscores.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The rules broken by one file, for the tests of the rules.
#[cfg(test)]
fn broken(path: &str, text: &str) -> Vec<&'static str> {
    let source = Source { path: path.to_owned(), text: text.to_owned() };
    findings(&[source]).into_iter().map(|finding| finding.rule).collect()
}
