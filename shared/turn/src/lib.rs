//! How a conversation is written: one question in, a stream of events out, and both messages kept.
//!
//! Before the model, with warm keys, two round trips to the database: everything is read at once,
//! then the question is stored and the turn claimed. After the model one more: the answer is stored
//! and the turn completed; only then does the client hear of the end. Used by both functions that
//! answer; knows HTTP only in [`wire`] and [`sse`], which they share.

mod answer;
mod claim;
mod error;
mod fallback;
mod ledger;
mod producer;
mod prompt;
pub mod service;
pub mod sse;
pub mod wire;

pub use error::TurnError;
pub use producer::producers_at_work;

use domain::{
    AnimalId, SessionId, Timestamp, TurnId, UserId,
    message::MessageText,
    settings::{InvalidSetting, Settings},
    turn::{FinishReason, TurnStart, Usage},
};
use edge::Problem;
use llm::{Delivery, Model};
use std::{sync::Arc, time::Duration};
use store::{Store, animals::AnimalCache};
use tokio::sync::mpsc;
use vault::Vault;

/// How long a turn may take.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// The whole answer (`CHAT_RESPONSE_TIMEOUT`, in milliseconds).
    pub response_timeout: Duration,
    /// Its first word.
    pub first_token_timeout: Duration,
    /// Each further one.
    pub idle_timeout: Duration,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let millis = settings.parsed_or("CHAT_RESPONSE_TIMEOUT", "milliseconds", 30_000)?;
        Ok(Self {
            response_timeout: Duration::from_millis(millis),
            first_token_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(20),
        })
    }
}

/// A question as it came in.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks.
    pub user_id: UserId,
    /// Whom.
    pub animal_id: AnimalId,
    /// What.
    pub text: MessageText,
    /// In which session; a new one where there is none.
    pub session_id: Option<SessionId>,
    /// The turn's id, where the client chose it.
    pub turn_id: Option<TurnId>,
    /// How the model is to answer.
    pub delivery: Delivery,
}

/// A turn under way. Dropping it does not end the turn: the answer is finished and kept.
#[derive(Debug)]
pub struct Running {
    /// What the client learns first.
    pub start: TurnStart,
    /// What happens then; the last one is terminal.
    pub events: mpsc::UnboundedReceiver<TurnEvent>,
}

/// What happens in a turn.
#[derive(Debug, Clone)]
pub enum TurnEvent {
    /// Whole words of the answer.
    Token(String),
    /// The answer is complete and kept. Terminal.
    Complete(Completed),
    /// There is no answer, or no more of it. Terminal.
    Failed {
        /// Why.
        problem: Problem,
        /// Whether what there was of the answer is kept.
        is_kept: bool,
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
}

/// Begins turns.
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
    /// The deadlines.
    pub config: Config,
}

impl Turns {
    /// Turns over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Checks a question, stores it, and sets its answer going.
    ///
    /// # Errors
    /// [`TurnError`]; nothing is stored then.
    pub async fn begin(&self, question: Question) -> Result<Running, TurnError> {
        let job = claim::claim(&self.0, question).await?;
        let start = job.start.clone();
        let (sender, events) = mpsc::unbounded_channel();
        producer::spawn(Arc::clone(&self.0), job, sender);
        Ok(Running { start, events })
    }
}
