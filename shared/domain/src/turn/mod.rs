//! A turn: one question and its answer, how far it has come, and what is told while it happens.

mod pulse;
mod state;
mod transcript;

pub use pulse::{Pulse, SILENT_FOR_MILLIS};
pub use state::TurnState;
pub use transcript::{InvalidBoundaries, Transcript};

use crate::{AnimalId, MessageId, SessionId, TurnId};
use serde::{Deserialize, Serialize};

/// How long a turn id is remembered, in days: so long it joins or replays its turn.
pub const REMEMBERED_DAYS: u32 = 1;

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FinishReason {
    /// The animal had said all.
    Stop,
    /// The answer reached its longest length.
    Length,
    /// Whoever asked wanted no more of it.
    Cancelled,
    /// The model broke off, or whoever produced the answer died.
    Interrupted,
    /// The person's tokens are used up, so the animal said something kind of its own.
    Budget,
    /// The model gave nothing, so the animal said something kind of its own.
    Fallback,
}

impl FinishReason {
    /// Whether an answer that ended so belongs in the context of the next question.
    #[must_use]
    pub fn is_context(self) -> bool {
        !matches!(self, Self::Interrupted | Self::Cancelled)
    }

    /// The state of the turn whose answer ended so.
    #[must_use]
    pub fn turn_state(self) -> TurnState {
        match self {
            Self::Stop | Self::Length | Self::Budget | Self::Fallback => TurnState::Completed,
            Self::Cancelled => TurnState::Cancelled,
            Self::Interrupted => TurnState::Interrupted,
        }
    }
}

/// What the output gate did to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SafetyAction {
    /// Nothing.
    Allow,
}

/// How many tokens the model counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt: u64,
    /// Tokens of the answer.
    pub completion: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.prompt + self.completion
    }
}

/// What a client learns first of its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnStart {
    /// The turn.
    pub turn_id: TurnId,
    /// The session it belongs to, new or not.
    pub session_id: SessionId,
    /// The answer's message.
    pub message_id: MessageId,
    /// Who answers.
    pub animal_id: AnimalId,
}

/// Tokens of a text nobody counted: four bytes each, the usual rule of thumb.
#[must_use]
pub fn estimated_tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}
