//! The claim of a turn: its question is stored, and nobody else may answer it.

use super::{REMEMBERED_DAYS, TurnRecord, request_token};
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
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, TransactWriteItem, Update},
};
use domain::{MessageId, Sealed, TurnId, WrappedKey, turn::TurnState, user::User};
use uuid::Uuid;

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
fn binary(sealed: &Sealed) -> AttributeValue {
    AttributeValue::B(Blob::new(sealed.as_bytes()))
}
