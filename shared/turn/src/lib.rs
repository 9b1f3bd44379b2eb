//! How a conversation is written: one question in, a stream of events out, and both messages kept.
//!
//! Before the model, with warm keys, two round trips to the database: everything is read and the
//! request admitted at once, then the question is stored and the turn claimed. While the model
//! answers, a beat each second logs the new words. After the model one more trip: the answer is
//! stored and the turn completed; only then does the client hear of the end. A client that comes
//! back, or asks twice, follows the log. Used by both functions that answer; knows HTTP only in
//! [`wire`] and [`sse`], which they share.

mod abandoned;
mod admission;
mod answer;
mod begin;
mod cache;
mod config;
mod ending;
mod error;
mod fallback;
mod follow;
mod follower;
mod gate;
mod ledger;
mod place;
mod producer;
mod prompt;
mod read;
pub mod service;
pub mod sse;
mod voice;
mod watch;
pub mod wire;

pub use abandoned::end_abandoned;
pub use config::Config;
pub use error::TurnError;
pub use producer::producers_at_work;
pub use wire::{Asker, Owner};

use cache::AnswerCache;
use domain::{
    AnimalId, SessionId, Timestamp, TurnId, UserId,
    message::MessageText,
    turn::{FinishReason, TurnStart, Usage},
};
use edge::{Peer, Problem, Standing};
use futures_util::{StreamExt, stream, stream::BoxStream};
use llm::{Delivery, Model};
use std::sync::Arc;
use store::{Store, animals::AnimalCache};
use tokio::sync::{mpsc, oneshot};
use vault::Vault;

/// A question as it came in.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks.
    pub asker: Asker,
    /// Whom.
    pub animal_id: AnimalId,
    /// What.
    pub text: MessageText,
    /// In which session; a new one where there is none.
    pub session_id: Option<SessionId>,
    /// The turn's id, where the client chose it.
    pub turn_id: Option<TurnId>,
    /// What a visitor, of whom nothing is kept, asked before.
    pub earlier: Vec<MessageText>,
    /// How the model is to answer.
    pub delivery: Delivery,
    /// From where, and until when.
    pub peer: Peer,
}

/// A turn under way or over. Dropping it does not end the turn: the answer is finished and kept.
pub struct Running {
    /// What the client learns first.
    pub start: TurnStart,
    /// The last event the client has seen, where it comes back.
    pub seen: Option<u64>,
    /// What happens then; the last one is terminal.
    pub events: BoxStream<'static, TurnEvent>,
}

impl Running {
    fn live(start: TurnStart, events: mpsc::UnboundedReceiver<TurnEvent>) -> Self {
        let events = stream::unfold(events, |mut events| async { Some((events.recv().await?, events)) });
        Self { start, seen: None, events: events.boxed() }
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("start", &self.start).finish_non_exhaustive()
    }
}

/// What became of a question, and how its asker stands with their limits.
#[derive(Debug)]
pub struct Begun {
    /// The turn, or why there is none; nothing is stored then.
    pub outcome: Result<Running, TurnError>,
    /// What is left of the limits, where they were looked at.
    pub standing: Option<Standing>,
}

/// What happens in a turn.
#[derive(Debug, Clone)]
pub enum TurnEvent {
    /// Whole words of the answer.
    Token {
        /// Counts the events of the turn; the first words have 1.
        id: u64,
        /// The words.
        words: String,
    },
    /// The answer is complete and kept. Terminal.
    Complete(Completed),
    /// There is no answer, or no more of it. Terminal.
    Failed {
        /// Why.
        problem: Problem,
        /// The last event whose words are kept, 0 where none are.
        last_id: u64,
    },
}

/// How a turn ended well.
#[derive(Debug, Clone)]
pub struct Completed {
    /// Why the answer ended.
    pub finish_reason: FinishReason,
    /// Tokens counted.
    pub usage: Usage,
    /// Milliseconds from question to end.
    pub latency_millis: u64,
    /// When the answer was complete.
    pub timestamp: Timestamp,
    /// The model that answered; none did where the animal spoke for itself.
    pub model: Option<String>,
    /// The last event with words of it.
    pub last_id: u64,
}

/// Begins turns, and finds them again.
#[derive(Clone)]
pub struct Turns(Arc<Parts>);

/// What a turn needs of the rest of the house.
pub struct Parts {
    /// The tables.
    pub store: Store,
    /// The keys.
    pub vault: Vault,
    /// The animals.
    pub animals: AnimalCache,
    /// The model.
    pub model: Box<dyn Model>,
    /// Deadlines and limits.
    pub config: Config,
    addresses: admission::Addresses,
    answers: Option<AnswerCache>,
}

impl Parts {
    /// Parts of these.
    #[must_use]
    pub fn new(store: Store, vault: Vault, model: Box<dyn Model>, config: Config) -> Self {
        let answers = config.caches_answers.then(AnswerCache::default);
        let animals = AnimalCache::new(store.clone());
        Self { store, vault, animals, model, config, addresses: admission::Addresses::default(), answers }
    }
}

impl Turns {
    /// Turns over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Checks a question, stores it, and sets its answer going. A turn id that is known joins or
    /// replays its turn.
    pub async fn begin(&self, question: Question) -> Begun {
        let (tell, told) = oneshot::channel();
        let parts = Arc::clone(&self.0);
        // A client that leaves now leaves a turn behind that is claimed and answered, or none.
        producer::spawn(async move {
            let (outcome, standing) = Box::pin(begin::begin(&parts, &question)).await;
            let told = |outcome| drop(tell.send(Begun { outcome, standing }));
            match outcome {
                Ok(begin::Beginning::New(job)) => {
                    let (client, events) = mpsc::unbounded_channel();
                    told(Ok(Running::live(job.start.clone(), events)));
                    producer::run(&parts, &job, client).await;
                }
                Ok(begin::Beginning::Known(follower)) => {
                    let bound = follow::bound(&parts.config, &question.peer, question.delivery);
                    told(Ok(follower.running(None, bound)));
                }
                Err(error) => told(Err(error)),
            }
        });
        told.await.unwrap_or(Begun { outcome: Err(TurnError::Raced), standing: None })
    }

    /// The events of a person's turn behind the last one they have seen, from wherever it runs.
    ///
    /// # Errors
    /// [`TurnError::TurnGone`] for a turn that is not theirs, too.
    pub async fn resume(
        &self,
        user: &UserId,
        turn: &TurnId,
        seen: Option<u64>,
        peer: Peer,
    ) -> Result<Running, TurnError> {
        let bound = follow::bound(&self.0.config, &peer, Delivery::Streamed);
        Ok(Box::pin(follow::find(&self.0, user, turn)).await?.running(seen, bound))
    }

    /// Asks whoever produces the answer of a person's turn to stop. One that is over stays as it is.
    ///
    /// # Errors
    /// [`TurnError::TurnGone`] for a turn that is not theirs, too.
    pub async fn cancel(&self, user: &UserId, turn: &TurnId) -> Result<(), TurnError> {
        follow::known_turn(&self.0, user, turn).await?;
        match self.0.store.request_cancel(user, turn).await {
            Err(error) if !error.is_conflict() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// What this deployment allows.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The tables.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }
}
