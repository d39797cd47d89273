//! Every variable of QuickShop: its name, its default and what it means, in one list. docs/configuration.md has the same table.

use std::collections::BTreeMap;

/// Names shorter than this are near to too many others.
const SHORTEST_NEAR: usize = 7;
/// From this length on two letters may be wrong, below it one.
const LONG: usize = 10;

/// A variable of the environment.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not set, for a person.
    pub default: &'static str,
    /// What it means, for a person.
    pub means: &'static str,
    /// True when it can be given as a file: `<name>_FILE`.
    pub secret: bool,
}

const fn plain(name: &'static str, default: &'static str, means: &'static str) -> Variable {
    Variable { name, default, means, secret: false }
}

const fn secret(name: &'static str, default: &'static str, means: &'static str) -> Variable {
    Variable { name, default, means, secret: true }
}

/// All of them, in the order in which a person meets them.
pub const VARIABLES: [Variable; 20] = [
    plain("QUICKSHOP_ENV", "development", "production refuses what is missing or made up"),
    plain("DATA_DIR", "$XDG_DATA_HOME/quickshop", "the shop's files; as root /var/lib/quickshop"),
    plain("PORT", "8080", "where it listens, on 127.0.0.1"),
    plain("BIND", "127.0.0.1:PORT", "address and port; wins over PORT"),
    plain("PUBLIC_BASE_URL", "http://localhost:PORT", "how customers reach it"),
    secret("DATABASE_URL", "private server in DATA_DIR", "PostgreSQL 15 or newer"),
    plain("PG_BIN", "found by itself", "folder with PostgreSQL's programs"),
    secret("SECRET_KEY", "made", "32 bytes or more; signs quotes and links"),
    secret("JWT_KEYS", "made", "PEM of the Ed25519 key that signs access tokens"),
    secret("STRIPE_SECRET_KEY", "payment simulator", "your Stripe account"),
    plain("STRIPE_PUBLISHABLE_KEY", "payment simulator", "its key for browsers"),
    secret("STRIPE_WEBHOOK_SECRET", "made", "its endpoint's signing secret; two with a comma"),
    plain("STRIPE_API_BASE", "Stripe's, or simulator's", "another server that speaks the protocol"),
    secret("SENDGRID_API_KEY", "mailbox", "your SendGrid account"),
    plain("SENDGRID_API_BASE", "SendGrid's, or mailbox", "another server that speaks the protocol"),
    plain("MAIL_FROM", "shop@example.com", "sender of every mail"),
    plain("HOLD_TTL_SECONDS", "900", "how long stock is held for an unpaid order"),
    plain("QUICKSHOP_LOG", "info", "what is logged, for example debug"),
    plain("QUICKSHOP_CACHE_DIR", "$XDG_CACHE_HOME/quickshop", "where `make run` keeps what it fetched"),
    plain("NO_COLOR", "", "any value: no colours at a terminal"),
];

/// What a name that is not one of [`VARIABLES`] should have been.
pub(super) enum Unknown {
    /// It begins with QUICKSHOP_; where it is near to one of ours, that one.
    Ours(Option<&'static str>),
    /// It is near to one of ours, but may be another program's.
    Near(&'static str),
    /// The file of a variable that is no secret, or the like: it would silently be without effect.
    NoFile(&'static str),
}

/// The set names that are probably meant for the shop and are none of its variables.
pub(super) fn unknown(variables: &BTreeMap<String, String>) -> Vec<(String, Unknown)> {
    variables.keys().filter_map(|name| Some((name.clone(), classify(name)?))).collect()
}

fn classify(name: &str) -> Option<Unknown> {
    if VARIABLES.iter().any(|known| known.name == name) {
        return None;
    }
    if let Some(of) = name.strip_suffix("_FILE").and_then(|stem| VARIABLES.iter().find(|known| known.name == stem)) {
        return (!of.secret).then_some(Unknown::NoFile(of.name));
    }
    let near = near(name);
    match name.strip_prefix("QUICKSHOP_") {
        Some(rest) if is_others(rest) => None,
        Some(_) => Some(Unknown::Ours(near)),
        None => near.map(Unknown::Near),
    }
}

/// Names that others make of QuickShop's: Kubernetes for each Service that is called so (`QUICKSHOP_SERVICE_HOST`,
/// `QUICKSHOP_PORT_8080_TCP`, for one called quickshop-web `QUICKSHOP_WEB_PORT`), and our own tests.
fn is_others(rest: &str) -> bool {
    rest.starts_with("TEST_") || rest.split('_').any(|word| ["SERVICE", "PORT"].contains(&word))
}

fn near(name: &str) -> Option<&'static str> {
    let plain = |name: &str| name.replace('_', "").to_ascii_uppercase();
    let given = plain(name);
    let candidates = VARIABLES.iter().map(|known| known.name).filter(|known| known.len() >= SHORTEST_NEAR);
    let (wrong, nearest) = candidates.map(|known| (strsim::osa_distance(&given, &plain(known)), known)).min()?;
    let allowed = if nearest.len() < LONG { 1 } else { 2 };
    (wrong <= allowed).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_near_and_those_of_other_programs_are_not() {
        for (name, meant) in [
            ("STRIPE_SECRETKEY", "STRIPE_SECRET_KEY"),
            ("DATABASEURL", "DATABASE_URL"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("DATADIR", "DATA_DIR"),
            ("PUBLIC_BASEURL", "PUBLIC_BASE_URL"),
            ("HOLD_TTL_SECOND", "HOLD_TTL_SECONDS"),
            ("QUICKSHOP_EVN", "QUICKSHOP_ENV"),
        ] {
            assert_eq!(near(name), Some(meant), "{name}");
        }
        for other in
            ["PATH", "HOME", "PGDATA", "STRIPE_API_KEY", "SECRET_KEY_BASE", "PORTS", "TEST_DATABASE_URL", "DATA", "GIT_DIR", "SHELL"]
        {
            assert_eq!(near(other), None, "{other}");
        }
    }

    #[test]
    fn only_slips_are_refused_and_names_that_others_make_are_not_spoken_of() {
        for name in [
            "QUICKSHOP_SERVICE_HOST",
            "QUICKSHOP_SERVICE_PORT_HTTP",
            "QUICKSHOP_PORT",
            "QUICKSHOP_PORT_8080_TCP_ADDR",
            "QUICKSHOP_WEB_SERVICE_HOST",
            "QUICKSHOP_WEB_PORT",
            "QUICKSHOP_TEST_DATABASE_URL",
        ] {
            assert!(classify(name).is_none(), "{name}");
        }
        assert!(matches!(classify("QUICKSHOP_ENVV"), Some(Unknown::Ours(Some("QUICKSHOP_ENV")))));
        assert!(matches!(classify("QUICKSHOP_COLOUR"), Some(Unknown::Ours(None))));
    }

    #[test]
    fn the_page_on_configuration_has_every_variable() {
        let page = include_str!("../../../../docs/configuration.md");
        for known in VARIABLES.iter().filter(|known| !["NO_COLOR", "QUICKSHOP_CACHE_DIR"].contains(&known.name)) {
            assert!(page.contains(&format!("`{}`", known.name)), "docs/configuration.md lacks {}", known.name);
        }
    }
}
