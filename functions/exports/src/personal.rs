//! `POST /privacy/export/{userId}`: all that is kept of a person, as one JSON document (requirement document 000, ticket
//! 12; GDPR, article 20). Its schema is `PersonalData` in `openapi.yaml`. The file is complete before its first byte is
//! sent, and lies nowhere: whoever wants it again asks again.

use crate::{
    attachment::{Attachment, Format, too_large},
    document::Document,
    gather,
    transcript::Transcript,
};
use axum::extract::{Path, State, rejection::PathRejection};
use domain::{
    Timestamp, UserId,
    access::Action,
    consent::{Consent, Method, Scopes},
    notice::Version,
    user::{Controls, Role, Status},
};
use edge::{
    Code, Problem,
    access::{Permit, UseAccount},
    clock,
};
use reading::{Asking, Person, PersonalData, ReadError, Reading, Trace};
use serde::Serialize;

/// The version of the document's form.
const VERSION: u32 = 1;
/// The largest document, in bytes: more than anybody can say within their limits in the days that it is kept.
const LARGEST: usize = 64_000_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    format: &'static str,
    format_version: u32,
    exported_at: Timestamp,
    profile: Profile<'a>,
    conversations: Vec<Document<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    user_id: &'a UserId,
    role: Role,
    status: Status,
    display_name: &'a str,
    sign_in_name: &'a str,
    created_at: Timestamp,
    parent_user_id: Option<&'a UserId>,
    children: &'a [UserId],
    /// What the guardian has set, and agreed to; of children only.
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Controls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Agreed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_changes: Option<Vec<Agreed>>,
    /// Whether there were changes before these.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more_consent_changes: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agreed {
    scopes: Scopes,
    method: Option<Method>,
    notice_version: Option<Version>,
    changed_at: Option<Timestamp>,
}

pub(crate) async fn export(
    permit: Permit<UseAccount>,
    State(reading): State<Reading>,
    trace: Trace,
    id: Result<Path<String>, PathRejection>,
) -> Result<Attachment, Problem> {
    let not_found = || Problem::new(Code::NotFound);
    let subject = id.ok().and_then(|Path(id)| UserId::parse(&id).ok()).ok_or_else(not_found)?;
    let account = reading.store().user(&subject).await.map_err(|error| ReadError::from(error).problem())?;
    let account = account.ok_or_else(not_found)?;
    let (person, guardian): (Person, _) = (permit.into(), account.parent_user_id.clone());
    let (person, trace, action) = (&person, &trace, Action::ExportData);
    let asking = Asking { person, trace, action, subject: &subject, guardian: guardian.as_ref() };
    let held = Box::pin(reading.personal_data(asking, account)).await.map_err(|error| error.problem())?;
    let transcripts = gather::transcripts(&reading, &held.conversations, &held.display_name, LARGEST);
    let transcripts = Box::pin(transcripts).await?;
    let messages = transcripts.iter().map(|transcript| transcript.messages.len()).sum();
    // Many conversations are some work: not on the threads that answer others.
    let made = tokio::task::spawn_blocking(move || write(&held, &transcripts)).await;
    let made = made.map_err(|error| Problem::internal(&error))??;
    let recorded = reading.record_personal_data(asking, made.described(messages)).await;
    recorded.map(|()| made).map_err(|error| error.problem())
}

fn write(held: &PersonalData, transcripts: &[Transcript]) -> Result<Attachment, Problem> {
    let exported_at = clock::now();
    let bytes = serde_json::to_vec_pretty(&Package {
        format: "menagerie-personal-data",
        format_version: VERSION,
        exported_at,
        profile: Profile::from(held),
        conversations: transcripts.iter().map(Document::from).collect(),
    });
    let bytes = bytes.map_err(|error| Problem::internal(&error))?;
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    Ok(Attachment::of(bytes, format!("menagerie-data-{}.json", exported_at.date()), Format::Json))
}

impl<'a> From<&'a PersonalData> for Profile<'a> {
    fn from(held: &'a PersonalData) -> Self {
        let PersonalData { account, display_name, sign_in_name, children, consent, .. } = held;
        Self {
            user_id: &account.user_id,
            role: account.role,
            status: account.status,
            display_name,
            sign_in_name,
            created_at: account.created_at,
            parent_user_id: account.parent_user_id.as_ref(),
            children,
            has_more_consent_changes: consent.as_ref().map(|of| of.has_more),
            controls: consent.as_ref().map(|_| account.controls),
            consent: consent.as_ref().map(|of| Agreed::from(of.consent)),
            consent_changes: consent
                .as_ref()
                .map(|of| of.changes.iter().map(|said| Agreed::from(said.consent)).collect()),
        }
    }
}

impl From<Consent> for Agreed {
    fn from(consent: Consent) -> Self {
        let Consent { method, notice_version, changed_at, .. } = consent;
        Self { scopes: consent.scopes(), method, notice_version, changed_at }
    }
}
