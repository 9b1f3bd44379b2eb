//! The offline model: a server of the OpenAI chat-completions protocol that answers in character
//! from what its instructions tell it. To the functions it is a model like any other.

mod persona;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{convert::Infallible, time::Duration};
use tokio::net::TcpListener;
use unicode_segmentation::UnicodeSegmentation;

/// Letters in a piece of an answer: about a token.
const PIECE: usize = 5;

#[derive(Deserialize)]
struct Request {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    max_tokens: Option<usize>,
}

#[derive(Deserialize)]
pub(crate) struct Message {
    role: String,
    content: String,
}

/// Answers on a listener for as long as the process lives.
#[expect(clippy::disallowed_methods, reason = "the model runs beside the functions")]
pub(crate) fn serve(listener: TcpListener, pace: Duration) {
    let service = Router::new().route("/v1/chat/completions", post(complete)).with_state(pace);
    tokio::spawn(async move {
        if let Err(cause) = axum::serve(listener, service).await {
            tracing::error!(%cause, "the offline model ended");
        }
    });
}

async fn complete(State(pace): State<Duration>, Json(request): Json<Request>) -> Response {
    let mut pieces = pieces(&persona::reply(&request.messages));
    let limit = request.max_tokens.unwrap_or(usize::MAX);
    let finish = if pieces.len() > limit { "length" } else { "stop" };
    pieces.truncate(limit);
    let asked = request.messages.iter().map(|message| message.content.len().div_ceil(4)).sum::<usize>();
    let usage = json!({
        "prompt_tokens": asked,
        "completion_tokens": pieces.len(),
        "total_tokens": asked + pieces.len(),
    });
    if request.stream {
        streamed(&request.model, pieces, finish, &usage, pace)
    } else {
        tokio::time::sleep(pace).await;
        let message = json!({ "role": "assistant", "content": pieces.concat() });
        let choice = json!({ "index": 0, "message": message, "finish_reason": finish });
        Json(json!({ "object": "chat.completion", "model": request.model, "choices": [choice], "usage": usage }))
            .into_response()
    }
}

fn streamed(model: &str, pieces: Vec<String>, finish: &str, usage: &Value, pace: Duration) -> Response {
    let event = |choices: Value, usage: &Value| {
        let data = json!({ "object": "chat.completion.chunk", "model": model, "choices": choices, "usage": usage });
        format!("data: {data}\n\n")
    };
    let text = |piece: String| json!([{ "index": 0, "delta": { "content": piece }, "finish_reason": null }]);
    let mut events: Vec<String> = pieces.into_iter().map(|piece| event(text(piece), &Value::Null)).collect();
    events.push(event(json!([{ "index": 0, "delta": {}, "finish_reason": finish }]), &Value::Null));
    events.push(event(json!([]), usage));
    events.push("data: [DONE]\n\n".to_owned());
    let paced = stream::unfold(events.into_iter(), move |mut rest| async move {
        let event = rest.next()?;
        tokio::time::sleep(pace).await;
        Some((Ok::<_, Infallible>(Bytes::from(event)), rest))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(paced)).into_response()
}

/// Cuts an answer as models do, also inside words.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in text.graphemes(true) {
        let starts = letter == " " || pieces.last().is_some_and(|piece| piece.graphemes(true).count() >= PIECE);
        if starts {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(letter);
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}
