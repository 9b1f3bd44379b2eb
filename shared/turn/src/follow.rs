//! Following a turn from anywhere: its log as it grows, or the whole of it once it is over. Whoever
//! finds its producer dead ends it with what was logged.

use crate::{Completed, Config, Parts, Running, TurnError, TurnEvent, config, ending, follower::Follower, read};
use domain::{
    TurnId, UserId,
    turn::{Pulse, SILENT_FOR_MILLIS, Transcript},
    user::{Status, User},
};
use edge::{Code, Peer, Problem, clock};
use futures_util::{StreamExt, stream};
use llm::Delivery;
use std::{collections::VecDeque, time::Duration};
use store::turns::{LogRecord, TurnRecord};
use tokio::time::Instant;

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
pub(crate) async fn find(parts: &Parts, user: &UserId, turn: &TurnId) -> Result<Follower, TurnError> {
    let (user, turn) = known_turn(parts, user, turn).await?;
    Box::pin(Follower::open(&parts.store, &parts.vault, user, turn)).await
}

impl Follower {
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
        let Follower { store, user, start, first_look, .. } = &self.follower;
        let owner = first_look.owner;
        // The log first: what is in it when the turn is still under way is not older than the turn.
        let log = store.turn_log(&user.user_id, &start.turn_id, owner, self.piece).await?;
        let turn = store.turn(&user.user_id, &start.turn_id).await?.ok_or(TurnError::TurnGone)?;
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
        self.follower.add(&mut self.heard, piece)?;
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
