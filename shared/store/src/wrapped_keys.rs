//! `cmz-keys`: wrapped keys. Key `(ownerId, keyId)`. The table has no backups, so that a key that
//! is deleted here is gone.

use crate::{Item, Store, StoreError, from_item, keys, number, strings, to_item, transact::Pause};
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put};
use domain::{NewKey, SessionId, UserId, WrappedKey};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Items that one batch may read.
const BATCH: usize = 100;
/// Attempts at what a batch leaves unprocessed.
const ATTEMPTS: usize = 8;

/// A wrapped key as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRecord {
    /// Partition key: a person's id, or [`keys::ZOO`].
    pub owner_id: String,
    /// Sort key: which of the owner's keys.
    pub key_id: String,
    /// The generation of the owner's vault.
    pub generation: u64,
    /// The key.
    pub wrapped: WrappedKey,
    /// The key service's key that wraps it. None where a person's key does, and in items of before there were
    /// epochs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrapped_by: Option<String>,
}

impl KeyRecord {
    /// The key of a session, which its person's key wraps.
    pub(crate) fn of_session(owner: &str, session: &SessionId, generation: u64, wrapped: &WrappedKey) -> Self {
        let (owner_id, key_id) = (owner.to_owned(), keys::session_key(session));
        Self { owner_id, key_id, generation, wrapped: wrapped.clone(), wrapped_by: None }
    }

    /// A key that the key service wraps.
    pub(crate) fn new(owner: &str, key: &str, generation: u64, new: &NewKey) -> Self {
        let (wrapped, wrapped_by) = (new.wrapped.clone(), Some(new.wrapped_by.clone()));
        Self { owner_id: owner.to_owned(), key_id: key.to_owned(), generation, wrapped, wrapped_by }
    }
}

impl Store {
    /// The key that wraps the keys of a person's sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conversations_key(&self, user: &UserId) -> Result<Option<KeyRecord>, StoreError> {
        self.key(user.as_str(), keys::CONVERSATIONS_KEY).await
    }

    /// The key of a person's name and email.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn profile_key(&self, user: &UserId) -> Result<Option<KeyRecord>, StoreError> {
        self.key(user.as_str(), keys::PROFILE_KEY).await
    }

    /// The key of what the audit trail says of a person's devices and reasons.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_key(&self, user: &UserId) -> Result<Option<KeyRecord>, StoreError> {
        self.key(user.as_str(), keys::AUDIT_KEY).await
    }

    /// Keeps that key where there is none yet, and gives the one that is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_audit_key(&self, user: &UserId, new: &NewKey) -> Result<KeyRecord, StoreError> {
        self.keep(KeyRecord::new(user.as_str(), keys::AUDIT_KEY, 0, new)).await
    }

    /// The key of one of a person's sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_key(&self, user: &UserId, session: &SessionId) -> Result<Option<KeyRecord>, StoreError> {
        self.key(user.as_str(), &keys::session_key(session)).await
    }

    /// The keys of sessions, each with its owner, read at once; those that are destroyed are not there.
    /// What the database leaves unprocessed is asked for again, with pauses that grow.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_keys(
        &self,
        sessions: &[(&UserId, &SessionId)],
    ) -> Result<HashMap<SessionId, KeyRecord>, StoreError> {
        let ids: HashMap<_, _> = sessions.iter().map(|(_, session)| (keys::session_key(session), *session)).collect();
        let mut found = HashMap::new();
        for batch in sessions.chunks(BATCH) {
            let key = |(user, session): &(&UserId, &SessionId)| {
                strings([("ownerId", user.as_str()), ("keyId", &keys::session_key(session))])
            };
            for item in self.batch_get(&self.config.keys, batch.iter().map(key).collect()).await? {
                let record: KeyRecord = from_item(item)?;
                if let Some(session) = ids.get(&record.key_id) {
                    found.insert((*session).clone(), record);
                }
            }
        }
        Ok(found)
    }

    async fn batch_get(&self, table: &str, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let mut left = HashMap::from([(table.to_owned(), wanted.map_err(|_| StoreError::malformed())?)]);
        let (mut found, mut pause) = (Vec::new(), Pause::first());
        for _ in 0..ATTEMPTS {
            let request = self.client.batch_get_item().set_request_items(Some(left));
            let answer = request.send().await.map_err(|error| StoreError::from_sdk(&error))?;
            found.extend(answer.responses.unwrap_or_default().remove(table).unwrap_or_default());
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                return Ok(found);
            }
            pause.wait().await;
        }
        Err(StoreError::unprocessed())
    }

    /// The zoo's own key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn zoo_key(&self) -> Result<Option<KeyRecord>, StoreError> {
        self.key(keys::ZOO, keys::ROOT_KEY).await
    }

    /// Keeps the zoo's own key where there is none yet, and gives the one that is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_zoo_key(&self, new: &NewKey) -> Result<KeyRecord, StoreError> {
        self.keep(KeyRecord::new(keys::ZOO, keys::ROOT_KEY, 0, new)).await
    }

    /// A person's first key of a generation. One of an earlier generation, which an erasure that broke off has not come
    /// to yet, is destroyed by it.
    pub(crate) fn next_conversations_key(&self, record: &KeyRecord) -> Result<Put, StoreError> {
        Put::builder()
            .table_name(&self.config.keys)
            .set_item(Some(to_item(record)?))
            .condition_expression("attribute_not_exists(ownerId) OR #generation < :generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":generation", number(record.generation))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// The first to come keeps theirs; everybody gets that one.
    async fn keep(&self, record: KeyRecord) -> Result<KeyRecord, StoreError> {
        let put = self.client.put_item().table_name(&self.config.keys).set_item(Some(to_item(&record)?));
        let answer = put.condition_expression("attribute_not_exists(ownerId)").send().await;
        match answer.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if !error.is_conflict() => Err(error),
            _ => self.key(&record.owner_id, &record.key_id).await?.ok_or_else(StoreError::conflict),
        }
    }

    async fn key(&self, owner: &str, key: &str) -> Result<Option<KeyRecord>, StoreError> {
        self.get(&self.config.keys, strings([("ownerId", owner), ("keyId", key)])).await
    }
}
