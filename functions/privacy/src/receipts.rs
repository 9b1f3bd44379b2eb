//! `GET` and `DELETE /privacy/receipts/{receiptId}`: what became of a wish that something be erased, and taking it back.
//! `GET /privacy/erasures/{userId}`: which wishes about somebody are open.
//!
//! Whoever erased their account can sign in no more. So of an account that is gone, the receipt's id, which only they
//! were told, is enough to read it; it names nobody.

use crate::{
    Deps,
    erasing::{action, subject},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    ReceiptId, Timestamp, UserId,
    access::Action,
    erasure::{Counts, Scope, State as Stage},
};
use edge::{
    Code, Problem,
    access::{self, Permit, UseAccount},
};
use erasure::ErasureError;
use futures_util::future::try_join_all;
use reading::{Asking, Person, ReadError, Trace};
use serde::Serialize;
use store::erasures::ErasureRecord;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    receipt_id: ReceiptId,
    status: &'static str,
    what: Scope,
    requested_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    destroy_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    /// A compact JSON Web Signature, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

/// Attempts at taking back what others decide about at the same time.
const ATTEMPTS: usize = 4;

type Named = Result<Path<String>, PathRejection>;
type SignedIn = Result<Permit<UseAccount>, Problem>;

pub(crate) async fn read(
    _: access::Open,
    State(deps): State<Deps>,
    permit: SignedIn,
    trace: Trace,
    id: Named,
) -> Result<Json<Shown>, Problem> {
    let found = match parse(id) {
        Ok(id) => find(&deps, &id).await,
        Err(problem) => Err(problem),
    };
    if let Ok(erasure) = &found
        && erasure.scope == Scope::Account
        && erasure.generation.is_some()
    {
        return found.map(|erasure| Json(erasure.into()));
    }
    let person: Person = permit?.into();
    let erasure = found?;
    let guardian = guardian(&deps, &erasure).await?;
    let asking = asking(&person, &trace, (&erasure, guardian.as_ref()), Action::ReadReceipt);
    let may = deps.reading.may(asking).await.map_err(|error| error.problem())?;
    if may { Ok(Json(erasure.into())) } else { Err(Problem::new(Code::Forbidden)) }
}

#[derive(Serialize)]
pub(crate) struct Open {
    erasures: Vec<Shown>,
}

/// What is open about somebody.
pub(crate) async fn open(
    permit: Permit<UseAccount>,
    State(deps): State<Deps>,
    trace: Trace,
    id: Named,
) -> Result<Json<Open>, Problem> {
    let person: Person = permit.into();
    let subject = subject(&deps, id).await?;
    let asking = Asking {
        person: &person,
        trace: &trace,
        action: Action::ReadReceipt,
        subject: &subject.user_id,
        guardian: subject.parent_user_id.as_ref(),
    };
    if !deps.reading.may(asking).await.map_err(|error| error.problem())? {
        return Err(Problem::new(Code::Forbidden));
    }
    let ids = [Scope::Conversations, Scope::Account].into_iter().filter_map(|scope| subject.erasing(scope));
    let found = try_join_all(ids.map(|id| deps.erasure.find(id))).await.map_err(|error| error.problem())?;
    Ok(Json(Open { erasures: found.into_iter().flatten().map(Shown::from).collect() }))
}

/// Nothing was touched, and nothing will be.
pub(crate) async fn withdraw(
    permit: Permit<UseAccount>,
    State(deps): State<Deps>,
    trace: Trace,
    id: Named,
) -> Result<StatusCode, Problem> {
    let person: Person = permit.into();
    let id = parse(id)?;
    for _ in 0..ATTEMPTS {
        let erasure = find(&deps, &id).await?;
        may_withdraw(&deps, (&person, &trace), &erasure).await?;
        match deps.erasure.withdraw(&erasure).await {
            // It is decided anew about what it has become.
            Err(ErasureError::Changed) => {}
            done => return done.map(|()| StatusCode::NO_CONTENT).map_err(|error| error.problem()),
        }
    }
    Err(ErasureError::Raced.problem())
}

async fn may_withdraw(deps: &Deps, (person, trace): (&Person, &Trace), erasure: &ErasureRecord) -> Result<(), Problem> {
    let guardian = guardian(deps, erasure).await?;
    let asking = asking(person, trace, (erasure, guardian.as_ref()), action(erasure.scope));
    let is_theirs = deps.reading.may(asking).await.map_err(|error| error.problem())?;
    // A child takes back what it wished, not what its guardian decided.
    if !is_theirs && erasure.state != Stage::Asked {
        return Err(Problem::new(Code::Forbidden));
    }
    if !erasure.state.can_be_withdrawn() {
        return Err(Problem::new(Code::ErasureBegun));
    }
    deps.reading.note_withdrawal(asking, &erasure.receipt_id).await.map_err(|error| error.problem())
}

fn parse(id: Named) -> Result<ReceiptId, Problem> {
    id.ok().and_then(|Path(id)| ReceiptId::parse(&id).ok()).ok_or(Problem::new(Code::NotFound))
}

async fn find(deps: &Deps, id: &ReceiptId) -> Result<ErasureRecord, Problem> {
    let found = deps.erasure.find(id).await.map_err(|error| error.problem())?;
    found.ok_or(Problem::new(Code::NotFound))
}

/// The guardian of whom it is about, as their account says now: also a mark of one says it.
async fn guardian(deps: &Deps, erasure: &ErasureRecord) -> Result<Option<UserId>, Problem> {
    let found = deps.reading.store().user(&erasure.subject).await;
    let found = found.map_err(|error| ReadError::from(error).problem())?;
    Ok(found.and_then(|subject| subject.parent_user_id))
}

fn asking<'a>(
    person: &'a Person,
    trace: &'a Trace,
    (erasure, guardian): (&'a ErasureRecord, Option<&'a UserId>),
    action: Action,
) -> Asking<'a> {
    Asking { person, trace, action, subject: &erasure.subject, guardian }
}

impl From<ErasureRecord> for Shown {
    fn from(erasure: ErasureRecord) -> Self {
        Self {
            status: erasure.state.shown(),
            receipt_id: erasure.receipt_id,
            what: erasure.scope,
            requested_at: erasure.requested_at,
            destroy_at: erasure.destroy_at,
            completed_at: erasure.completed_at,
            counts: erasure.counts,
            receipt: erasure.receipt,
        }
    }
}
