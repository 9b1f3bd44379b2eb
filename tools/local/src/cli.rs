//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Chats between visitors and a zoo's animals, on this machine.
///
/// Starts everything: the web app, the functions, an embedded database, a key service and an
/// offline model.
#[derive(Parser)]
#[command(name = "menagerie", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Run,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The database and the key service alone.
    Engine(Engine),
    /// The web app and the functions on an engine that runs already.
    Serve(Serve),
    /// The demo animals and accounts alone, into the tables and keys that the environment names;
    /// on this machine only.
    Plant,
    /// Changes the key that wraps all others, on an engine that runs already, as far as it is time; says as one
    /// JSON line what it did. Called again until it has nothing to do.
    Rotate(Rotate),
}

#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) front: Front,
}

#[derive(Args)]
pub(crate) struct Engine {
    /// The database's port; the key service has the next one. 0 picks two and prints their
    /// addresses as one JSON line.
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) data: Data,
    /// Write the environment that the functions' own binaries need to run on this engine into a
    /// file; also plants the demo data and starts the offline model.
    #[arg(long)]
    pub(crate) env_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) model: Model,
    /// Do nothing at a time of its own: whoever wants something of `retention` calls that function.
    #[arg(long)]
    pub(crate) no_schedules: bool,
    /// Say nothing.
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// The address of the engine's database, such as `http://127.0.0.1:8000`.
    #[arg(long)]
    pub(crate) engine: String,
    #[command(flatten)]
    pub(crate) front: Front,
}

#[derive(Args)]
pub(crate) struct Rotate {
    /// The address of the engine's database, such as `http://127.0.0.1:8000`.
    #[arg(long)]
    pub(crate) engine: String,
    /// Begin with a new key now, however old the newest is.
    #[arg(long)]
    pub(crate) begin: bool,
}

/// Where the data lies.
#[derive(Args)]
pub(crate) struct Data {
    /// The folder of the data.
    #[arg(long, default_value = ".local")]
    pub(crate) data: PathBuf,
    /// Keep the data in memory only; no file is written.
    #[arg(long)]
    pub(crate) memory: bool,
    /// A deployment template to take the tables from, instead of the one built in.
    #[arg(long)]
    pub(crate) template: Option<PathBuf>,
}

/// What visitors and browsers see.
#[derive(Args)]
pub(crate) struct Front {
    /// The port to serve on. 0 picks one and prints the address as one JSON line.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) model: Model,
    /// The folder of the built web app.
    #[arg(long, default_value = "web/dist")]
    pub(crate) web: PathBuf,
    /// Say nothing.
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Who answers.
#[derive(Args)]
pub(crate) struct Model {
    /// A model's OpenAI-compatible address, such as `http://localhost:11434/v1`, instead of the
    /// offline model.
    #[arg(long)]
    pub(crate) model_url: Option<String>,
    /// Milliseconds between two pieces of the offline model's answers.
    #[arg(long, default_value_t = 35)]
    pub(crate) model_pace: u64,
}
