//! The command line: its commands, their helps, and what is said of a wrong one.

use std::{fmt::Write as _, net::SocketAddr, sync::LazyLock};

use clap::{
    Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};
use platform::config::VARIABLES;

use crate::version;

/// Without a command.
pub(crate) const WELCOME: &str = "\
QuickShop: a whole online shop in one program.

  quickshop up       start the shop; nothing needs to be configured
  quickshop doctor   check what a start needs, changing nothing
  quickshop help     every command";

const FIRST_STEPS: &str = "\
Start with `quickshop up`: nothing needs to be configured. Then:
  quickshop doctor             check what a start needs, when something is wrong
  quickshop help environment   list the variables that configure the shop";

const UP: &str = "\
Ctrl-C stops all of it within 5 seconds. Everything that the shop knows is in DATA_DIR and stays.

Examples:
  quickshop up
  PORT=9000 DATA_DIR=./shop quickshop up
  DATABASE_URL=postgres://shop:secret@db/shop quickshop up

Variables: quickshop help environment";

const SERVE: &str = "\
Needs DATABASE_URL, or a `quickshop up` on the same DATA_DIR.
`quickshop migrate` brings the schema.

Example:
  PORT=9001 DATABASE_URL=postgres://shop:secret@db/shop quickshop serve";

const WORKER: &str = "\
Works off mails, webhooks and payments that came late. Any number may run beside each other.

Example:
  DATABASE_URL=postgres://shop:secret@db/shop quickshop worker";

const MIGRATE: &str = "\
Run by every `quickshop up`. A migration is applied whole or not at all.
A database of a newer version is refused.";

const DOCTOR: &str = "\
Changes nothing and starts no server; works while the shop runs and while it does not.
Ends with 1 when something fails, else with 0.

Examples:
  quickshop doctor
  quickshop doctor --json | jq '.checks[] | select(.level != \"ok\")'";

const SIMULATOR: &str = "\
For a shop, or other clients of Stripe's API, in other processes. `quickshop up` has one of its own.

Example:
  quickshop simulator --webhook-url http://localhost:8080/api/v1/payments/webhook";

/// A whole online shop in one program.
#[derive(Debug, Parser)]
#[command(name = "quickshop", bin_name = "quickshop", version = version::version(), after_help = FIRST_STEPS)]
#[command(subcommand_required = false, arg_required_else_help = false)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What is logged, such as debug or info,sqlx=debug
    #[arg(long, global = true, env = "QUICKSHOP_LOG", hide_env_values = true, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the whole shop: database, web, worker, and stand-ins for what is not configured
    #[command(after_help = UP)]
    Up,
    /// Check what a start needs, and say what to do
    #[command(after_help = DOCTOR)]
    Doctor {
        /// Print JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Start the web part alone, on a database that runs
    #[command(after_help = SERVE)]
    Serve,
    /// Start a worker alone, on a database that runs
    #[command(after_help = WORKER)]
    Worker,
    /// Bring the database to this version's schema
    #[command(after_help = MIGRATE)]
    Migrate,
    /// Add what is missing of the demo products and the admin account
    Seed,
    /// Look after the shop's admin account
    #[command(subcommand)]
    Admin(Admin),
    /// Print the API's OpenAPI document
    #[command(after_help = "Example:\n  quickshop openapi > openapi.json")]
    Openapi,
    /// Start the payment simulator alone
    #[command(after_help = SIMULATOR)]
    Simulator {
        /// Where it listens
        #[arg(long, default_value = "127.0.0.1:12111", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Where it posts its events; the shop on this machine unless given
        #[arg(long, value_name = "URL")]
        webhook_url: Option<String>,
    },
    /// List the variables that configure the shop
    #[command(help_template = "{about}{after-help}", after_help = environment())]
    Environment,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Print a link with which the admin signs in, once, within 30 minutes
    #[command(after_help = "A new link ends the ones before it.\nNeeds DATABASE_URL, or a `quickshop up` on the same DATA_DIR.")]
    Link,
}

/// The table of all variables, with their defaults.
pub(crate) fn environment() -> &'static str {
    static TABLE: LazyLock<String> = LazyLock::new(|| {
        let width = |of: fn(&platform::config::Variable) -> usize| VARIABLES.iter().map(of).max().unwrap_or(0);
        let (names, defaults) = (width(|variable| variable.name.len()), width(|variable| variable.default.len()));
        let mut table = format!("{:names$}  {:defaults$}  MEANS\n", "VARIABLE", "DEFAULT");
        for variable in &VARIABLES {
            // Writing to a String cannot fail.
            let _ = writeln!(table, "{:names$}  {:defaults$}  {}", variable.name, variable.default, variable.means);
        }
        let secrets: Vec<&str> = VARIABLES.iter().filter(|variable| variable.secret).map(|variable| variable.name).collect();
        table + "\nThese can also be given as a file, by setting NAME_FILE to its path:\n  " + &in_lines(&secrets)
    });
    &TABLE
}

/// Three names on a line.
fn in_lines(names: &[&str]) -> String {
    names.chunks(3).map(|line| line.join(", ")).collect::<Vec<_>>().join(",\n  ")
}

/// What to say of a command line that cannot be read: one line.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        Some(_) | None => None,
    };
    let near = |name: Option<String>| name.map_or_else(String::new, |name| format!("try `{name}`, or "));
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let given = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("there is no command `{given}`: {}see `quickshop help`", near(text(ContextKind::SuggestedSubcommand)))
        }
        ErrorKind::UnknownArgument => {
            let given = text(ContextKind::InvalidArg).unwrap_or_default();
            format!("`{given}` is not understood: {}see `quickshop help`", near(text(ContextKind::SuggestedArg)))
        }
        _ => {
            let rendered = error.render().to_string();
            let first = rendered.lines().next().unwrap_or_default();
            format!("{}: see `quickshop help`", first.trim_start_matches("error: ").replace(": ", ", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    const WIDEST: usize = 100;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    /// Every help as it is printed, the version's own words left out.
    #[test]
    fn the_helps_read_as_they_are_meant() {
        let mut model = CommandLine::command();
        model.build();
        let mut all = format!("$ quickshop\n{WELCOME}\n");
        print(&mut model, "quickshop", &mut all);
        for line in all.lines() {
            assert!(line.chars().count() <= WIDEST, "too wide: {line}");
            assert_eq!(line, line.trim_end(), "blanks at the end");
        }
        insta::assert_snapshot!(all);
    }

    fn print(command: &mut clap::Command, path: &str, all: &mut String) {
        let _ = write!(all, "\n$ {path} --help\n{}", command.render_help());
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).filter(|name| name != "help").collect();
        for name in names {
            print(command.find_subcommand_mut(&name).unwrap(), &format!("{path} {name}"), all);
        }
    }

    #[test]
    fn a_wrong_command_line_is_answered_in_one_line_with_the_near_one() {
        let said = |arguments: &[&str]| complaint(&CommandLine::try_parse_from(arguments).unwrap_err());
        assert_eq!(said(&["quickshop", "docter"]), "there is no command `docter`: try `doctor`, or see `quickshop help`");
        assert_eq!(said(&["quickshop", "frobnicate"]), "there is no command `frobnicate`: see `quickshop help`");
        assert_eq!(said(&["quickshop", "doctor", "--jsn"]), "`--jsn` is not understood: try `--json`, or see `quickshop help`");
        let listen = said(&["quickshop", "simulator", "--listen", "here"]);
        assert!(listen.contains("here") && listen.contains("--listen") && !listen.contains('\n'), "{listen}");
    }
}
