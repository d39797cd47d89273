//! Which crate may import which: the table of ARCHITECTURE, read against each Cargo.toml.

use super::{Finding, Source};

/// Each crate with what it may import of ours.
const LAYERS: [(&str, &[&str]); 14] = [
    ("kernel", &[]),
    ("platform", &["kernel"]),
    ("catalog", &["kernel", "platform"]),
    ("email", &["kernel", "platform"]),
    ("identity", &["kernel", "platform", "email"]),
    ("cart", &["kernel", "platform", "catalog"]),
    ("orders", &["kernel", "platform", "catalog", "cart", "identity", "email"]),
    ("payments", &["kernel", "platform", "orders", "email"]),
    ("analytics", &["kernel", "platform"]),
    ("controlroom", &["kernel", "platform"]),
    ("server", &["kernel", "platform", "catalog", "email", "identity", "cart", "orders", "payments", "analytics", "controlroom"]),
    (
        "testkit",
        &["kernel", "platform", "catalog", "email", "identity", "cart", "orders", "payments", "analytics", "controlroom", "server"],
    ),
    ("prove", &["kernel", "platform", "server", "testkit"]),
    ("quickshop", &["kernel", "platform", "server", "prove"]),
];
/// What would bring the outside world into the pure vocabulary.
const NOT_IN_KERNEL: [&str; 6] = ["tokio", "axum", "reqwest", "hyper", "tower", "tower-http"];

pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    if source.path == "xtask/Cargo.toml" {
        for (line, name) in imports(&source.text) {
            findings.push(source.finding(
                "layers",
                line,
                format!("xtask stands in front of every build and imports nothing, `{name}` neither"),
            ));
        }
        return;
    }
    let Some(own) = source.path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) else {
        return;
    };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == own) else {
        findings.push(source.finding("layers", 0, format!("`{own}` has no row in the table of layers")));
        return;
    };
    for (line, name) in imports(&source.text) {
        let ours = LAYERS.iter().any(|(layer, _)| *layer == name);
        if ours && !allowed.contains(&name) {
            findings.push(source.finding("layers", line, format!("{own} must not import {name}")));
        }
        if own == "kernel" && NOT_IN_KERNEL.contains(&name) {
            findings.push(source.finding("layers", line, format!("kernel has no IO: not {name}")));
        }
    }
    if !source.text.contains("[lints]\nworkspace = true") {
        findings.push(source.finding("layers", 0, "each crate has the workspace's lints: `[lints] workspace = true`"));
    }
}

/// The names in every table of dependencies, with their lines.
fn imports(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (index, line) in manifest.lines().enumerate() {
        if let Some(table) = line.trim().strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            if let Some((_, name)) = table.rsplit_once("dependencies.") {
                found.push((index + 1, name));
            }
        } else if inside && !line.trim().is_empty() && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push((index + 1, name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::broken;
    use super::*;

    fn manifest(dependencies: &str) -> String {
        format!("[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n\n[dependencies]\n{dependencies}\n")
    }

    #[test]
    fn a_crate_imports_only_what_stands_below_it() {
        assert!(broken("crates/orders/Cargo.toml", &manifest("cart.workspace = true")).is_empty());
        assert_eq!(broken("crates/cart/Cargo.toml", &manifest("orders.workspace = true")), ["layers"]);
        assert_eq!(broken("crates/payments/Cargo.toml", &manifest("cart = { workspace = true }")), ["layers"]);
        assert_eq!(
            broken("crates/email/Cargo.toml", &manifest("serde.workspace = true\n[dev-dependencies.orders]\nworkspace = true")),
            ["layers"]
        );
        assert_eq!(broken("crates/kernel/Cargo.toml", &manifest("tokio.workspace = true")), ["layers"]);
    }

    #[test]
    fn a_new_crate_needs_a_row_and_the_lints() {
        assert_eq!(broken("crates/unheard_of/Cargo.toml", &manifest("")), ["layers"]);
        assert_eq!(broken("crates/cart/Cargo.toml", "[package]\nname = \"cart\""), ["layers"]);
    }

    #[test]
    fn xtask_imports_nothing() {
        assert_eq!(broken("xtask/Cargo.toml", &manifest("serde = \"1\"")), ["layers"]);
        assert!(broken("xtask/Cargo.toml", &manifest("")).is_empty());
    }

    #[test]
    fn the_table_has_no_cycle() {
        for (index, (name, allowed)) in LAYERS.iter().enumerate() {
            for below in *allowed {
                let at = LAYERS.iter().position(|(layer, _)| layer == below);
                assert!(at.is_some_and(|at| at < index), "{name} imports {below}, which stands above it");
            }
        }
    }
}
