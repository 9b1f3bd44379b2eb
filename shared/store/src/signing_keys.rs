//! `cmz-keys`: the public halves of the keys that sign access tokens, for every function to verify
//! with. Key `("zoo", "signing#<kid>")`.

use crate::{Store, StoreError, from_item, keys, text, to_item};
use domain::{Timestamp, token::PublicKey};
use serde::{Deserialize, Serialize};

/// A public signing key, and until when tokens that it signed may be met.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedKey {
    /// The key.
    #[serde(flatten)]
    pub key: PublicKey,
    /// When the last of its tokens ends, unless it goes on signing. One without has no end yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_until: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    owner_id: &'static str,
    key_id: String,
    #[serde(flatten)]
    key: &'a PublishedKey,
}

impl Store {
    /// All public signing keys that ever were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signing_keys(&self) -> Result<Vec<PublicKey>, StoreError> {
        Ok(self.published_keys().await?.into_iter().map(|published| published.key).collect())
    }

    /// The same with the times until which they are needed, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_keys(&self) -> Result<Vec<PublishedKey>, StoreError> {
        let query = self.client.query().table_name(&self.config.keys).consistent_read(true);
        let answer = query
            .key_condition_expression("ownerId = :zoo AND begins_with(keyId, :signing)")
            .expression_attribute_values(":zoo", text(keys::ZOO))
            .expression_attribute_values(":signing", text(keys::SIGNING_PREFIX))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// Publishes a signing key, again where it is needed for longer; never for less long than it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publish_signing_key(&self, key: &PublishedKey) -> Result<(), StoreError> {
        let item = to_item(&Stored { owner_id: keys::ZOO, key_id: keys::signing_key(&key.key.kid), key })?;
        let put = self.client.put_item().table_name(&self.config.keys).set_item(Some(item));
        let put = match key.needed_until {
            None => put,
            Some(until) => put
                .condition_expression("attribute_not_exists(ownerId) OR neededUntil < :until")
                .expression_attribute_values(":until", text(until.to_string())),
        };
        match put.send().await.map_err(|error| StoreError::from_sdk(&error)) {
            // It is published for longer.
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }
}
