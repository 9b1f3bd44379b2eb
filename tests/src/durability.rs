//! What was acknowledged is there after a crash, and nobody can read it from the files.

use crate::testkit::{Client, Program, client, sse::check_form};
use std::path::Path;

#[tokio::test]
async fn a_conversation_outlives_a_crash_and_its_text_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let arguments = ["--port", "0", "--data", data, "--model-pace", "0"];
    let program = Program::menagerie(&arguments).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    let events = client.streamed("Do you know the canary7291?").await;
    check_form(&events, "complete");
    let session = events[0].data["sessionId"].as_str().unwrap().to_owned();
    let before = client.history(&session).await;
    program.kill().await;

    let answer = before.body["messages"][1]["content"].as_str().unwrap();
    for text in ["canary7291", &answer[..30], "student1@"] {
        assert!(!occurs_in(folder.path(), text), "{text}");
    }
    let program = Program::menagerie(&arguments).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    assert_eq!(client.history(&session).await.body, before.body);
    assert_eq!(client.ask_in(&session, "Still there?").await.status, 200);
}

fn occurs_in(folder: &Path, text: &str) -> bool {
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 2, "{files:?}");
    let contains = |bytes: Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    files.into_iter().any(|file| contains(std::fs::read(file).unwrap()))
}
