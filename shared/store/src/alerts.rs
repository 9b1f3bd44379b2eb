//! `cmz-audit`: alerts, the zoo's inbox, and what could not be understood. An alert holds the ids of its
//! entries: told of twice it counts once.

use crate::{Item, Store, StoreError, from_item, keys, signed, strings, text, to_item};
use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
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

/// Attempts at adding what there is room for, while others add.
const ATTEMPTS: u32 = 8;

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
    /// The entries that gave it, [`MOST_ENTRIES`] at most.
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

/// What came of adding entries.
enum Added {
    /// They are there.
    Done(AlertRecord),
    /// There is no room for all of them; nothing was added.
    Full(AlertRecord),
}

impl Store {
    /// Adds entries to an alert, or makes it, and gives it as it is then. Beyond [`MOST_ENTRIES`] nothing is
    /// added any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raise(&self, alert: &Alert, now: Timestamp) -> Result<AlertRecord, StoreError> {
        let mut entries: Vec<_> = alert.entries.iter().take(MOST_ENTRIES).collect();
        for _ in 0..ATTEMPTS {
            let full = match self.add(alert, &entries, now).await? {
                Added::Done(record) => return Ok(record),
                Added::Full(record) => record,
            };
            let room = MOST_ENTRIES.saturating_sub(full.entries.len());
            entries = alert.entries.iter().filter(|entry| !full.entries.contains(entry)).take(room).collect();
            if entries.is_empty() {
                return Ok(full);
            }
        }
        Err(StoreError::contended())
    }

    /// Adds entries where there is room for all of them. Sets are never empty.
    async fn add(&self, alert: &Alert, entries: &[&LogId], now: Timestamp) -> Result<Added, StoreError> {
        let room = i64::try_from(MOST_ENTRIES.saturating_sub(entries.len())).unwrap_or(0);
        let entries = entries.iter().map(ToString::to_string).collect();
        let mut update = self
            .alert(&alert.alert_id)
            .condition_expression("attribute_not_exists(entries) OR size(entries) <= :room")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#since", "since")
            .expression_attribute_values(":room", signed(room))
            .expression_attribute_values(":entries", AttributeValue::Ss(entries))
            .expression_attribute_values(":kind", text(alert.kind.name()))
            .expression_attribute_values(":since", text(alert.since.to_string()))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":ttl", signed(alert.since.plus_days(ALERT_DAYS).as_seconds()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
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
        let read = |item: Option<Item>| from_item(item.ok_or_else(StoreError::malformed)?);
        match update.update_expression(format!("{set} ADD entries :entries")).send().await {
            Ok(answer) => read(answer.attributes).map(Added::Done),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    read(failed.item().cloned()).map(Added::Full)
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    fn alert(&self, alert: &LogId) -> UpdateItemFluentBuilder {
        let key = strings([("subject", keys::ALERTS), ("logId", alert.as_str())]);
        self.client.update_item().table_name(&self.config.audit).set_key(Some(key))
    }

    /// Takes it on to tell somebody of an alert; `false` where another has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_notice(&self, alert: &LogId, now: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .alert(alert)
            .update_expression("SET notifiedAt = :now")
            .condition_expression("attribute_exists(logId) AND attribute_not_exists(notifiedAt)")
            .expression_attribute_values(":now", text(now.to_string()));
        held(update).await
    }

    /// Nobody was told after all: the next repeat tries again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_back_notice(&self, alert: &LogId, claimed_at: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .alert(alert)
            .update_expression("REMOVE notifiedAt")
            .condition_expression("notifiedAt = :claimed")
            .expression_attribute_values(":claimed", text(claimed_at.to_string()));
        held(update).await
    }

    /// Alerts, the latest first, behind one of them, and the last one where there may be more: fewer than
    /// `limit` may fit on a page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alerts(
        &self,
        limit: i32,
        after: Option<&LogId>,
    ) -> Result<(Vec<AlertRecord>, Option<LogId>), StoreError> {
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
        let last = answer.last_evaluated_key.and_then(|key| LogId::parse(key.get("logId")?.as_s().ok()?).ok());
        let alerts = answer.items.unwrap_or_default().into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok((alerts, last))
    }

    /// Puts a record aside; the same once more changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn quarantine(&self, what: &Quarantined) -> Result<(), StoreError> {
        let ttl = what.at.plus_days(QUARANTINE_DAYS).as_seconds();
        let item = QuarantinedItem { subject: keys::QUARANTINE, log_id: &what.event_id, what, ttl };
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(to_item(&item)?));
        let done = put.condition_expression("attribute_not_exists(logId)").send().await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if error.is_conflict() => Ok(()),
            done => done.map(drop),
        }
    }
}

/// Whether an update's condition held, and it is done.
async fn held(update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
    match update.send().await.map_err(|error| StoreError::from_sdk(&error)) {
        Err(error) if error.is_conflict() => Ok(false),
        done => done.map(|_| true),
    }
}
