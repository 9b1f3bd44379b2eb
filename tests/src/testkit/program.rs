//! Programs of this workspace, started for one test and gone with it.

use serde_json::Value;
use std::{
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// A running program that prints its address as one line of JSON.
pub(crate) struct Program {
    pub(crate) url: String,
    pub(crate) line: Value,
    child: Child,
}

/// A program of this workspace, as Cargo built it beside this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join(name);
    assert!(path.is_file(), "{name} is not built: run `make test`, or `cargo build --workspace` first");
    path
}

impl Program {
    /// Starts `menagerie` and waits until it says where it is.
    pub(crate) async fn menagerie(arguments: &[&str]) -> Self {
        Self::menagerie_with(arguments, &[]).await
    }

    /// The same with environment variables.
    pub(crate) async fn menagerie_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = command("menagerie")
            .args(arguments)
            .env("VISITORS_WITHOUT_ACCOUNT", "off")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        timeout(STARTS_WITHIN, lines.read_line(&mut line)).await.expect("it starts in time").unwrap();
        let line: Value = serde_json::from_str(&line).expect("one line of JSON");
        Self { url: line["url"].as_str().unwrap().to_owned(), line, child }
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end, and gives how it did.
    pub(crate) async fn interrupt(mut self) -> ExitStatus {
        let id = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-INT", &id]).status().await.unwrap();
        timeout(STARTS_WITHIN, self.child.wait()).await.expect("it ends in time").unwrap()
    }
}

/// Runs `menagerie` to its end: how it ended, and what it said on standard error.
pub(crate) async fn run_to_end(arguments: &[&str]) -> (ExitStatus, String) {
    let mut child = command("menagerie").args(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    let mut lines = child.stderr.take().unwrap();
    let reading = async { lines.read_to_string(&mut said).await.unwrap() };
    timeout(STARTS_WITHIN, reading).await.expect("it ends in time");
    (child.wait().await.unwrap(), said)
}

/// A program of this workspace that dies with its test and sees nothing of the environment that
/// could point it elsewhere.
pub(crate) fn command(name: &str) -> Command {
    let mut command = Command::new(binary(name));
    command.kill_on_drop(true).current_dir(super::root()).env_clear().env("RUST_BACKTRACE", "1");
    command
}
