//! Making a session disappear: first nobody can read it or add to it, then its key goes, then what it
//! sealed; that it was is known until the time at which it would have expired. Each step may be repeated.

use crate::{
    Item, Store, StoreError,
    expiry::ExpiredKey,
    keys,
    sessions::SessionRecord,
    strings, text,
    transact::{Cancelled, Pause, past_transactions, update},
};
use aws_sdk_dynamodb::types::{DeleteRequest, Update, WriteRequest};
use domain::{SessionId, Timestamp, UserId};
use std::collections::HashMap;
use uuid::Uuid;

/// Items that one batch may have.
const BATCH: usize = 25;
/// Attempts at what a batch leaves unprocessed.
const ATTEMPTS: usize = 8;

impl Store {
    /// Deletes a session: its key is destroyed, so that copies of its text elsewhere are dead.
    ///
    /// # Errors
    /// [`StoreError`]; what is left then is closed to everybody, and deleted by doing it again.
    pub async fn delete_session(&self, session: &SessionRecord, now: Timestamp) -> Result<(), StoreError> {
        self.close_session(session, now).await?;
        let key = [("ownerId", session.user_id.as_str()), ("keyId", &keys::session_key(&session.session_id))];
        self.delete(&self.config.keys, strings(key)).await?;
        self.delete_messages(&session.user_id, &session.session_id).await?;
        if now.as_seconds() >= session.ttl {
            // Its time is over: of such a session nothing is known any more.
            return self.delete(&self.config.sessions, strings([("sessionId", session.session_id.as_str())])).await;
        }
        self.bury_session(&session.session_id, &session.user_id, now).await
    }

    /// Destroys the key of a session whose item is gone, and deletes the messages that are left of it.
    ///
    /// # Errors
    /// [`StoreError`]; messages that are left then are nothing anybody can read, and their own time is over.
    pub async fn delete_remains(&self, key: &ExpiredKey) -> Result<(), StoreError> {
        let id = keys::session_key(&key.session_id);
        self.delete(&self.config.keys, strings([("ownerId", key.owner.as_str()), ("keyId", &id)])).await?;
        self.delete_messages(&key.owner, &key.session_id).await
    }

    /// Marks that a child wants a session deleted; the guardian confirms it by deleting it.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the session is gone.
    pub async fn ask_for_deletion(&self, session: &SessionId, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.sessions)
            .set_key(Some(strings([("sessionId", session.as_str())])))
            .update_expression("SET deletionAskedAt = if_not_exists(deletionAskedAt, :now)")
            .condition_expression("expiresAt > :now")
            .expression_attribute_values(":now", text(now.to_string()));
        let done = past_transactions(|| update.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// From here on the session is expired and counted no more: no turn begins in it or completes, nobody
    /// reads it. Its item stays until the rest is gone, so that a deletion that broke off is found again.
    async fn close_session(&self, session: &SessionRecord, now: Timestamp) -> Result<(), StoreError> {
        let close = update(self.close(&session.session_id, now)?);
        let uncount = update(self.uncount_session(&session.user_id, session.start_time)?);
        // Who begins it counts; whoever begins it again, or finishes it, finds it begun.
        let attempt = || Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}{now}", session.session_id).as_bytes());
        match self.transact(&attempt().to_string(), vec![close.clone(), uncount]).await {
            Err(Cancelled::Conditions(failed)) if !failed.contains(&0) => {
                // It was never counted, or the account is gone.
                let alone = Uuid::new_v5(&attempt(), b"alone").to_string();
                match self.transact(&alone, vec![close]).await {
                    Err(Cancelled::Failed(error)) => Err(error),
                    _ => Ok(()),
                }
            }
            Err(Cancelled::Failed(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn close(&self, session: &SessionId, now: Timestamp) -> Result<Update, StoreError> {
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(session.as_str()))
            .update_expression("SET expiresAt = :now, deletionBegunAt = :now")
            .condition_expression("attribute_exists(expiresAt) AND attribute_not_exists(deletionBegunAt)")
            .expression_attribute_values(":now", text(now.to_string()))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    async fn delete(&self, table: &str, key: Item) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(table).set_key(Some(key));
        let done = past_transactions(|| request.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    async fn delete_messages(&self, user: &UserId, session: &SessionId) -> Result<(), StoreError> {
        loop {
            let page = self.messages(user, session, 500, None).await?;
            let keys: Vec<_> = page
                .messages
                .iter()
                .map(|message| {
                    strings([("userId", user.as_str()), ("sessionIdTimestamp", &message.session_id_timestamp)])
                })
                .collect();
            self.delete_all(&self.config.conversations, keys).await?;
            if page.last.is_none() {
                return Ok(());
            }
        }
    }

    /// Deletes items of a table, in batches.
    pub(crate) async fn delete_all(&self, table: &str, keys: Vec<Item>) -> Result<(), StoreError> {
        for batch in keys.chunks(BATCH) {
            self.delete_batch(table, batch).await?;
        }
        Ok(())
    }

    /// Deletes up to 25 items; what the database leaves unprocessed is asked for again, with pauses
    /// that grow.
    async fn delete_batch(&self, table: &str, batch: &[Item]) -> Result<(), StoreError> {
        let delete = |key: &Item| {
            let request = DeleteRequest::builder().set_key(Some(key.clone())).build();
            request.map(|request| WriteRequest::builder().delete_request(request).build())
        };
        let requests = batch.iter().map(delete).collect::<Result<Vec<_>, _>>().map_err(|_| StoreError::malformed())?;
        let mut left = HashMap::from([(table.to_owned(), requests)]);
        let mut pause = Pause::first();
        for _ in 0..ATTEMPTS {
            let request = self.client.batch_write_item().set_request_items(Some(left));
            let answer = request.send().await.map_err(|error| StoreError::from_sdk(&error))?;
            left = answer.unprocessed_items.unwrap_or_default();
            if left.values().all(Vec::is_empty) {
                return Ok(());
            }
            pause.wait().await;
        }
        Err(StoreError::unprocessed())
    }
}
