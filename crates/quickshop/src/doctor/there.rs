//! What the shop talks to: its database, the payment provider, the mail provider.

use std::time::Duration;

use platform::{
    clock::Clock,
    config::{Config, SENDGRID_API, STRIPE_API},
    connect, db, embedded_pg,
    facts::{AppRole, Facts},
    migrate::{self, Schema},
};
use secrecy::ExposeSecret;

use super::{PATIENCE, report::Group, within};
use crate::failure::Failure;

/// What a database says within one check.
struct Found {
    place: String,
    facts: Facts,
    schema: Result<Schema, Failure>,
    admin_awaits_password: Option<bool>,
}

pub(super) async fn database(group: &mut Group<'_>, config: &Config) {
    let configured = config.database_url.as_ref().map(|url| url.expose_secret().to_owned());
    let Some(url) = configured.or_else(|| embedded_pg::running(&config.data_dir)) else {
        return group.ok("server", "the private one does not run; `quickshop up` starts it");
    };
    match within("the database", ask(&url)).await {
        Ok(found) => tell(group, found),
        Err(failure) => group.failure("server", &failure),
    }
}

async fn ask(url: &str) -> Result<Found, Failure> {
    let options = db::options(url)?;
    let mut db = connect::connect(&options, Duration::ZERO).await?;
    let schema = migrate::look(&mut db).await?;
    let facts = Facts::ask(&mut db, &schema).await?;
    let schema = schema.check().map_err(Failure::from);
    let admin_awaits_password =
        if matches!(schema, Ok(Schema::Current)) { Some(server::admin_awaits_password(&mut db).await?) } else { None };
    Ok(Found { place: connect::place(&options), facts, schema, admin_awaits_password })
}

fn tell(group: &mut Group<'_>, found: Found) {
    group.ok("server", format!("PostgreSQL {} at {}", found.facts.major, found.place));
    match &found.schema {
        Ok(Schema::Empty) => group.ok("schema", "none yet, the first start brings it"),
        Ok(Schema::Behind(missing)) => {
            group
                .warn("schema", &format!("{missing} of this version's migrations are missing: run `quickshop migrate`, or `quickshop up`"));
        }
        // `check` refused the others.
        Ok(_) => group.ok("schema", "this version's"),
        Err(failure) => group.failure("schema", failure),
    }
    match (found.facts.role, &found.schema) {
        (AppRole::Usable, _) => group.ok("role", "quickshop_app can be set"),
        (_, Ok(Schema::Empty)) => group.ok("role", "quickshop_app is made with the schema"),
        (AppRole::Missing, _) => {
            group.warn("role", "quickshop_app is missing, the shop works with its login's rights: create role quickshop_app, then migrate");
        }
        (AppRole::Closed, _) => group.fail("role", "quickshop_app cannot be set by this login: grant quickshop_app to it"),
    }
    match found.facts.clock_doubt(Clock::system().now()) {
        Some(doubt) => group.warn("clock", &doubt),
        None => group.ok("clock", "agrees with this machine's"),
    }
    match found.admin_awaits_password {
        Some(true) => group.warn("admin", "the admin has no password yet: open the link that `quickshop admin link` prints"),
        Some(false) => group.ok("admin", "signs in with a password"),
        None => {}
    }
}

pub(super) async fn payments(group: &mut Group<'_>, config: &Config) {
    match config.stripe.api_base.as_deref() {
        None => group.ok("provider", "the payment simulator, which `quickshop up` starts"),
        Some(base) => provider(group, if base == STRIPE_API { "Stripe" } else { "a stand-in for Stripe" }, base).await,
    }
}

pub(super) async fn mail(group: &mut Group<'_>, config: &Config) {
    match config.mail.api_base.as_deref() {
        None => group.ok("provider", "the mailbox, which `quickshop up` starts"),
        Some(base) => provider(group, if base == SENDGRID_API { "SendGrid" } else { "a stand-in for SendGrid" }, base).await,
    }
    group.ok("sender", config.mail.from.clone());
}

/// Any answer will do: no key leaves the machine for it.
async fn provider(group: &mut Group<'_>, name: &str, base: &str) {
    let reached = within(base, async {
        platform::http::client(PATIENCE)?.get(base).send().await.map_err(|error| {
            let why = if error.is_connect() { "no connection" } else { "no answer" };
            Failure::new(format!("{name} at {base} cannot be reached ({why}): see the network, a proxy, and its status page"))
        })
    });
    match reached.await {
        Ok(_) => group.ok("provider", format!("{name} at {base} answers")),
        Err(failure) => group.failure("provider", &failure),
    }
}
