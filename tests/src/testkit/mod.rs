//! What tests stand on: programs that are started and stopped, a model that says what a test
//! wants, a client that speaks as a browser does.

pub(crate) mod client;
mod contract;
pub(crate) mod engine;
pub(crate) mod hearing;
pub(crate) mod lambda;
pub(crate) mod model;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod server;
pub(crate) mod sse;

pub(crate) use client::Client;
pub(crate) use contract::{Route, contract_routes};
pub(crate) use engine::Engine;
pub(crate) use hearing::{Heard, hear, hear_until};
pub(crate) use model::{Reply, ScriptedModel};
pub(crate) use program::Program;
pub(crate) use proxy::Proxy;
pub(crate) use server::Server;

/// The root of the repository.
pub(crate) fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The product in memory, answering with a scripted model, and a client of it.
pub(crate) async fn product(model: &ScriptedModel) -> (Program, Client) {
    let program = Program::menagerie(&["--memory", "--port", "0", "--model-url", &model.url]).await;
    let client = Client::new(&program.url);
    (program, client)
}
