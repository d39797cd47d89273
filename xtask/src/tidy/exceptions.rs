//! The committed list of exceptions.

use super::Finding;

pub const LIST: &str = "xtask/tidy-exceptions.txt";

/// Takes away what the list excuses, and adds each entry that excuses nothing or gives no reason.
pub fn apply(list: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for (index, line) in list.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields = line.splitn(3, ' ');
        let (rule, path) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let before = findings.len();
        findings.retain(|finding| !(finding.rule == rule && finding.path == path));
        let why = if findings.len() == before {
            "this exception is no longer needed: remove it"
        } else if fields.next().is_none() {
            "an exception needs a reason: `rule path reason`"
        } else {
            continue;
        };
        wrong.push(Finding { rule: "exceptions", path: LIST.to_owned(), line: index + 1, why: why.to_owned() });
    }
    findings.append(&mut wrong);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(path: &str) -> Finding {
        Finding { rule: "length", path: path.to_owned(), line: 0, why: String::new() }
    }

    #[test]
    fn an_entry_excuses_one_rule_in_one_file() {
        let left = apply("# reasons\nlength a.rs a table of countries", vec![long("a.rs"), long("b.rs")]);
        assert_eq!(left, [long("b.rs")]);
    }

    #[test]
    fn an_entry_that_excuses_nothing_is_a_finding() {
        let left = apply("length gone.rs it was long", Vec::new());
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].rule, left[0].line), ("exceptions", 1));
    }

    #[test]
    fn an_entry_without_a_reason_is_a_finding() {
        assert_eq!(apply("length a.rs", vec![long("a.rs")])[0].rule, "exceptions");
    }
}
