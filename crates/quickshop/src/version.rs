//! Which QuickShop this is, for `--version` and for whoever reports a fault.

use std::sync::LazyLock;

/// The version; a build that `cargo xtask dist` packs also knows its commit: `0.1.0 (abc1234, 2026-11-22)`.
///
/// The commit is not asked of git while building: every commit would rebuild this crate in development.
pub(crate) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| match option_env!("QUICKSHOP_COMMIT") {
        Some(commit) => format!("{} ({commit})", env!("CARGO_PKG_VERSION")),
        None => format!("{} (built from a checkout)", env!("CARGO_PKG_VERSION")),
    });
    &VERSION
}
