//! What a turn writes: the question and the claim, the log, the answer and its completion, or its
//! failure. Whoever holds it writes in the name of one producer.

use crate::{Completed, Question, TurnError};
use domain::{
    MessageId, NewKey, Timestamp, WrappedKey,
    message::{MessageText, Sender},
    turn::{Transcript, TurnStart},
    user::User,
};
use edge::{Code, clock};
use store::{
    Store, StoreError,
    conversations::{MessageRecord, Metadata},
    keys,
    tally::Tally,
    turns::{Claim, ClaimError, Completion, Continued, Fence, Opening, Reclaim, TurnEnd, TurnRecord, Words},
};
use uuid::Uuid;
use vault::{DataKey, OpenError};

/// What a new session needs besides its first message.
pub(crate) struct NewSession {
    pub(crate) session_key: WrappedKey,
    /// The person's own key, where it is new too.
    pub(crate) conversations_key: Option<NewKey>,
    pub(crate) continues: Option<Continued>,
    /// The person's sessions so far.
    pub(crate) sessions: Tally,
}

/// Writes one turn.
pub(crate) struct Ledger {
    pub(crate) user: User,
    pub(crate) start: TurnStart,
    asked_at: Timestamp,
    session_key: DataKey,
    expires_at: Timestamp,
    /// Only this producer may complete the turn.
    pub(crate) owner: Uuid,
}

impl Ledger {
    pub(crate) fn new(
        user: User,
        start: TurnStart,
        asked_at: Timestamp,
        session_key: DataKey,
        expires_at: Timestamp,
        owner: Uuid,
    ) -> Self {
        Self { user, start, asked_at, session_key, expires_at, owner }
    }

    /// Stores the question and claims the turn.
    pub(crate) async fn store_question(
        &self,
        store: &Store,
        question: &Question,
        opening: Option<NewSession>,
    ) -> Result<(), TurnError> {
        let id = MessageId::from(clock::new_id());
        let message = self.message(Sender::User, id, self.asked_at, question.text.as_str())?;
        let claim = Claim {
            user: &self.user,
            turn: self.start.turn_id.clone(),
            answer_id: self.start.message_id.clone(),
            owner: self.owner,
            fingerprint: fingerprint(&self.session_key, question)?,
            question: &message,
            opening: opening.map(|opening| self.opening(opening, &question.text)).transpose()?,
            last_message: self.preview("lastMessage", &question.text)?,
        };
        store.claim_turn(&claim).await.map_err(refused)
    }

    /// Claims a turn again that ended without an answer.
    pub(crate) async fn reclaim(&self, store: &Store, failed: &TurnRecord, now: Timestamp) -> Result<(), TurnError> {
        let turn = &self.start.turn_id;
        let reclaim = Reclaim { user: &self.user, failed, turn, owner: self.owner, now };
        store.reclaim_turn(&reclaim).await.map_err(refused)
    }

    /// Says that the producer lives, and logs the words behind an event.
    pub(crate) async fn beat(&self, store: &Store, logged: u64, words: &[String]) -> Result<(), TurnError> {
        let (user, turn, owner) = (&self.user.user_id, &self.start.turn_id, self.owner);
        if words.is_empty() {
            return Ok(store.beat(user, turn, owner).await?);
        }
        let first_event = logged + 1;
        let sort = keys::turn_log(turn, owner, first_event);
        let text = serde_json::to_string(words).map_err(|_| OpenError)?;
        let words = Words {
            user: &self.user,
            turn,
            owner,
            first_event,
            words: self.session_key.seal(&keys::log_slot(user, &sort, self.user.generation), &text)?,
            attempt: clock::new_id(),
            now: clock::now(),
        };
        Ok(store.log_words(words).await?)
    }

    /// Stores the answer and completes the turn.
    pub(crate) async fn store_answer(
        &self,
        store: &Store,
        transcript: &Transcript,
        done: &Completed,
        temperature: Option<f32>,
        fence: Fence,
    ) -> Result<(), TurnError> {
        let id = self.start.message_id.clone();
        let mut answer = self.message(Sender::Assistant, id, done.timestamp, transcript.text())?;
        answer.tokens_used = done.usage.total();
        answer.finish_reason = Some(done.finish_reason);
        answer.metadata = Some(Metadata {
            latency_ms: done.latency_millis,
            temperature: temperature.filter(|_| done.model.is_some()),
            model: done.model.clone(),
        });
        let completion = Completion {
            user: &self.user,
            turn: &self.start.turn_id,
            session: &self.start.session_id,
            fence,
            answer: Some(&answer).filter(|_| !transcript.text().is_empty()),
            end: &self.end(transcript, done)?,
        };
        Ok(store.complete_turn(&completion).await?)
    }

    /// Ends the turn without an answer.
    pub(crate) async fn fail(&self, store: &Store, fence: Fence, code: Code) -> Result<(), StoreError> {
        store.fail_turn(&self.user.user_id, &self.start.turn_id, fence, code.name()).await
    }

    /// The turn as it is stored now.
    pub(crate) async fn record(&self, store: &Store) -> Result<Option<TurnRecord>, StoreError> {
        store.turn(&self.user.user_id, &self.start.turn_id).await
    }

    /// This producer's fence; a cancel that came meanwhile is in its way, unless the answer is
    /// stored as cancelled.
    pub(crate) fn fence(&self, is_cancelled: bool) -> Fence {
        Fence { owner: self.owner, writer: self.owner, heartbeat: None, heeds_cancel: !is_cancelled }
    }

    fn end(&self, transcript: &Transcript, done: &Completed) -> Result<TurnEnd, OpenError> {
        let slot = keys::boundaries_slot(&self.user.user_id, &self.start.turn_id, self.user.generation);
        Ok(TurnEnd {
            finish_reason: done.finish_reason,
            ended_at: done.timestamp,
            tokens_prompt: done.usage.prompt,
            tokens_completion: done.usage.completion,
            latency_ms: done.latency_millis,
            model: done.model.clone(),
            boundaries: self.session_key.seal_bytes(&slot, &transcript.boundaries())?,
            last_id: transcript.last_id(),
        })
    }

    fn opening(&self, new: NewSession, text: &MessageText) -> Result<Opening, OpenError> {
        Ok(Opening {
            first_message: self.preview("firstMessage", text)?,
            session_key: new.session_key,
            conversations_key: new.conversations_key,
            continues: new.continues,
            sessions: new.sessions,
        })
    }

    fn preview(&self, attribute: &'static str, text: &MessageText) -> Result<domain::Sealed, OpenError> {
        let slot = keys::preview_slot(&self.start.session_id, attribute, self.user.generation);
        self.session_key.seal(&slot, text.as_str())
    }

    fn message(
        &self,
        sender: Sender,
        message_id: MessageId,
        timestamp: Timestamp,
        text: &str,
    ) -> Result<MessageRecord, OpenError> {
        let Self { user, start, asked_at, .. } = self;
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
            finish_reason: None,
            metadata: None,
            expires_at: self.expires_at,
            ttl: self.expires_at.as_seconds(),
        })
    }
}

/// What makes two questions the same one, readable by nobody.
pub(crate) fn fingerprint(session_key: &DataKey, question: &Question) -> Result<String, OpenError> {
    let asked = (&question.animal_id, question.text.as_str(), &question.session_id);
    session_key.fingerprint("turn", &serde_json::to_string(&asked).map_err(|_| OpenError)?)
}

fn refused(error: ClaimError) -> TurnError {
    match error {
        ClaimError::Store(error) => error.into(),
        // The next attempt reads anew and says precisely why.
        _ => TurnError::Raced,
    }
}
