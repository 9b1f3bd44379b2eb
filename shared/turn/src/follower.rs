//! One turn as it lies in the tables, opened with the key of its session: what was logged of it, the answer
//! that is stored, and its end where its producer is dead.

use crate::{
    Completed, Question, TurnError,
    ledger::{self, Ledger},
};
use domain::{
    Timestamp,
    audit::Purpose,
    turn::{FinishReason, Transcript, TurnStart, Usage, estimated_tokens},
    user::User,
};
use edge::{Code, clock};
use store::{
    Store, keys,
    turns::{LogRecord, TurnEnd, TurnRecord},
};
use uuid::Uuid;
use vault::{DataKey, Label, OpenError, Vault};

/// Reads one turn, for its owner, and ends it for nobody where its producer is dead.
pub(crate) struct Follower {
    pub(crate) store: Store,
    pub(crate) user: User,
    pub(crate) start: TurnStart,
    asked_at: Timestamp,
    expires_at: Timestamp,
    session_key: DataKey,
    pub(crate) first_look: TurnRecord,
}

impl Follower {
    /// Opens a turn with the key of its session.
    pub(crate) async fn open(store: &Store, vault: &Vault, user: User, turn: TurnRecord) -> Result<Self, TurnError> {
        let (session, session_key, user_key) = tokio::try_join!(
            store.session(&turn.session_id),
            store.session_key(&user.user_id, &turn.session_id),
            store.conversations_key(&user.user_id),
        )?;
        let session = session.filter(|session| !session.session().is_expired(clock::now()));
        let (user_key, session_key) = user_key.zip(session_key).ok_or(TurnError::TurnGone)?;
        let label = Label::conversations(&user.user_id, turn.generation);
        let user_key = vault.unwrap_key(&label, &user_key.wrapped).await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "only who asked follows a turn; whoever ends it for them sees nothing"
        )]
        let purpose = Purpose::turn();
        Ok(Self {
            session_key: user_key.open_session_key(&turn.session_id, &session_key.wrapped, purpose)?,
            expires_at: session.ok_or(TurnError::TurnGone)?.expires_at,
            store: store.clone(),
            start: turn.start()?,
            asked_at: turn.started_at,
            user,
            first_look: turn,
        })
    }

    /// What makes a question this turn's.
    pub(crate) fn fingerprint(&self, question: &Question) -> Result<String, OpenError> {
        ledger::fingerprint(&self.session_key, question)
    }

    /// Writes this turn in the name of a new producer.
    pub(crate) fn into_ledger(self, owner: Uuid) -> Ledger {
        Ledger::new(self.user, self.start, self.asked_at, self.session_key, self.expires_at, owner)
    }

    /// All that its owner logged.
    pub(crate) async fn logged(&self) -> Result<Transcript, TurnError> {
        let mut heard = Transcript::default();
        let (user, turn, owner) = (&self.user.user_id, &self.start.turn_id, self.first_look.owner);
        for piece in self.store.turn_log(user, turn, owner, 1).await? {
            self.add(&mut heard, &piece)?;
        }
        Ok(heard)
    }

    /// Adds a piece of the log to what was heard; its beginning may have been.
    pub(crate) fn add(&self, heard: &mut Transcript, piece: &LogRecord) -> Result<(), TurnError> {
        let words = self.words(piece)?;
        for (id, word) in (piece.first_event..).zip(&words) {
            if id == heard.last_id() + 1 {
                heard.push(word);
            }
        }
        Ok(())
    }

    /// The words of a piece of the log.
    fn words(&self, piece: &LogRecord) -> Result<Vec<String>, TurnError> {
        let slot = keys::log_slot(&self.user.user_id, &piece.turn_key, self.user.generation);
        let text = self.session_key.open(&slot, &piece.words)?;
        serde_json::from_str(&text).map_err(|_| OpenError.into())
    }

    /// The answer that is stored.
    pub(crate) async fn answer(&self, end: &TurnEnd) -> Result<Transcript, TurnError> {
        let slot = keys::boundaries_slot(&self.user.user_id, &self.start.turn_id, self.user.generation);
        let boundaries = self.session_key.open_bytes(&slot, &end.boundaries)?;
        // Of a turn that was cancelled before its first word there is no message.
        let mut text = String::new();
        if end.last_id > 0 {
            let message = self.store.answer(&self.user.user_id, &self.start, self.asked_at).await?;
            let message = message.ok_or(TurnError::TurnGone)?;
            text = self.session_key.open(&message.content_slot(), &message.content)?;
        }
        Transcript::from_parts(text, &boundaries).map_err(|_| OpenError.into())
    }

    /// Ends a turn whose producer is dead: with what was logged, or without an answer.
    pub(crate) async fn finalise(&self, turn: &TurnRecord, heard: &Transcript) -> Result<(), TurnError> {
        let store = &self.store;
        let ledger = Ledger::new(
            self.user.clone(),
            self.start.clone(),
            self.asked_at,
            self.session_key.clone(),
            self.expires_at,
            turn.owner,
        );
        let (fence, code) = (turn.last_seen(clock::new_id()), Code::UpstreamUnavailable);
        tracing::warn!("the producer of a turn is gone");
        // Whoever wanted it cancelled was promised that it would be.
        let stored = match (turn.cancel_requested, heard.last_id()) {
            (false, 0) => ledger.fail(store, fence, code).await.map_err(TurnError::from),
            (true, _) => {
                let done = cut_short(turn, heard, FinishReason::Cancelled);
                ledger.store_answer(store, heard, &done, None, fence).await
            }
            (false, _) => {
                let done = cut_short(turn, heard, FinishReason::Interrupted);
                ledger.store_answer(store, heard, &done, None, fence).await
            }
        };
        match stored {
            Err(TurnError::Store(error)) if error.is_conflict() => {
                // Somebody else came first, or the person may not keep an answer any more.
                match ledger.fail(store, fence, code).await {
                    Err(error) if !error.is_conflict() => Err(error.into()),
                    _ => Ok(()),
                }
            }
            stored => stored,
        }
    }
}

fn cut_short(turn: &TurnRecord, heard: &Transcript, finish_reason: FinishReason) -> Completed {
    let timestamp = clock::now();
    Completed {
        finish_reason,
        usage: Usage { prompt: 0, completion: estimated_tokens(heard.text().len()) },
        latency_millis: timestamp.millis_since(turn.claimed_at),
        timestamp,
        model: None,
        last_id: heard.last_id(),
    }
}
