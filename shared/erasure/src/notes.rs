//! What the audit trail says of erasures: before anything is deleted, who wanted it, and in the end that it is done.
//! No word of why, of what, or from where.

use crate::{Erasure, ErasureError};
use domain::{
    LogId, Timestamp,
    access::Action,
    audit::{Entry, EventType, Metadata, Outcome, action_name},
    erasure::Scope,
};
use edge::clock;
use store::{audit::AuditRecord, erasures::ErasureRecord};
use uuid::Uuid;

impl Erasure {
    /// Who deletes, of whom, and all: what each deletion of a message is put down to.
    pub(crate) async fn note_intent(&self, erasure: &ErasureRecord) -> Result<(), ErasureError> {
        let log_id = LogId::from(clock::new_id());
        let mut entry = entry(erasure, log_id, EventType::ConversationDeleted);
        (entry.user_id, entry.role) = (Some(erasure.requested_by.clone()), Some(erasure.requested_role));
        self.store().put_audit_entry(&AuditRecord::new(entry)).await?;
        Ok(())
    }

    /// That it is done; told twice it is there once.
    pub(crate) async fn note_completion(&self, erasure: &ErasureRecord) -> Result<(), ErasureError> {
        let at = erasure.completed_at.unwrap_or(erasure.requested_at);
        self.keep(erasure, at, EventType::ErasureCompleted).await
    }

    /// That a wish came to nothing.
    pub(crate) async fn note_end(&self, erasure: &ErasureRecord, now: Timestamp) -> Result<(), ErasureError> {
        self.keep(erasure, now, EventType::DeletionWithdrawn).await
    }

    async fn keep(&self, erasure: &ErasureRecord, at: Timestamp, event: EventType) -> Result<(), ErasureError> {
        let which = Uuid::try_parse(erasure.receipt_id.as_str()).unwrap_or_default();
        let entry = entry(erasure, LogId::of_event(at, *which.as_bytes()), event);
        self.store().keep_audit_entry(&AuditRecord::new(entry)).await?;
        Ok(())
    }
}

fn entry(erasure: &ErasureRecord, log_id: LogId, event_type: EventType) -> Entry {
    let action = match erasure.scope {
        Scope::Conversations => Action::EraseConversations,
        Scope::Account => Action::EraseAccount,
    };
    Entry {
        timestamp: log_id.timestamp(),
        log_id,
        event_type,
        action: action_name(action),
        user_id: None,
        role: None,
        target_user_id: Some(erasure.subject.clone()),
        session_id: None,
        result: Outcome::Success,
        reason: None,
        access_reason: None,
        ip_address: None,
        user_agent: None,
        metadata: Metadata { receipt_id: Some(erasure.receipt_id.to_string()), ..Metadata::default() },
    }
}
