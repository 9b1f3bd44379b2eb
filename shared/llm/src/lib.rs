//! The model: what is asked of it, what it answers, and the adapter that speaks to any endpoint of
//! the OpenAI chat-completions protocol.
//!
//! Knows no turn, no session and no person. Prompts and answers pass through and are never logged.

mod openai;
pub mod sse;

pub use openai::{Config, OpenAi};

use domain::turn::Usage;
use futures_util::{future::BoxFuture, stream::BoxStream};
use std::time::Duration;

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
    /// It could not be reached, or the connection broke.
    #[error("the model could not be reached")]
    Unreachable,
    /// Its answer is not of the protocol.
    #[error("the model's answer is malformed")]
    Malformed,
    /// The answer stopped without its end.
    #[error("the model's answer broke off")]
    BrokeOff,
}

/// An answer as it comes. It ends after its last part or its first error.
pub type Answer = BoxStream<'static, Result<Delta, ModelError>>;

/// A model: an endpoint on the network, or a test's own.
pub trait Model: Send + Sync {
    /// Asks a question. The answer has begun when this resolves.
    fn ask(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, ModelError>>;

    /// The name of the model that a request would be answered by.
    fn name(&self, request: &ChatRequest) -> String;
}
