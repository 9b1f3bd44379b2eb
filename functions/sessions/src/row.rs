//! A page of a list as clients see it.

use domain::{AnimalId, MessageId, SessionId, Timestamp, UserId, message::Sender};
use reading::{Found, Listed};
use serde::Serialize;
use store::animals::Catalogue;

#[derive(Serialize)]
pub(crate) struct List {
    pub(crate) sessions: Vec<Row>,
    pub(crate) pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    pub(crate) limit: usize,
    pub(crate) has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_sessions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sorted_among: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    session_id: SessionId,
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    animal_id: AnimalId,
    animal_name: String,
    start_time: Timestamp,
    last_activity: Timestamp,
    message_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<bool>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    found: Option<Match>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    message_id: MessageId,
    sender: Sender,
    timestamp: Timestamp,
    excerpt: String,
}

impl Row {
    pub(crate) fn new(listed: Listed, catalogue: &Catalogue) -> Self {
        let Listed { metadata, display_name, words, unread, found } = listed;
        let (first_message, last_message) = words.unzip();
        let animal = catalogue.find(&metadata.animal_id);
        Self {
            animal_name: animal.map_or_else(|| metadata.animal_id.to_string(), |animal| animal.name.clone()),
            session_id: metadata.session_id,
            user_id: metadata.user_id,
            display_name,
            animal_id: metadata.animal_id,
            start_time: metadata.start_time,
            last_activity: metadata.last_activity,
            message_count: metadata.message_count,
            first_message,
            last_message,
            unread,
            found: found.map(Match::from),
        }
    }
}

impl From<Found> for Match {
    fn from(found: Found) -> Self {
        let Found { message_id, sender, timestamp, excerpt } = found;
        Self { message_id, sender, timestamp, excerpt }
    }
}
