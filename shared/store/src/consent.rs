//! What guardians said for a child. The consent of now lies in the child's account; each change besides lies
//! in `cmz-audit` under `consent#<child>`, where it is put once and never touched again, and does not end.
//! Both and the change's audit entry are written in one transaction.

use crate::{
    Store, StoreError,
    audit::AuditRecord,
    from_item, keys, text, to_item,
    transact::{Cancelled, put, update},
    users::new_item,
};
use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
use domain::{LogId, UserId, consent::Consent, notice::Version, user::Status};
use serde::{Deserialize, Serialize};

/// The latest changes that are read at once.
pub const LATEST_CHANGES: usize = 100;

/// A change as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRecord {
    /// Partition key, see [`keys::consent_changes`].
    subject: String,
    /// Which; the same as its audit entry's.
    pub log_id: LogId,
    /// Who said it.
    pub guardian: UserId,
    /// What holds since.
    pub consent: Consent,
}

/// A change that is to be written.
#[derive(Debug)]
pub struct ConsentChange<'a> {
    /// The child.
    pub child: &'a UserId,
    /// Its guardian, as read just before.
    pub guardian: &'a UserId,
    /// The change before, as read just before.
    pub after: Option<&'a LogId>,
    /// What holds from now on.
    pub consent: Consent,
    /// What the audit trail says of it; its id is the change's.
    pub entry: &'a AuditRecord,
}

impl Store {
    /// The notice to parents that consent has to be given under.
    #[must_use]
    pub fn notice(&self) -> Version {
        Version::of(self.config.ttl_days)
    }

    /// Writes a change: the account, the change itself and its audit entry, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when another change came in between, or the child has another guardian.
    pub async fn change_consent(&self, change: &ConsentChange<'_>) -> Result<(), StoreError> {
        let log_id = &change.entry.entry.log_id;
        let record = ConsentRecord {
            subject: keys::consent_changes(change.child),
            log_id: log_id.clone(),
            guardian: change.guardian.clone(),
            consent: change.consent,
        };
        let items = vec![
            update(self.consent_update(change)?),
            put(new_item(&self.config.audit, to_item(&record)?, "logId")?),
            put(self.audit_put(change.entry)?),
        ];
        self.transact(log_id.as_str(), items).await.map_err(|cancelled| match cancelled {
            Cancelled::Conditions(_) => StoreError::conflict(),
            Cancelled::Failed(error) => error,
        })
    }

    fn consent_update(&self, change: &ConsentChange<'_>) -> Result<Update, StoreError> {
        let update = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(change.child)))
            .update_expression("SET consent = :consent, consentChange = :change")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":consent", AttributeValue::M(to_item(&change.consent)?))
            .expression_attribute_values(":change", text(change.entry.entry.log_id.as_str()))
            .expression_attribute_values(":guardian", text(change.guardian.as_str()))
            .expression_attribute_values(":erased", text(Status::Erased.name()));
        let is_theirs = "parentUserId = :guardian AND #status <> :erased";
        let update = match change.after {
            Some(before) => update
                .condition_expression(format!("{is_theirs} AND consentChange = :before"))
                .expression_attribute_values(":before", text(before.as_str())),
            None => update.condition_expression(format!("{is_theirs} AND attribute_not_exists(consentChange)")),
        };
        update.build().map_err(|_| StoreError::malformed())
    }

    fn audit_put(&self, record: &AuditRecord) -> Result<Put, StoreError> {
        new_item(&self.config.audit, to_item(record)?, "logId")
    }

    /// The changes of what was said for a child, the latest first, read consistently: at most
    /// [`LATEST_CHANGES`], and whether there are more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent_changes(&self, child: &UserId) -> Result<(Vec<ConsentRecord>, bool), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject")
            .expression_attribute_values(":subject", text(keys::consent_changes(child)))
            .limit(i32::try_from(LATEST_CHANGES + 1).unwrap_or(i32::MAX));
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let found = answer.items.unwrap_or_default().into_iter().map(from_item);
        let mut found: Vec<ConsentRecord> = found.collect::<Result<_, _>>()?;
        let has_more = found.len() > LATEST_CHANGES;
        found.truncate(LATEST_CHANGES);
        Ok((found, has_more))
    }
}
