//! What is over and still there: sessions whose time has come, found by their keys (`ExpiryIndex` of
//! `cmz-keys`), so that one whose item is gone already is found as well; and deletions that broke off
//! (`DeletionIndex` of `cmz-sessions`, which holds nothing else). Whoever sweeps notes when, so that two who
//! sweep at once write the same down.

use crate::{
    Item, Store, StoreError, from_item, keys, sessions::SessionRecord, strings, text, transact::past_transactions,
    wrapped_keys::KeyRecord,
};
use domain::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Keys of one page.
const PAGE: i32 = 100;
/// Days after its time in which a key is destroyed by DynamoDB itself, if nobody came to do it.
const GRACE_DAYS: u32 = 7;
/// Seconds in which who takes something again is taken for the same.
const TAKEN_FOR: u32 = 5 * 60;

/// A session's key as it is made: it says when it is over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionKeyRecord<'a> {
    #[serde(flatten)]
    record: &'a KeyRecord,
    /// One of 16 partitions, so that no day's sessions are one partition's load.
    expiry_shard: &'a str,
    expires_at: Timestamp,
    ttl: i64,
}

impl<'a> SessionKeyRecord<'a> {
    pub(crate) fn new(record: &'a KeyRecord, session: &'a SessionId, expires_at: Timestamp) -> Self {
        let ttl = expires_at.plus_days(GRACE_DAYS).as_seconds();
        Self { record, expiry_shard: keys::expiry_shard(session), expires_at, ttl }
    }
}

/// The key of a session that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredKey {
    /// Whose.
    pub owner: UserId,
    /// Of which session.
    pub session_id: SessionId,
    /// Since when it is over.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Indexed {
    owner_id: UserId,
    key_id: String,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    swept_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    session_id: SessionId,
}

impl Store {
    /// Keys of a partition that were over at a time, the oldest first, behind another; an empty page is the
    /// end. The index follows the table with a short delay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expired_keys(
        &self,
        shard: &str,
        now: Timestamp,
        after: Option<&ExpiredKey>,
    ) -> Result<Vec<ExpiredKey>, StoreError> {
        let start = after.map(|key| {
            let mut start = key.key();
            start.extend(strings([("expiryShard", shard), ("expiresAt", &key.expires_at.to_string())]));
            start
        });
        let query = self
            .client
            .query()
            .table_name(&self.config.keys)
            .index_name("ExpiryIndex")
            .key_condition_expression("expiryShard = :shard AND expiresAt <= :now")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":now", text(now.to_string()))
            .set_exclusive_start_key(start)
            .limit(PAGE);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let items = answer.items.unwrap_or_default().into_iter();
        items.map(|item| ExpiredKey::of(from_item(item)?)).collect()
    }

    /// Takes a session to delete it, and says when it was taken: by whoever did so within the last minutes,
    /// or now. None where it is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_session(&self, session: &SessionId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.take(&self.config.sessions, "sessionId", strings([("sessionId", session.as_str())]), now).await
    }

    /// Takes the key of a session whose item is gone, likewise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_key(&self, key: &ExpiredKey, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.take(&self.config.keys, "ownerId", key.key(), now).await
    }

    async fn take(
        &self,
        table: &str,
        partition: &str,
        key: Item,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(table)
            .set_key(Some(key.clone()))
            .update_expression("SET sweptAt = :now")
            .condition_expression(format!(
                "attribute_exists({partition}) AND (attribute_not_exists(sweptAt) OR sweptAt < :earlier)"
            ))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":earlier", text(now.minus_seconds(TAKEN_FOR).to_string()));
        match past_transactions(|| update.clone().send()).await.map_err(|error| StoreError::from_sdk(&error)) {
            Ok(_) => Ok(Some(now)),
            Err(error) if error.is_conflict() => {
                Ok(self.get::<Taken>(table, key).await?.and_then(|taken| taken.swept_at))
            }
            Err(error) => Err(error),
        }
    }

    /// Sessions whose deletion began before a time and is not over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begun_deletions(&self, before: Timestamp) -> Result<Vec<SessionRecord>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.config.sessions)
            .index_name("DeletionIndex")
            .filter_expression("deletionBegunAt < :before")
            .expression_attribute_values(":before", text(before.to_string()));
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let answer = scan.clone().set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
            for item in answer.items.unwrap_or_default() {
                let Begun { session_id } = from_item(item)?;
                found.extend(self.session(&session_id).await?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                found.retain(|session| session.deletion_begun_at.is_some_and(|begun| begun < before));
                return Ok(found);
            }
        }
    }
}

impl ExpiredKey {
    fn of(item: Indexed) -> Result<Self, StoreError> {
        let session = item.key_id.strip_prefix(keys::SESSION_PREFIX).map(SessionId::parse);
        let Some(Ok(session_id)) = session else { return Err(StoreError::malformed()) };
        Ok(Self { owner: item.owner_id, session_id, expires_at: item.expires_at })
    }

    fn key(&self) -> Item {
        strings([("ownerId", self.owner.as_str()), ("keyId", &keys::session_key(&self.session_id))])
    }
}
