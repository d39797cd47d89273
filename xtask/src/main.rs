//! `cargo xtask`: set-up, run, test, tidy and the generated files. The Makefile calls nothing else.

mod archive;
mod check;
mod dev;
mod e2e;
mod files;
mod openapi;
mod postgres;
mod report;
mod run;
mod setup;
mod sh;
mod sqlx;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use sh::{Failure, Result, say};

struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result,
}

const COMMANDS: &[Command] = &[
    Command { name: "run", about: "build the shop and start all of it (arguments go to `quickshop up`)", run: run::run },
    Command { name: "dev", about: "the same with reload: rebuild and restart on change, Vite in front", run: dev::dev },
    Command { name: "check", about: "the quick part: format, tidy, clippy, types and lint of the front end", run: check::check },
    Command { name: "test", about: "everything that CI runs", run: test::test },
    Command { name: "e2e", about: "the journeys in a browser alone, against a fresh shop", run: e2e::e2e },
    Command { name: "dist", about: "pack the shop into one file; --check sells from it in a bare Debian", run: archive::command },
    Command { name: "fmt", about: "format Rust and the front end", run: check::format },
    Command { name: "setup", about: "install what `test` needs (browser, npm packages, PostgreSQL 18)", run: setup::install },
    Command { name: "sqlx", about: "refresh the query cache `.sqlx`; --check only compares", run: sqlx::command },
    Command { name: "openapi", about: "refresh openapi.json and the TypeScript types; --check only compares", run: openapi::command },
    Command { name: "tidy", about: "the house rules that no linter knows", run: tidy::command },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        help();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        help();
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(said)) if said.is_empty() => ExitCode::FAILURE,
        Err(Failure(reason)) => {
            say(&format!("xtask {name}: {reason}"));
            ExitCode::FAILURE
        }
    }
}

fn help() {
    say("usage: cargo xtask COMMAND\n");
    for Command { name, about, .. } in COMMANDS {
        say(&format!("  {name:<8} {about}"));
    }
}

/// `true` for `--check`, the one option that generated files know.
fn check_only(arguments: &[String]) -> Result<bool> {
    match arguments {
        [] => Ok(false),
        [only] if only == "--check" => Ok(true),
        other => Err(Failure(format!("unknown arguments {other:?}; the only option is --check"))),
    }
}
