//! The `quickshop` command: starts the shop or parts of it, and looks after its database.

mod background;
mod commands;
mod database;
mod failure;
mod process;
mod serve;
mod stand_ins;
mod up;

use std::{net::SocketAddr, process::ExitCode};

use clap::{Parser, Subcommand};

use failure::Failure;

/// A whole online shop in one program.
///
/// `quickshop up` starts everything with nothing configured. Configuration comes from the environment: PORT, DATA_DIR,
/// DATABASE_URL, PUBLIC_BASE_URL, STRIPE_SECRET_KEY, SENDGRID_API_KEY and the rest of the table in README.md.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What is logged, for example `debug` or `info,sqlx=debug`
    #[arg(long, global = true, env = "QUICKSHOP_LOG", hide_env_values = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the whole shop: database, web, worker, and stand-ins for what is not configured
    Up,
    /// Start the web part alone, on a database that runs
    Serve,
    /// Start a worker alone, on a database that runs
    Worker,
    /// Bring the database to this version's schema
    Migrate,
    /// Put the demo products and the admin account into the shop; repeatable
    Seed,
    /// The shop's admin account
    #[command(subcommand)]
    Admin(Admin),
    /// Print the API's OpenAPI document
    Openapi,
    /// Start the payment simulator alone
    Simulator {
        /// Where it listens
        #[arg(long, default_value = "127.0.0.1:12111", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Where it posts its events; the shop on this machine unless given
        #[arg(long, value_name = "URL")]
        webhook_url: Option<String>,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Print a link with which the admin signs in, once, within 30 minutes
    Link,
}

fn main() -> ExitCode {
    // Before any client is made: the TLS library has no provider of its own here.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return failure::report(&Failure::new("another TLS provider was installed first"));
    }
    let cli = Cli::parse();
    process::start_logging(cli.log.as_deref());
    match process::runtime().and_then(|runtime| runtime.block_on(run(cli.command))) {
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
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
