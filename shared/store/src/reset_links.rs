//! `cmz-tokens`: links to set a new password, by the fingerprint of what they carry. Key
//! `reset#<fingerprint>`.

use crate::{Store, StoreError, keys, strings, to_item};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A link as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    /// Whose; nobody's where the name was unknown.
    pub user_id: UserId,
    /// The owner's `sign_ins_ended` when it was made: any new password makes the link worthless.
    pub sign_ins_ended: u64,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    token_key: String,
    #[serde(flatten)]
    link: &'a ResetLink,
}

impl Store {
    /// Keeps a link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_reset_link(&self, fingerprint: &str, link: &ResetLink) -> Result<(), StoreError> {
        let item = to_item(&Stored { token_key: keys::reset_link(fingerprint), link })?;
        let put = self.client.put_item().table_name(&self.config.tokens).set_item(Some(item));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }

    /// A link, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reset_link(&self, fingerprint: &str) -> Result<Option<ResetLink>, StoreError> {
        self.get(&self.config.tokens, strings([("tokenKey", &keys::reset_link(fingerprint))])).await
    }

    /// Throws a link away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_reset_link(&self, fingerprint: &str) -> Result<(), StoreError> {
        let key = strings([("tokenKey", &keys::reset_link(fingerprint))]);
        let delete = self.client.delete_item().table_name(&self.config.tokens).set_key(Some(key));
        delete.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }
}
