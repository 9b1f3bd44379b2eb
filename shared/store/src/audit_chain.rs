//! `cmz-audit`: the chain over the entries. A block's number is its key, and a block is put only where
//! none of its number is: of two that want to go on from the same head one has to look again.

use crate::{Item, Store, StoreError, from_item, keys, strings, text, to_item};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    LogId,
    audit::chain::{Block, Checkpoint, Digest, Link, Value},
};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a, T> {
    subject: &'static str,
    /// The block's number, see [`keys::audit_block`].
    log_id: String,
    #[serde(flatten)]
    what: &'a T,
    ttl: i64,
}

/// An entry's link from the item's image in the table's stream; none for what is no entry.
#[must_use]
pub fn link_of(image: serde_dynamo::Item) -> Option<Link> {
    link(&Item::from(image))
}

pub(crate) fn link(item: &Item) -> Option<Link> {
    let subject = item.get("subject")?.as_s().ok().filter(|subject| subject.starts_with(keys::AUDIT_OF_NOBODY))?;
    let log_id = LogId::parse(item.get("logId")?.as_s().ok()?).ok()?;
    Some(Link { subject: subject.clone(), log_id, digest: digest(item)? })
}

/// The digest of an item as it is stored.
fn digest(item: &Item) -> Option<Digest> {
    let values = item.iter().map(|(name, value)| Some((name.clone(), as_value(value)?)));
    Some(Digest::of_item(&values.collect::<Option<_>>()?))
}

fn as_value(value: &AttributeValue) -> Option<Value> {
    let set = |kind, members: Vec<Vec<u8>>| Value::Set(kind, members.into_iter().collect());
    let bytes = |texts: &[String]| texts.iter().map(|text| text.clone().into_bytes()).collect();
    Some(match value {
        AttributeValue::S(text) => Value::Text(text.clone()),
        AttributeValue::N(digits) => Value::Number(digits.clone()),
        AttributeValue::B(bytes) => Value::Bytes(bytes.as_ref().to_vec()),
        AttributeValue::Bool(flag) => Value::Flag(*flag),
        AttributeValue::Null(_) => Value::Nothing,
        AttributeValue::L(values) => Value::List(values.iter().map(as_value).collect::<Option<_>>()?),
        AttributeValue::M(values) => {
            let values = values.iter().map(|(name, value)| Some((name.clone(), as_value(value)?)));
            Value::Map(values.collect::<Option<_>>()?)
        }
        AttributeValue::Ss(texts) => set(b'S', bytes(texts)),
        AttributeValue::Ns(digits) => set(b'N', bytes(digits)),
        AttributeValue::Bs(members) => set(b'B', members.iter().map(|member| member.as_ref().to_vec()).collect()),
        _ => return None,
    })
}

impl Store {
    /// Puts a block where none of its number is; `false` where another is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn append_block(&self, block: &Block) -> Result<bool, StoreError> {
        if self.put_numbered(keys::AUDIT_CHAIN, block.number, block, block.ttl()).await? {
            return Ok(true);
        }
        // An acknowledgement may have been lost before the call was repeated.
        Ok(self.block(block.number).await?.as_ref() == Some(block))
    }

    /// Keeps a checkpoint; of several of one block the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_checkpoint(&self, checkpoint: &Checkpoint, ttl: i64) -> Result<bool, StoreError> {
        self.put_numbered(keys::AUDIT_CHECKPOINTS, checkpoint.number, checkpoint, ttl).await
    }

    async fn put_numbered<T: Serialize>(
        &self,
        subject: &'static str,
        number: u64,
        what: &T,
        ttl: i64,
    ) -> Result<bool, StoreError> {
        let item = to_item(&Kept { subject, log_id: keys::audit_block(number), what, ttl })?;
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(item));
        let done = put.condition_expression("attribute_not_exists(logId)").send().await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A block, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn block(&self, number: u64) -> Result<Option<Block>, StoreError> {
        let key = strings([("subject", keys::AUDIT_CHAIN), ("logId", &keys::audit_block(number))]);
        self.get(&self.config.audit, key).await
    }

    /// The last block, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_block(&self) -> Result<Option<Block>, StoreError> {
        Ok(self.blocks_before(u64::MAX, 1).await?.pop())
    }

    /// The lowest and the highest number of a block, as their keys say it: also of blocks that cannot be read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn block_numbers(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let end = async |forward| {
            let query = self.numbered(keys::AUDIT_CHAIN, "logId > :number", 0).projection_expression("logId");
            let answer = query.scan_index_forward(forward).limit(1).send().await;
            let items = answer.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default();
            let number = |item: &Item| item.get("logId")?.as_s().ok()?.parse().ok();
            Ok(items.first().and_then(number))
        };
        let (lowest, highest) = tokio::try_join!(end(true), end(false))?;
        Ok(lowest.zip(highest))
    }

    /// Blocks before a number, the latest first, read consistently. A page holds as many of `limit` as
    /// fit, and ends before one that cannot be read; an empty one is the end.
    ///
    /// # Errors
    /// [`StoreError`]; malformed where the next one cannot be read.
    pub async fn blocks_before(&self, before: u64, limit: i32) -> Result<Vec<Block>, StoreError> {
        let query = self.numbered(keys::AUDIT_CHAIN, "logId < :number", before).scan_index_forward(false);
        read(query.limit(limit)).await
    }

    /// Blocks behind a number, the oldest first, likewise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn blocks_after(&self, after: u64, limit: i32) -> Result<Vec<Block>, StoreError> {
        read(self.numbered(keys::AUDIT_CHAIN, "logId > :number", after).limit(limit)).await
    }

    /// The last checkpoint, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        let query = self.numbered(keys::AUDIT_CHECKPOINTS, "logId < :number", u64::MAX).scan_index_forward(false);
        Ok(read(query.limit(1)).await?.pop())
    }

    /// Checkpoints of blocks behind a number, the oldest first, likewise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoints_after(&self, after: u64, limit: i32) -> Result<Vec<Checkpoint>, StoreError> {
        read(self.numbered(keys::AUDIT_CHECKPOINTS, "logId > :number", after).limit(limit)).await
    }

    fn numbered(&self, subject: &str, range: &str, than: u64) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.config.audit)
            .consistent_read(true)
            .key_condition_expression(format!("subject = :subject AND {range}"))
            .expression_attribute_values(":subject", text(subject))
            .expression_attribute_values(":number", text(keys::audit_block(than)))
    }
}

async fn read<T: serde::de::DeserializeOwned>(query: QueryFluentBuilder) -> Result<Vec<T>, StoreError> {
    let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
    let mut read = Vec::new();
    for item in answer.items.unwrap_or_default() {
        match from_item(item) {
            Ok(one) => read.push(one),
            // It is the first of the next page, and that page's error.
            Err(_) if !read.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number;
    use domain::Timestamp;

    fn image() -> Item {
        let mut item = strings([("subject", "user#sam"), ("logId", "0190f3a1-7b2c-7def-8123-456789abcdef")]);
        item.insert("ttl".to_owned(), number(7));
        item.insert("ipAddress".to_owned(), AttributeValue::B(vec![1, 2].into()));
        item
    }

    #[test]
    fn a_link_is_the_same_from_the_stream_and_from_the_table() {
        let json = serde_json::json!({
            "ttl": { "N": "7" }, "subject": { "S": "user#sam" },
            "logId": { "S": "0190f3a1-7b2c-7def-8123-456789abcdef" }, "ipAddress": { "B": "AQI=" },
        });
        assert_eq!(link_of(serde_json::from_value(json).unwrap()).unwrap(), link(&image()).unwrap());
    }

    #[test]
    fn blocks_and_alerts_are_no_entries() {
        let mut item = image();
        item.insert("subject".to_owned(), text(keys::AUDIT_CHAIN));
        assert_eq!(link(&item), None);
        assert_eq!(link(&Item::new()), None);
    }

    #[test]
    fn a_block_comes_back_as_it_was_put() {
        let block = Block::after(None, vec![link(&image()).unwrap()], Timestamp::from_millis(5));
        let item = to_item(&Kept { subject: keys::AUDIT_CHAIN, log_id: keys::audit_block(1), what: &block, ttl: 1 });
        assert_eq!(from_item::<Block>(item.unwrap()).unwrap(), block);
    }
}
