//! `cmz-audit`: entries as the chain links them, by their links and by their time.

use crate::{Item, Store, StoreError, audit_chain::link, strings, text, transact::Pause};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{
    LogId, Timestamp,
    audit::{
        EventType,
        chain::{Digest, Link},
    },
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// Items that one batch may read.
const BATCH: usize = 100;
/// Batches that are read at the same time.
const BATCHES_AT_ONCE: usize = 8;
/// Attempts at what a batch leaves unread.
const ATTEMPTS: usize = 8;

impl Store {
    /// The digests of the entries of links, of those that are there, as they lie there now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entry_digests(&self, links: &[Link]) -> Result<BTreeMap<LogId, Digest>, StoreError> {
        let mut found = BTreeMap::new();
        // A batch that names an item twice is refused.
        let wanted: BTreeSet<_> = links.iter().map(|link| (&link.subject, &link.log_id)).collect();
        let keys = wanted.iter().map(|(subject, log_id)| strings([("subject", subject), ("logId", log_id.as_str())]));
        let keys: Vec<_> = keys.collect();
        let batches: Vec<_> = keys.chunks(BATCH).map(|keys| self.read_batch(keys.to_vec())).collect();
        let mut batches = stream::iter(batches).buffer_unordered(BATCHES_AT_ONCE);
        while let Some(items) = batches.try_next().await? {
            found.extend(items.iter().filter_map(link).map(|link| (link.log_id, link.digest)));
        }
        Ok(found)
    }

    async fn read_batch(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let table = &self.config.audit;
        let (mut left, mut found, mut pause) = (keys, Vec::new(), Pause::first());
        for _ in 0..ATTEMPTS {
            let keys = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let keys = keys.map_err(|_| StoreError::malformed())?;
            let answer = self.client.batch_get_item().request_items(table, keys).send().await;
            let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
            found.extend(answer.responses.into_iter().flatten().flat_map(|(_, items)| items));
            left = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, keys)| keys.keys).collect();
            if left.is_empty() {
                return Ok(found);
            }
            pause.wait().await;
        }
        Err(StoreError::unprocessed())
    }

    /// The links of all entries of a type in a span, the oldest first. The index follows the table with a
    /// short delay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links_of(
        &self,
        event_type: EventType,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<Link>, StoreError> {
        if from > to {
            return Ok(Vec::new());
        }
        let query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .index_name("EventIndex")
            .key_condition_expression("eventType = :type AND logId BETWEEN :from AND :to")
            .expression_attribute_values(":type", text(event_type.name()))
            .expression_attribute_values(":from", text(LogId::first_at(from).as_str()))
            .expression_attribute_values(":to", text(LogId::last_at(to).as_str()));
        let (mut links, mut after) = (Vec::new(), None);
        loop {
            let answer = query.clone().set_exclusive_start_key(after).send().await;
            let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
            links.extend(answer.items.unwrap_or_default().iter().filter_map(link));
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(links);
            }
        }
    }
}
