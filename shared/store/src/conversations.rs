//! `cmz-conversations`: the messages. Key `(userId, sessionIdTimestamp)`, as seed 004 has it.

use crate::{Store, StoreError, from_item, keys, strings, text};
use domain::{
    AnimalId, MessageId, Sealed, SessionId, Slot, Timestamp, TurnId, UserId,
    message::Sender,
    turn::{FinishReason, TurnStart},
};
use serde::{Deserialize, Serialize};

/// A message as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageRecord {
    /// Partition key: the owner.
    pub user_id: UserId,
    /// Sort key, see [`keys::message`].
    pub session_id_timestamp: String,
    /// The session.
    pub session_id: SessionId,
    /// When it was said.
    pub timestamp: Timestamp,
    /// The animal of the session.
    pub animal_id: AnimalId,
    /// The owner's guardian, where the owner is a child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<UserId>,
    /// Who says it.
    pub message_type: Sender,
    /// What is said.
    pub content: Sealed,
    /// Tokens of the answer; 0 for a question.
    pub tokens_used: u64,
    /// The message's own id.
    pub message_id: MessageId,
    /// The turn it belongs to.
    pub turn_id: TurnId,
    /// The generation of the owner's vault that it is sealed in.
    pub generation: u64,
    /// Why the answer ended; questions have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// How the answer came about; questions have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// When it is gone, exactly.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

/// How an answer came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Milliseconds from the question to the end of the answer.
    pub latency_ms: u64,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How freely it was asked to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
}

impl MessageRecord {
    /// Where its text is sealed.
    #[must_use]
    pub fn content_slot(&self) -> Slot<'_> {
        keys::content_slot(&self.user_id, &self.session_id_timestamp, self.generation)
    }
}

/// A page of messages.
#[derive(Debug)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<MessageRecord>,
    /// The sort key of the last message, where more follow.
    pub last: Option<String>,
}

impl Store {
    /// The newest messages of a session, newest first, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_messages(
        &self,
        user: &UserId,
        session: &SessionId,
        limit: i32,
    ) -> Result<Vec<MessageRecord>, StoreError> {
        let answer = self.session_query(user, session, limit).scan_index_forward(false).send().await;
        let items = answer.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default();
        items.into_iter().map(from_item).collect()
    }

    /// A page of a session's messages after a sort key, oldest first, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages(
        &self,
        user: &UserId,
        session: &SessionId,
        limit: i32,
        after: Option<&str>,
    ) -> Result<MessagePage, StoreError> {
        let start = after.map(|sort| strings([("userId", user.as_str()), ("sessionIdTimestamp", sort)]));
        // One more than asked for tells whether there is more.
        let query = self.session_query(user, session, limit + 1).set_exclusive_start_key(start);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let items = answer.items.unwrap_or_default().into_iter().map(from_item);
        let mut messages = items.collect::<Result<Vec<MessageRecord>, _>>()?;
        let wanted = usize::try_from(limit).unwrap_or(0);
        let has_more = messages.len() > wanted || answer.last_evaluated_key.is_some();
        messages.truncate(wanted);
        let last = messages.last().filter(|_| has_more).map(|message| message.session_id_timestamp.clone());
        Ok(MessagePage { messages, last })
    }

    /// A page of a session's messages before a sort key, newest first, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages_before(
        &self,
        user: &UserId,
        session: &SessionId,
        limit: i32,
        before: Option<&str>,
    ) -> Result<MessagePage, StoreError> {
        let start = before.map(|sort| strings([("userId", user.as_str()), ("sessionIdTimestamp", sort)]));
        let query = self.session_query(user, session, limit).scan_index_forward(false);
        let answer = query.set_exclusive_start_key(start).send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let messages = answer.items.unwrap_or_default().into_iter().map(from_item);
        let messages = messages.collect::<Result<Vec<MessageRecord>, _>>()?;
        let has_more = answer.last_evaluated_key.is_some();
        let last = messages.last().filter(|_| has_more).map(|message| message.session_id_timestamp.clone());
        Ok(MessagePage { messages, last })
    }

    /// The answer of a turn, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answer(
        &self,
        user: &UserId,
        turn: &TurnStart,
        asked_at: Timestamp,
    ) -> Result<Option<MessageRecord>, StoreError> {
        let sort = keys::message(&turn.session_id, asked_at, &turn.turn_id, Sender::Assistant);
        let key = strings([("userId", user.as_str()), ("sessionIdTimestamp", &sort)]);
        self.get(&self.config.conversations, key).await
    }

    fn session_query(
        &self,
        user: &UserId,
        session: &SessionId,
        limit: i32,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.config.conversations)
            .key_condition_expression("userId = :user AND begins_with(sessionIdTimestamp, :session)")
            .expression_attribute_values(":user", text(user.as_str()))
            .expression_attribute_values(":session", text(keys::session_messages(session)))
            .consistent_read(true)
            .limit(limit)
    }
}
