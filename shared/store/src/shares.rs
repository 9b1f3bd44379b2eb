//! `cmz-tokens`: shares of sessions, by the fingerprint of what their links carry. Key
//! `share#<fingerprint>`. That all of a session's are revoked is counted on the session in
//! `cmz-sessions`, so that nobody has to find them.

use crate::{Store, StoreError, keys, number, strings, text, to_item, transact::past_transactions};
use domain::{SessionId, Timestamp, UserId, share::Share};
use serde::{Deserialize, Serialize};

/// A share as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRecord {
    /// Which; not what its link carries.
    pub share_id: String,
    /// What it opens.
    pub session_id: SessionId,
    /// Who made it.
    pub user_id: UserId,
    /// The session's `shares_revoked` when it was made.
    pub revocations: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, exactly.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

impl ShareRecord {
    /// The share as the rules see it.
    #[must_use]
    pub fn share(&self) -> Share {
        Share { session_id: self.session_id.clone(), revocations: self.revocations, expires_at: self.expires_at }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    token_key: String,
    #[serde(flatten)]
    share: &'a ShareRecord,
}

impl Store {
    /// Keeps a share.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_share(&self, fingerprint: &str, share: &ShareRecord) -> Result<(), StoreError> {
        let item = to_item(&Stored { token_key: keys::share(fingerprint), share })?;
        let put = self.client.put_item().table_name(&self.config.tokens).set_item(Some(item));
        put.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }

    /// A share, read consistently. It may be over: ask [`Share::is_good`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn share(&self, fingerprint: &str) -> Result<Option<ShareRecord>, StoreError> {
        self.get(&self.config.tokens, strings([("tokenKey", &keys::share(fingerprint))])).await
    }

    /// Revokes all shares of a session that were made so far.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the session is gone.
    pub async fn revoke_shares(&self, session: &SessionId, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.sessions)
            .set_key(Some(strings([("sessionId", session.as_str())])))
            .update_expression("SET sharesRevoked = if_not_exists(sharesRevoked, :zero) + :one")
            .condition_expression("expiresAt > :now")
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(now.to_string()));
        let done = past_transactions(|| update.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}
