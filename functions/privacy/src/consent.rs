//! `GET` and `PUT /privacy/consent/{childId}`: what a child's guardian agrees to. It holds from the next request
//! on, and ends an answer under way.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    LogId, Timestamp, UserId,
    access::Action,
    consent::{Consent, Method, Scopes, Wish},
    notice::Version,
};
use edge::{
    Code, JsonBody, Problem,
    access::{GiveConsent, Permit, ReadConsent},
};
use reading::{ConsentOf, Person, Reading, Trace, Ward};
use serde::{Deserialize, Serialize};
use store::consent::ConsentRecord;

/// What a guardian says; all scopes are named, so that nothing is withdrawn by leaving it out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    scopes: Scopes,
    method: Option<String>,
    notice_version: Option<String>,
}

/// What holds; what was never said is `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    child_id: UserId,
    #[serde(flatten)]
    consent: Said,
    current_notice_version: Version,
    /// Whether the child may not talk only because the notice has changed.
    ask_again: bool,
    history: Vec<Change>,
    /// Whether there were changes before these.
    has_more: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    scopes: Scopes,
    method: Option<Method>,
    notice_version: Option<Version>,
    changed_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    change_id: LogId,
    guardian_id: UserId,
    #[serde(flatten)]
    consent: Said,
}

type ChildId = Result<Path<String>, PathRejection>;

pub(crate) async fn read(
    permit: Permit<ReadConsent>,
    State(reading): State<Reading>,
    trace: Trace,
    id: ChildId,
) -> Result<Json<Shown>, Problem> {
    let ward = ward(&reading, permit.into(), trace, id, Action::ReadConsent).await?;
    let shown = reading.consent(&ward).await;
    shown.map(|consent| Json(consent.into())).map_err(|error| error.problem())
}

pub(crate) async fn change(
    permit: Permit<GiveConsent>,
    State(reading): State<Reading>,
    trace: Trace,
    id: ChildId,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Json<Shown>, Problem> {
    let ward = ward(&reading, permit.into(), trace, id, Action::GiveConsent).await?;
    let Wanted { scopes, method, notice_version } = wanted;
    let wish = Wish { scopes, method: method.as_deref(), notice_version: notice_version.as_deref() };
    let said = wish.parse(reading.store().notice());
    let said = said.map_err(|why| Problem::new(Code::Invalid).with_detail(why.to_string()))?;
    let shown = reading.change_consent(ward, said).await;
    shown.map(|consent| Json(consent.into())).map_err(|error| error.problem())
}

async fn ward(reading: &Reading, person: Person, trace: Trace, id: ChildId, action: Action) -> Result<Ward, Problem> {
    let child = id.ok().and_then(|Path(id)| UserId::parse(&id).ok()).ok_or(Problem::new(Code::NotFound))?;
    reading.ward(person, trace, &child, action).await.map_err(|error| error.problem())
}

impl From<ConsentOf> for Shown {
    fn from(of: ConsentOf) -> Self {
        let ConsentOf { child, consent, notice, changes, has_more } = of;
        Self {
            child_id: child,
            ask_again: consent.is_outdated(notice),
            consent: consent.into(),
            current_notice_version: notice,
            history: changes.into_iter().map(Change::from).collect(),
            has_more,
        }
    }
}

impl From<Consent> for Said {
    fn from(consent: Consent) -> Self {
        let Consent { method, notice_version, changed_at, .. } = consent;
        Self { scopes: consent.scopes(), method, notice_version, changed_at }
    }
}

impl From<ConsentRecord> for Change {
    fn from(record: ConsentRecord) -> Self {
        let ConsentRecord { log_id, guardian, consent, .. } = record;
        Self { change_id: log_id, guardian_id: guardian, consent: consent.into() }
    }
}
