//! `POST /convo_turn`: an answer in one piece; `GET /usage`: what was used.

mod usage;

use axum::{Json, Router, extract::State, http::HeaderMap, response::Response};
use domain::{
    MessageId, SessionId, Timestamp, TurnId,
    settings::Settings,
    turn::{FinishReason, SafetyAction},
};
use edge::{
    Code, JsonBody, Peer, Problem,
    routing::{Routes, get, post},
};
use futures_util::StreamExt;
use llm::Delivery;
use serde::Serialize;
use turn::{Asker, Completed, Running, TurnEvent, Turns, service::Service, wire::TurnBody};

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes =
        Routes::new().route("/convo_turn", post(answer)).route("/usage", get(usage::usage)).with_state(service);
    Ok(routes.merge(edge::health("convo-turn")))
}

async fn answer(
    asker: Asker,
    State(turns): State<Turns>,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<TurnBody>,
) -> Result<Response, Problem> {
    let question = body.parse(&headers, asker, peer, Delivery::Whole)?;
    Ok(turns.begin(question).await.respond(async |running| whole(running).await.map(Json)).await)
}

/// Waits for the end of a turn.
async fn whole(mut running: Running) -> Result<Reply, Problem> {
    let mut reply = String::new();
    while let Some(event) = running.events.next().await {
        match event {
            TurnEvent::Token { words, .. } => reply.push_str(&words),
            TurnEvent::Complete(done) => return Ok(Reply::new(running, reply, done)),
            TurnEvent::Failed { problem, .. } => return Err(problem),
        }
    }
    Err(Problem::new(Code::Internal))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    reply: String,
    session_id: SessionId,
    turn_id: TurnId,
    message_id: MessageId,
    timestamp: Timestamp,
    finish_reason: FinishReason,
    metadata: Metadata,
    turn: Turn,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    tokens_used: u64,
    latency_ms: u64,
    safety: Safety,
}

#[derive(Serialize)]
struct Safety {
    action: SafetyAction,
}

/// The same facts under the names that older clients read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Turn {
    convo_turn_id: TurnId,
    timestamp: Timestamp,
    tokens_prompt: u64,
    tokens_completion: u64,
    latency_ms: u64,
}

impl Reply {
    fn new(running: Running, reply: String, done: Completed) -> Self {
        let start = running.start;
        Self {
            reply,
            session_id: start.session_id,
            turn_id: start.turn_id.clone(),
            message_id: start.message_id,
            timestamp: done.timestamp,
            finish_reason: done.finish_reason,
            metadata: Metadata {
                model: done.model,
                tokens_used: done.usage.total(),
                latency_ms: done.latency_millis,
                safety: Safety { action: SafetyAction::Allow },
            },
            turn: Turn {
                convo_turn_id: start.turn_id,
                timestamp: done.timestamp,
                tokens_prompt: done.usage.prompt,
                tokens_completion: done.usage.completion,
                latency_ms: done.latency_millis,
            },
        }
    }
}
