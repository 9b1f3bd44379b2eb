//! `cmz-sessions`: one summary per session. Key `sessionId`.

use crate::{Store, StoreError, strings};
use domain::{
    AnimalId, Sealed, SessionId, Timestamp, UserId,
    session::{Counts, Session},
};
use serde::{Deserialize, Serialize};

/// A session as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRecord {
    /// Partition key.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// With which animal.
    pub animal_id: AnimalId,
    /// When its first message was sent.
    pub start_time: Timestamp,
    /// When its last message was sent or finished.
    pub last_activity: Timestamp,
    /// The month of its last activity, the partition of staff views.
    pub month: String,
    /// Messages of both.
    pub message_count: u64,
    /// Messages of the person.
    pub user_messages: u64,
    /// Messages of the animal.
    pub assistant_messages: u64,
    /// Tokens of prompts and answers.
    pub total_tokens: u64,
    /// Milliseconds that answers took.
    pub response_millis: u64,
    /// The generation of the owner's vault that its text is sealed in.
    pub generation: u64,
    /// The person's first message.
    pub first_message: Sealed,
    /// The person's last message.
    pub last_message: Sealed,
    /// The session that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<SessionId>,
    /// The session that goes on from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continued_by: Option<SessionId>,
    /// When all of it is gone, exactly.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

impl SessionRecord {
    /// The session as the rules see it.
    #[must_use]
    pub fn session(&self) -> Session {
        Session {
            session_id: self.session_id.clone(),
            user_id: self.user_id.clone(),
            animal_id: self.animal_id.clone(),
            start_time: self.start_time,
            last_activity: self.last_activity,
            expires_at: self.expires_at,
            counts: Counts {
                user_messages: self.user_messages,
                assistant_messages: self.assistant_messages,
                total_tokens: self.total_tokens,
                response_millis: self.response_millis,
            },
        }
    }
}

impl Store {
    /// A session, read consistently. It may be expired: ask [`Session::is_expired`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, session: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.get(&self.config.sessions, strings([("sessionId", session.as_str())])).await
    }
}
