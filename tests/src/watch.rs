//! The same routes under `cargo lambda watch`: the functions' own binaries, started as they are
//! asked for. Needs the path of cargo-lambda in `CARGO_LAMBDA`; `make test-watch` gives it.

use crate::testkit::{Client, Program, Reply, ScriptedModel, client, program::binary, root, sse::answer_of};
use serde_json::json;
use std::{path::Path, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    process::{Child, Command},
    sync::Notify,
    time::{Instant, sleep, timeout},
};

#[tokio::test]
async fn tokens_arrive_one_by_one_through_cargo_lambda_watch() {
    let gate = Arc::new(Notify::new());
    let reply = Reply::Gated(vec!["Hello ", "my "], Arc::clone(&gate), vec!["good ", "friend!"]);
    let model = ScriptedModel::start([reply]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("functions.env");
    let arguments = ["engine", "--memory", "--port", "0", "--model-url", &model.url, "--env-file"];
    let _engine = Program::menagerie(&[&arguments[..], &[file.to_str().unwrap()]].concat()).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let watch = watch(&file, port);
    let client = Client::new(&format!("http://127.0.0.1:{port}"));
    until_it_answers(&client).await;
    assert_eq!(client.get("/animal_list").await.body.as_array().unwrap().len(), 8);

    let client = client.sign_in(client::CHILD).await;
    let mut stream = client.stream(&json!({ "animalId": "lion_001", "message": "Hello Leo!" })).await;
    let start = stream.next().await.unwrap();
    let first = stream.next().await.unwrap();
    let first_at = Instant::now();
    sleep(Duration::from_millis(300)).await;
    gate.notify_one();
    let events = [vec![first], stream.rest().await].concat();
    assert!(first_at.elapsed() >= Duration::from_millis(300), "the first token was there before the last was made");
    assert_eq!(answer_of(&events), "Hello my good friend!");
    let history = client.history(start.data["sessionId"].as_str().unwrap()).await;
    assert_eq!(history.body["messages"][1]["content"], "Hello my good friend!");
    end(watch).await;
}

/// Interrupted as from a keyboard, it ends the functions it started too.
async fn end(mut watch: Child) {
    let id = watch.id().unwrap().to_string();
    Command::new("kill").args(["-INT", &id]).status().await.unwrap();
    timeout(Duration::from_secs(20), watch.wait()).await.expect("it ends in time").unwrap();
}

fn watch(environment: &Path, port: u16) -> Child {
    #[expect(clippy::disallowed_methods, reason = "the Makefile says where the tool is")]
    let tool =
        std::env::var_os("CARGO_LAMBDA").expect("CARGO_LAMBDA says where cargo-lambda is: run `make test-watch`");
    let target = binary("menagerie").parent().unwrap().parent().unwrap().to_owned();
    Command::new(tool)
        .args(["lambda", "watch", "--ignore-changes", "--invoke-address", "127.0.0.1", "--invoke-port"])
        .arg(port.to_string())
        .arg("--env-file")
        .arg(environment)
        .env("CARGO_TARGET_DIR", target)
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The first request to each function builds and starts it.
async fn until_it_answers(client: &Client) {
    for _ in 0..100 {
        let asked = client.request(reqwest::Method::GET, "/health/auth").send().await;
        if asked.is_ok_and(|answer| answer.status() == 200) {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
    panic!("cargo lambda watch does not answer");
}
