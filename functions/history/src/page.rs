//! A page of a conversation as clients see it (seed 000, ticket 6), and the cursor to the next.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    AnimalId, MessageId, Sealed, SessionId, Slot, Timestamp, TurnId, UserId, message::Sender, turn::FinishReason,
};
use edge::{Code, Problem};
use serde::Serialize;
use store::{
    conversations::{MessagePage, MessageRecord},
    sessions::SessionRecord,
};
use vault::{DataKey, OpenError};

/// Where the next page begins: a sort key, sealed, so that a client can neither read nor make one.
pub(crate) struct Cursor;

impl Cursor {
    pub(crate) fn open(token: &str, key: &DataKey, slot: &Slot<'_>) -> Result<String, Problem> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
        let sort = bytes.and_then(|bytes| key.open(slot, &Sealed::from_bytes(bytes)).ok());
        sort.ok_or_else(|| Problem::new(Code::BadRequest).with_detail("nextToken is not of this list"))
    }

    fn seal(sort: &str, key: &DataKey, slot: &Slot<'_>) -> Result<String, OpenError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(key.seal(slot, sort)?.as_bytes()))
    }
}

/// What was read of a conversation, still sealed.
pub(crate) struct Page {
    pub(crate) session: SessionRecord,
    /// The animal's name, where it is still there.
    pub(crate) name: Option<String>,
    pub(crate) messages: MessagePage,
    pub(crate) limit: u16,
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
    /// [`OpenError`] when a message was not sealed with this key for its place.
    pub(crate) fn open(self, key: &DataKey) -> Result<History, OpenError> {
        let slot = crate::cursor_slot(&self.session);
        let next_token = self.messages.last.as_deref().map(|sort| Cursor::seal(sort, key, &slot)).transpose()?;
        let counts = self.session.session().counts;
        let messages = self.messages.messages.into_iter().map(|record| message(record, key));
        Ok(History {
            messages: messages.collect::<Result<_, _>>()?,
            statistics: Statistics {
                total_messages: counts.total_messages(),
                user_messages: counts.user_messages,
                assistant_messages: counts.assistant_messages,
                total_tokens: counts.total_tokens,
                average_response_time: counts.average_response_millis(),
            },
            pagination: Pagination { limit: self.limit, has_more: next_token.is_some(), next_token },
            animal_name: self.name.unwrap_or_else(|| self.session.animal_id.to_string()),
            session_id: self.session.session_id.clone(),
            user_id: self.session.user_id.clone(),
            animal_id: self.session.animal_id.clone(),
            start_time: self.session.start_time,
            end_time: self.session.last_activity,
        })
    }
}

fn message(record: MessageRecord, key: &DataKey) -> Result<Message, OpenError> {
    let content = key.open(&record.content_slot(), &record.content)?;
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
