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
    SessionId, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata},
    user::{Status, User},
};
use edge::{Authenticator, Caller, Code, Problem, ShareSecret, access::Proof, clock, query::Parameters};
use serde::Deserialize;
use std::marker::PhantomData;
use store::sessions::{Kept, SessionRecord};

/// Something that is done with a conversation, as a type.
pub trait Deed: Send + Sync {
    /// What.
    const ACTION: Action;
    /// Whether a link to the conversation, in `X-Share`, may let somebody do it.
    const BY_LINK: bool = false;
    /// Whether it can be done with a session whose deletion has begun.
    const FINISHES: bool = false;
}

/// To read it.
#[derive(Debug, Clone, Copy)]
pub enum Read {}

impl Deed for Read {
    const ACTION: Action = Action::ReadHistory;
}

/// To read it, also because of a link.
#[derive(Debug, Clone, Copy)]
pub enum ReadByLink {}

impl Deed for ReadByLink {
    const ACTION: Action = Action::ReadHistory;
    const BY_LINK: bool = true;
}

/// To make links to it, and to revoke them.
#[derive(Debug, Clone, Copy)]
pub enum Share {}

impl Deed for Share {
    const ACTION: Action = Action::ShareHistory;
}

/// To take it away as a file.
#[derive(Debug, Clone, Copy)]
pub enum Export {}

impl Deed for Export {
    const ACTION: Action = Action::ExportHistory;
}

/// A deed for which the text is opened.
pub trait Opens: Deed {}

impl Opens for Read {}

impl Opens for ReadByLink {}

impl Opens for Export {}

/// To make it disappear.
#[derive(Debug, Clone, Copy)]
pub enum Delete {}

impl Deed for Delete {
    const ACTION: Action = Action::DeleteSession;
    /// A deletion that broke off can be asked for again.
    const FINISHES: bool = true;
}

/// Somebody may do a deed with a conversation. The session is the one that the path names
/// (`{sessionId}`), or the query (`sessionId`).
pub struct Grant<D> {
    pub(crate) person: Person,
    pub(crate) trace: Trace,
    /// Whose session it is, as their account is now.
    pub(crate) owner: User,
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

    /// Who.
    #[must_use]
    pub fn person(&self) -> &UserId {
        &self.person.user().user_id
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
        let Ok(share) = ShareSecret::from_request_parts(parts, state).await;
        let named = session_id(parts, state).await?;
        let (authenticator, reading) = (Authenticator::from_ref(state), Reading::from_ref(state));
        let (user, session) = tokio::join!(authenticator.account(&caller), reading.store().kept_session(&named));
        let (person, session) = (Person(user?), session.map_err(|error| ReadError::from(error).problem())?);
        let request = Request { person, named, share, trace };
        Box::pin(reading.grant(request, session)).await.map_err(|error| error.problem())
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

/// What somebody asks for.
struct Request {
    person: Person,
    named: SessionId,
    share: ShareSecret,
    trace: Trace,
}

impl Reading {
    /// Decides whether a person may do a deed with a session now. What is refused is written down.
    async fn grant<D: Deed>(&self, request: Request, session: Option<Kept>) -> Result<Grant<D>, ReadError> {
        let session = session.filter(|session| !session.is_over(clock::now()));
        let found = session.as_ref().map(|session| session.owner().clone());
        match self.decide::<D>(&request, session).await {
            Ok((owner, session, needs_guardian)) => {
                let Request { person, trace, .. } = request;
                Ok(Grant { person, trace, owner, session, needs_guardian, deed: PhantomData })
            }
            Err(ReadError::Forbidden) => {
                let Request { person, named, trace, .. } = &request;
                let (event, action) = (EventType::UnauthorizedAccessAttempt, D::ACTION);
                let (user, target, session) = (person.user(), found.as_ref(), Some(named));
                let access = Access { event, action, user, target, session, trace, metadata: Metadata::default() };
                self.record_refusal(access, Code::Forbidden).await;
                Err(ReadError::Forbidden)
            }
            Err(error) => Err(error),
        }
    }

    /// The owner, the session, and whether a guardian still has to confirm it. That it was erased is told to those
    /// only who might do it otherwise.
    async fn decide<D: Deed>(
        &self,
        request: &Request,
        session: Option<Kept>,
    ) -> Result<(User, SessionRecord, bool), ReadError> {
        let person = &request.person;
        // Who has no history of any kind is told so before being told what there is.
        if !person.user().role.has_history() {
            return Err(ReadError::Forbidden);
        }
        let session = session.ok_or(ReadError::NoSession)?;
        let owner = self.owner_of(person, session.owner()).await?;
        let who = person.user().who();
        let relation = Relation::of(person.user(), &owner.user_id, owner.parent_user_id.as_ref());
        let session = left::<D>(session, &owner);
        let mut verdict = access::decide(who, D::ACTION, relation);
        // A link only ever adds: one that is not good now is as none.
        if let Some(session) = session.as_ref().filter(|_| D::BY_LINK && verdict == Verdict::Forbidden)
            && self.is_opened_by(&request.share, session, &owner).await?
        {
            verdict = access::decide(who, D::ACTION, Relation::SharedWith);
        }
        let needs_guardian = match verdict {
            Verdict::Allowed => false,
            Verdict::AllowedWithReason if request.trace.reason.is_given() => false,
            Verdict::AllowedWithReason => return Err(ReadError::ReasonRequired),
            Verdict::NeedsGuardian => true,
            Verdict::Forbidden => return Err(ReadError::Forbidden),
        };
        Ok((owner, session.ok_or(ReadError::Erased)?, needs_guardian))
    }

    /// The owner of a session that a person asks for, as their account is now.
    async fn owner_of(&self, person: &Person, owner: &UserId) -> Result<User, ReadError> {
        if person.user().user_id == *owner {
            return Ok(person.user().clone());
        }
        // A session whose owner is gone is about to be.
        Ok(self.store().user(owner).await?.ok_or(ReadError::NoSession)?.user())
    }
}

/// What is left of a session for a deed: all of it, or nothing. What the owner's account says counts before what lies
/// in the tables still.
fn left<D: Deed>(session: Kept, owner: &User) -> Option<SessionRecord> {
    match session {
        Kept::Session(session) if D::FINISHES && session.deletion_begun_at.is_some() => Some(*session),
        session => session.untouched(owner.generation).filter(|_| owner.status != Status::Erased),
    }
}
