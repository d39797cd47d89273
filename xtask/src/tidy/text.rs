//! Rules for every kind of file: length, marks of unfinished work, and traces of one machine.

use super::{Finding, Source, words};

const LONGEST: usize = 400;
const LONGEST_TEST: usize = 600;
/// Generated files are marked and never edited, so their length is nobody's reading.
const GENERATED: [&str; 2] = ["web/packages/api/src/schema.d.ts", "openapi.json"];
const MEASURED: [&str; 6] = ["rs", "ts", "tsx", "js", "mjs", "css"];
/// Words in two parts, so that this file does not break its own rule.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// Folders of the machines the project is made on, and hosts of registries: a clone must not depend on either.
const TRACES: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("registry.", "npmjs"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("pypi", ".org"),
    concat!("files.", "pythonhosted"),
    concat!("deb.", "debian.org"),
];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    length(source, findings);
    // Fixtures are others' words: one of them lists ISO 4217's code for "no currency".
    let is_ours = !source.path.contains("/fixtures/");
    for (number, line) in source.lines() {
        if let Some(mark) = words(line).find(|word| is_ours && MARKS.contains(word)) {
            findings.push(source.finding("marks", number, format!("`{mark}`: open an issue, or do it now")));
        }
        if let Some(trace) = TRACES.iter().find(|trace| line.contains(**trace)) {
            findings.push(source.finding("traces", number, format!("`{trace}` belongs to one machine or one registry")));
        }
    }
}

fn length(source: &Source, findings: &mut Vec<Finding>) {
    let ending = source.path.rsplit('.').next().unwrap_or_default();
    if !MEASURED.contains(&ending) || GENERATED.contains(&source.path.as_str()) {
        return;
    }
    let all = source.text.lines().count();
    // Tests inside a file of Rust come last: the code keeps its own limit, the whole that of tests.
    let code = source.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    let (lines, most) = if is_test(&source.path) || code < all && code <= LONGEST { (all, LONGEST_TEST) } else { (code, LONGEST) };
    if lines > most {
        findings.push(source.finding("length", 0, format!("{lines} lines; at most {most}")));
    }
}

/// Is the whole file test code?
pub fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.contains(".test.") || path.starts_with("web/e2e/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::super::broken;
    use super::*;

    #[test]
    fn files_have_400_lines_and_tests_600() {
        let lines = |count: usize| "x\n".repeat(count);
        assert!(broken("crates/a/src/b.rs", &lines(400)).is_empty());
        assert_eq!(broken("crates/a/src/b.rs", &lines(401)), ["length"]);
        assert!(broken("crates/a/tests/it/b.rs", &lines(600)).is_empty());
        assert_eq!(broken("crates/a/tests/it/b.rs", &lines(601)), ["length"]);
        assert_eq!(broken("web/apps/a/src/b.tsx", &lines(401)), ["length"]);
        assert!(broken("web/apps/a/src/b.test.tsx", &lines(401)).is_empty());
        assert!(broken("docs/long.md", &lines(2000)).is_empty());
    }

    #[test]
    fn tests_inside_a_file_count_for_themselves() {
        let file = |code: usize, tests: usize| format!("{}#[cfg(test)]\n{}", "x\n".repeat(code), "x\n".repeat(tests));
        assert!(broken("crates/a/src/b.rs", &file(400, 150)).is_empty());
        assert_eq!(broken("crates/a/src/b.rs", &file(400, 250)), ["length"]);
        assert_eq!(broken("crates/a/src/b.rs", &file(401, 10)), ["length"]);
    }

    #[test]
    fn marks_of_unfinished_work_are_found_as_whole_words() {
        assert_eq!(broken("README.md", &format!("a {} b", MARKS[0])), ["marks"]);
        assert!(broken("README.md", "todo! TODOS XXXXXX").is_empty());
    }

    #[test]
    fn traces_of_a_machine_are_found() {
        for trace in TRACES {
            assert_eq!(broken("a.json", &format!("\"{trace}/x\"")), ["traces"], "{trace}");
        }
    }
}
