//! A page of a conversation as clients see it (seed 000, ticket 6).

use domain::{AnimalId, MessageId, SessionId, Timestamp, TurnId, UserId, message::Sender, turn::FinishReason};
use reading::Conversation;
use serde::Serialize;
use store::conversations::{MessagePage, MessageRecord};
use vault::OpenError;

/// What was read of a conversation, still sealed.
pub(crate) struct Page {
    pub(crate) conversation: Conversation,
    /// The animal's name, where it is still there.
    pub(crate) name: Option<String>,
    pub(crate) messages: MessagePage,
    pub(crate) limit: u16,
}

/// A page, and what stands for it.
pub(crate) struct Shown {
    pub(crate) history: History,
    pub(crate) validator: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    session_id: SessionId,
    user_id: UserId,
    animal_id: AnimalId,
    animal_name: String,
    start_time: Timestamp,
    end_time: Timestamp,
    messages: Vec<Message>,
    statistics: Statistics,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: MessageId,
    turn_id: TurnId,
    timestamp: Timestamp,
    sender: Sender,
    content: String,
    metadata: Metadata,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_used: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<FinishReason>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    total_messages: u64,
    user_messages: u64,
    assistant_messages: u64,
    total_tokens: u64,
    average_response_time: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    limit: u16,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Page {
    /// Opens what was read.
    ///
    /// # Errors
    /// [`OpenError`] when a message was not sealed with this session's key for its place.
    pub(crate) fn open(self, reader: &UserId) -> Result<Shown, OpenError> {
        let Self { conversation, name, messages, limit } = self;
        let next_token = messages.last.as_deref().map(|sort| conversation.cursor(sort)).transpose()?;
        let session = conversation.session();
        let counts = session.session().counts;
        let messages = messages.messages.into_iter().map(|record| message(record, &conversation));
        let mut history = History {
            messages: messages.collect::<Result<_, _>>()?,
            statistics: Statistics {
                total_messages: counts.total_messages(),
                user_messages: counts.user_messages,
                assistant_messages: counts.assistant_messages,
                total_tokens: counts.total_tokens,
                average_response_time: counts.average_response_millis(),
            },
            pagination: Pagination { limit, has_more: next_token.is_some(), next_token: None },
            animal_name: name.unwrap_or_else(|| session.animal_id.to_string()),
            session_id: session.session_id.clone(),
            user_id: session.user_id.clone(),
            animal_id: session.animal_id.clone(),
            start_time: session.start_time,
            end_time: session.last_activity,
        };
        // A cursor is sealed anew each time: it is no part of what is compared.
        let shown = serde_json::to_string(&history).map_err(|_| OpenError)?;
        let validator = conversation.validator(reader, &shown)?;
        history.pagination.next_token = next_token;
        Ok(Shown { history, validator })
    }
}

fn message(record: MessageRecord, conversation: &Conversation) -> Result<Message, OpenError> {
    let content = conversation.text(&record)?;
    let metadata = match record.message_type {
        Sender::User => Metadata::default(),
        Sender::Assistant => Metadata {
            tokens_used: Some(record.tokens_used),
            latency_ms: record.metadata.map(|metadata| metadata.latency_ms),
            finish_reason: record.finish_reason,
        },
    };
    Ok(Message {
        message_id: record.message_id,
        turn_id: record.turn_id,
        timestamp: record.timestamp,
        sender: record.message_type,
        content,
        metadata,
    })
}
