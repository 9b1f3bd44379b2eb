//! `cmz-audit`: items as the archive keeps them, and how far it came. An item is one line of JSON in the
//! form of DynamoDB's own imports: attributes by name, sealed parts as they are.

use crate::{Item, Store, StoreError, keys, strings, text, to_item};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{LogId, Timestamp, audit::EventType};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Items of one page.
const PAGE: i32 = 500;
/// The sort key of the one item that says how far the archive came.
const PROGRESS: &str = "progress";

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its sort key: an entry's id, or a block's number.
    pub log_id: String,
    /// An entry's own time, when a block was linked, or when the block of a checkpoint was; none where the
    /// item does not say.
    pub at: Option<Timestamp>,
    /// The item: one line without its end.
    pub line: String,
    subject: String,
}

impl Stored {
    /// The number of a block, or of a checkpoint's block.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.log_id.parse().ok()
    }

    fn read(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let (subject, log_id) = (text("subject")?.clone(), text("logId")?.clone());
        let at = match LogId::parse(&log_id) {
            Ok(entry) => Some(entry.timestamp()),
            Err(_) => text("linkedAt").and_then(|at| at.parse().ok()),
        };
        Some(Self { log_id, at, line: line(item)?, subject })
    }
}

/// How far the archive came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The first day, as its number since 1970-01-01, that is not archived.
    pub next_day: u32,
    /// The last block that is.
    pub last_block: u64,
}

#[derive(Serialize)]
struct KeptProgress {
    subject: &'static str,
    #[serde(rename = "logId")]
    log_id: &'static str,
    #[serde(flatten)]
    progress: Progress,
}

impl Store {
    /// Entries of a type in a span behind another, the oldest first; an empty page is the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stored_entries(
        &self,
        event_type: EventType,
        (from, to): (Timestamp, Timestamp),
        after: Option<&Stored>,
    ) -> Result<Vec<Stored>, StoreError> {
        let query = self.entries_of(event_type, (from, to)).limit(PAGE);
        read(query.set_exclusive_start_key(after.map(|stored| {
            strings([("eventType", event_type.name()), ("subject", &stored.subject), ("logId", &stored.log_id)])
        })))
        .await
    }

    /// The time of the first entry of a type in a span.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first_entry(
        &self,
        event_type: EventType,
        span: (Timestamp, Timestamp),
    ) -> Result<Option<Timestamp>, StoreError> {
        Ok(read(self.entries_of(event_type, span).limit(1)).await?.pop().and_then(|first| first.at))
    }

    fn entries_of(&self, event_type: EventType, (from, to): (Timestamp, Timestamp)) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.config.audit)
            .index_name("EventIndex")
            .key_condition_expression("eventType = :type AND logId BETWEEN :from AND :to")
            .expression_attribute_values(":type", text(event_type.name()))
            .expression_attribute_values(":from", text(LogId::first_at(from).as_str()))
            .expression_attribute_values(":to", text(LogId::last_at(to).as_str()))
    }

    /// Blocks behind a number, the oldest first; an empty page is the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stored_blocks(&self, after: u64) -> Result<Vec<Stored>, StoreError> {
        read(self.stored_after(keys::AUDIT_CHAIN, after)).await
    }

    /// Checkpoints of blocks behind a number, likewise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stored_checkpoints(&self, after: u64) -> Result<Vec<Stored>, StoreError> {
        read(self.stored_after(keys::AUDIT_CHECKPOINTS, after)).await
    }

    fn stored_after(&self, subject: &str, after: u64) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.config.audit)
            .consistent_read(true)
            .key_condition_expression("subject = :subject AND logId > :number")
            .expression_attribute_values(":subject", text(subject))
            .expression_attribute_values(":number", text(keys::audit_block(after)))
            .limit(PAGE)
    }

    /// How far the archive came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn archive_progress(&self) -> Result<Option<Progress>, StoreError> {
        self.get(&self.config.audit, strings([("subject", keys::AUDIT_ARCHIVE), ("logId", PROGRESS)])).await
    }

    /// Keeps how far the archive came; `false` where another came as far.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_archive_progress(&self, progress: Progress) -> Result<bool, StoreError> {
        let item = to_item(&KeptProgress { subject: keys::AUDIT_ARCHIVE, log_id: PROGRESS, progress })?;
        let put = self
            .client
            .put_item()
            .table_name(&self.config.audit)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(nextDay) OR nextDay < :day")
            .expression_attribute_values(":day", crate::number(progress.next_day.into()));
        match put.send().await.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if error.is_conflict() => Ok(false),
            done => done.map(|_| true),
        }
    }
}

async fn read(query: QueryFluentBuilder) -> Result<Vec<Stored>, StoreError> {
    let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
    let items = answer.items.unwrap_or_default();
    items.iter().map(|item| Stored::read(item).ok_or_else(StoreError::malformed)).collect()
}

/// The same item is always the same line.
fn line(item: &Item) -> Option<String> {
    Some(json!({ "Item": attributes(item)? }).to_string())
}

fn attributes(item: &Item) -> Option<Value> {
    let mut names: Vec<_> = item.iter().collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    let values = names.into_iter().map(|(name, value)| Some((name.clone(), attribute(value)?)));
    Some(Value::Object(values.collect::<Option<_>>()?))
}

fn attribute(value: &AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(digits) => json!({ "N": digits }),
        AttributeValue::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(values) => json!({ "L": values.iter().map(attribute).collect::<Option<Vec<_>>>()? }),
        AttributeValue::M(values) => json!({ "M": attributes(values)? }),
        AttributeValue::Ss(texts) => json!({ "SS": sorted(texts.clone()) }),
        AttributeValue::Ns(digits) => json!({ "NS": sorted(digits.clone()) }),
        AttributeValue::Bs(members) => {
            json!({ "BS": sorted(members.iter().map(|member| STANDARD.encode(member)).collect()) })
        }
        _ => return None,
    })
}

fn sorted(mut members: Vec<String>) -> Vec<String> {
    members.sort_unstable();
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit_chain::link_of;

    #[test]
    fn a_line_is_the_item_whatever_order_its_attributes_came_in() {
        let mut item = strings([("subject", "user#sam"), ("logId", "0190f3a1-7b2c-7def-8123-456789abcdef")]);
        item.insert("ttl".to_owned(), crate::number(7));
        item.insert("ipAddress".to_owned(), AttributeValue::B(vec![1, 2].into()));
        item.insert("tags".to_owned(), AttributeValue::Ss(vec!["b".to_owned(), "a".to_owned()]));
        let stored = Stored::read(&item).unwrap();
        let wanted = concat!(
            r#"{"Item":{"ipAddress":{"B":"AQI="},"logId":{"S":"0190f3a1-7b2c-7def-8123-456789abcdef"},"#,
            r#""subject":{"S":"user#sam"},"tags":{"SS":["a","b"]},"ttl":{"N":"7"}}}"#
        );
        assert_eq!(stored.line, wanted);
        let mut back: Value = serde_json::from_str(&stored.line).unwrap();
        let digest = |item: Item| link_of(serde_dynamo::Item::from(item)).unwrap().digest;
        let back: serde_dynamo::Item = serde_json::from_value(back["Item"].take()).unwrap();
        assert_eq!(link_of(back).unwrap().digest, digest(item), "its digest can be checked");
    }

    #[test]
    fn a_block_lies_on_the_day_it_was_linked() {
        let number = keys::audit_block(12);
        let item = strings([("subject", "chain"), ("logId", &number), ("linkedAt", "2025-01-02T03:04:05.006Z")]);
        let stored = Stored::read(&item).unwrap();
        assert_eq!((stored.number(), stored.at.unwrap().date().as_str()), (Some(12), "2025-01-02"));
    }
}
