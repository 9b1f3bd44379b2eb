//! `GET /alerts`: the zoo's inbox. Keepers see what visitors and users gave alarm of; what staff did is
//! for administrators.

use crate::{Pagination, query::Query};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use domain::{LogId, Timestamp, UserId, user::Role};
use edge::{
    Problem,
    access::{Permit, ReadAlerts},
};
use reading::{Person, ReadError, Reading};
use serde::Serialize;
use store::alerts::{AlertRecord, MOST_ENTRIES};

/// What cursors of this list are bound to.
const LIST: &str = "alerts";

#[derive(Serialize)]
pub(crate) struct List {
    alerts: Vec<Row>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    alert_id: LogId,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    since: Timestamp,
    last_at: Timestamp,
    /// How many entries gave it.
    count: usize,
    /// Whether there may have been more than are counted.
    or_more: bool,
    /// Some of the entries, the latest first.
    entries: Vec<LogId>,
}

pub(crate) async fn list(
    permit: Permit<ReadAlerts>,
    State(reading): State<Reading>,
    RawQuery(query): RawQuery,
) -> Result<Json<List>, Problem> {
    let query = Query::parse(query.as_deref().unwrap_or_default())?;
    page(&reading, &permit.into(), query).await.map(Json).map_err(|error| error.problem())
}

async fn page(reading: &Reading, person: &Person, query: Query) -> Result<List, ReadError> {
    let after = match &query.next_token {
        Some(cursor) => Some(reading.open_position(person, LIST, cursor).await?),
        None => None,
    };
    let after = after.map(|id| LogId::parse(&id).map_err(|_| ReadError::ForeignCursor)).transpose()?;
    let (found, last) = reading.store().alerts(i32::try_from(query.limit).unwrap_or(1), after.as_ref()).await?;
    let next = match last {
        Some(last) => Some(reading.seal_position(person, LIST, last.as_str()).await?),
        None => None,
    };
    let is_administrator = person.user().role == Role::Administrator;
    let may_see = |alert: &AlertRecord| is_administrator || !alert.role.is_some_and(Role::is_staff);
    let alerts = found.into_iter().filter(may_see).map(Row::new).collect();
    Ok(List { alerts, pagination: Pagination::new(query.limit, next) })
}

impl Row {
    fn new(alert: AlertRecord) -> Self {
        let AlertRecord { alert_id, kind, user_id, role, since, last_at, entries, .. } = alert;
        Self {
            alert_id,
            kind: kind.name(),
            user_id,
            role,
            since,
            last_at,
            count: entries.len(),
            or_more: entries.len() >= MOST_ENTRIES,
            entries: entries.into_iter().rev().take(10).collect(),
        }
    }
}
