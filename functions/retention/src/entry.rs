//! What retention says of itself in the audit trail, before it deletes: whose session, which, and why. The
//! same time gives the same entry, whoever puts it.

use crate::Deps;
use domain::{
    LogId, SessionId, Timestamp, UserId,
    audit::{DELETION_FINISHED, Entry, EventType, Metadata, Outcome, SESSION_EXPIRED, chain::Digest},
};
use store::{StoreError, audit::AuditRecord};

/// Why retention deletes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    /// Its time is over.
    Over,
    /// Somebody's deletion broke off.
    BrokenOff,
}

/// Writes down that a session goes.
pub(crate) async fn keep(
    deps: &Deps,
    why: Why,
    owner: &UserId,
    session: &SessionId,
    at: Timestamp,
) -> Result<(), StoreError> {
    deps.store.keep_audit_entry(&AuditRecord::new(entry(why, owner, session, at))).await.map(drop)
}

fn entry(why: Why, owner: &UserId, session: &SessionId, at: Timestamp) -> Entry {
    let (event_type, action) = match why {
        Why::Over => (EventType::ConversationExpired, SESSION_EXPIRED),
        Why::BrokenOff => (EventType::ConversationChanged, DELETION_FINISHED),
    };
    Entry {
        log_id: LogId::of_event(at, Digest::of_text(&format!("{action}/{owner}/{session}")).half()),
        timestamp: at,
        event_type,
        action: action.to_owned(),
        user_id: None,
        role: None,
        target_user_id: Some(owner.clone()),
        session_id: Some(session.clone()),
        result: Outcome::Success,
        reason: None,
        access_reason: None,
        ip_address: None,
        user_agent: None,
        metadata: Metadata::default(),
    }
}
