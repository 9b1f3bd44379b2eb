//! `menagerie`: the whole product on one machine, from one command.

mod banner;
mod cli;
mod engine;
mod environment;
mod failure;
mod key_service;
mod listener;
mod offline_model;
mod product;
mod rotate;
mod seed;
mod web;

use clap::Parser;
use cli::{Cli, Command};
use std::{io::Write, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Engine(engine)) => engine::run(engine).await,
        Some(Command::Serve(serve)) => product::serve(serve).await,
        Some(Command::Plant) => seed::plant(&edge::settings::from_environment()).await,
        Some(Command::Rotate(rotate)) => rotate::run(rotate).await,
        None => product::run(cli.run).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // There is nowhere else to say it.
            drop(writeln!(std::io::stderr(), "menagerie: {failure}"));
            ExitCode::from(2)
        }
    }
}
