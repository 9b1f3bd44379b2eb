//! `cmz-audit`: alerts, the zoo's inbox, and what could not be understood. An alert holds the ids of its
//! entries: told of twice it counts once.

use crate::{Store, StoreError, from_item, keys, signed, strings, text, to_item};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{
    LogId, Timestamp, UserId,
    alert::{Alert, Kind},
    retention::{ALERT_DAYS, QUARANTINE_DAYS},
    user::Role,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Entries that an alert counts; beyond them it says that there were more.
pub const MOST_ENTRIES: usize = 200;

/// An alert as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertRecord {
    /// Which.
    #[serde(rename = "logId")]
    pub alert_id: LogId,
    /// What.
    pub kind: Kind,
    /// By whom, where somebody is known.
    pub user_id: Option<UserId>,
    /// What they were to the zoo.
    pub role: Option<Role>,
    /// The hour that it is of.
    pub since: Timestamp,
    /// When an entry was last added.
    pub last_at: Timestamp,
    /// The entries that gave it, [`MOST_ENTRIES`] or some more at most.
    pub entries: BTreeSet<LogId>,
    /// When somebody was told.
    pub notified_at: Option<Timestamp>,
}

/// A record of a stream that could not be understood: what it takes to find it, and nothing that it held.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantined {
    /// The stream's own id of it, or the digest of all of it where it has none.
    pub event_id: String,
    /// Its place in the stream, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
    /// Which stream: `conversations` or `audit`.
    pub stream: &'static str,
    /// What was wrong with it, in words of ours.
    pub why: &'static str,
    /// When it was put aside.
    pub at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QuarantinedItem<'a> {
    subject: &'static str,
    log_id: &'a str,
    #[serde(flatten)]
    what: &'a Quarantined,
    ttl: i64,
}

impl Store {
    /// Adds entries to an alert, or makes it. Beyond [`MOST_ENTRIES`] nothing is added any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raise(&self, alert: &Alert, now: Timestamp) -> Result<Option<AlertRecord>, StoreError> {
        // Sets are never empty, and one update need not add more than an alert counts.
        let entries: Vec<_> = alert.entries.iter().take(MOST_ENTRIES).map(ToString::to_string).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.config.audit)
            .set_key(Some(strings([("subject", keys::ALERTS), ("logId", alert.alert_id.as_str())])))
            .condition_expression("attribute_not_exists(entries) OR size(entries) < :most")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#since", "since")
            .expression_attribute_values(":most", signed(i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX)))
            .expression_attribute_values(":entries", AttributeValue::Ss(entries))
            .expression_attribute_values(":kind", text(alert.kind.name()))
            .expression_attribute_values(":since", text(alert.since.to_string()))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":ttl", signed(alert.since.plus_days(ALERT_DAYS).as_seconds()))
            .return_values(ReturnValue::AllNew);
        let mut set = "SET kind = :kind, #since = :since, lastAt = :now, #ttl = :ttl".to_owned();
        if let Some(user) = &alert.user_id {
            set.push_str(", userId = :user");
            update = update.expression_attribute_values(":user", text(user.as_str()));
        }
        if let Some(role) = alert.role {
            set.push_str(", #role = :role");
            update = update.expression_attribute_names("#role", "role");
            update = update.expression_attribute_values(":role", text(role.name()));
        }
        let done = update.update_expression(format!("{set} ADD entries :entries")).send().await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Ok(answer) => answer.attributes.map(from_item).transpose(),
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Notes that somebody was told of an alert.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_notified(&self, alert: &LogId, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.audit)
            .set_key(Some(strings([("subject", keys::ALERTS), ("logId", alert.as_str())])))
            .update_expression("SET notifiedAt = :now")
            .expression_attribute_values(":now", text(now.to_string()));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Alerts, the latest first, behind one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alerts(&self, limit: i32, after: Option<&LogId>) -> Result<Vec<AlertRecord>, StoreError> {
        let start = after.map(|alert| strings([("subject", keys::ALERTS), ("logId", alert.as_str())]));
        let query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .key_condition_expression("subject = :alerts")
            .expression_attribute_values(":alerts", text(keys::ALERTS))
            .scan_index_forward(false)
            .set_exclusive_start_key(start)
            .limit(limit);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// Puts a record aside; the same once more changes nothing that counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn quarantine(&self, what: &Quarantined) -> Result<(), StoreError> {
        let ttl = what.at.plus_days(QUARANTINE_DAYS).as_seconds();
        let item = QuarantinedItem { subject: keys::QUARANTINE, log_id: &what.event_id, what, ttl };
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(to_item(&item)?));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}
