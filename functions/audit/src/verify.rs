//! `GET /audit/verify`.

use crate::query::Query;
use axum::{
    Json,
    extract::{RawQuery, State},
};
use domain::{Timestamp, audit::walk::Report};
use edge::{
    Problem,
    access::{Permit, VerifyAudit},
    clock,
};
use trail::Trail;

pub(crate) async fn verify(
    _permit: Permit<VerifyAudit>,
    State(trail): State<Trail>,
    RawQuery(query): RawQuery,
) -> Result<Json<Report>, Problem> {
    let sought = Query::parse(query.as_deref().unwrap_or_default())?.sought;
    let now = clock::now();
    let from = sought.from.unwrap_or(Timestamp::from_millis(0));
    let to = sought.to.unwrap_or_else(|| now.plus_days(1));
    let report = trail.verify(from, to, now).await;
    report.map(Json).map_err(|error| Problem::failure(&error, error.is_unavailable()))
}
