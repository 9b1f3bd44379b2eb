//! What is done about erasures later: those that are due are found, closed and in the end forgotten.

use super::{ERASURES, ErasureRecord, changed, unless_held};
use crate::{Store, StoreError, from_item, keys, strings, text};
use domain::{
    Timestamp,
    erasure::{Scope, State},
    user::Status,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    user_key: String,
}

impl Store {
    /// Says that nothing more is to be done until it is forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_erasure(&self, erasure: &ErasureRecord, forget_at: Timestamp) -> Result<(), StoreError> {
        let update = self
            .erasure_update(&erasure.receipt_id)
            .update_expression("SET #state = :closed, dueAt = :due REMOVE login")
            .condition_expression("#state = :completed")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":completed", text(State::Completed.name()))
            .expression_attribute_values(":closed", text(State::Closed.name()))
            .expression_attribute_values(":due", text(forget_at.to_string()));
        unless_held(changed(update).await)
    }

    /// Forgets a closed one, and the mark that is left of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_erasure(&self, erasure: &ErasureRecord) -> Result<(), StoreError> {
        let delete = |key: String, state: &str, name: &str| {
            self.client
                .delete_item()
                .table_name(&self.config.users)
                .key("userKey", text(key))
                .condition_expression("#state = :state")
                .expression_attribute_names("#state", name)
                .expression_attribute_values(":state", text(state))
        };
        if erasure.scope == Scope::Account {
            let account = delete(keys::user(&erasure.subject), Status::Erased.name(), "status");
            unless_held(account.send().await.map_err(|error| StoreError::from_sdk(&error)))?;
        }
        let record = delete(keys::erasure(&erasure.receipt_id), State::Closed.name(), "state");
        unless_held(record.send().await.map_err(|error| StoreError::from_sdk(&error)))
    }

    /// At most so many erasures about which something is to be done, the longest due first. The index may be a
    /// moment behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_erasures(&self, now: Timestamp, limit: i32) -> Result<Vec<ErasureRecord>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.users)
            .index_name("ErasureIndex")
            .key_condition_expression("erasures = :all AND dueAt <= :now")
            .expression_attribute_values(":all", text(ERASURES))
            .expression_attribute_values(":now", text(now.to_string()))
            .limit(limit);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let keys = answer.items.unwrap_or_default().into_iter().map(from_item::<Key>);
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let found = keys.iter().map(|key| self.get(&self.config.users, strings([("userKey", &key.user_key)])));
        let found: Vec<Option<ErasureRecord>> = futures_util::future::try_join_all(found).await?;
        Ok(found.into_iter().flatten().filter(|erasure| erasure.due_at <= now).collect())
    }
}
