//! How accesses are written down: before anything is opened, and also where it was refused. Without the
//! trail nothing is opened at all.

use crate::{ReadError, Reading};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use domain::{
    LogId, Sealed, SessionId, UserId,
    access::Action,
    audit::{Entry, EventType, Metadata, Outcome, Receipt, action_name},
    user::User,
};
use edge::{AccessReason, Code, Peer, Problem, clock};
use store::{audit::AuditRecord, keys};
use vault::{DataKey, Label};

/// How much of a program's name is kept, in characters.
const LONGEST_USER_AGENT: usize = 256;

/// From where and why somebody asks. It does not print itself.
#[derive(Clone)]
pub struct Trace {
    address: Option<String>,
    user_agent: Option<String>,
    pub(crate) reason: AccessReason,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trace(…)")
    }
}

impl Trace {
    /// With another reason.
    pub(crate) fn because(mut self, reason: AccessReason) -> Self {
        self.reason = reason;
        self
    }
}

impl<S: Sync> FromRequestParts<S> for Trace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(peer) = Peer::from_request_parts(parts, state).await;
        let reason = AccessReason::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.chars().take(LONGEST_USER_AGENT).collect()
        });
        Ok(Self { address: peer.address.map(|address| address.to_string()), user_agent, reason })
    }
}

/// Something that somebody does, or wants to do, with somebody's conversations.
#[derive(Clone)]
pub(crate) struct Access<'a> {
    pub(crate) event: EventType,
    pub(crate) action: Action,
    pub(crate) user: &'a User,
    pub(crate) target: Option<&'a UserId>,
    pub(crate) session: Option<&'a SessionId>,
    pub(crate) trace: &'a Trace,
    pub(crate) metadata: Metadata,
}

impl Reading {
    /// Writes down what is about to be done.
    ///
    /// # Errors
    /// [`ReadError::Untraced`]: then it is not to be done.
    pub(crate) async fn record(&self, access: Access<'_>) -> Result<Receipt, ReadError> {
        Box::pin(self.put(access, Outcome::Success, None)).await
    }

    /// Writes down what was refused. That it is refused does not depend on it.
    pub(crate) async fn record_refusal(&self, access: Access<'_>, code: Code) {
        let access = Access { event: EventType::UnauthorizedAccessAttempt, ..access };
        if let Err(cause) = Box::pin(self.put(access, Outcome::Failure, Some(code.name()))).await {
            tracing::error!(%cause, "a refusal was not written down");
        }
    }

    async fn put(&self, access: Access<'_>, result: Outcome, reason: Option<&str>) -> Result<Receipt, ReadError> {
        let entry = self.entry(LogId::from(clock::new_id()), access, result, reason).await?;
        self.store().put_audit_entry(&AuditRecord::new(entry)).await.map_err(ReadError::Untraced)
    }

    /// An entry, not committed yet.
    pub(crate) async fn entry(
        &self,
        log_id: LogId,
        access: Access<'_>,
        result: Outcome,
        reason: Option<&str>,
    ) -> Result<Entry, ReadError> {
        let Access { event, action, user, target, session, trace, metadata } = access;
        let key = self.audit_key(&user.user_id).await?;
        let reason_given = trace.reason.text();
        let is_kept = result == Outcome::Success || user.role.is_staff();
        let seal = |attribute, text: Option<&str>| -> Result<Option<Sealed>, ReadError> {
            Ok(text.map(|text| key.seal(&keys::audit_slot(&user.user_id, &log_id, attribute), text)).transpose()?)
        };
        Ok(Entry {
            timestamp: log_id.timestamp(),
            event_type: event,
            action: action_name(action),
            user_id: Some(user.user_id.clone()),
            role: Some(user.role),
            target_user_id: target.cloned(),
            session_id: session.cloned(),
            result,
            reason: reason.map(str::to_owned),
            // What somebody says who is refused is nothing to keep, unless it is staff.
            access_reason: seal("accessReason", reason_given.filter(|_| is_kept))?,
            ip_address: seal("ipAddress", trace.address.as_deref())?,
            user_agent: seal("userAgent", trace.user_agent.as_deref())?,
            metadata,
            log_id,
        })
    }

    /// The key of what the trail says of a person's devices and reasons, made by whoever needs it first.
    async fn audit_key(&self, user: &UserId) -> Result<DataKey, ReadError> {
        let label = Label::audit(user);
        let kept = if let Some(kept) = self.store().audit_key(user).await? {
            kept
        } else {
            let (_, new) = self.vault().create(&label).await?;
            self.store().keep_audit_key(user, &new).await?
        };
        Ok(self.vault().unwrap_key(&label, &kept.wrapped).await?)
    }
}
