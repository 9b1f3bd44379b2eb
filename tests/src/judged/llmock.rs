//! llmock: a model that breaks as it is told over HTTP, and judges who calls it.

use crate::testkit::Client;
use reqwest::Method;
use serde_json::{Value, json};
use std::{net::TcpListener, process::Stdio, time::Duration};
use tokio::{
    process::{Child, Command},
    time::sleep,
};

/// A running llmock, gone with its test.
pub(super) struct Judge {
    pub(super) url: String,
    control: Client,
    _child: Child,
}

/// A call as it was seen.
#[derive(Debug)]
pub(super) struct Call {
    number: u64,
    pub(super) question: String,
    pub(super) is_read_to_its_end: bool,
}

impl Judge {
    pub(super) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let judge = Self { control: Client::new(&url), url, _child: serve(port) };
        judge.until_it_answers().await;
        judge
    }

    /// From now on calls meet these behaviours.
    pub(super) async fn script(&self, behaviors: &Value) {
        let cleared = self.control.request(Method::DELETE, "/_llmock/scenario").send().await.unwrap();
        assert_eq!(cleared.status(), 200);
        let queued = self.control.post("/_llmock/scenario", &json!({ "behaviors": behaviors })).await;
        assert_eq!(queued.status, 201, "{:?}", queued.body);
    }

    /// All calls, in the order in which they came.
    pub(super) async fn calls(&self) -> Vec<Call> {
        let seen = self.control.get("/_llmock/requests").await;
        seen.body["requests"].as_array().unwrap().iter().map(Call::read).collect()
    }

    /// The verdict to read.
    pub(super) async fn report(&self) -> String {
        self.control.get("/_llmock/verdict?format=text").await.body.as_str().expect("a text").to_owned()
    }

    /// What it holds against its callers, errors and warnings: a question and a code each.
    pub(super) async fn findings(&self) -> Vec<(String, String)> {
        let calls = self.calls().await;
        let verdict = self.control.get("/_llmock/verdict").await;
        let findings = verdict.body["findings"].as_array().unwrap().iter().map(|finding| {
            let call = calls.iter().find(|call| finding["requests"][0] == call.number).expect("a call that was seen");
            (call.question.clone(), finding["code"].as_str().unwrap().to_owned())
        });
        findings.collect()
    }

    async fn until_it_answers(&self) {
        for _ in 0..300 {
            let asked = self.control.request(Method::GET, "/health").send().await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("llmock does not answer");
    }
}

impl Call {
    fn read(seen: &Value) -> Self {
        let messages = seen["body"]["messages"].as_array().expect("messages");
        Self {
            number: seen["seq"].as_u64().unwrap(),
            question: messages.last().unwrap()["content"].as_str().unwrap().to_owned(),
            is_read_to_its_end: seen["completed"].as_bool().unwrap(),
        }
    }
}

/// Words come apart from each other, so that it is seen who stops reading.
fn serve(port: u16) -> Child {
    #[expect(clippy::disallowed_methods, reason = "the Makefile says where the tool is")]
    let tool = std::env::var_os("LLMOCK").expect("LLMOCK says where llmock is: run `make test-models`");
    Command::new(tool)
        .args(["serve", "--host", "127.0.0.1", "--stream-chunk-delay-ms", "50", "--port", &port.to_string()])
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}
