//! Past conversations: `GET /conversations/history/{sessionId}`, and `GET /convo_history` in the shape
//! of the first system.

mod first_system;
mod page;

use axum::{
    Json, Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use domain::{SessionId, access::Action, settings::Settings};
use edge::{AccessReason, Caller, Code, Problem, clock, etag, query::Parameters};
use page::{Page, Shown};
use reading::{Conversation, Deletion, ReadError, Reading, service::Service};
use serde::Deserialize;

const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 500;

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Router::new()
        .route("/conversations/history/{sessionId}", get(history).delete(delete))
        .route("/convo_history", get(first_system::history))
        .with_state(service);
    Ok(routes.merge(edge::health("history")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    limit: Option<u16>,
    next_token: Option<String>,
}

async fn history(
    State(reading): State<Reading>,
    caller: Caller,
    session_id: Result<Path<String>, PathRejection>,
    reason: AccessReason,
    headers: HeaderMap,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(Code::BadRequest).with_detail("limit is 1 to 500"));
    }
    let session_id = session_id.ok().and_then(|Path(id)| SessionId::parse(&id).ok());
    let session_id = session_id.ok_or(Problem::new(Code::NotFound))?;
    let conversation = open(&reading, &caller, &session_id, &reason).await?;
    let after = query.next_token.map(|cursor| conversation.behind(&cursor).ok_or_else(foreign_cursor)).transpose()?;
    let page = read_page(&reading, conversation, limit, after.as_deref()).await?;
    let Shown { history, validator } = page.open(&caller.user_id).map_err(|error| Problem::internal(&error))?;
    // The web app may hold on to a page and ask whether it is still good; no browser keeps it on a disk.
    Ok(etag::answer(&headers, &validator, "no-store", Json(history)))
}

/// Gone (204), or for a child who wants it gone, to be confirmed by the guardian (202).
async fn delete(
    State(reading): State<Reading>,
    caller: Caller,
    session_id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let session_id = session_id.ok().and_then(|Path(id)| SessionId::parse(&id).ok());
    let session_id = session_id.ok_or(Problem::new(Code::NotFound))?;
    match reading.delete(&caller.user_id, &session_id).await.map_err(|error| error.problem())? {
        Deletion::Done => Ok(StatusCode::NO_CONTENT),
        Deletion::Asked => Ok(StatusCode::ACCEPTED),
    }
}

async fn open(
    reading: &Reading,
    caller: &Caller,
    session: &SessionId,
    reason: &AccessReason,
) -> Result<Conversation, Problem> {
    let opened = reading.conversation(&caller.user_id, session, Action::ReadHistory, reason).await;
    opened.map_err(|error| error.problem())
}

async fn read_page(
    reading: &Reading,
    conversation: Conversation,
    limit: u16,
    after: Option<&str>,
) -> Result<Page, Problem> {
    let session = conversation.session();
    let (messages, catalogue) = tokio::try_join!(
        reading.store().messages(&session.user_id, &session.session_id, i32::from(limit), after),
        reading.animals().catalogue(clock::now()),
    )
    .map_err(|error| ReadError::from(error).problem())?;
    reading.note_read(&conversation).await;
    let session = conversation.session();
    let name = catalogue.find(&session.animal_id).map(|animal| animal.name.clone());
    Ok(Page { conversation, name, messages, limit })
}

fn foreign_cursor() -> Problem {
    Problem::new(Code::BadRequest).with_detail("nextToken is not of this list")
}
