//! `cmz-sessions`: one summary per session. Key `sessionId`.

mod kept;

pub use kept::{Buried, Kept};

use crate::{Item, Store, StoreError, from_item, strings, text, transact::past_transactions};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::ConditionCheck};
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
    /// When the child whose it is asked for its deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_asked_at: Option<Timestamp>,
    /// When its deletion began; what is left of it is only there to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_begun_at: Option<Timestamp>,
    /// The last activity of it that the owner's guardian has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian_read_to: Option<Timestamp>,
    /// How often all its shares were revoked: one from before that is good for nothing.
    #[serde(default)]
    pub shares_revoked: u64,
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
    /// Its place in a list by last activity.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { last_activity: self.last_activity, session_id: self.session_id.clone() }
    }

    /// Whether something was said since the owner's guardian last opened it.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.guardian_read_to.is_none_or(|read| read < self.last_activity)
    }

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

/// What staff see of a session: nothing that was said.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMetadata {
    /// Which.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// With which animal.
    pub animal_id: AnimalId,
    /// When its first message was sent.
    pub start_time: Timestamp,
    /// When its last message was sent or finished.
    pub last_activity: Timestamp,
    /// Messages of both.
    pub message_count: u64,
    /// When all of it is gone, exactly.
    pub expires_at: Timestamp,
}

/// Behind which session a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The session's last activity when it was listed.
    pub last_activity: Timestamp,
    /// The session.
    pub session_id: SessionId,
}

/// A part of a list, by last activity.
#[derive(Debug, Clone)]
pub struct Span {
    /// The earliest last activity.
    pub from: Timestamp,
    /// The latest last activity.
    pub to: Timestamp,
    /// Behind which session to go on.
    pub after: Option<Position>,
    /// How many sessions to look at.
    pub limit: i32,
}

impl Store {
    /// A session, read consistently; none where it was erased. It may be expired: ask [`Session::is_expired`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, session: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
        Ok(match self.kept_session(session).await? {
            Some(Kept::Session(session)) => Some(*session),
            Some(Kept::Buried(_)) | None => None,
        })
    }

    /// The condition that a session is there and not over. That its deletion has begun is asked for itself: the
    /// clock of whoever began it may be ahead.
    pub(crate) fn session_lives(&self, session: &SessionId, now: Timestamp) -> Result<ConditionCheck, StoreError> {
        ConditionCheck::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(session.as_str()))
            .condition_expression("expiresAt > :now AND attribute_not_exists(deletionBegunAt)")
            .expression_attribute_values(":now", text(now.to_string()))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// A person's sessions, the latest first. The index follows the table with a short delay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions_of(&self, user: &UserId, span: &Span) -> Result<Vec<SessionRecord>, StoreError> {
        let wanted = usize::try_from(span.limit).unwrap_or(0);
        let (mut found, mut span) = (Vec::<SessionRecord>::new(), span.clone());
        loop {
            let query = self.activity_query("UserActivityIndex", "userId", user.as_str(), &span);
            let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
            for item in answer.items.unwrap_or_default() {
                found.push(from_item(item)?);
            }
            // Hundreds of them may be more than the megabyte that comes at once.
            span.limit = i32::try_from(wanted.saturating_sub(found.len())).unwrap_or(0);
            match found.last().filter(|_| answer.last_evaluated_key.is_some() && span.limit > 0) {
                Some(last) => span.after = Some(last.position()),
                None => return Ok(found),
            }
        }
    }

    /// Keeps what of a session its owner's guardian has seen. Of a session that is gone, or of which more
    /// was seen meanwhile, nothing is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn guardian_read(&self, session: &SessionId, to: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.sessions)
            .set_key(Some(strings([("sessionId", session.as_str())])))
            .update_expression("SET guardianReadTo = :to")
            .condition_expression(
                "attribute_exists(sessionId) AND attribute_not_exists(erasedAt) AND attribute_not_exists(deletionBegunAt) \
                 AND (attribute_not_exists(guardianReadTo) OR guardianReadTo < :to)",
            )
            .expression_attribute_values(":to", text(to.to_string()));
        match past_transactions(|| update.clone().send()).await.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }

    /// Everybody's sessions of a month, the latest first, without text.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions_in(&self, month: &str, span: &Span) -> Result<Vec<SessionMetadata>, StoreError> {
        let query = self.activity_query("MonthIndex", "month", month, span);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        answer.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    fn activity_query(&self, index: &str, partition: &str, value: &str, span: &Span) -> QueryFluentBuilder {
        let start = span.after.as_ref().map(|position| -> Item {
            strings([
                (partition, value),
                ("lastActivity", &position.last_activity.to_string()),
                ("sessionId", position.session_id.as_str()),
            ])
        });
        self.client
            .query()
            .table_name(&self.config.sessions)
            .index_name(index)
            .key_condition_expression("#partition = :partition AND lastActivity BETWEEN :from AND :to")
            .expression_attribute_names("#partition", partition)
            .expression_attribute_values(":partition", text(value))
            .expression_attribute_values(":from", text(span.from.to_string()))
            .expression_attribute_values(":to", text(span.to.to_string()))
            .scan_index_forward(false)
            .set_exclusive_start_key(start)
            .limit(span.limit)
    }
}

impl From<&SessionRecord> for SessionMetadata {
    fn from(record: &SessionRecord) -> Self {
        Self {
            session_id: record.session_id.clone(),
            user_id: record.user_id.clone(),
            animal_id: record.animal_id.clone(),
            start_time: record.start_time,
            last_activity: record.last_activity,
            message_count: record.message_count,
            expires_at: record.expires_at,
        }
    }
}
