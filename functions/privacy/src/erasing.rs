//! `DELETE /privacy/conversations/{userId}` and `DELETE /users/{userId}`: an adult's own at once, a child's after days
//! in which its guardian may think again, or at once where the guardian says so.

use crate::Deps;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    ReceiptId, Timestamp, UserId,
    access::Action,
    erasure::{Reason, Scope},
};
use edge::{
    Code, JsonBody, Problem,
    access::{Permit, UseAccount},
};
use erasure::Wish;
use reading::{Asking, Person, ReadError, Trace};
use serde::{Deserialize, Serialize};
use store::{erasures::ErasureRecord, users::UserRecord};

/// What somebody says who wants something erased.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    reason: Option<String>,
    confirm: Option<bool>,
    immediate: Option<bool>,
}

/// What is gone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Erased {
    /// How many conversations.
    deleted: u64,
    timestamp: Timestamp,
    receipt_id: ReceiptId,
    receipt: String,
}

/// What will be gone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    destroy_at: Option<Timestamp>,
    receipt_id: ReceiptId,
}

type Named = Result<Path<String>, PathRejection>;

pub(crate) async fn conversations(
    permit: Permit<UseAccount>,
    State(deps): State<Deps>,
    trace: Trace,
    id: Named,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    erase(&deps, permit.into(), &trace, id, wanted, Scope::Conversations).await
}

pub(crate) async fn account(
    permit: Permit<UseAccount>,
    State(deps): State<Deps>,
    trace: Trace,
    id: Named,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    erase(&deps, permit.into(), &trace, id, wanted, Scope::Account).await
}

async fn erase(
    deps: &Deps,
    person: Person,
    trace: &Trace,
    id: Named,
    wanted: Wanted,
    scope: Scope,
) -> Result<Response, Problem> {
    let subject = subject(deps, id).await?;
    let asking = Asking {
        person: &person,
        trace,
        action: action(scope),
        subject: &subject.user_id,
        guardian: subject.parent_user_id.as_ref(),
    };
    let is_confirmed = deps.reading.may(asking).await.map_err(|error| error.problem())?;
    let is_immediate = wanted.immediate.unwrap_or(false);
    let reason = wanted.parse()?;
    deps.reading.note_wish(asking, &reason).await.map_err(|error| error.problem())?;
    let wish = Wish { by: person.user(), subject: &subject, scope, is_confirmed, is_immediate };
    let erasure = Box::pin(deps.erasure.erase(wish)).await;
    erasure.map(shown).map_err(|error| error.problem())
}

/// The account that the path names.
pub(crate) async fn subject(deps: &Deps, id: Named) -> Result<UserRecord, Problem> {
    let not_found = || Problem::new(Code::NotFound);
    let id = id.ok().and_then(|Path(id)| UserId::parse(&id).ok()).ok_or_else(not_found)?;
    let found = deps.reading.store().user(&id).await;
    found.map_err(|error| ReadError::from(error).problem())?.ok_or_else(not_found)
}

pub(crate) fn action(scope: Scope) -> Action {
    match scope {
        Scope::Conversations => Action::EraseConversations,
        Scope::Account => Action::EraseAccount,
    }
}

fn shown(erasure: ErasureRecord) -> Response {
    let ErasureRecord { receipt_id, state, destroy_at, counts, completed_at, receipt, .. } = erasure;
    match completed_at.zip(receipt) {
        Some((timestamp, receipt)) => {
            let deleted = counts.unwrap_or_default().sessions;
            Json(Erased { deleted, timestamp, receipt_id, receipt }).into_response()
        }
        None => (StatusCode::ACCEPTED, Json(Waiting { status: state.shown(), destroy_at, receipt_id })).into_response(),
    }
}

impl Wanted {
    fn parse(self) -> Result<Reason, Problem> {
        let invalid = |detail: &'static str| Problem::new(Code::Invalid).with_detail(detail);
        if self.confirm != Some(true) {
            return Err(invalid("confirm has to be true: nothing brings back what is erased"));
        }
        let reason = self.reason.as_deref().and_then(Reason::parse);
        reason.ok_or_else(|| invalid("reason is 1 to 200 characters"))
    }
}
