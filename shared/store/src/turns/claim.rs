//! The claim of a turn: its question is stored, and nobody else may answer it.

use super::{Fence, TurnRecord, fenced, request_token};
use crate::{
    Store, StoreError,
    conversations::MessageRecord,
    expiry::SessionKeyRecord,
    keys, number,
    sessions::SessionRecord,
    tally::Tally,
    text, to_item,
    transact::{Cancelled, check, put, update},
    users::new_item,
    wrapped_keys::KeyRecord,
};
use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, Put, TransactWriteItem, Update},
};
use domain::{
    MessageId, NewKey, Sealed, SessionId, Timestamp, TurnId, WrappedKey,
    turn::{REMEMBERED_DAYS, TurnState},
    user::User,
};
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
    /// Fingerprint of what was asked, under the session's key.
    pub fingerprint: String,
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
    pub conversations_key: Option<NewKey>,
    /// The session that it goes on from.
    pub continues: Option<Continued>,
    /// The person's sessions so far, as read just before.
    pub sessions: Tally,
}

/// A session that another one goes on from.
#[derive(Debug, Clone)]
pub struct Continued {
    /// Which.
    pub session_id: SessionId,
    /// The one that went on from it before and is gone by now.
    pub gone_successor: Option<SessionId>,
}

/// A turn that is answered anew.
pub struct Reclaim<'a> {
    /// Who asks, as read just before.
    pub user: &'a User,
    /// The turn as it was read; it failed.
    pub failed: &'a TurnRecord,
    /// The turn.
    pub turn: &'a TurnId,
    /// Who produces the answer.
    pub owner: Uuid,
    /// When.
    pub now: Timestamp,
}

/// Why a turn was not claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The turn id is in use.
    #[error("the turn exists")]
    TurnExists,
    /// The session is gone, went on in another one, or is not the person's.
    #[error("the session is gone")]
    SessionGone,
    /// The person may not talk any more.
    #[error("the person may not talk")]
    MayNotConverse,
    /// Another new session of the same person came first; reading again will show it.
    #[error("another session came first")]
    SessionCameFirst,
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
            put(self.new_turn(claim)?),
            put(new_item(&self.config.conversations, to_item(claim.question)?, "userId")?),
            match &claim.opening {
                Some(opening) => update(self.count_session(claim.user, &opening.sessions, claim.question.timestamp)?),
                None => check(self.may_still_converse(claim.user)?),
            },
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
                _ => ClaimError::SessionCameFirst,
            },
        })
    }

    /// Claims a failed turn again; its question is stored already.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn reclaim_turn(&self, reclaim: &Reclaim<'_>) -> Result<(), ClaimError> {
        let Reclaim { user, failed, turn, owner, now } = reclaim;
        let fence = Fence { owner: failed.owner, writer: *owner, heartbeat: None, heeds_cancel: false };
        let claimed = fenced(self.turn_update(&user.user_id, turn), TurnState::Claimed, fence)
            .update_expression(
                "SET #state = :next, #owner = :claimer, claimedAt = :now, underWay = :now, heartbeat = :zero, #ttl = :ttl \
                 REMOVE problem, cancelRequested",
            )
            .expression_attribute_values(":claimer", text(owner.to_string()))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", crate::signed(now.plus_days(REMEMBERED_DAYS).as_seconds()))
            .build()
            .map_err(|_| StoreError::malformed())?;
        let lives = check(self.session_lives(&failed.session_id, *now)?);
        let items = vec![update(claimed), check(self.may_still_converse(user)?), lives];
        let token = request_token(&user.user_id, turn, *owner, "reclaim");
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => ClaimError::Store(error),
            Cancelled::Conditions(positions) => match positions.first() {
                Some(0) => ClaimError::TurnExists,
                Some(1) => ClaimError::MayNotConverse,
                _ => ClaimError::SessionGone,
            },
        })
    }

    /// The turn's item, unless its id is still remembered.
    fn new_turn(&self, claim: &Claim<'_>) -> Result<Put, StoreError> {
        let now = claim.question.timestamp;
        Put::builder()
            .table_name(&self.config.turns)
            .set_item(Some(to_item(&claim.turn_record())?))
            .condition_expression("attribute_not_exists(userId) OR startedAt <= :forgotten")
            .expression_attribute_values(":forgotten", text(now.minus_days(REMEMBERED_DAYS).to_string()))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    fn open_session(&self, claim: &Claim<'_>, opening: &Opening) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (owner, generation) = (claim.user.user_id.as_str(), claim.user.generation);
        let session = &claim.question.session_id;
        let session_key = KeyRecord::of_session(owner, session, generation, &opening.session_key);
        let session_key = SessionKeyRecord::new(&session_key, session, claim.question.expires_at);
        let session = to_item(&claim.session_record(opening))?;
        let mut items = vec![
            put(new_item(&self.config.sessions, session, "sessionId")?),
            put(new_item(&self.config.keys, to_item(&session_key)?, "ownerId")?),
        ];
        if let Some(new) = &opening.conversations_key {
            let key = KeyRecord::new(owner, keys::CONVERSATIONS_KEY, generation, new);
            items.push(put(self.next_conversations_key(&key)?));
        }
        if let Some(continued) = &opening.continues {
            items.push(update(self.point_to_successor(claim, continued)?));
        }
        Ok(items)
    }

    /// Says in a session that rolled over where it goes on, so that all its tabs go on there.
    fn point_to_successor(&self, claim: &Claim<'_>, continued: &Continued) -> Result<Update, StoreError> {
        let gone = continued.gone_successor.as_ref().map_or("", SessionId::as_str);
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(continued.session_id.as_str()))
            .update_expression("SET continuedBy = :successor")
            .condition_expression("userId = :user AND attribute_not_exists(erasedAt) AND (attribute_not_exists(continuedBy) OR continuedBy = :gone)")
            .expression_attribute_values(":successor", text(claim.question.session_id.as_str()))
            .expression_attribute_values(":user", text(claim.user.user_id.as_str()))
            .expression_attribute_values(":gone", text(gone))
            .build()
            .map_err(|_| StoreError::malformed())
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
            .condition_expression(
                "userId = :user AND expiresAt > :now AND attribute_not_exists(deletionBegunAt) \
                 AND attribute_not_exists(continuedBy)",
            )
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
            heartbeat: 0,
            started_at: self.question.timestamp,
            claimed_at: self.question.timestamp,
            under_way: Some(self.question.timestamp),
            generation: self.question.generation,
            fingerprint: self.fingerprint.clone(),
            cancel_requested: false,
            end: None,
            problem: None,
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
            deletion_asked_at: None,
            deletion_begun_at: None,
            guardian_read_to: None,
            shares_revoked: 0,
            continues: opening.continues.as_ref().map(|continued| continued.session_id.clone()),
            continued_by: None,
            expires_at: question.expires_at,
            ttl: question.ttl,
        }
    }
}
fn binary(sealed: &Sealed) -> AttributeValue {
    AttributeValue::B(Blob::new(sealed.as_bytes()))
}
