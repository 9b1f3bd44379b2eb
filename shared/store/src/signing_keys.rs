//! `cmz-keys`: the public halves of the keys that sign access tokens, for every function to verify
//! with. Key `("zoo", "signing#<kid>")`.

use crate::{Store, StoreError, from_item, keys, text, to_item};
use domain::token::PublicKey;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    owner_id: &'static str,
    key_id: String,
    #[serde(flatten)]
    key: &'a PublicKey,
}

impl Store {
    /// All public signing keys, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signing_keys(&self) -> Result<Vec<PublicKey>, StoreError> {
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

    /// Publishes a signing key; publishing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publish_signing_key(&self, key: &PublicKey) -> Result<(), StoreError> {
        let item = to_item(&Stored { owner_id: keys::ZOO, key_id: keys::signing_key(&key.kid), key })?;
        let put = self.client.put_item().table_name(&self.config.keys).set_item(Some(item));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }
}
