//! `cmz-turns`: one item per turn, key `(userId, turnId)`, and the two transactions of a turn: the
//! claim before the model and the completion after it.

use crate::{
    Store, StoreError,
    conversations::MessageRecord,
    keys, number,
    sessions::SessionRecord,
    text, to_item,
    transact::{Cancelled, check, put, update},
    users::new_item,
    wrapped_keys::KeyRecord,
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use domain::{
    AnimalId, MessageId, Sealed, SessionId, Timestamp, TurnId, UserId, WrappedKey,
    turn::{FinishReason, TurnState, Usage},
    user::User,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a turn is remembered.
const REMEMBERED_DAYS: u32 = 1;

/// A turn as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnRecord {
    /// Partition key: who asked.
    pub user_id: UserId,
    /// Sort key, see [`keys::turn`].
    pub turn_key: String,
    /// The session.
    pub session_id: SessionId,
    /// The animal.
    pub animal_id: AnimalId,
    /// The answer's message.
    pub message_id: MessageId,
    /// How far it has come.
    pub state: TurnState,
    /// Who produces the answer: nobody else may complete it.
    pub owner: Uuid,
    /// When it was claimed.
    pub started_at: Timestamp,
    /// Why the answer ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// For DynamoDB's own deletion, in seconds.
    pub ttl: i64,
}

/// What a turn writes before the model is asked.
pub struct Claim<'a> {
    /// Who asks, as read just before.
    pub user: &'a User,
    /// The turn.
    pub turn: TurnId,
    /// The answer's message.
    pub answer_id: MessageId,
    /// Who produces the answer.
    pub owner: Uuid,
    /// The question.
    pub question: &'a MessageRecord,
    /// The session's first message, for a new session.
    pub opening: Option<Opening>,
    /// The question as the session's last message.
    pub last_message: Sealed,
}

/// What opening a session writes besides.
pub struct Opening {
    /// The question as the session's first message.
    pub first_message: Sealed,
    /// The session's key.
    pub session_key: WrappedKey,
    /// The person's key, where this is their first session.
    pub conversations_key: Option<WrappedKey>,
}

/// Why a turn was not claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The turn id is in use.
    #[error("the turn exists")]
    TurnExists,
    /// The session is gone or not the person's.
    #[error("the session is gone")]
    SessionGone,
    /// The person may not talk any more.
    #[error("the person may not talk")]
    MayNotConverse,
    /// Another first session of the same person came first; reading again will show its key.
    #[error("another session came first")]
    KeyExists,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a turn writes after the model has answered.
pub struct Completion<'a> {
    /// Who asked, as claimed.
    pub user: &'a User,
    /// Who produced the answer.
    pub owner: Uuid,
    /// The answer.
    pub answer: &'a MessageRecord,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// Tokens that the model counted.
    pub usage: Usage,
    /// Milliseconds it took.
    pub latency_millis: u64,
}

impl Store {
    /// Stores the question and claims its turn, all or nothing.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn claim_turn(&self, claim: &Claim<'_>) -> Result<(), ClaimError> {
        let mut items = vec![
            put(new_item(&self.config.turns, to_item(&claim.turn_record())?, "userId")?),
            put(new_item(&self.config.conversations, to_item(claim.question)?, "userId")?),
            check(self.may_still_converse(claim.user)?),
        ];
        match &claim.opening {
            Some(opening) => items.extend(self.open_session(claim, opening)?),
            None => items.push(update(self.continue_session(claim)?)),
        }
        let token = request_token(&claim.user.user_id, &claim.turn, claim.owner, "claim");
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => ClaimError::Store(error),
            Cancelled::Conditions(positions) => match positions.first() {
                Some(0 | 1) => ClaimError::TurnExists,
                Some(2) => ClaimError::MayNotConverse,
                Some(3) => ClaimError::SessionGone,
                _ => ClaimError::KeyExists,
            },
        })
    }

    fn open_session(&self, claim: &Claim<'_>, opening: &Opening) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = |key_id: String, wrapped: &WrappedKey| KeyRecord {
            owner_id: claim.user.user_id.to_string(),
            key_id,
            generation: claim.user.generation,
            wrapped: wrapped.clone(),
        };
        let session_key = key(keys::session_key(&claim.question.session_id), &opening.session_key);
        let session = to_item(&claim.session_record(opening))?;
        let mut items = vec![
            put(new_item(&self.config.sessions, session, "sessionId")?),
            put(new_item(&self.config.keys, to_item(&session_key)?, "ownerId")?),
        ];
        if let Some(wrapped) = &opening.conversations_key {
            let record = key(keys::CONVERSATIONS_KEY.to_owned(), wrapped);
            items.push(put(new_item(&self.config.keys, to_item(&record)?, "ownerId")?));
        }
        Ok(items)
    }

    fn continue_session(&self, claim: &Claim<'_>) -> Result<Update, StoreError> {
        let now = claim.question.timestamp;
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(claim.question.session_id.as_str()))
            .update_expression(
                "SET lastActivity = :now, #month = :month, lastMessage = :last \
                 ADD messageCount :one, userMessages :one",
            )
            .condition_expression("userId = :user AND expiresAt > :now")
            .expression_attribute_names("#month", "month")
            .expression_attribute_values(":user", text(claim.user.user_id.as_str()))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":last", binary(&claim.last_message))
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// Stores the answer and completes its turn, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the person may not talk any more, the session is gone, or
    /// the turn is somebody else's by now.
    pub async fn complete_turn(&self, done: &Completion<'_>) -> Result<(), StoreError> {
        let items = vec![
            put(new_item(&self.config.conversations, to_item(done.answer)?, "userId")?),
            update(self.end_turn(done)?),
            update(self.count_answer(done)?),
            check(self.may_still_converse(done.user)?),
        ];
        let token = request_token(&done.user.user_id, &done.answer.turn_id, done.owner, "complete");
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => error,
            Cancelled::Conditions(_) => StoreError::conflict(),
        })
    }

    fn end_turn(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let state = done.finish_reason.turn_state();
        self.owned_turn(&done.user.user_id, &done.answer.turn_id, done.owner)
            .update_expression(
                "SET #state = :state, finishReason = :reason, tokensPrompt = :prompt, \
                 tokensCompletion = :completion, latencyMs = :latency",
            )
            .expression_attribute_values(":state", serialized(&state)?)
            .expression_attribute_values(":reason", serialized(&done.finish_reason)?)
            .expression_attribute_values(":prompt", number(done.usage.prompt))
            .expression_attribute_values(":completion", number(done.usage.completion))
            .expression_attribute_values(":latency", number(done.latency_millis))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    fn count_answer(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let now = done.answer.timestamp;
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(done.answer.session_id.as_str()))
            .update_expression(
                "SET lastActivity = :now, #month = :month \
                 ADD messageCount :one, assistantMessages :one, totalTokens :tokens, responseMillis :millis",
            )
            .condition_expression("attribute_exists(sessionId)")
            .expression_attribute_names("#month", "month")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(done.usage.total()))
            .expression_attribute_values(":millis", number(done.latency_millis))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// Ends a turn that got no answer. Its question stays.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the turn is somebody else's by now.
    pub async fn fail_turn(&self, user: &UserId, turn: &TurnId, owner: Uuid) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.config.turns)
            .key("userId", text(user.as_str()))
            .key("turnKey", text(keys::turn(turn)))
            .update_expression("SET #state = :failed")
            .condition_expression("#state = :claimed AND #owner = :owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":failed", serialized(&TurnState::Failed)?)
            .expression_attribute_values(":claimed", serialized(&TurnState::Claimed)?)
            .expression_attribute_values(":owner", text(owner.to_string()))
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        Ok(())
    }

    fn owned_turn(
        &self,
        user: &UserId,
        turn: &TurnId,
        owner: Uuid,
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(&self.config.turns)
            .key("userId", text(user.as_str()))
            .key("turnKey", text(keys::turn(turn)))
            .condition_expression("#state = :claimed AND #owner = :owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":claimed", text("claimed"))
            .expression_attribute_values(":owner", text(owner.to_string()))
    }
}

impl Claim<'_> {
    fn turn_record(&self) -> TurnRecord {
        TurnRecord {
            user_id: self.user.user_id.clone(),
            turn_key: keys::turn(&self.turn),
            session_id: self.question.session_id.clone(),
            animal_id: self.question.animal_id.clone(),
            message_id: self.answer_id.clone(),
            state: TurnState::Claimed,
            owner: self.owner,
            started_at: self.question.timestamp,
            finish_reason: None,
            ttl: self.question.timestamp.plus_days(REMEMBERED_DAYS).as_seconds(),
        }
    }

    fn session_record(&self, opening: &Opening) -> SessionRecord {
        let question = self.question;
        SessionRecord {
            session_id: question.session_id.clone(),
            user_id: question.user_id.clone(),
            animal_id: question.animal_id.clone(),
            start_time: question.timestamp,
            last_activity: question.timestamp,
            month: question.timestamp.month(),
            message_count: 1,
            user_messages: 1,
            assistant_messages: 0,
            total_tokens: 0,
            response_millis: 0,
            generation: question.generation,
            first_message: opening.first_message.clone(),
            last_message: self.last_message.clone(),
            expires_at: question.expires_at,
            ttl: question.ttl,
        }
    }
}

/// One attempt's name for one of its transactions: 36 characters, DynamoDB's limit.
fn request_token(user: &UserId, turn: &TurnId, owner: Uuid, phase: &str) -> String {
    Uuid::new_v5(&owner, format!("{user}/{turn}/{phase}").as_bytes()).to_string()
}

fn serialized<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| StoreError::malformed())
}

fn binary(sealed: &Sealed) -> AttributeValue {
    AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new(sealed.as_bytes()))
}
