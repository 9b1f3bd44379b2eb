//! `GET /audit`.

use crate::{Pagination, query::Query};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use domain::{
    LogId, SessionId, Timestamp, UserId,
    audit::{Entry, Metadata, Outcome},
    user::Role,
};
use edge::{
    Problem,
    access::{Permit, ReadAudit},
};
use reading::{Reading, Seen, SeenBy, Trace};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct List {
    entries: Vec<Row>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    log_id: LogId,
    timestamp: Timestamp,
    event_type: &'static str,
    action: String,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    result: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    metadata: Metadata,
}

pub(crate) async fn list(
    permit: Permit<ReadAudit>,
    State(reading): State<Reading>,
    trace: Trace,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, Problem> {
    let Query { sought, limit, next_token } = Query::parse(query.as_deref().unwrap_or_default())?;
    let seen = reading.seen(&permit.into(), &trace, &sought, limit, next_token.as_deref()).await;
    let seen = seen.map_err(|error| error.problem())?;
    let entries = seen.entries.into_iter().map(Row::new).collect();
    Ok(Json(List { entries, pagination: Pagination::new(limit, seen.next) }))
}

impl Row {
    fn new(seen: Seen) -> Self {
        let Seen { entry, by, access_reason, ip_address, user_agent } = seen;
        let Entry { log_id, timestamp, event_type, action, user_id, role, target_user_id, session_id, .. } = entry;
        Self {
            log_id,
            timestamp,
            event_type: event_type.name(),
            action,
            by: name(by),
            user_id,
            role,
            target_user_id,
            session_id,
            result: entry.result,
            reason: entry.reason,
            access_reason,
            ip_address,
            user_agent,
            metadata: entry.metadata,
        }
    }
}

fn name(by: SeenBy) -> &'static str {
    match by {
        SeenBy::You => "you",
        SeenBy::YourChild => "your child",
        SeenBy::YourGuardian => "your guardian",
        SeenBy::Zookeeper => "a zookeeper",
        SeenBy::Administrator => "an administrator",
        SeenBy::SomebodyElse => "somebody else",
        SeenBy::Nobody => "nobody",
    }
}
