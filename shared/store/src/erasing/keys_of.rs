//! A person's keys, and how they are destroyed. `cmz-keys` has no backup: what is deleted there is gone.

use super::{Erasing, page};
use crate::{Store, StoreError, keys, number, strings, text, transact::past_transactions};
use domain::{SessionId, UserId};
use serde::Deserialize;

/// Which of a person's keys; nothing of the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyOf {
    key_id: String,
    generation: u64,
}

impl KeyOf {
    /// The session whose key it is, where it is one's.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        SessionId::parse(self.key_id.strip_prefix(keys::SESSION_PREFIX)?).ok()
    }

    /// Whether it opens conversations of a generation that goes. The others open a profile, or what the audit trail
    /// says of devices and reasons.
    fn is_of_conversations(&self, generation: u64) -> bool {
        let is_of_them = self.key_id == keys::CONVERSATIONS_KEY || self.key_id.starts_with(keys::SESSION_PREFIX);
        is_of_them && self.generation <= generation
    }
}

impl Store {
    /// The keys of a person that go: of conversations, or all of them. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys_to_erase(&self, erasing: Erasing<'_>, is_all: bool) -> Result<Vec<KeyOf>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.keys)
            .consistent_read(true)
            .key_condition_expression("ownerId = :user")
            .projection_expression("keyId, #generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":user", text(erasing.user.as_str()));
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (keys, next): (Vec<KeyOf>, _) = page(&query, after).await?;
            found.extend(keys.into_iter().filter(|key| is_all || key.is_of_conversations(erasing.generation)));
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Destroys keys. The one that wraps the others goes first: without it they are worth nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_keys(&self, user: &UserId, keys: &[KeyOf]) -> Result<(), StoreError> {
        let (wrapping, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.key_id == keys::CONVERSATIONS_KEY);
        for key in wrapping {
            self.destroy_key(user, key).await?;
        }
        let others = others.iter().map(|key| strings([("ownerId", user.as_str()), ("keyId", &key.key_id)]));
        self.delete_all(&self.config.keys, others.collect()).await
    }

    /// In the place of the wrapping key a later one may lie by now: that one stays.
    async fn destroy_key(&self, user: &UserId, key: &KeyOf) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.config.keys)
            .set_key(Some(strings([("ownerId", user.as_str()), ("keyId", &key.key_id)])))
            .condition_expression("attribute_not_exists(ownerId) OR #generation <= :generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":generation", number(key.generation));
        let done = past_transactions(|| delete.clone().send()).await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }
}
