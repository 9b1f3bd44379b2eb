//! Whose sessions a list is of, and what the caller is to them.

use super::{Order, Wanted};
use crate::{Person, ReadError, Reading, Trace, trail::Access};
use domain::{
    Timestamp, UserId,
    access::{self, Action, Relation, Verdict, Who},
    audit::{EventType, Metadata},
};
use edge::Code;
use store::users::UserRecord;

/// The owners of a list's sessions, and who lists them.
pub(super) struct Owners<'a> {
    pub(super) accounts: Vec<UserRecord>,
    /// Whether they are the caller and the caller's children.
    pub(super) are_close: bool,
    person: &'a Person,
    trace: &'a Trace,
}

impl Owners<'_> {
    /// How many sessions they have.
    pub(super) fn total(&self, now: Timestamp, ttl_days: u32) -> u64 {
        self.accounts.iter().map(|owner| owner.sessions.live(now, ttl_days)).sum()
    }

    pub(super) fn is_caller(&self, owner: &UserId) -> bool {
        *owner == self.person.user().user_id
    }

    /// A look at the words of so many of somebody's sessions, as it is written down.
    pub(super) fn look<'b>(&'b self, event: EventType, target: &'b UserId, sessions: u64) -> Access<'b> {
        let metadata = Metadata { looked_at: Some(sessions), ..Metadata::default() };
        let action = if event == EventType::ConversationSearched { Action::ReadHistory } else { Action::ListSessions };
        Access {
            event,
            action,
            user: self.person.user(),
            target: Some(target),
            session: None,
            trace: self.trace,
            metadata,
        }
    }
}

impl Reading {
    /// The owners of the sessions that are asked for, if these are the person's to see.
    pub(super) async fn owners<'a>(
        &self,
        person: &'a Person,
        trace: &'a Trace,
        wanted: &Wanted,
    ) -> Result<Owners<'a>, ReadError> {
        let Some(user) = &wanted.user else {
            let accounts = self.own_and_childrens(person).await?;
            return Ok(Owners { accounts, are_close: true, person, trace });
        };
        let owner = self.store().user(user).await?;
        let guardian = owner.as_ref().and_then(|owner| owner.parent_user_id.as_ref());
        let relation = Relation::of(person.user(), user, guardian);
        if let Err((action, error)) = may_list(person.user().who(), &wanted.order, relation, trace) {
            if matches!(error, ReadError::Forbidden) {
                let (event, metadata) = (EventType::UnauthorizedAccessAttempt, Metadata::default());
                // A name that nobody has is nobody to write down.
                let (user, target) = (person.user(), owner.as_ref().map(|owner| &owner.user_id));
                let refused = Access { event, action, user, target, session: None, trace, metadata };
                self.record_refusal(refused, Code::Forbidden).await;
            }
            return Err(error);
        }
        let are_close = matches!(relation, Relation::Oneself | Relation::OwnChild);
        Ok(Owners { accounts: vec![owner.ok_or(ReadError::NoSession)?], are_close, person, trace })
    }

    async fn own_and_childrens(&self, person: &Person) -> Result<Vec<UserRecord>, ReadError> {
        let who = person.user().who();
        if access::decide(who, Action::ListSessions, Relation::Oneself) != Verdict::Allowed {
            return Err(ReadError::Forbidden);
        }
        let own = self.store().user(&person.user().user_id).await?.ok_or(ReadError::NoAccount)?;
        let mut owners = vec![own];
        if access::decide(who, Action::ListSessions, Relation::OwnChild) == Verdict::Allowed {
            owners.extend(self.store().children(&person.user().user_id).await?);
        }
        Ok(owners)
    }
}

/// To look for words is to read. What is refused is said with why.
fn may_list(who: Who, order: &Order, relation: Relation, trace: &Trace) -> Result<(), (Action, ReadError)> {
    if access::decide(who, Action::ListSessions, relation) != Verdict::Allowed {
        return Err((Action::ListSessions, ReadError::Forbidden));
    }
    if !matches!(order, Order::Holding(_)) {
        return Ok(());
    }
    let error = match access::decide(who, Action::ReadHistory, relation) {
        Verdict::Allowed => return Ok(()),
        Verdict::AllowedWithReason if trace.reason.is_given() => return Ok(()),
        Verdict::AllowedWithReason => ReadError::ReasonRequired,
        Verdict::NeedsGuardian | Verdict::Forbidden => ReadError::Forbidden,
    };
    Err((Action::ReadHistory, error))
}
