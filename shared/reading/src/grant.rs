//! The decision whether somebody may do something with a conversation, as a proof that a handler takes:
//! who asks is read from their account as it is now, what they are to the owner from the owner's.

use crate::{
    Person, ReadError, Reading,
    trail::{Access, Trace},
};
use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use domain::{
    SessionId, Timestamp, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata},
};
use edge::{Authenticator, Caller, Code, Problem, access::Proof, clock, query::Parameters};
use serde::Deserialize;
use std::marker::PhantomData;
use store::sessions::SessionRecord;

/// Something that is done with a conversation, as a type.
pub trait Deed: Send + Sync {
    /// What.
    const ACTION: Action;

    /// Whether it can be done with a session at all.
    #[must_use]
    fn finds(session: &SessionRecord, now: Timestamp) -> bool {
        !session.session().is_expired(now)
    }
}

/// To read it.
#[derive(Debug, Clone, Copy)]
pub enum Read {}

impl Deed for Read {
    const ACTION: Action = Action::ReadHistory;
}

/// To make it disappear.
#[derive(Debug, Clone, Copy)]
pub enum Delete {}

impl Deed for Delete {
    const ACTION: Action = Action::DeleteSession;

    /// A deletion that broke off can be asked for again.
    fn finds(session: &SessionRecord, now: Timestamp) -> bool {
        session.deletion_begun_at.is_some() || !session.session().is_expired(now)
    }
}

/// Somebody may do a deed with a conversation. The session is the one that the path names
/// (`{sessionId}`), or the query (`sessionId`).
pub struct Grant<D> {
    pub(crate) person: Person,
    pub(crate) trace: Trace,
    pub(crate) session: SessionRecord,
    /// Whether their guardian still has to confirm it.
    pub(crate) needs_guardian: bool,
    deed: PhantomData<D>,
}

impl<D: Deed> Grant<D> {
    /// The deed, as it is written down.
    pub(crate) fn access(&self, event: EventType) -> Access<'_> {
        Access {
            event,
            action: D::ACTION,
            user: self.person.user(),
            target: Some(&self.session.user_id),
            session: Some(&self.session.session_id),
            trace: &self.trace,
            metadata: Metadata::default(),
        }
    }
}

impl<D> Grant<D> {
    /// What is known of the conversation without opening any of its text.
    #[must_use]
    pub fn session(&self) -> &SessionRecord {
        &self.session
    }
}

impl<D> Proof for Grant<D> {}

impl<D: Deed, S> FromRequestParts<S> for Grant<D>
where
    Authenticator: FromRef<S>,
    Reading: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let trace = Trace::from_request_parts(parts, state).await?;
        let named = session_id(parts, state).await?;
        let (authenticator, reading) = (Authenticator::from_ref(state), Reading::from_ref(state));
        let (user, session) = tokio::join!(authenticator.account(&caller), reading.store().session(&named));
        let (person, session) = (Person(user?), session.map_err(|error| ReadError::from(error).problem())?);
        reading.grant(person, &named, session, trace).await.map_err(|error| error.problem())
    }
}

/// Something that is no session's id is the id of no session.
async fn session_id<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<SessionId, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Query {
        session_id: Option<String>,
    }

    let not_found = || Problem::new(Code::NotFound);
    let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| not_found())?;
    let named = path.iter().find(|(name, _)| *name == "sessionId").map(|(_, id)| id.to_owned());
    let named = match named {
        Some(id) => Some(id),
        None => Parameters::<Query>::from_request_parts(parts, state).await?.0.session_id,
    };
    let named = named.ok_or_else(|| Problem::new(Code::BadRequest).with_detail("sessionId is needed"))?;
    SessionId::parse(&named).map_err(|_| not_found())
}

impl Reading {
    /// Decides whether a person may do a deed with a session now.
    async fn grant<D: Deed>(
        &self,
        person: Person,
        named: &SessionId,
        session: Option<SessionRecord>,
        trace: Trace,
    ) -> Result<Grant<D>, ReadError> {
        let session = session.filter(|session| D::finds(session, clock::now()));
        let refused = async |target: Option<&UserId>| {
            let event = EventType::UnauthorizedAccessAttempt;
            let (user, trace, metadata) = (person.user(), &trace, Metadata::default());
            let access = Access { event, action: D::ACTION, user, target, session: Some(named), trace, metadata };
            self.record_refusal(access, Code::Forbidden).await;
            ReadError::Forbidden
        };
        // Who has no history of any kind is told so before being told what there is.
        if !person.user().role.has_history() {
            return Err(refused(session.as_ref().map(|session| &session.user_id)).await);
        }
        let session = session.ok_or(ReadError::NoSession)?;
        let relation = self.relation(&person, &session).await?;
        let needs_guardian = match access::decide(person.user().who(), D::ACTION, relation) {
            Verdict::Allowed => false,
            Verdict::AllowedWithReason if trace.reason.is_given() => false,
            Verdict::AllowedWithReason => return Err(ReadError::ReasonRequired),
            Verdict::NeedsGuardian => true,
            Verdict::Forbidden => return Err(refused(Some(&session.user_id)).await),
        };
        Ok(Grant { person, trace, session, needs_guardian, deed: PhantomData })
    }

    /// What a person is to the owner of a session, from the owner's account.
    async fn relation(&self, person: &Person, session: &SessionRecord) -> Result<Relation, ReadError> {
        if person.user().user_id == session.user_id {
            return Ok(Relation::Oneself);
        }
        // A session whose owner is gone is about to be.
        let owner = self.store().user(&session.user_id).await?.ok_or(ReadError::NoSession)?;
        Ok(Relation::of(person.user(), &session.user_id, owner.parent_user_id.as_ref()))
    }
}
