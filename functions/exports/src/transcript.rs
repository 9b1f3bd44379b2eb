//! A whole conversation in the clear, as it goes into a file. Knows no table, no route and no format.

use domain::{
    AnimalId, MessageId, SessionId, Timestamp, TurnId, UserId, message::Sender, session::Counts, turn::FinishReason,
};

/// A conversation and who had it.
pub(crate) struct Transcript {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    /// The name that the person goes by.
    pub(crate) display_name: String,
    pub(crate) animal_id: AnimalId,
    /// The animal's name, or its id where it is not there any more.
    pub(crate) animal_name: String,
    /// The path of its portrait in the web app.
    pub(crate) avatar: Option<String>,
    pub(crate) start_time: Timestamp,
    pub(crate) end_time: Timestamp,
    pub(crate) exported_at: Timestamp,
    /// Oldest first.
    pub(crate) messages: Vec<Message>,
    pub(crate) counts: Counts,
}

/// What one of the two said.
pub(crate) struct Message {
    pub(crate) message_id: MessageId,
    pub(crate) turn_id: TurnId,
    pub(crate) timestamp: Timestamp,
    pub(crate) sender: Sender,
    pub(crate) content: String,
    /// Of answers only, as is all that follows.
    pub(crate) tokens_used: Option<u64>,
    pub(crate) latency_ms: Option<u64>,
    pub(crate) finish_reason: Option<FinishReason>,
}

impl Transcript {
    /// The name of who says a message.
    pub(crate) fn speaker(&self, message: &Message) -> &str {
        match message.sender {
            Sender::User => &self.display_name,
            Sender::Assistant => &self.animal_name,
        }
    }
}

impl Message {
    /// Whether an answer is there in part only.
    pub(crate) fn is_broken_off(&self) -> bool {
        matches!(self.finish_reason, Some(FinishReason::Interrupted | FinishReason::Cancelled))
    }
}
