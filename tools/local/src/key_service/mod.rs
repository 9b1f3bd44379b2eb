//! The local key service: the part of KMS's protocol that the vault uses, so that the same adapter runs here
//! and on AWS. What it has in common with others that speak the protocol, `conformance` asks.

#[cfg(test)]
mod conformance;
mod key;
mod keys;
mod operations;
mod refusal;

pub(crate) use keys::{Keys, SIGNING_KEY, VAULT_KEY};

use crate::engine::stopping;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use operations::answer_to;
use serde_json::json;
use std::sync::Arc;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Answers as KMS does, until it is time to stop.
#[expect(clippy::disallowed_methods, reason = "the key service runs beside the functions")]
pub(crate) fn serve(keys: Keys, listener: TcpListener, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    let service = Router::new().route("/", post(answer)).with_state(Arc::new(keys));
    tokio::spawn(async move {
        let serving = axum::serve(listener, service).with_graceful_shutdown(stopping(stopped));
        if let Err(cause) = serving.await {
            tracing::error!(%cause, "the key service ended");
        }
    })
}

async fn answer(State(keys): State<Arc<Keys>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (status, body) = match answer_to(&keys, target, &body) {
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => (StatusCode::BAD_REQUEST, json!({ "__type": refusal.name() })),
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
}
