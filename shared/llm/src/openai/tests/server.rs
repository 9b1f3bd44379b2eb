//! An endpoint of the protocol that answers as a test tells it, and what it was asked.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::Notify,
    time::{sleep, timeout},
};

/// What was sent with one call.
#[derive(Clone)]
pub(super) struct Call {
    /// The client's end of the connection.
    pub(super) from: SocketAddr,
    pub(super) authorization: Option<String>,
    pub(super) body: Value,
}

type Script = Box<dyn Fn(usize) -> Option<Response> + Send + Sync>;

struct Inner {
    script: Script,
    calls: Mutex<Vec<Call>>,
    under_way: AtomicUsize,
    busiest: AtomicUsize,
}

pub(super) struct Server {
    pub(super) url: String,
    inner: Arc<Inner>,
}

impl Server {
    /// Answers the calls, counted from 0, as the script says; `None` is silence.
    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    pub(super) async fn start(script: impl Fn(usize) -> Option<Response> + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Inner {
            script: Box::new(script),
            calls: Mutex::default(),
            under_way: AtomicUsize::new(0),
            busiest: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/chat/completions", listener.local_addr().unwrap());
        let routes = Router::new().route("/v1/chat/completions", post(answer)).with_state(inner.clone());
        tokio::spawn(
            async move { axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await },
        );
        Self { url, inner }
    }

    /// Answers every call with a stream that says this.
    pub(super) async fn saying(text: &'static str) -> Self {
        Self::start(move |_| Some(streamed(&says(text)))).await
    }

    pub(super) fn calls(&self) -> usize {
        self.inner.calls.lock().unwrap().len()
    }

    /// The most calls that were answered at the same time.
    pub(super) fn busiest(&self) -> usize {
        self.inner.busiest.load(Ordering::SeqCst)
    }

    pub(super) fn call(&self, number: usize) -> Call {
        let calls = self.inner.calls.lock().unwrap();
        calls[number].clone()
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let number = {
        let mut calls = inner.calls.lock().unwrap();
        calls.push(Call { from, authorization, body: serde_json::from_slice(&body).unwrap() });
        calls.len() - 1
    };
    let under_way = inner.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    inner.busiest.fetch_max(under_way, Ordering::SeqCst);
    sleep(Duration::from_millis(2)).await;
    inner.under_way.fetch_sub(1, Ordering::SeqCst);
    match (inner.script)(number) {
        Some(response) => response,
        None => std::future::pending().await,
    }
}

pub(super) fn event(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// A whole stream with one text in it.
pub(super) fn says(text: &str) -> String {
    event(text) + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

const EVENTS: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")];

/// A stream of events in chunks, as endpoints send them.
pub(super) fn streamed(events: &str) -> Response {
    (EVENTS, Body::from_stream(stream::iter(pieces(events)))).into_response()
}

fn pieces(events: &str) -> Vec<Result<Bytes, Infallible>> {
    events.split_inclusive("\n\n").map(|event| Ok(Bytes::from(event.to_owned()))).collect()
}

pub(super) fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

pub(super) fn refused(code: u16, retry_after: &'static str) -> Response {
    (StatusCode::from_u16(code).unwrap(), [(header::RETRY_AFTER, retry_after)]).into_response()
}

/// Says whether a response that was begun has been let go.
#[derive(Clone, Default)]
pub(super) struct Gone(Arc<Notify>);

impl Gone {
    /// Waits until the connection is closed.
    pub(super) async fn happened(&self) -> bool {
        timeout(Duration::from_secs(5), self.0.notified()).await.is_ok()
    }

    /// A stream that says this, and then nothing and does not end.
    pub(super) fn stalled(&self, events: &str) -> Response {
        struct OnDrop(Gone);
        impl Drop for OnDrop {
            fn drop(&mut self) {
                self.0.0.notify_one();
            }
        }
        let held = OnDrop(self.clone());
        let first = stream::iter(pieces(events));
        let silence = stream::pending().map(move |next| {
            let _held = &held;
            next
        });
        (EVENTS, Body::from_stream(first.chain(silence))).into_response()
    }
}
