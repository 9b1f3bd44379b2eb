//! `/convo_turn/stream`: an answer as it is made, as server-sent events; the rest of one for whoever
//! comes back; and an end to one that is not wanted any more.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{TurnId, settings::Settings};
use edge::{
    Code, JsonBody, Peer, Problem,
    routing::{Routes, get, post},
};
use llm::Delivery;
use turn::{Asker, Owner, TurnError, Turns, service::Service, sse, wire::TurnBody};

/// More events than any turn has.
const MOST_EVENTS: u64 = 999_999;

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Routes::new()
        .route("/convo_turn/stream", post(stream))
        .route("/convo_turn/stream/{turnId}", get(resume).delete(cancel))
        .with_state(service);
    Ok(routes.merge(edge::health("convo-stream")))
}

async fn stream(
    asker: Asker,
    State(turns): State<Turns>,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<TurnBody>,
) -> Result<Response, Problem> {
    let question = body.parse(&headers, asker, peer, Delivery::Streamed)?;
    Ok(turns.begin(question).await.respond(async |running| Ok(sse::response(running))).await)
}

async fn resume(
    owner: Owner,
    State(turns): State<Turns>,
    peer: Peer,
    turn: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = last_event_id(&headers)?;
    let running = turns.resume(owner.user_id(), &turn_id(turn)?, seen, peer).await.map_err(|error| error.problem())?;
    Ok(sse::response(running))
}

async fn cancel(
    owner: Owner,
    State(turns): State<Turns>,
    turn: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    turns.cancel(owner.user_id(), &turn_id(turn)?).await.map_err(|error| error.problem())?;
    Ok(StatusCode::ACCEPTED)
}

/// Something that is no turn's id is the id of no turn.
fn turn_id(path: Result<Path<String>, PathRejection>) -> Result<TurnId, Problem> {
    let id = path.ok().and_then(|Path(text)| TurnId::parse(&text).ok());
    id.ok_or_else(|| TurnError::TurnGone.problem())
}

/// The last event that a client has seen, as the HTML standard has browsers say it.
fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|text| text.parse().ok()).filter(|number| *number <= MOST_EVENTS);
    number
        .map(Some)
        .ok_or_else(|| Problem::new(Code::BadRequest).with_detail("Last-Event-ID is not the id of an event"))
}
