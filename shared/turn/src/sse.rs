//! A turn as server-sent events: `start`, `token`s, one `complete` or `error`.

use crate::{Completed, Running, TurnEvent, gate};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::turn::TurnStart;
use edge::{Code, Problem};
use futures_util::{StreamExt, stream, stream::BoxStream};
use serde::Serialize;
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::time::timeout;

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
    events: BoxStream<'static, TurnEvent>,
    has_begun: bool,
    is_over: bool,
}

#[derive(Serialize)]
struct Token<'a> {
    content: &'a str,
}

fn frames(running: Running) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    let writer =
        Writer { start: running.start, events: running.events, has_begun: running.seen.is_some(), is_over: false };
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
        if !std::mem::replace(&mut self.has_begun, true) {
            return Some(frame(0, "start", &self.opening().to_string()));
        }
        match timeout(PING_AFTER, self.events.next()).await {
            Err(_) => Some(": ping\n\n".to_owned()),
            Ok(Some(TurnEvent::Token { id, words })) => {
                let data = serde_json::to_string(&Token { content: &words }).unwrap_or_default();
                Some(frame(id, "token", &data))
            }
            Ok(Some(TurnEvent::Complete(done))) => Some(self.complete(&done)),
            Ok(Some(TurnEvent::Failed { problem, last_id })) => Some(self.error(&problem, last_id)),
            // A producer that ended without a word made a mistake.
            Ok(None) => Some(self.error(&Problem::new(Code::Internal), 0)),
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
            "lastId": done.last_id,
            "tokensUsed": done.usage.total(),
            "latencyMs": done.latency_millis,
            "safety": { "action": gate::VERDICT },
        });
        self.is_over = true;
        frame(done.last_id + 1, "complete", &data.to_string())
    }

    /// What is not kept the client drops: no token behind `lastId` belongs to the stored message.
    fn error(&mut self, problem: &Problem, last_id: u64) -> String {
        let mut data = problem.to_json();
        data["lastId"] = json!(last_id);
        self.is_over = true;
        frame(last_id + 1, "error", &data.to_string())
    }
}

fn frame(id: u64, event: &str, data: &str) -> String {
    format!("id: {id}\nevent: {event}\ndata: {data}\n\n")
}
