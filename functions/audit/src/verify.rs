//! `GET /audit/verify`.

use crate::query::Query;
use axum::{
    Json,
    extract::{RawQuery, State},
};
use domain::{Timestamp, audit::walk::Report};
use edge::{
    Code, Problem,
    access::{Permit, VerifyAudit},
    clock,
};
use std::time::Duration;
use tokio::time::Instant;
use trail::{Span, Trail};

/// How long it walks before it says where to go on. The function has 29 seconds; a page and what follows the
/// last one take two or three.
const WALKS_FOR: Duration = Duration::from_secs(18);

pub(crate) async fn verify(
    _permit: Permit<VerifyAudit>,
    State(trail): State<Trail>,
    RawQuery(query): RawQuery,
) -> Result<Json<Report>, Problem> {
    let deadline = Instant::now() + WALKS_FOR;
    let query = query.as_deref().unwrap_or_default();
    let sought = Query::parse(query)?.sought;
    let now = clock::now();
    let span = Span {
        from: sought.from.unwrap_or(Timestamp::from_millis(0)),
        to: sought.to.unwrap_or_else(|| now.plus_days(1)),
        after_block: number(query, "afterBlock")?,
        most_blocks: number(query, "maxBlocks")?.unwrap_or(u64::MAX),
    };
    let report = trail.verify(span, now, deadline).await;
    report.map(Json).map_err(|error| Problem::failure(&error, error.is_unavailable()))
}

/// A parameter that counts blocks, where it is given.
fn number(query: &str, name: &str) -> Result<Option<u64>, Problem> {
    let mut values =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(key, value)| key == name && !value.is_empty());
    let Some((_, value)) = values.next() else { return Ok(None) };
    // Beyond 15 digits not every client has whole numbers.
    let count = value.parse().ok().filter(|count| (1..1_000_000_000_000_000).contains(count));
    let refused = || Problem::new(Code::BadRequest).with_detail("afterBlock and maxBlocks are numbers from 1");
    count.map(Some).ok_or_else(refused)
}
