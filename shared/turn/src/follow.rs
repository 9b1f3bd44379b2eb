//! Following a turn from anywhere: its log as it grows, or the whole of it once it is over. Whoever
//! finds its producer dead ends it with what was logged.

use crate::{
    Completed, Config, Parts, Question, Running, TurnError, TurnEvent, config, ending,
    ledger::{self, Ledger},
    read,
};
use domain::{
    Timestamp, TurnId, UserId,
    audit::Purpose,
    turn::{FinishReason, Pulse, SILENT_FOR_MILLIS, Transcript, TurnStart, Usage, estimated_tokens},
    user::{Status, User},
};
use edge::{Code, Peer, Problem, clock};
use futures_util::{StreamExt, stream};
use llm::Delivery;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use store::{
    keys,
    turns::{LogRecord, TurnEnd, TurnRecord},
};
use tokio::time::Instant;
use uuid::Uuid;
use vault::{DataKey, Label, OpenError};

/// What it takes to end a turn whose producer is dead, and to hear of it.
const FOUND_DEAD_WITHIN: Duration = Duration::from_secs(10);
/// Between two looks at a turn under way.
const LOOK: Duration = Duration::from_millis(400);

/// How long a reader follows a turn: as long as one can take and be found dead, and no longer than
/// the reader itself may take.
pub(crate) fn bound(config: &Config, peer: &Peer, delivery: Delivery) -> Instant {
    let longest = config.response_timeout + Duration::from_millis(SILENT_FOR_MILLIS) + FOUND_DEAD_WITHIN;
    Instant::now() + config::bounded(longest, delivery, peer)
}

/// A person's turn, as it is remembered.
pub(crate) async fn known_turn(parts: &Parts, user: &UserId, turn: &TurnId) -> Result<(User, TurnRecord), TurnError> {
    let turn = async { Ok(parts.store.turn(user, turn).await?) };
    let (account, turn) = tokio::try_join!(read::account(&parts.store, user), turn)?;
    let user = account.user();
    if user.status != Status::Active {
        return Err(domain::user::MayNotConverse::NotActive.into());
    }
    // Of a visitor nothing is kept to read, also of one who was more when they asked.
    let remembered = |turn: &TurnRecord| {
        user.role.has_history() && !turn.is_forgotten(clock::now()) && turn.generation == user.generation
    };
    let turn = turn.filter(remembered).ok_or(TurnError::TurnGone)?;
    Ok((user, turn))
}

/// Finds a person's turn to follow it.
pub(crate) async fn find(parts: &Arc<Parts>, user: &UserId, turn: &TurnId) -> Result<Follower, TurnError> {
    let (user, turn) = known_turn(parts, user, turn).await?;
    Box::pin(Follower::open(parts, user, turn)).await
}

/// Reads one turn, for its owner.
pub(crate) struct Follower {
    parts: Arc<Parts>,
    user: User,
    start: TurnStart,
    asked_at: Timestamp,
    expires_at: Timestamp,
    session_key: DataKey,
    first_look: TurnRecord,
}

impl Follower {
    /// Opens a turn with the key of its session.
    pub(crate) async fn open(parts: &Arc<Parts>, user: User, turn: TurnRecord) -> Result<Self, TurnError> {
        let (session, session_key, user_key) = tokio::try_join!(
            parts.store.session(&turn.session_id),
            parts.store.session_key(&user.user_id, &turn.session_id),
            parts.store.conversations_key(&user.user_id),
        )?;
        let session = session.filter(|session| !session.session().is_expired(clock::now()));
        let (user_key, session_key) = user_key.zip(session_key).ok_or(TurnError::TurnGone)?;
        let label = Label::conversations(&user.user_id, turn.generation);
        let user_key = parts.vault.unwrap_key(&label, &user_key.wrapped).await?;
        #[expect(clippy::disallowed_methods, reason = "only who asked follows a turn")]
        let purpose = Purpose::turn();
        Ok(Self {
            session_key: user_key.open_session_key(&turn.session_id, &session_key.wrapped, purpose)?,
            expires_at: session.ok_or(TurnError::TurnGone)?.expires_at,
            parts: Arc::clone(parts),
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

    /// The turn's events behind the last one that was seen.
    pub(crate) fn running(self, seen: Option<u64>, until: Instant) -> Running {
        let start = self.start.clone();
        let pulse = Pulse::new(self.first_look.claimed_at, self.first_look.heartbeat, clock::now());
        let reading = Reading {
            sent: seen.unwrap_or(0),
            heard: Transcript::default(),
            piece: 1,
            pulse,
            ready: VecDeque::new(),
            looked: false,
            until,
            is_over: false,
            follower: self,
        };
        let events = stream::unfold(reading, |mut reading| async { Some((reading.next().await?, reading)) });
        Running { start, seen, events: events.boxed() }
    }

    /// The words of a piece of the log.
    fn words(&self, piece: &LogRecord) -> Result<Vec<String>, TurnError> {
        let slot = keys::log_slot(&self.user.user_id, &piece.turn_key, self.user.generation);
        let text = self.session_key.open(&slot, &piece.words)?;
        serde_json::from_str(&text).map_err(|_| OpenError.into())
    }

    /// The answer that is stored.
    async fn answer(&self, end: &TurnEnd) -> Result<Transcript, TurnError> {
        let slot = keys::boundaries_slot(&self.user.user_id, &self.start.turn_id, self.user.generation);
        let boundaries = self.session_key.open_bytes(&slot, &end.boundaries)?;
        // Of a turn that was cancelled before its first word there is no message.
        let mut text = String::new();
        if end.last_id > 0 {
            let message = self.parts.store.answer(&self.user.user_id, &self.start, self.asked_at).await?;
            let message = message.ok_or(TurnError::TurnGone)?;
            text = self.session_key.open(&message.content_slot(), &message.content)?;
        }
        Transcript::from_parts(text, &boundaries).map_err(|_| OpenError.into())
    }

    /// Ends a turn whose producer is dead: with what was logged, or without an answer.
    async fn finalise(&self, turn: &TurnRecord, heard: &Transcript) -> Result<(), TurnError> {
        let store = &self.parts.store;
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

/// One client's way through a turn.
struct Reading {
    follower: Follower,
    /// The last event the client has.
    sent: u64,
    /// The log as far as it was read.
    heard: Transcript,
    /// The first event of the piece of the log that was read last.
    piece: u64,
    pulse: Pulse,
    ready: VecDeque<TurnEvent>,
    looked: bool,
    /// When this reader gives up, whatever becomes of the turn.
    until: Instant,
    is_over: bool,
}

impl Reading {
    async fn next(&mut self) -> Option<TurnEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            if std::mem::replace(&mut self.looked, true) {
                tokio::time::sleep(LOOK).await;
            }
            if Instant::now() >= self.until {
                self.end(TurnEvent::Failed { problem: Problem::new(Code::Unavailable), last_id: self.sent });
                continue;
            }
            match self.look().await {
                Ok(()) => {}
                Err(TurnError::Store(error)) if error.is_unavailable() => {
                    tracing::warn!(cause = %error, "a turn could not be looked at");
                }
                // What the client has may well be kept.
                Err(error) => self.end(TurnEvent::Failed { problem: error.problem(), last_id: self.sent }),
            }
        }
    }

    async fn look(&mut self) -> Result<(), TurnError> {
        let Follower { parts, user, start, first_look, .. } = &self.follower;
        let owner = first_look.owner;
        // The log first: what is in it when the turn is still under way is not older than the turn.
        let log = parts.store.turn_log(&user.user_id, &start.turn_id, owner, self.piece).await?;
        let turn = parts.store.turn(&user.user_id, &start.turn_id).await?.ok_or(TurnError::TurnGone)?;
        if turn.owner != owner {
            // It failed and is answered anew: nothing of what was heard is kept.
            let problem = Problem::new(Code::UpstreamUnavailable);
            self.end(TurnEvent::Failed { problem, last_id: 0 });
            return Ok(());
        }
        if turn.state.is_over() {
            return self.replay(&turn).await;
        }
        for piece in &log {
            self.hear(piece)?;
        }
        self.tell(&self.heard.clone());
        if self.pulse.has_stopped(turn.heartbeat, clock::now()) {
            self.follower.finalise(&turn, &self.heard).await?;
        }
        Ok(())
    }

    /// A piece of the log, of which the beginning may have been read before.
    fn hear(&mut self, piece: &LogRecord) -> Result<(), TurnError> {
        let words = self.follower.words(piece)?;
        for (id, word) in (piece.first_event..).zip(&words) {
            if id == self.heard.last_id() + 1 {
                self.heard.push(word);
            }
        }
        self.piece = piece.first_event;
        Ok(())
    }

    fn tell(&mut self, transcript: &Transcript) {
        let news = transcript.after(self.sent).map(|(id, words)| TurnEvent::Token { id, words: words.to_owned() });
        self.ready.extend(news);
        self.sent = self.sent.max(transcript.last_id());
    }

    async fn replay(&mut self, turn: &TurnRecord) -> Result<(), TurnError> {
        let Some(end) = &turn.end else {
            let code = turn.problem.as_deref().and_then(Code::named).unwrap_or(Code::UpstreamUnavailable);
            self.end(TurnEvent::Failed { problem: Problem::new(code), last_id: 0 });
            return Ok(());
        };
        let answer = self.follower.answer(end).await?;
        self.tell(&answer);
        self.end(ending::terminal(Completed::stored(end.clone())));
        Ok(())
    }

    fn end(&mut self, last: TurnEvent) {
        self.ready.push_back(last);
        self.is_over = true;
    }
}
