//! What a turn writes: the question and the claim, the answer and its completion, or its failure.

use crate::{Completed, TurnError};
use domain::{
    MessageId, Timestamp, WrappedKey,
    message::{MessageText, Sender},
    turn::{FinishReason, TurnStart},
    user::User,
};
use edge::clock;
use store::{
    Store, StoreError,
    conversations::{MessageRecord, Metadata},
    keys,
    turns::{Claim, ClaimError, Completion, Opening},
};
use uuid::Uuid;
use vault::{DataKey, OpenError};

/// Where a turn stands: whose, which, since when, and what a new session needs besides.
pub(crate) struct Place {
    pub(crate) user: User,
    pub(crate) start: TurnStart,
    pub(crate) asked_at: Timestamp,
    /// The wrapped key of a new session, and the person's own where it is new too.
    pub(crate) opening: Option<(WrappedKey, Option<WrappedKey>)>,
}

/// Writes one turn, in the name of one producer.
pub(crate) struct Ledger {
    place: Place,
    session_key: DataKey,
    expires_at: Timestamp,
    /// The fence: only this producer may complete the turn.
    owner: Uuid,
}

impl Ledger {
    pub(crate) fn new(place: Place, session_key: DataKey, expires_at: Timestamp) -> Self {
        Self { place, session_key, expires_at, owner: clock::new_id() }
    }

    /// Stores the question and claims the turn.
    pub(crate) async fn store_question(&self, store: &Store, text: &MessageText) -> Result<(), TurnError> {
        let id = MessageId::from(clock::new_id());
        let question = self.message(Sender::User, id, self.place.asked_at, text.as_str())?;
        let claim = Claim {
            user: &self.place.user,
            turn: self.place.start.turn_id.clone(),
            answer_id: self.place.start.message_id.clone(),
            owner: self.owner,
            question: &question,
            opening: self.opening(text)?,
            last_message: self.preview("lastMessage", text)?,
        };
        store.claim_turn(&claim).await.map_err(|error| match error {
            ClaimError::TurnExists => TurnError::TurnExists,
            ClaimError::SessionGone => TurnError::NoSession,
            // The next attempt reads anew and says precisely why.
            ClaimError::MayNotConverse | ClaimError::KeyExists => TurnError::Raced,
            ClaimError::Store(error) => error.into(),
        })
    }

    /// Stores the answer and completes the turn.
    pub(crate) async fn store_answer(
        &self,
        store: &Store,
        text: &str,
        done: &Completed,
        temperature: Option<f32>,
    ) -> Result<(), TurnError> {
        let id = self.place.start.message_id.clone();
        let mut answer = self.message(Sender::Assistant, id, done.timestamp, text)?;
        answer.tokens_used = done.usage.total();
        answer.finish_reason = Some(done.finish_reason);
        answer.metadata = Some(Metadata {
            latency_ms: done.latency_millis,
            temperature: temperature.filter(|_| done.model.is_some()),
            model: done.model.clone(),
        });
        let completion = Completion {
            user: &self.place.user,
            owner: self.owner,
            answer: &answer,
            finish_reason: done.finish_reason,
            usage: done.usage,
            latency_millis: done.latency_millis,
        };
        Ok(store.complete_turn(&completion).await?)
    }

    /// Ends the turn without an answer.
    pub(crate) async fn fail(&self, store: &Store) -> Result<(), StoreError> {
        store.fail_turn(&self.place.user.user_id, &self.place.start.turn_id, self.owner).await
    }

    fn opening(&self, text: &MessageText) -> Result<Option<Opening>, OpenError> {
        let Some((session_key, conversations_key)) = self.place.opening.clone() else { return Ok(None) };
        let first_message = self.preview("firstMessage", text)?;
        Ok(Some(Opening { first_message, session_key, conversations_key }))
    }

    fn preview(&self, attribute: &'static str, text: &MessageText) -> Result<domain::Sealed, OpenError> {
        let generation = self.place.user.generation;
        let slot = keys::preview_slot(&self.place.start.session_id, attribute, generation);
        self.session_key.seal(&slot, text.as_str())
    }

    fn message(
        &self,
        sender: Sender,
        message_id: MessageId,
        timestamp: Timestamp,
        text: &str,
    ) -> Result<MessageRecord, OpenError> {
        let Place { user, start, asked_at, .. } = &self.place;
        let sort = keys::message(&start.session_id, *asked_at, &start.turn_id, sender);
        let content = self.session_key.seal(&keys::content_slot(&user.user_id, &sort, user.generation), text)?;
        Ok(MessageRecord {
            user_id: user.user_id.clone(),
            session_id_timestamp: sort,
            session_id: start.session_id.clone(),
            timestamp,
            animal_id: start.animal_id.clone(),
            parent_user_id: user.parent_user_id.clone(),
            message_type: sender,
            content,
            tokens_used: 0,
            message_id,
            turn_id: start.turn_id.clone(),
            generation: user.generation,
            finish_reason: None::<FinishReason>,
            metadata: None,
            expires_at: self.expires_at,
            ttl: self.expires_at.as_seconds(),
        })
    }
}
