//! A turn: one question and its answer, and what is told while it happens.

use crate::{AnimalId, MessageId, SessionId, TurnId};
use serde::{Deserialize, Serialize};

/// How far a turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnState {
    /// The question is stored and nobody else may answer it.
    Claimed,
    /// The answer is stored.
    Completed,
    /// The answer broke off; what there was of it is stored.
    Interrupted,
    /// There was no answer.
    Failed,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FinishReason {
    /// The animal had said all.
    Stop,
    /// The answer reached its longest length.
    Length,
    /// The model broke off.
    Interrupted,
    /// The model gave nothing, so the animal said something kind of its own.
    Fallback,
}

impl FinishReason {
    /// Whether an answer that ended so belongs in the context of the next question.
    #[must_use]
    pub fn is_context(self) -> bool {
        !matches!(self, Self::Interrupted)
    }

    /// The state of the turn whose answer ended so.
    #[must_use]
    pub fn turn_state(self) -> TurnState {
        match self {
            Self::Stop | Self::Length | Self::Fallback => TurnState::Completed,
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
