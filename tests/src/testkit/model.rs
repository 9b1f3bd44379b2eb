//! A model that says what a test wants, over HTTP as any other.

mod frames;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use frames::{Frames, Open, broken, chopped, ending, fragments, malformed, silence, stepped, streamed, whole, words};
use futures_util::StreamExt;
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

pub(crate) use frames::{Answers, said};

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
    /// So many numbered words, see [`said`].
    Words(usize),
    /// So many numbered words, each after a pause.
    Paced(usize, Duration),
    /// So many numbered words, each when the test gives leave.
    Stepped(usize, Arc<Semaphore>),
    /// Not even the head of an answer, for ever.
    Silent,
    /// So many words, then nothing more, for ever.
    StallsAfter(usize),
    /// So many words, then half an event.
    MalformedAfter(usize),
    /// So many words, then a proper end of the connection without an end of the answer.
    TruncatedAfter(usize),
    /// Words without an end.
    Endless,
    /// A text whose bytes come in pieces of this size, wherever that cuts.
    Chopped(&'static str, usize),
}

type Otherwise = dyn Fn(&str) -> Reply + Send + Sync;

struct Script {
    replies: Mutex<VecDeque<Reply>>,
    otherwise: Box<Otherwise>,
    requests: Mutex<Vec<(Instant, Value)>>,
    authorizations: Mutex<Vec<String>>,
    answers: Arc<Answers>,
}

/// A running model.
#[derive(Clone)]
pub(crate) struct ScriptedModel {
    pub(crate) url: String,
    script: Arc<Script>,
}

impl ScriptedModel {
    /// Starts a model that answers in this order, and then always the same.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::scripted(replies.into_iter().collect(), |_| Reply::Text(vec!["Hello ", "there!"])).await
    }

    /// Starts a model whose answer hangs on the question.
    pub(crate) async fn answering(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::scripted(VecDeque::new(), reply).await
    }

    async fn scripted(replies: VecDeque<Reply>, otherwise: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let script = Script {
            replies: Mutex::new(replies),
            otherwise: Box::new(otherwise),
            requests: Mutex::default(),
            authorizations: Mutex::default(),
            answers: Arc::default(),
        };
        let script = Arc::new(script);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let service = Router::new().route("/v1/chat/completions", post(answer)).with_state(Arc::clone(&script));
        serve(listener, service);
        Self { url, script }
    }

    /// The questions so far, as they came.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.script.requests.lock().unwrap().iter().map(|(_, request)| request.clone()).collect()
    }

    /// What came as `Authorization` with the questions so far.
    pub(crate) fn authorizations(&self) -> Vec<String> {
        self.script.authorizations.lock().unwrap().clone()
    }

    /// When the last question came.
    pub(crate) fn last_asked(&self) -> Instant {
        self.script.requests.lock().unwrap().last().expect("a question").0
    }

    /// The messages of the last question, as `role: content`.
    pub(crate) fn last_messages(&self) -> Vec<String> {
        let request = self.requests().pop().expect("a question");
        let message = |message: &Value| {
            format!("{}: {}", message["role"].as_str().unwrap(), message["content"].as_str().unwrap())
        };
        request["messages"].as_array().unwrap().iter().map(message).collect()
    }

    /// How often this was asked.
    pub(crate) fn calls_for(&self, text: &str) -> usize {
        self.script.requests.lock().unwrap().iter().filter(|(_, request)| question(request) == text).count()
    }

    /// The answers as connections: open ones, and those that their listener closed.
    pub(crate) fn answers(&self) -> &Answers {
        &self.script.answers
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
pub(crate) fn serve(listener: tokio::net::TcpListener, service: Router) {
    tokio::spawn(async move { axum::serve(listener, service).await });
}

/// What was asked: the last message.
fn question(request: &Value) -> &str {
    let messages = request["messages"].as_array().expect("messages");
    messages.last().and_then(|message| message["content"].as_str()).unwrap_or_default()
}

async fn answer(State(script): State<Arc<Script>>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    script.authorizations.lock().unwrap().extend(authorization.map(str::to_owned));
    let is_streamed = request["stream"] == true;
    let next = script.replies.lock().unwrap().pop_front();
    let reply = next.unwrap_or_else(|| (script.otherwise)(question(&request)));
    script.requests.lock().unwrap().push((Instant::now(), request));
    let open = Open::begin(&script.answers);
    match reply {
        Reply::Status(status, wait) => open.ended(refuse(status, wait)),
        Reply::Silent => std::future::pending().await,
        reply if is_streamed => streamed(open, frames(reply)),
        Reply::Text(pieces) => open.ended(whole(&pieces.concat())),
        Reply::Words(number) | Reply::Paced(number, _) => open.ended(whole(&said(number))),
        Reply::Chopped(text, _) => open.ended(whole(text)),
        Reply::MalformedAfter(_) => open.ended("{\"choices\": [{".into_response()),
        Reply::TruncatedAfter(_) => open.ended("{}".into_response()),
        // Of the others there is no whole answer.
        _ => std::future::pending().await,
    }
}

fn frames(reply: Reply) -> Frames {
    match reply {
        Reply::Text(pieces) => fragments(pieces).chain(ending()).boxed(),
        Reply::Gated(first, gate, rest) => {
            let waiting = futures_util::stream::once(async move { gate.notified().await });
            let waiting = waiting.filter_map(|()| async { None });
            fragments(first).chain(waiting).chain(fragments(rest)).chain(ending()).boxed()
        }
        Reply::Breaks(pieces) => fragments(pieces).chain(broken()).boxed(),
        Reply::Words(number) => words(number, Duration::ZERO).chain(ending()).boxed(),
        Reply::Paced(number, pause) => words(number, pause).chain(ending()).boxed(),
        Reply::Stepped(number, leave) => stepped(number, leave).chain(ending()).boxed(),
        Reply::StallsAfter(number) => words(number, Duration::ZERO).chain(silence()).boxed(),
        Reply::MalformedAfter(number) => words(number, Duration::ZERO).chain(malformed()).boxed(),
        Reply::TruncatedAfter(number) => words(number, Duration::ZERO),
        Reply::Endless => words(usize::MAX, Duration::from_millis(5)),
        Reply::Chopped(text, size) => chopped(text, size),
        Reply::Silent | Reply::Status(..) => unreachable!("these have no frames"),
    }
}

fn refuse(status: u16, wait: Option<u64>) -> Response {
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
