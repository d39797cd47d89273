//! The documentation reads offline: each relative link of a page leads to a file of the checkout.

use std::path::Path;

use super::{Finding, Source};
use crate::sh::root;

const PAGES: [&str; 2] = [".md", "llms.txt"];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    if !PAGES.iter().any(|ending| source.path.ends_with(ending)) {
        return;
    }
    let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
    for (number, line) in source.lines() {
        for target in targets(line).filter(|target| is_relative(target)) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !root().join(folder).join(file).exists() {
                findings.push(source.finding("links", number, format!("`{target}` leads nowhere")));
            }
        }
    }
}

/// What stands in the round brackets of Markdown's links and pictures.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

fn is_relative(target: &str) -> bool {
    !target.contains("://") && !target.starts_with('/') && !target.starts_with("mailto:")
}

#[cfg(test)]
mod tests {
    use super::super::broken;

    #[test]
    fn a_link_leads_to_a_file() {
        assert!(broken("docs/a.md", "see [that](../README.md#start-it) and ![this](https://example.com/a.png)").is_empty());
        assert!(broken("README.md", "a [part](#below) of the page").is_empty());
        assert_eq!(broken("docs/a.md", "see [that](../nowhere.md)"), ["links"]);
        assert_eq!(broken("llms.txt", "- [here](README.md) [there](docs/nowhere.md)"), ["links"]);
        assert!(broken("crates/a/src/b.rs", "x[0](nowhere)").is_empty());
    }
}
