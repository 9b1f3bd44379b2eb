//! The pieces of a model's answer, and whether anybody still takes them.

use axum::{
    Json,
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Semaphore, time::sleep};

pub(crate) type Frames = stream::BoxStream<'static, io::Result<Bytes>>;

/// The first so many numbered words as one text.
pub(crate) fn said(number: usize) -> String {
    (1..=number).map(word).collect()
}

fn word(number: usize) -> String {
    format!("word{number:03} ")
}

/// Answers as connections.
#[derive(Default)]
pub(crate) struct Answers {
    open: AtomicUsize,
    abandoned: AtomicUsize,
}

impl Answers {
    /// How many are under way.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// How many were closed by their listener before their end.
    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::SeqCst)
    }
}

/// An answer under way; dropped before its end, it was abandoned.
pub(super) struct Open {
    answers: Arc<Answers>,
    is_ended: bool,
}

impl Open {
    pub(super) fn begin(answers: &Arc<Answers>) -> Self {
        answers.open.fetch_add(1, Ordering::SeqCst);
        Self { answers: Arc::clone(answers), is_ended: false }
    }

    pub(super) fn ended(mut self, response: Response) -> Response {
        self.is_ended = true;
        response
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.answers.open.fetch_sub(1, Ordering::SeqCst);
        self.answers.abandoned.fetch_add(usize::from(!self.is_ended), Ordering::SeqCst);
    }
}

pub(super) fn streamed(open: Open, frames: Frames) -> Response {
    let watched = stream::unfold((open, frames), |(mut open, mut frames)| async move {
        let frame = frames.next().await;
        open.is_ended = matches!(frame, None | Some(Err(_)));
        Some((frame?, (open, frames)))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(watched)).into_response()
}

pub(super) fn whole(text: &str) -> Response {
    let message = json!({ "role": "assistant", "content": text });
    let usage = json!({ "prompt_tokens": 40, "completion_tokens": 5 });
    Json(json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage })).into_response()
}

pub(super) fn fragments(pieces: Vec<&'static str>) -> Frames {
    stream::iter(pieces).map(|piece| Ok(fragment(piece))).boxed()
}

/// Numbered words, each after a pause.
pub(super) fn words(number: usize, pause: Duration) -> Frames {
    let paced = stream::iter(1..=number).then(move |number| async move {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        Ok(fragment(&word(number)))
    });
    paced.boxed()
}

/// Numbered words, each when there is leave for it.
pub(super) fn stepped(number: usize, leave: Arc<Semaphore>) -> Frames {
    let steps = stream::iter(1..=number).then(move |number| {
        let leave = Arc::clone(&leave);
        async move {
            leave.acquire().await.expect("the test gives leave").forget();
            Ok(fragment(&word(number)))
        }
    });
    steps.boxed()
}

pub(super) fn ending() -> Frames {
    stream::iter([Ok(frame(&stop())), Ok(frame(&usage())), Ok(Bytes::from_static(b"data: [DONE]\n\n"))]).boxed()
}

pub(super) fn broken() -> Frames {
    // What was said before has to be on its way first.
    let broken = stream::once(async {
        sleep(Duration::from_millis(100)).await;
        Err(io::Error::other("broken"))
    });
    broken.boxed()
}

pub(super) fn silence() -> Frames {
    stream::pending().boxed()
}

pub(super) fn malformed() -> Frames {
    stream::iter([Ok(Bytes::from_static(b"data: {\"choices\": [{\"delta\": {\"content\": \n\n"))]).boxed()
}

pub(super) fn chopped(text: &str, size: usize) -> Frames {
    let answer = [fragment(text), frame(&stop()), frame(&usage()), Bytes::from_static(b"data: [DONE]\n\n")].concat();
    let pieces: Vec<_> = answer.chunks(size).map(Bytes::copy_from_slice).collect();
    // Each piece is to travel alone.
    let apart = stream::iter(pieces).then(|piece| async {
        sleep(Duration::from_millis(2)).await;
        Ok(piece)
    });
    apart.boxed()
}

fn fragment(text: &str) -> Bytes {
    frame(&json!({ "choices": [{ "delta": { "content": text }, "finish_reason": null }] }))
}

fn stop() -> Value {
    json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] })
}

fn usage() -> Value {
    json!({ "choices": [], "usage": { "prompt_tokens": 40, "completion_tokens": 5 } })
}

fn frame(data: &Value) -> Bytes {
    format!("data: {data}\n\n").into()
}
