//! The model: what is asked of it, what it answers, and the adapter that speaks to any endpoint of
//! the OpenAI chat-completions protocol.
//!
//! Knows no turn, no session and no person. Prompts and answers pass through and are never logged.

mod openai;
pub mod sse;

pub use openai::{Config, Keys, OpenAi, is_global};

use domain::turn::Usage;
use futures_util::{future::BoxFuture, stream::BoxStream};
use std::{fmt, time::Duration};

/// Who says something to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The instructions.
    System,
    /// The visitor.
    User,
    /// The animal.
    Assistant,
}

/// One message of a prompt. It does not print itself.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct PromptMessage {
    /// Who.
    pub role: Role,
    /// What.
    pub content: String,
}

/// How the answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In fragments, as it is made.
    Streamed,
    /// In one piece.
    Whole,
}

/// A question to a model.
#[derive(Clone)]
pub struct ChatRequest {
    /// The chat-completions URL, where it is not the default one.
    pub endpoint: Option<String>,
    /// The model, where it is not the default one.
    pub model: Option<String>,
    /// The instructions, the conversation, the question.
    pub messages: Vec<PromptMessage>,
    /// 0 to 2.
    pub temperature: f32,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
    /// How the answer comes.
    pub delivery: Delivery,
    /// How long to wait for the first text, or for the whole answer where it comes in one piece:
    /// for all endpoints, repeated calls and waiting in queues together.
    pub patience: Duration,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// Text that follows what came before. May be any fragment of a word.
    Text(String),
    /// The answer has ended; `true` when only because it reached its longest length.
    End {
        /// Whether it was cut at its longest length.
        truncated: bool,
    },
    /// Tokens counted, where the endpoint counts them.
    Usage(Usage),
}

/// Why a model gave no answer, or no more of it. Holds nothing of prompt or answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It wants fewer questions.
    #[error("the model's provider limits the rate")]
    RateLimited {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// It answered with an error.
    #[error("the model answered with status {0}")]
    Refused(u16),
    /// It could not be reached, or the connection broke before the answer.
    #[error("the model could not be reached")]
    Unreachable,
    /// The animal's own endpoint is not one that the operator allows, or its name leads to an
    /// address inside the network. It was not called.
    #[error("the animal's endpoint is not allowed")]
    NotAllowed,
    /// As many questions as may wait for this endpoint are waiting already.
    #[error("too many questions wait for the model")]
    Busy,
    /// Patience ran out before the first text.
    #[error("the model said nothing in time")]
    Silent,
    /// It ended its answer without any text.
    #[error("the model's answer is empty")]
    Empty,
    /// It said inside its answer that it failed.
    #[error("the model failed")]
    Failed,
    /// Its answer is not of the protocol.
    #[error("the model's answer is malformed")]
    Malformed,
    /// The answer stopped without its end.
    #[error("the model's answer broke off")]
    BrokeOff,
}

/// An answer that has begun.
pub struct Answer {
    /// The model that answers; not the one asked for where a second endpoint stands in.
    pub model: String,
    /// The answer as it comes. It ends after its last part or its first error. Dropping it closes
    /// the connection to the model.
    pub deltas: BoxStream<'static, Result<Delta, ModelError>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("model", &self.model).finish_non_exhaustive()
    }
}

/// A model: an endpoint on the network, or a test's own.
pub trait Model: Send + Sync {
    /// Asks a question. Resolves when the first text is there, so that all which may go wrong
    /// before it is over; within the request's patience. Dropping it takes the question back.
    fn ask(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, ModelError>>;
}
