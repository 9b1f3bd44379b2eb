//! What a guardian agrees to for a child: who may see it, who may say it, and that each change is written
//! down together with what it changes. A refusal is written down as well.

use crate::{
    Person, ReadError, Reading,
    trail::{Access, Trace},
};
use domain::{
    LogId, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata, Outcome},
    consent::{self, Consent, Said},
    notice::Version,
    user::Status,
};
use edge::{Code, clock};
use store::{
    StoreError,
    audit::AuditRecord,
    consent::{ConsentChange, ConsentRecord},
    users::UserRecord,
};

/// Attempts at a change while others change the same.
const ATTEMPTS: usize = 8;

/// What was said for a child.
#[derive(Debug)]
pub struct ConsentOf {
    /// The child.
    pub child: UserId,
    /// What holds now.
    pub consent: Consent,
    /// The notice of now.
    pub notice: Version,
    /// What was said, the latest first.
    pub changes: Vec<ConsentRecord>,
    /// Whether more was said earlier.
    pub has_more: bool,
}

/// A child for whom somebody may see or say something.
pub struct Ward {
    person: Person,
    trace: Trace,
    child: UserRecord,
}

impl Ward {
    /// The child.
    #[must_use]
    pub fn child(&self) -> &UserId {
        &self.child.user_id
    }
}

impl Reading {
    /// A child, where somebody may do this for it. What is refused is written down.
    ///
    /// # Errors
    /// [`ReadError::NoChild`] where nobody is, or nobody's guardian agrees for them; [`ReadError::Forbidden`].
    pub async fn ward(&self, person: Person, trace: Trace, child: &UserId, action: Action) -> Result<Ward, ReadError> {
        let found = match self.store().user(child).await {
            Err(error) if error.is_malformed() => None,
            found => found?,
        };
        let found = found.filter(|child| child.status != Status::Erased).ok_or(ReadError::NoChild)?;
        let user = person.user();
        let relation = Relation::of(user, &found.user_id, found.parent_user_id.as_ref());
        if access::decide(user.who(), action, relation) != Verdict::Allowed {
            let (event, target, metadata) =
                (EventType::UnauthorizedAccessAttempt, Some(&found.user_id), Metadata::default());
            let access = Access { event, action, user, target, session: None, trace: &trace, metadata };
            self.record_refusal(access, Code::Forbidden).await;
            return Err(ReadError::Forbidden);
        }
        // A grown-up has no guardian who could have agreed to anything.
        if !found.user().is_child() {
            return Err(ReadError::NoChild);
        }
        Ok(Ward { person, trace, child: found })
    }

    /// What was said for a child.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn consent(&self, ward: &Ward) -> Result<ConsentOf, ReadError> {
        self.consent_of(ward.child(), ward.child.consent).await
    }

    pub(crate) async fn consent_of(&self, child: &UserId, consent: Consent) -> Result<ConsentOf, ReadError> {
        let (changes, has_more) = self.store().consent_changes(child).await?;
        Ok(ConsentOf { child: child.clone(), consent, notice: self.store().notice(), changes, has_more })
    }

    /// Says something for a child, by its guardian. Of two at once both are kept, and the later holds.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] where the child got another guardian meanwhile.
    pub async fn change_consent(&self, ward: Ward, said: Said) -> Result<ConsentOf, ReadError> {
        let Ward { person, trace, mut child } = ward;
        let guardian = &person.user().user_id;
        for _ in 0..ATTEMPTS {
            if child.parent_user_id.as_ref() != Some(guardian) || child.status == Status::Erased {
                return Err(ReadError::Forbidden);
            }
            let log_id = consent::id_after(child.consent_change.as_ref(), clock::new_id());
            let consent = said.at(log_id.timestamp());
            let entry = Box::pin(self.consent_entry(&person, &trace, &child.user_id, log_id, consent)).await?;
            let (after, child_id) = (child.consent_change.as_ref(), &child.user_id);
            let change = ConsentChange { child: child_id, guardian, after, consent, entry: &entry };
            match self.store().change_consent(&change).await {
                Err(error) if error.is_conflict() => {
                    child = self.store().user(&child.user_id).await?.ok_or(ReadError::NoChild)?;
                }
                Err(error) => return Err(error.into()),
                Ok(()) => return self.consent_of(&child.user_id, consent).await,
            }
        }
        Err(StoreError::contended().into())
    }

    async fn consent_entry(
        &self,
        person: &Person,
        trace: &Trace,
        child: &UserId,
        log_id: LogId,
        consent: Consent,
    ) -> Result<AuditRecord, ReadError> {
        let metadata = Metadata {
            scopes: Some(consent.scopes()),
            method: consent.method,
            notice_version: consent.notice_version,
            ..Metadata::default()
        };
        let access = Access {
            event: EventType::ConsentChanged,
            action: Action::GiveConsent,
            user: person.user(),
            target: Some(child),
            session: None,
            trace,
            metadata,
        };
        let entry = self.entry(log_id, access, Outcome::Success, None).await?;
        Ok(AuditRecord::new(entry))
    }
}
