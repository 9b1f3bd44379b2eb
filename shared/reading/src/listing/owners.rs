//! Whose sessions a list is of, and what the caller is to them.

use super::{Order, Wanted};
use crate::{Person, ReadError, Reading};
use domain::{
    Timestamp, UserId,
    access::{self, Action, Relation, Verdict, Who},
};
use edge::AccessReason;
use store::users::UserRecord;

/// The owners of a list's sessions.
pub(super) struct Owners {
    pub(super) accounts: Vec<UserRecord>,
    caller: UserId,
    /// Whether they are the caller and the caller's children.
    pub(super) are_close: bool,
}

impl Owners {
    /// How many sessions they have.
    pub(super) fn total(&self, now: Timestamp, ttl_days: u32) -> u64 {
        self.accounts.iter().map(|owner| owner.sessions.live(now, ttl_days)).sum()
    }

    pub(super) fn is_caller(&self, owner: &UserId) -> bool {
        *owner == self.caller
    }
}

impl Reading {
    /// The owners of the sessions that are asked for, if these are the person's to see.
    pub(super) async fn owners(
        &self,
        person: &Person,
        wanted: &Wanted,
        reason: &AccessReason,
    ) -> Result<Owners, ReadError> {
        let caller = person.user().user_id.clone();
        let Some(user) = &wanted.user else {
            let accounts = self.own_and_childrens(person).await?;
            return Ok(Owners { accounts, caller, are_close: true });
        };
        let owner = self.store().user(user).await?;
        let guardian = owner.as_ref().and_then(|owner| owner.parent_user_id.as_ref());
        let relation = Relation::of(person.user(), user, guardian);
        may_list(person.user().who(), &wanted.order, relation, reason)?;
        let are_close = matches!(relation, Relation::Oneself | Relation::OwnChild);
        Ok(Owners { accounts: vec![owner.ok_or(ReadError::NoSession)?], caller, are_close })
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

/// To look for words is to read.
fn may_list(who: Who, order: &Order, relation: Relation, reason: &AccessReason) -> Result<(), ReadError> {
    if access::decide(who, Action::ListSessions, relation) != Verdict::Allowed {
        return Err(ReadError::Forbidden);
    }
    if !matches!(order, Order::Holding(_)) {
        return Ok(());
    }
    match access::decide(who, Action::ReadHistory, relation) {
        Verdict::Allowed => Ok(()),
        Verdict::AllowedWithReason if reason.is_given() => Ok(()),
        Verdict::AllowedWithReason => Err(ReadError::ReasonRequired),
        Verdict::NeedsGuardian | Verdict::Forbidden => Err(ReadError::Forbidden),
    }
}
