//! Lambda's runtime interface (`/2018-06-01/runtime`), so that the functions' own binaries are
//! tested as Lambda runs them.

use super::{model::serve, program::command};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use std::{process::Stdio, sync::Arc, time::Duration};
use tokio::{
    process::Child,
    sync::{Mutex, mpsc},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A function's binary under a runtime.
pub(crate) struct Function {
    events: mpsc::Sender<String>,
    answers: mpsc::Receiver<Raw>,
    _child: Child,
}

/// What a function answered, as an HTTP client behind the gateway would see it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) is_streamed: bool,
}

struct Raw {
    is_error: bool,
    headers: HeaderMap,
    body: Bytes,
}

struct Runtime {
    events: Mutex<mpsc::Receiver<String>>,
    answers: mpsc::Sender<Raw>,
}

impl Function {
    /// Starts a function with these environment variables.
    pub(crate) async fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        Self::heard(name, variables, Stdio::inherit()).await
    }

    /// The same; what it says on standard error goes there.
    pub(crate) async fn heard(name: &str, variables: &[(&str, &str)], errors: Stdio) -> Self {
        let (events, incoming) = mpsc::channel(1);
        let (outgoing, answers) = mpsc::channel(1);
        let runtime = Arc::new(Runtime { events: Mutex::new(incoming), answers: outgoing });
        let service = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{result}", post(take))
            .with_state(runtime);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        serve(listener, service);
        let child = command(name)
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "log")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "log")
            .envs(variables.iter().copied())
            .stderr(errors)
            .spawn()
            .unwrap();
        Self { events, answers, _child: child }
    }

    /// Invokes the function with an event.
    pub(crate) async fn invoke(&mut self, event: String) -> Answer {
        self.events.send(event).await.unwrap();
        let raw = self.answer().await;
        assert!(!raw.is_error, "the function failed: {:?}", raw.body);
        let is_streamed = raw.headers.get("lambda-runtime-function-response-mode").is_some();
        if is_streamed { streamed(&raw.body) } else { buffered(&raw.body) }
    }

    /// Tells a function that answers nobody of an event, and gives what it gives back.
    pub(crate) async fn tell(&mut self, event: &Value) -> Value {
        self.try_tell(event).await.unwrap_or_else(|failure| panic!("the function failed: {failure}"))
    }

    /// The same where it may fail, and says why.
    pub(crate) async fn try_tell(&mut self, event: &Value) -> Result<Value, String> {
        self.events.send(event.to_string()).await.unwrap();
        let raw = self.answer().await;
        let body: Value = serde_json::from_slice(&raw.body).unwrap();
        if raw.is_error { Err(body["errorMessage"].to_string()) } else { Ok(body) }
    }

    async fn answer(&mut self) -> Raw {
        timeout(PATIENCE, self.answers.recv()).await.expect("an answer in time").unwrap()
    }
}

async fn next(State(runtime): State<Arc<Runtime>>) -> Response {
    match runtime.events.lock().await.recv().await {
        Some(event) => {
            let headers = [
                ("lambda-runtime-aws-request-id", "1"),
                ("lambda-runtime-deadline-ms", "9999999999999"),
                ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-west-2:000000000000:function:f"),
            ];
            (headers, event).into_response()
        }
        None => std::future::pending().await,
    }
}

async fn take(
    State(runtime): State<Arc<Runtime>>,
    Path((_, result)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    runtime.answers.send(Raw { is_error: result != "response", headers, body }).await.unwrap();
    StatusCode::ACCEPTED
}

fn buffered(body: &[u8]) -> Answer {
    let answer: Value = serde_json::from_slice(body).unwrap();
    let status = u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap();
    Answer { status, body: answer["body"].as_str().unwrap_or_default().to_owned(), is_streamed: false }
}

/// A prelude of JSON, eight zeros, the body.
fn streamed(body: &[u8]) -> Answer {
    let zeros = body.windows(8).position(|window| window == [0; 8]).expect("a prelude");
    let prelude: Value = serde_json::from_slice(&body[..zeros]).unwrap();
    let status = u16::try_from(prelude["statusCode"].as_u64().unwrap()).unwrap();
    Answer { status, body: String::from_utf8_lossy(&body[zeros + 8..]).into_owned(), is_streamed: true }
}
