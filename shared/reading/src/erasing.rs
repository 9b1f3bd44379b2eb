//! Who may have somebody's conversations or account erased, and read what became of it; and that they asked is
//! written down, with why, before anything is done. The reason is sealed with the asker's own key.

use crate::{
    Person, ReadError, Reading,
    trail::{Access, Trace},
};
use domain::{
    ReceiptId, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata},
    erasure::Reason,
};
use edge::{AccessReason, Code};

/// Somebody who asks for something of somebody's.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Who.
    pub person: &'a Person,
    /// From where.
    pub trace: &'a Trace,
    /// For what.
    pub action: Action,
    /// Whose.
    pub subject: &'a UserId,
    /// That person's guardian.
    pub guardian: Option<&'a UserId>,
}

impl Reading {
    /// Whether somebody may do it by themselves; `false` where their guardian has to confirm it. What is refused is
    /// written down.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`], [`ReadError::ReasonRequired`].
    pub async fn may(&self, asking: Asking<'_>) -> Result<bool, ReadError> {
        let Asking { person, trace, action, subject, guardian } = asking;
        let relation = Relation::of(person.user(), subject, guardian);
        match access::decide(person.user().who(), action, relation) {
            Verdict::Allowed => Ok(true),
            Verdict::AllowedWithReason if trace.reason.is_given() => Ok(true),
            Verdict::AllowedWithReason => Err(ReadError::ReasonRequired),
            Verdict::NeedsGuardian => Ok(false),
            Verdict::Forbidden => {
                self.record_refusal(asking.access(EventType::UnauthorizedAccessAttempt, None), Code::Forbidden).await;
                Err(ReadError::Forbidden)
            }
        }
    }

    /// Writes down that somebody asks for something to be erased, and why.
    ///
    /// # Errors
    /// [`ReadError::Untraced`]: then it is not to be done.
    pub async fn note_wish(&self, asking: Asking<'_>, reason: &Reason) -> Result<(), ReadError> {
        let trace = asking.trace.clone().because(AccessReason::said(reason.text()));
        let asking = Asking { trace: &trace, ..asking };
        self.record(asking.access(EventType::DeletionRequested, None)).await.map(drop)
    }

    /// Writes down that somebody takes such a wish back.
    ///
    /// # Errors
    /// [`ReadError::Untraced`]: then it is not to be done.
    pub async fn note_withdrawal(&self, asking: Asking<'_>, receipt: &ReceiptId) -> Result<(), ReadError> {
        self.record(asking.access(EventType::DeletionWithdrawn, Some(receipt))).await.map(drop)
    }
}

impl<'a> Asking<'a> {
    pub(crate) fn access(self, event: EventType, receipt: Option<&ReceiptId>) -> Access<'a> {
        let metadata = Metadata { receipt_id: receipt.map(ToString::to_string), ..Metadata::default() };
        let Self { person, trace, action, subject, .. } = self;
        Access { event, action, user: person.user(), target: Some(subject), session: None, trace, metadata }
    }
}
