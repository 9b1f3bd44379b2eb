//! Conversations for programs: one JSON document of a version, its schema `ConversationExport` in
//! `openapi.yaml`. A member is added without a new version, and none is changed or taken away.

use crate::transcript::{Message, Transcript};
use domain::{AnimalId, MessageId, SessionId, Timestamp, TurnId, UserId, message::Sender, turn::FinishReason};
use serde::Serialize;

/// The version of the document's form.
const VERSION: u32 = 1;

/// A conversation as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    format: &'static str,
    format_version: u32,
    exported_at: Timestamp,
    session_id: &'a SessionId,
    user_id: &'a UserId,
    display_name: &'a str,
    animal_id: &'a AnimalId,
    animal_name: &'a str,
    start_time: Timestamp,
    end_time: Timestamp,
    messages: Vec<Said<'a>>,
    statistics: Statistics,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said<'a> {
    message_id: &'a MessageId,
    turn_id: &'a TurnId,
    timestamp: Timestamp,
    sender: Sender,
    content: &'a str,
    metadata: Metadata,
}

#[derive(Serialize)]
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

/// The document's bytes.
///
/// # Errors
/// When it cannot be written as JSON, which no transcript brings about.
pub(crate) fn write(transcript: &Transcript) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec_pretty(&Document::from(transcript))
}

impl<'a> From<&'a Transcript> for Document<'a> {
    fn from(transcript: &'a Transcript) -> Self {
        let counts = transcript.counts;
        Self {
            format: "menagerie-conversation",
            format_version: VERSION,
            exported_at: transcript.exported_at,
            session_id: &transcript.session_id,
            user_id: &transcript.user_id,
            display_name: &transcript.display_name,
            animal_id: &transcript.animal_id,
            animal_name: &transcript.animal_name,
            start_time: transcript.start_time,
            end_time: transcript.end_time,
            messages: transcript.messages.iter().map(said).collect(),
            statistics: Statistics {
                total_messages: counts.total_messages(),
                user_messages: counts.user_messages,
                assistant_messages: counts.assistant_messages,
                total_tokens: counts.total_tokens,
                average_response_time: counts.average_response_millis(),
            },
        }
    }
}

fn said(message: &Message) -> Said<'_> {
    Said {
        message_id: &message.message_id,
        turn_id: &message.turn_id,
        timestamp: message.timestamp,
        sender: message.sender,
        content: &message.content,
        metadata: Metadata {
            tokens_used: message.tokens_used,
            latency_ms: message.latency_ms,
            finish_reason: message.finish_reason,
        },
    }
}
