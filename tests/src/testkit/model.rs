//! A model that says what a test wants, over HTTP as any other.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};
use tokio::sync::Notify;

/// What the model answers to one question.
pub(crate) enum Reply {
    /// These fragments, and an end.
    Text(Vec<&'static str>),
    /// The first fragments at once; the others when the test opens the gate.
    Gated(Vec<&'static str>, Arc<Notify>, Vec<&'static str>),
    /// These fragments, then the connection breaks.
    Breaks(Vec<&'static str>),
    /// An error, perhaps with a time to wait.
    Status(u16, Option<u64>),
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    requests: Vec<Value>,
}

/// A running model.
#[derive(Clone)]
pub(crate) struct ScriptedModel {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
}

impl ScriptedModel {
    /// Starts a model that answers in this order, and then always the same.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Script { replies: replies.into_iter().collect(), requests: Vec::new() };
        let script = Arc::new(Mutex::new(script));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let service = Router::new().route("/v1/chat/completions", post(answer)).with_state(Arc::clone(&script));
        serve(listener, service);
        Self { url, script }
    }

    /// The questions so far, as they came.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.script.lock().unwrap().requests.clone()
    }

    /// The messages of the last question, as `role: content`.
    pub(crate) fn last_messages(&self) -> Vec<String> {
        let request = self.requests().pop().expect("a question");
        let message = |message: &Value| {
            format!("{}: {}", message["role"].as_str().unwrap(), message["content"].as_str().unwrap())
        };
        request["messages"].as_array().unwrap().iter().map(message).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
pub(crate) fn serve(listener: tokio::net::TcpListener, service: Router) {
    tokio::spawn(async move { axum::serve(listener, service).await });
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, Json(request): Json<Value>) -> Response {
    let is_streamed = request["stream"] == true;
    let reply = {
        let mut script = script.lock().unwrap();
        script.requests.push(request);
        script.replies.pop_front().unwrap_or(Reply::Text(vec!["Hello ", "there!"]))
    };
    match reply {
        Reply::Status(status, wait) => refuse(status, wait),
        Reply::Text(pieces) if is_streamed => streamed(fragments(pieces).chain(ending()).boxed()),
        Reply::Text(pieces) => whole(&pieces),
        Reply::Gated(first, gate, rest) => {
            let waiting = stream::once(async move { gate.notified().await }).filter_map(|()| async { None });
            streamed(fragments(first).chain(waiting).chain(fragments(rest)).chain(ending()).boxed())
        }
        Reply::Breaks(pieces) => {
            // What was said before has to be on its way first.
            let broken = stream::once(async {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                Err(io::Error::other("broken"))
            });
            streamed(fragments(pieces).chain(broken).boxed())
        }
    }
}

type Frames = stream::BoxStream<'static, io::Result<Bytes>>;

fn fragments(pieces: Vec<&'static str>) -> Frames {
    let event = |piece| json!({ "choices": [{ "delta": { "content": piece }, "finish_reason": null }] });
    stream::iter(pieces).map(move |piece| Ok(frame(&event(piece)))).boxed()
}

fn ending() -> Frames {
    let stop = json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 40, "completion_tokens": 5 } });
    stream::iter([Ok(frame(&stop)), Ok(frame(&usage)), Ok(Bytes::from_static(b"data: [DONE]\n\n"))]).boxed()
}

fn frame(data: &Value) -> Bytes {
    format!("data: {data}\n\n").into()
}

fn streamed(frames: Frames) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames)).into_response()
}

fn whole(pieces: &[&str]) -> Response {
    let message = json!({ "role": "assistant", "content": pieces.concat() });
    let usage = json!({ "prompt_tokens": 40, "completion_tokens": 5 });
    Json(json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage })).into_response()
}

fn refuse(status: u16, wait: Option<u64>) -> Response {
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
