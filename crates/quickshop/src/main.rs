//! The `quickshop` command: starts the shop or parts of it, and looks after its database.

mod background;
mod command_line;
mod commands;
mod database;
mod disk;
mod doctor;
mod failure;
mod port;
mod process;
mod serve;
mod stand_ins;
mod up;
mod version;

use std::process::ExitCode;

use clap::Parser;

use command_line::{Admin, Command, CommandLine};
use failure::Failure;

fn main() -> ExitCode {
    // Before any client is made: the TLS library has no provider of its own here.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return failure::report(&Failure::new("another TLS provider was installed first"));
    }
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return failure::misread(&error),
    };
    let Some(command) = line.command else {
        process::say(command_line::WELCOME);
        return ExitCode::SUCCESS;
    };
    if let Command::Doctor { json } = command {
        return doctor::main(json);
    }
    let started = process::start_logging(line.log.as_deref()).and_then(|()| process::runtime());
    match started.and_then(|runtime| runtime.block_on(run(command))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure::report(&failure),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Up => Box::pin(up::up()).await,
        Command::Serve => Box::pin(serve::serve()).await,
        Command::Worker => Box::pin(serve::work()).await,
        Command::Migrate => commands::migrate().await,
        Command::Seed => commands::seed().await,
        Command::Admin(Admin::Link) => commands::admin_link().await,
        Command::Openapi => commands::openapi(),
        Command::Simulator { listen, webhook_url } => commands::simulator(listen, webhook_url).await,
        Command::Environment => {
            process::say(command_line::environment());
            Ok(())
        }
        // Runs without the log and the runtime of the others.
        Command::Doctor { .. } => Ok(()),
    }
}
