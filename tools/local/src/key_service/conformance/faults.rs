//! A wire to a key service on which calls are throttled, or never answered.

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What happens on the wire.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// So many calls are throttled, then all pass.
    Throttled(usize),
    /// No call is ever answered.
    Silent,
}

struct Wire {
    fault: Fault,
    calls: AtomicUsize,
    url: String,
    http: reqwest::Client,
}

/// The address of such a wire.
#[expect(clippy::disallowed_methods, reason = "a test's wire ends with the test")]
pub(super) async fn wire(url: &str, fault: Fault) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let wire = Wire { fault, calls: AtomicUsize::new(0), url: format!("{url}/"), http };
    let listener = crate::listener::bind(0).await.unwrap();
    let address = crate::listener::url_of(&listener).unwrap();
    let router = Router::new().fallback(pass).with_state(Arc::new(wire));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn pass(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let call = wire.calls.fetch_add(1, Ordering::SeqCst);
    match wire.fault {
        Fault::Silent => std::future::pending().await,
        Fault::Throttled(calls) if call < calls => {
            (StatusCode::BAD_REQUEST, r#"{"__type":"ThrottlingException","message":"a test says so"}"#).into_response()
        }
        Fault::Throttled(_) => forward(&wire, request).await,
    }
}

async fn forward(wire: &Wire, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut forwarded = wire.http.post(&wire.url).body(body);
    for (name, value) in &head.headers {
        if *name != header::HOST && *name != header::CONTENT_LENGTH {
            forwarded = forwarded.header(name, value);
        }
    }
    let answer = forwarded.send().await.unwrap();
    let (status, bytes): (_, Bytes) = (answer.status(), answer.bytes().await.unwrap());
    (status, bytes).into_response()
}
