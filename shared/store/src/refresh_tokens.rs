//! `cmz-tokens`: refresh tokens, one item per family. A family begins with a sign-in, and each use
//! replaces its token; only fingerprints are stored. Key `family#<id>`.

use crate::{Store, StoreError, keys, number, strings, text, to_item, users::UserRecord};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A family of refresh tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenFamily {
    /// Which.
    pub family_id: String,
    /// Whose.
    pub user_id: UserId,
    /// The owner's `sign_ins_ended` when the family began.
    #[serde(default)]
    pub sign_ins_ended: u64,
    /// Fingerprint of the token that may be used now.
    pub current: String,
    /// Fingerprint of the token it replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// When it did.
    pub rotated_at: Timestamp,
    /// When the family ends, however often it is used.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    token_key: String,
    #[serde(flatten)]
    family: &'a TokenFamily,
}

impl Store {
    /// Begins a family.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_token_family(&self, family: &TokenFamily) -> Result<(), StoreError> {
        let stored = Stored { token_key: keys::token_family(&family.family_id), family };
        let put = self.client.put_item().table_name(&self.config.tokens).set_item(Some(to_item(&stored)?));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }

    /// A family, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token_family(&self, family: &str) -> Result<Option<TokenFamily>, StoreError> {
        let key = strings([("tokenKey", &keys::token_family(family))]);
        self.get(&self.config.tokens, key).await
    }

    /// Replaces a family's token, if it is still the one that was read.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when another use came first.
    pub async fn rotate_token(&self, family: &TokenFamily, next: &str, now: Timestamp) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.config.tokens)
            .key("tokenKey", text(keys::token_family(&family.family_id)))
            .update_expression("SET #current = :next, previous = :current, rotatedAt = :now")
            .condition_expression("#current = :current")
            .expression_attribute_names("#current", "current")
            .expression_attribute_values(":current", text(&family.current))
            .expression_attribute_values(":next", text(next))
            .expression_attribute_values(":now", text(now.to_string()))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }

    /// Lets one family go on though all sign-ins of its owner were ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_token_family(&self, family: &str, owner: &UserRecord) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.tokens)
            .key("tokenKey", text(keys::token_family(family)))
            .update_expression("SET signInsEnded = :ended")
            .condition_expression("userId = :owner")
            .expression_attribute_values(":ended", number(owner.sign_ins_ended))
            .expression_attribute_values(":owner", text(owner.user_id.as_str()));
        match update.send().await.map_err(|error| StoreError::from_sdk(&error)) {
            // It has ended by itself.
            Err(error) if error.is_conflict() => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Ends a family: none of its tokens is good for anything any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_token_family(&self, family: &str) -> Result<(), StoreError> {
        let key = strings([("tokenKey", &keys::token_family(family))]);
        let delete = self.client.delete_item().table_name(&self.config.tokens).set_key(Some(key));
        delete.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }
}
