//! `GET /conversations/sessions`: lists of conversations (seed 000, ticket 4).

mod query;

use axum::{
    Json, Router,
    extract::{RawQuery, State},
};
use domain::{AnimalId, SessionId, Timestamp, UserId, settings::Settings};
use edge::{
    Problem,
    access::{ListSessions, Permit},
    clock,
    routing::{Routes, get},
};
use query::Query;
use reading::{Listed, ReadError, Reading, Trace, service::Service};
use serde::Serialize;
use store::animals::Catalogue;

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Routes::new().route("/conversations/sessions", get(list)).with_state(service);
    Ok(routes.merge(edge::health("sessions")))
}

#[derive(Serialize)]
struct List {
    sessions: Vec<Row>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    limit: usize,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    session_id: SessionId,
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    animal_id: AnimalId,
    animal_name: String,
    start_time: Timestamp,
    last_activity: Timestamp,
    message_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<String>,
}

async fn list(
    permit: Permit<ListSessions>,
    State(reading): State<Reading>,
    trace: Trace,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, Problem> {
    let query = Query::parse(query.as_deref().unwrap_or_default())?;
    let problem = |error: ReadError| error.problem();
    let person = permit.into();
    let listing = reading.sessions(&person, &trace, &query.wanted, query.limit, query.next_token.as_deref());
    let (listing, catalogue) = tokio::join!(listing, reading.animals().catalogue(clock::now()));
    let (listing, catalogue) = (listing.map_err(problem)?, catalogue.map_err(|error| problem(error.into()))?);
    let sessions = listing.sessions.into_iter().map(|listed| Row::new(listed, &catalogue)).collect();
    let pagination = Pagination { limit: query.limit, has_more: listing.next.is_some(), next_token: listing.next };
    Ok(Json(List { sessions, pagination }))
}

impl Row {
    fn new(listed: Listed, catalogue: &Catalogue) -> Self {
        let Listed { metadata, display_name, words } = listed;
        let (first_message, last_message) = words.unzip();
        let animal = catalogue.find(&metadata.animal_id);
        Self {
            animal_name: animal.map_or_else(|| metadata.animal_id.to_string(), |animal| animal.name.clone()),
            session_id: metadata.session_id,
            user_id: metadata.user_id,
            display_name,
            animal_id: metadata.animal_id,
            start_time: metadata.start_time,
            last_activity: metadata.last_activity,
            message_count: metadata.message_count,
            first_message,
            last_message,
        }
    }
}
