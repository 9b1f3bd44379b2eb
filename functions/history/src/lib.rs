//! Past conversations: `GET /conversations/history/{sessionId}`, links to share them, and `GET
//! /convo_history` in the shape of the first system.

mod first_system;
mod page;
mod shares;

use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::settings::Settings;
use edge::{
    Authenticator, Code, Problem, clock, etag,
    query::Parameters,
    routing::{Routes, get, post},
};
use page::{Page, Shown};
use reading::{
    Conversation, Deletion, Grant, ReadError, Reading,
    grant::{Delete, ReadByLink},
    service::Service,
};
use serde::Deserialize;
use shares::Links;

const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 500;

/// What this function needs.
#[derive(Clone, FromRef)]
struct Deps {
    reading: Reading,
    authenticator: Authenticator,
    links: Links,
}

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let Service { reading, authenticator } = Service::connect(&settings).await?;
    let deps = Deps { reading, authenticator, links: Links::read(&settings) };
    let routes = Routes::new()
        .route("/conversations/history/{sessionId}", get(history).delete(delete))
        .route("/conversations/history/{sessionId}/shares", post(shares::create).delete(shares::revoke))
        .route("/convo_history", get(first_system::history))
        .with_state(deps);
    Ok(routes.merge(edge::health("history")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    limit: Option<u16>,
    next_token: Option<String>,
}

async fn history(
    grant: Grant<ReadByLink>,
    State(reading): State<Reading>,
    headers: HeaderMap,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(Code::BadRequest).with_detail("limit is 1 to 500"));
    }
    let reader = grant.person().clone();
    let conversation = reading.open(grant).await.map_err(|error| error.problem())?;
    let after = query.next_token.map(|cursor| conversation.behind(&cursor).ok_or_else(foreign_cursor)).transpose()?;
    let page = read_page(&reading, conversation, limit, after.as_deref()).await?;
    let Shown { history, validator } = page.open(&reader).map_err(|error| Problem::internal(&error))?;
    // The web app may hold on to a page and ask whether it is still good; no browser keeps it on a disk.
    Ok(etag::answer(&headers, &validator, "no-store", Json(history)))
}

/// Gone (204), or for a child who wants it gone, to be confirmed by the guardian (202).
async fn delete(grant: Grant<Delete>, State(reading): State<Reading>) -> Result<StatusCode, Problem> {
    match reading.delete(grant).await.map_err(|error| error.problem())? {
        Deletion::Done => Ok(StatusCode::NO_CONTENT),
        Deletion::Asked => Ok(StatusCode::ACCEPTED),
    }
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
