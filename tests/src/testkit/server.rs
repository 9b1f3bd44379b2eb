//! A server that a test can look into from outside, and kill.

use super::program::command;
use serde_json::Value;
use std::{process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout},
    sync::Mutex,
    time::timeout,
};

const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// Limits that no test means to meet; one that does sets its own. Each request of a minute has its
/// place in an item, so they are not more generous than need be.
const GENEROUS: [(&str, &str); 6] = [
    ("CHAT_RATE_LIMIT_PER_MINUTE", "100"),
    ("CHAT_RATE_LIMIT_PER_DAY", "100000"),
    ("CHAT_MAX_TOKENS_PER_DAY", "100000000"),
    ("CHAT_MAX_TOKENS_PER_MONTH", "100000000"),
    ("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "100"),
    ("CHAT_ADDRESS_RATE_LIMIT_PER_DAY", "100000"),
];

/// `menagerie serve` on an engine, or on a proxy before one.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    id: u32,
    child: Arc<Mutex<Child>>,
    output: Arc<Mutex<BufReader<ChildStdout>>>,
}

impl Server {
    /// Starts one and waits until it says where it is. These variables come before the generous
    /// limits.
    pub(crate) async fn start(engine_url: &str, model_url: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = command("menagerie")
            .args(["serve", "--engine", engine_url, "--port", "0", "--model-url", model_url])
            .envs(GENEROUS)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        timeout(STARTS_WITHIN, lines.read_line(&mut line)).await.expect("it starts in time").unwrap();
        let line: Value = serde_json::from_str(&line).expect("one line of JSON");
        let (url, id) = (line["url"].as_str().unwrap().to_owned(), child.id().unwrap());
        Self { url, id, child: Arc::new(Mutex::new(child)), output: Arc::new(Mutex::new(lines)) }
    }

    /// The next line of its output: the letters to people, each with its link.
    pub(crate) async fn line(&self) -> String {
        let mut line = String::new();
        let mut output = self.output.lock().await;
        timeout(STARTS_WITHIN, output.read_line(&mut line)).await.expect("a line in time").unwrap();
        line.trim_end().to_owned()
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(&self) {
        self.child.lock().await.kill().await.unwrap();
    }

    /// The connections it has open: each one's own port and the other side's.
    pub(crate) fn connections(&self) -> Vec<(u16, u16)> {
        let sockets = self.sockets();
        let table = std::fs::read_to_string(format!("/proc/{}/net/tcp", self.id)).unwrap();
        let rows = table.lines().skip(1).filter_map(|row| {
            let columns: Vec<_> = row.split_whitespace().collect();
            let port = |column: &str| u16::from_str_radix(column.rsplit_once(':')?.1, 16).ok();
            sockets.contains(&columns[9].to_owned()).then_some((port(columns[1])?, port(columns[2])?))
        });
        // A socket that listens has nobody on the other side.
        rows.filter(|(_, remote)| *remote != 0).collect()
    }

    /// How many connections its clients have with it.
    pub(crate) fn clients(&self) -> usize {
        let own: u16 = self.url.rsplit_once(':').unwrap().1.parse().unwrap();
        self.connections().iter().filter(|(local, _)| *local == own).count()
    }

    /// The inodes of its sockets.
    fn sockets(&self) -> Vec<String> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.id)).unwrap();
        let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        let inode =
            |target: std::path::PathBuf| Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned());
        targets.filter_map(inode).collect()
    }

    pub(crate) fn threads(&self) -> u64 {
        self.status("Threads:")
    }

    /// Its memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}
