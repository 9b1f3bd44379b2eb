//! `GET /conversations/sessions`: lists of conversations (seed 000, ticket 4).

mod query;
mod row;

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use domain::settings::Settings;
use edge::{
    Problem,
    access::{ListSessions, Permit},
    clock, etag,
    routing::{Routes, get},
};
use query::Query;
use reading::{Page, ReadError, Reading, Trace, service::Service};
use row::{List, Pagination, Row};

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Routes::new().route("/conversations/sessions", get(list)).with_state(service);
    Ok(routes.merge(edge::health("sessions")))
}

async fn list(
    permit: Permit<ListSessions>,
    State(reading): State<Reading>,
    trace: Trace,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Query { wanted, limit, next_token } = Query::parse(query.as_deref().unwrap_or_default())?;
    let problem = |error: ReadError| error.problem();
    let person = permit.into();
    let page = Page { limit, cursor: next_token.as_deref() };
    let listing = reading.sessions(&person, &trace, &wanted, page);
    let (listing, catalogue) = tokio::join!(listing, reading.animals().catalogue(clock::now()));
    let (mut listing, catalogue) = (listing.map_err(problem)?, catalogue.map_err(|error| problem(error.into()))?);
    let listed = std::mem::take(&mut listing.sessions);
    let pagination = Pagination {
        limit,
        has_more: listing.next.is_some(),
        next_token: None,
        total_sessions: listing.total,
        sorted_among: listing.sorted_among,
    };
    let mut list =
        List { sessions: listed.into_iter().map(|listed| Row::new(listed, &catalogue)).collect(), pagination };
    // A cursor is sealed anew each time: it is no part of what is compared.
    let shown = serde_json::to_string(&list).map_err(|error| Problem::internal(&error))?;
    let validator = listing.validator(&shown).map_err(|error| Problem::internal(&error))?;
    list.pagination.next_token = listing.next;
    Ok(etag::private(&headers, &validator, Json(list)))
}
