//! `cmz-keys`: the epochs of wrapping keys, and the keys that are to pass from one to the next. Key
//! `("zoo", "epoch#<number>")`.

use crate::{
    Item, Store, StoreError, from_item, keys, strings, text, to_item, transact::past_transactions,
    wrapped_keys::KeyRecord,
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use domain::{NewKey, Timestamp};
use serde::{Deserialize, Serialize};

/// The attribute of a wrapped key; its name is a word of DynamoDB's own.
const WRAPPED: &str = "wrapped";

/// The time of one wrapping key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochRecord {
    /// Its number, from 1.
    pub epoch: u64,
    /// The key service's name of its wrapping key.
    pub wrapping_key: String,
    /// Since when it is the newest.
    pub since: Timestamp,
    /// When something was last seen to be wrapped with an older key, in the newest epoch's record.
    pub unsettled_at: Timestamp,
    /// When its wrapping key is no more, once that is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

impl EpochRecord {
    /// An epoch that begins.
    #[must_use]
    pub fn new(epoch: u64, wrapping_key: &str, since: Timestamp, now: Timestamp) -> Self {
        Self { epoch, wrapping_key: wrapping_key.to_owned(), since, unsettled_at: now, ends_at: None }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    owner_id: &'static str,
    key_id: String,
    #[serde(flatten)]
    epoch: &'a EpochRecord,
}

/// A place in the table.
#[derive(Debug, Clone)]
pub struct KeyPlace(Item);

/// Keys that another wrapping key wraps.
#[derive(Debug)]
pub struct OldKeys {
    /// The keys.
    pub keys: Vec<KeyRecord>,
    /// Where to go on; none at the end of the table.
    pub next: Option<KeyPlace>,
}

impl Store {
    /// All epochs, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn epochs(&self) -> Result<Vec<EpochRecord>, StoreError> {
        let query = self.client.query().table_name(&self.config.keys).consistent_read(true);
        let answer = query
            .key_condition_expression("ownerId = :zoo AND begins_with(keyId, :epoch)")
            .expression_attribute_values(":zoo", text(keys::ZOO))
            .expression_attribute_values(":epoch", text(keys::EPOCH_PREFIX))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// Begins an epoch, unless somebody else has begun one of its number.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] in that case.
    pub async fn begin_epoch(&self, epoch: &EpochRecord) -> Result<(), StoreError> {
        let item = to_item(&Stored { owner_id: keys::ZOO, key_id: keys::epoch(epoch.epoch), epoch })?;
        let put = self.client.put_item().table_name(&self.config.keys).set_item(Some(item));
        let answer = put.condition_expression("attribute_not_exists(ownerId)").send().await;
        answer.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Notes that something was still wrapped with an older key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsettle_epoch(&self, epoch: u64, now: Timestamp) -> Result<(), StoreError> {
        self.change_epoch(epoch, "SET unsettledAt = :at", now).await
    }

    /// Notes until when an epoch's wrapping key is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_epoch(&self, epoch: u64, ends_at: Timestamp) -> Result<(), StoreError> {
        self.change_epoch(epoch, "SET endsAt = :at", ends_at).await
    }

    async fn change_epoch(&self, epoch: u64, change: &str, at: Timestamp) -> Result<(), StoreError> {
        let key = strings([("ownerId", keys::ZOO), ("keyId", &keys::epoch(epoch))]);
        let update = self.client.update_item().table_name(&self.config.keys).set_key(Some(key));
        let update = update
            .update_expression(change)
            .condition_expression("attribute_exists(ownerId)")
            .expression_attribute_values(":at", text(at.to_string()));
        update.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// A page of the keys that the key service wraps, but not with this wrapping key; read consistently, so that
    /// all pages together miss none that was there when the first was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys_not_under(
        &self,
        wrapping_key: &str,
        after: Option<KeyPlace>,
        limit: i32,
    ) -> Result<OldKeys, StoreError> {
        let scan = self.client.scan().table_name(&self.config.keys).consistent_read(true).limit(limit);
        // Session keys are wrapped with a person's key, and public keys and epochs are wrapped with none.
        let answer = scan
            .filter_expression(
                "attribute_exists(#wrapped) AND NOT begins_with(keyId, :session) \
                 AND (attribute_not_exists(wrappedBy) OR wrappedBy <> :newest)",
            )
            .expression_attribute_names("#wrapped", WRAPPED)
            .expression_attribute_values(":session", text(keys::SESSION_PREFIX))
            .expression_attribute_values(":newest", text(wrapping_key))
            .set_exclusive_start_key(after.map(|place| place.0))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let found = answer.items.unwrap_or_default().into_iter().map(from_item);
        Ok(OldKeys { keys: found.collect::<Result<_, _>>()?, next: answer.last_evaluated_key.map(KeyPlace) })
    }

    /// Puts a key that was wrapped anew in its own place: only where it is still there and is still the one that
    /// was read. One that was destroyed meanwhile stays so.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] where it is not.
    pub async fn replace_wrapped_key(&self, before: &KeyRecord, new: &NewKey) -> Result<(), StoreError> {
        let bytes = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
        let update = self
            .client
            .update_item()
            .table_name(&self.config.keys)
            .set_key(Some(strings([("ownerId", &before.owner_id), ("keyId", &before.key_id)])))
            .update_expression("SET #wrapped = :new, wrappedBy = :by")
            .condition_expression("#wrapped = :old")
            .expression_attribute_names("#wrapped", WRAPPED)
            .expression_attribute_values(":old", bytes(before.wrapped.as_bytes()))
            .expression_attribute_values(":new", bytes(new.wrapped.as_bytes()))
            .expression_attribute_values(":by", text(new.wrapped_by.as_str()));
        let done = past_transactions(|| update.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}
