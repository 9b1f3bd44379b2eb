//! `cmz-audit`: the audit trail. Key `(subject, logId)`, subject being the person whose conversations an
//! entry is about. An entry is put once and never touched again, and no two entries share an item: who
//! reads one conversation waits for nobody else who does.

use crate::{Item, Store, StoreError, from_item, keys, strings, text, to_item};
use domain::{
    LogId, SessionId, Timestamp, UserId,
    audit::{DELETION_FINISHED, Entry, EventType, RETENTION_DAYS, Receipt, SESSION_EXPIRED},
};
use serde::{Deserialize, Serialize};

/// The one partition of `TrailIndex`.
pub(crate) const TRAIL: &str = "people";

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// Partition key, see [`keys::audit_subject`].
    subject: String,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// Who did it, unless it is routine: the partition of `ActorIndex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<UserId>,
    /// Whom it is about, unless it is routine: the partition of `TargetIndex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<UserId>,
    /// The partition of `TrailIndex`, unless it is routine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trail: Option<String>,
    /// When DynamoDB may delete it, in seconds.
    ttl: i64,
}

impl AuditRecord {
    /// An entry in its place.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        let about = entry.target_user_id.as_ref().or(entry.user_id.as_ref());
        let is_routine = entry.event_type.is_routine();
        Self {
            subject: about.map_or_else(|| keys::AUDIT_OF_NOBODY.to_owned(), keys::audit_subject),
            actor: entry.user_id.clone().filter(|_| !is_routine),
            about: entry.target_user_id.clone().filter(|_| !is_routine),
            trail: (!is_routine).then(|| TRAIL.to_owned()),
            ttl: entry.timestamp.plus_days(RETENTION_DAYS).as_seconds(),
            entry,
        }
    }

    fn key(&self) -> Item {
        strings([("subject", &self.subject), ("logId", self.entry.log_id.as_str())])
    }
}

impl Store {
    /// Puts an entry: one write, and it is committed when this returns. The same entry once more, as
    /// after an acknowledgement that was lost, changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; a conflict where another entry has its id.
    #[expect(clippy::disallowed_methods, reason = "here the entry is committed")]
    pub async fn put_audit_entry(&self, record: &AuditRecord) -> Result<Receipt, StoreError> {
        let receipt = || Receipt::of_committed(&record.entry);
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(to_item(record)?));
        let done = put.condition_expression("attribute_not_exists(logId)").send().await;
        let Err(error) = done.map_err(|error| StoreError::from_sdk(&error)) else { return Ok(receipt()) };
        if !error.is_conflict() {
            return Err(error);
        }
        let kept: Option<AuditRecord> = self.get(&self.config.audit, record.key()).await?;
        if kept.as_ref() == Some(record) { Ok(receipt()) } else { Err(error) }
    }

    /// Puts an entry that something which happened stands behind, and that may be told of again; `false`
    /// where it is there already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_audit_entry(&self, record: &AuditRecord) -> Result<bool, StoreError> {
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(to_item(record)?));
        let done = put.condition_expression("attribute_not_exists(logId)").send().await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if error.is_conflict() => Ok(false),
            done => done.map(|_| true),
        }
    }

    /// The latest entry of a span that says that somebody deletes a person's session, or all of the
    /// person's, or that the product does because its time is over or a deletion broke off. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deletion_intent(
        &self,
        owner: &UserId,
        session: &SessionId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Option<Entry>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject AND logId BETWEEN :from AND :to")
            .filter_expression(
                "(eventType = :deleted OR #action IN (:expired, :finished)) \
                 AND (sessionId = :session OR attribute_not_exists(sessionId))",
            )
            .expression_attribute_values(":subject", text(keys::audit_subject(owner)))
            .expression_attribute_values(":from", text(LogId::first_at(from).as_str()))
            .expression_attribute_values(":to", text(LogId::last_at(to).as_str()))
            .expression_attribute_values(":deleted", text(EventType::ConversationDeleted.name()))
            .expression_attribute_names("#action", "action")
            .expression_attribute_values(":expired", text(SESSION_EXPIRED))
            .expression_attribute_values(":finished", text(DELETION_FINISHED))
            .expression_attribute_values(":session", text(session.as_str()));
        let mut after = None;
        loop {
            let answer = query.clone().set_exclusive_start_key(after).send().await;
            let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
            if let Some(item) = answer.items.unwrap_or_default().into_iter().next() {
                return Ok(Some(from_item::<AuditRecord>(item)?.entry));
            }
            match answer.last_evaluated_key {
                Some(key) => after = Some(key),
                None => return Ok(None),
            }
        }
    }

    /// What somebody did in a span, the latest first, at most a thousand entries. The index follows the
    /// table with a short delay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries_by(
        &self,
        actor: &UserId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<Entry>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .index_name("ActorIndex")
            .scan_index_forward(false)
            .key_condition_expression("actor = :actor AND logId BETWEEN :from AND :to")
            .expression_attribute_values(":actor", text(actor.as_str()))
            .expression_attribute_values(":from", text(LogId::first_at(from).as_str()))
            .expression_attribute_values(":to", text(LogId::last_at(to).as_str()))
            .limit(1_000);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let records = answer.items.unwrap_or_default().into_iter().map(from_item::<AuditRecord>);
        records.map(|record| record.map(|record| record.entry)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        Sealed,
        audit::{Metadata, Outcome},
        user::Role,
    };

    fn entry(event_type: EventType) -> Entry {
        let at = Timestamp::from_millis(1_800_000_000_123);
        Entry {
            log_id: LogId::of_event(at, [7; 16]),
            timestamp: at,
            event_type,
            action: "read_history".to_owned(),
            user_id: UserId::parse("kim").ok(),
            role: Some(Role::Zookeeper),
            target_user_id: UserId::parse("sam").ok(),
            session_id: SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcdef").ok(),
            result: Outcome::Failure,
            reason: Some("reason_required".to_owned()),
            access_reason: None,
            ip_address: Some(Sealed::from_bytes(vec![1, 2, 3])),
            user_agent: Some(Sealed::from_bytes(vec![0; 300])),
            metadata: Metadata { looked_at: Some(3), ..Metadata::default() },
        }
    }

    #[test]
    fn an_entry_comes_back_as_it_was_put() {
        for event_type in [EventType::ConversationViewed, EventType::ConversationChanged] {
            let record = AuditRecord::new(entry(event_type));
            assert_eq!(crate::from_item::<AuditRecord>(to_item(&record).unwrap()).unwrap(), record);
        }
    }

    #[test]
    fn routine_entries_are_in_no_list_of_what_people_did() {
        let item = to_item(&AuditRecord::new(entry(EventType::ConversationChanged))).unwrap();
        assert!(!item.contains_key("actor") && !item.contains_key("trail"));
        let item = to_item(&AuditRecord::new(entry(EventType::ConversationViewed))).unwrap();
        assert_eq!(item["subject"], crate::text("user#sam"));
        assert_eq!((&item["actor"], &item["trail"]), (&crate::text("kim"), &crate::text("people")));
    }
}
