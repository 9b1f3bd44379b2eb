//! A turn as server-sent events: `start`, `token`s, one `complete` or `error`.

use crate::{Completed, Running, TurnEvent};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::turn::{SafetyAction, TurnStart};
use edge::{Code, Problem};
use futures_util::stream;
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Silence is broken by a comment this often, so that nothing on the way takes it for the end.
const PING_AFTER: Duration = Duration::from_secs(10);

/// A turn's events as a response that is sent as they happen.
#[must_use]
pub fn response(running: Running) -> Response {
    let mut response = Body::from_stream(frames(running)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Writer {
    start: TurnStart,
    events: mpsc::UnboundedReceiver<TurnEvent>,
    next_id: u64,
    is_over: bool,
}

fn frames(running: Running) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    let writer = Writer { start: running.start, events: running.events, next_id: 0, is_over: false };
    stream::unfold(writer, |mut writer| async move {
        let frame = writer.next_frame().await?;
        Some((Ok(Bytes::from(frame)), writer))
    })
}

impl Writer {
    async fn next_frame(&mut self) -> Option<String> {
        if self.is_over {
            return None;
        }
        if self.next_id == 0 {
            let start = self.opening();
            return Some(self.frame("start", &start.to_string()));
        }
        match timeout(PING_AFTER, self.events.recv()).await {
            Err(_) => Some(": ping\n\n".to_owned()),
            Ok(Some(TurnEvent::Token(words))) => Some(self.frame("token", &json!({ "content": words }).to_string())),
            Ok(Some(TurnEvent::Complete(done))) => Some(self.complete(&done)),
            Ok(Some(TurnEvent::Failed { problem, is_kept })) => Some(self.error(&problem, is_kept)),
            // A producer that ended without a word made a mistake.
            Ok(None) => Some(self.error(&Problem::new(Code::Internal), false)),
        }
    }

    fn opening(&self) -> serde_json::Value {
        json!({
            "turnId": self.start.turn_id,
            "sessionId": self.start.session_id,
            "messageId": self.start.message_id,
            "animalId": self.start.animal_id,
        })
    }

    fn complete(&mut self, done: &Completed) -> String {
        let data = json!({
            "messageId": self.start.message_id,
            "sessionId": self.start.session_id,
            "finishReason": done.finish_reason,
            "lastId": self.next_id - 1,
            "tokensUsed": done.usage.total(),
            "latencyMs": done.latency_millis,
            "safety": { "action": SafetyAction::Allow },
        });
        self.is_over = true;
        self.frame("complete", &data.to_string())
    }

    /// What is not kept the client drops: no token belongs to the stored message then.
    fn error(&mut self, problem: &Problem, is_kept: bool) -> String {
        let mut data = problem.to_json();
        data["lastId"] = json!(if is_kept { self.next_id - 1 } else { 0 });
        self.is_over = true;
        self.frame("error", &data.to_string())
    }

    fn frame(&mut self, event: &str, data: &str) -> String {
        let id = self.next_id;
        self.next_id += 1;
        format!("id: {id}\nevent: {event}\ndata: {data}\n\n")
    }
}
