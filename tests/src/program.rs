//! `menagerie` as a program: how it starts, how it ends, how it fails.

use crate::testkit::{Client, Engine, Program, Reply, ScriptedModel, client, program::run_to_end};
use serde_json::json;
use std::{os::unix::process::ExitStatusExt, sync::Arc, time::Duration};
use tokio::sync::Notify;

#[tokio::test]
async fn an_interrupt_ends_it_cleanly() {
    let program = Program::menagerie(&["--memory", "--port", "0"]).await;
    assert_eq!(program.interrupt().await.code(), Some(0));
}

#[tokio::test]
async fn an_interrupt_lets_an_answer_under_way_be_stored_though_its_client_left() {
    let gate = Arc::new(Notify::new());
    let reply = Reply::Gated(vec!["Hello ", "my "], Arc::clone(&gate), vec!["friend!"]);
    let model = ScriptedModel::start([reply]).await;
    let engine = Engine::start().await;
    let server = engine.serve(&model.url).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    let mut stream = client.stream(&json!({ "animalId": "lion_001", "message": "Hello Leo!" })).await;
    let session = stream.next().await.unwrap().data["sessionId"].as_str().unwrap().to_owned();
    drop(stream);
    let (status, ()) = tokio::join!(server.interrupt(), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        gate.notify_one();
    });
    assert_eq!(status.code(), Some(0));
    let server = engine.serve(&model.url).await;
    let history = Client::new(&server.url).sign_in(client::CHILD).await.history(&session).await;
    assert_eq!(history.body["messages"][1]["content"], "Hello my friend!");
}

#[tokio::test]
async fn two_servers_that_start_at_once_on_a_new_engine_both_start() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let (one, other) = tokio::join!(engine.serve(&model.url), engine.serve(&model.url));
    for server in [one, other] {
        assert_eq!(Client::new(&server.url).sign_in(client::CHILD).await.ask("Hello Leo!").await.status, 200);
    }
}

#[tokio::test]
async fn the_one_line_says_the_address_and_nothing_else() {
    let program = Program::menagerie(&["--memory", "--port", "0"]).await;
    assert_eq!(program.line, serde_json::json!({ "url": program.url }));
    assert_eq!(Client::new(&program.url).get("/health/history").await.status, 200);
}

#[tokio::test]
async fn memory_touches_no_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--memory", "--port", "0", "--data", data.to_str().unwrap()];
    let program = Program::menagerie(&arguments).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    assert_eq!(client.ask("Hello Leo!").await.status, 200);
    assert!(!data.exists());
}

/// One line, exit code 2, and no panic.
async fn fails(arguments: &[&str], why: &str) {
    let (status, said) = run_to_end(arguments).await;
    assert_eq!((status.code(), status.signal()), (Some(2), None), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("menagerie: ") && said.contains(why), "{said}");
}

#[tokio::test]
async fn a_taken_port_is_one_clear_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fails(&["--memory", "--port", &port], &format!("port {port} cannot be used")).await;
    fails(&["engine", "--memory", "--port", &port], &format!("port {port} cannot be used")).await;
}

#[tokio::test]
async fn an_unusable_data_folder_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    fails(&["--port", "0", "--data", file.to_str().unwrap()], "data folder").await;
    let broken = folder.path().join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("menagerie.db"), "this is no database, however long it may be").unwrap();
    fails(&["--port", "0", "--data", broken.to_str().unwrap()], "cannot be opened").await;
}

#[tokio::test]
async fn a_data_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["engine", "--port", "0", "--data", folder.path().to_str().unwrap()];
    let _first = Program::menagerie(&arguments).await;
    fails(&arguments, "another menagerie").await;
}

#[tokio::test]
async fn a_broken_template_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, "Resources: [").unwrap();
    let template = template.to_str().unwrap();
    fails(&["--memory", "--port", "0", "--template", template], "is broken").await;
    fails(&["--memory", "--port", "0", "--template", "/nowhere"], "cannot be read").await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_one_clear_line() {
    fails(&["serve", "--port", "0", "--engine", "nonsense"], "not an engine's address").await;
    fails(&["serve", "--port", "0", "--engine", "http://127.0.0.1:9"], "cannot be made").await;
}

#[tokio::test]
async fn settings_that_contradict_each_other_stop_the_start() {
    let variables = [("CONVERSATION_TABLE_NAME", "a"), ("CONVERSATION_DYNAMO_TABLE_NAME", "b")];
    let mut command = crate::testkit::program::command("menagerie");
    let output = command.args(["--memory", "--port", "0"]).envs(variables).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("CONVERSATION_TABLE_NAME"));
}

#[tokio::test]
async fn nothing_that_a_person_said_or_is_called_is_logged() {
    let mut command = crate::testkit::program::command("menagerie");
    let mut child = command
        .args(["--memory", "--port", "0", "--model-pace", "0"])
        .env("LOG_LEVEL", "trace")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = child.stderr.take().unwrap();
    let reading = async {
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut errors, &mut text).await.unwrap();
        text
    };
    let talking = async {
        let mut line = String::new();
        let mut lines = tokio::io::BufReader::new(child.stdout.take().unwrap());
        tokio::io::AsyncBufReadExt::read_line(&mut lines, &mut line).await.unwrap();
        let url = serde_json::from_str::<serde_json::Value>(&line).unwrap()["url"].as_str().unwrap().to_owned();
        let client = Client::new(&url).sign_in(client::CHILD).await;
        let answer = client.ask("canary7291 asks what you eat").await;
        client.history(answer.text("sessionId")).await;
        for q in ["canary7291", "canary5512%20is%20nowhere"] {
            assert_eq!(client.get(&format!("/conversations/sessions?q={q}")).await.status, 200);
        }
        for format in ["json", "txt", "pdf"] {
            client.get(&format!("/conversations/history/{}/export?format={format}", answer.text("sessionId"))).await;
        }
        child.kill().await.unwrap();
        answer.text("reply").to_owned()
    };
    let (log, reply) = tokio::join!(reading, talking);
    assert!(log.contains("POST /convo_turn"), "the log has its lines");
    for secret in ["canary7291", "canary5512", &reply[..20], "student1", client::PASSWORD, "eyJ"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
