//! The audit trail: who did what with whose conversations (requirement document 000, ticket 11).
//!
//! Owns what an entry says and how long it is kept. It knows neither where entries lie nor who may read
//! them.

pub mod chain;
mod metadata;
mod receipt;
pub mod walk;

pub use metadata::Metadata;
pub use receipt::{Purpose, Receipt};

use crate::{LogId, Sealed, SessionId, Timestamp, UserId, access::Action, user::Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Days after which an entry is archived, in days that are over.
pub const ARCHIVED_AFTER_DAYS: u32 = 365;
/// Days that an entry stays in its table: five weeks longer, so that an archive that fails can be mended.
pub const RETENTION_DAYS: u32 = ARCHIVED_AFTER_DAYS + 35;
/// Days that the archive keeps what it has: seven years.
pub const ARCHIVE_DAYS: u32 = 7 * 365;

/// What the entry says was wanted that is written before a session is deleted because its time is over.
pub const SESSION_EXPIRED: &str = "expire_session";
/// The same where a deletion broke off and is finished.
pub const DELETION_FINISHED: &str = "finish_deletion";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// Somebody saw a conversation's text.
    ConversationViewed,
    /// Somebody saw a list of conversations with words of them.
    ConversationsListed,
    /// Somebody looked for words in conversations.
    ConversationSearched,
    /// Somebody took a conversation away as a file.
    ConversationExported,
    /// Somebody made a link for others to read a conversation by.
    ConversationShared,
    /// Such a link was taken back.
    ShareRevoked,
    /// Somebody deleted a conversation.
    ConversationDeleted,
    /// Somebody wishes that something be deleted, and another has to confirm it.
    DeletionRequested,
    /// Such a wish was taken back, or came to nothing.
    DeletionWithdrawn,
    /// All of a person's conversations, or their account, were erased: the keys first, then what they sealed.
    ErasureCompleted,
    /// Somebody was refused what is not theirs.
    UnauthorizedAccessAttempt,
    /// A message was stored or changed by its owner's own turn, or deleted with its conversation.
    ConversationChanged,
    /// A message went, or a session with its key, because its time was over.
    ConversationExpired,
    /// A message changed and nobody is known to have done it.
    UnattributedChange,
    /// Somebody looked into this trail beyond what concerns themselves.
    AuditViewed,
    /// A guardian said what they agree to for a child, or took it back.
    ConsentChanged,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::ConversationViewed,
        Self::ConversationsListed,
        Self::ConversationSearched,
        Self::ConversationExported,
        Self::ConversationShared,
        Self::ShareRevoked,
        Self::ConversationDeleted,
        Self::DeletionRequested,
        Self::DeletionWithdrawn,
        Self::ErasureCompleted,
        Self::UnauthorizedAccessAttempt,
        Self::ConversationChanged,
        Self::ConversationExpired,
        Self::UnattributedChange,
        Self::AuditViewed,
        Self::ConsentChanged,
    ];

    /// Its name on the wire and in keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ConversationViewed => "conversation_viewed",
            Self::ConversationsListed => "conversations_listed",
            Self::ConversationSearched => "conversation_searched",
            Self::ConversationExported => "conversation_exported",
            Self::ConversationShared => "conversation_shared",
            Self::ShareRevoked => "share_revoked",
            Self::ConversationDeleted => "conversation_deleted",
            Self::DeletionRequested => "deletion_requested",
            Self::DeletionWithdrawn => "deletion_withdrawn",
            Self::ErasureCompleted => "erasure_completed",
            Self::UnauthorizedAccessAttempt => "unauthorized_access_attempt",
            Self::ConversationChanged => "conversation_changed",
            Self::ConversationExpired => "conversation_expired",
            Self::UnattributedChange => "unattributed_change",
            Self::AuditViewed => "audit_viewed",
            Self::ConsentChanged => "consent_changed",
        }
    }

    /// The event of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// Whether it tells what the product's own machinery did as it should. Such entries are many and
    /// stand in no list of what people did.
    #[must_use]
    pub fn is_routine(self) -> bool {
        matches!(self, Self::ConversationChanged | Self::ConversationExpired)
    }

    /// Whether somebody got to see or take something of a conversation.
    #[must_use]
    pub fn is_access(self) -> bool {
        matches!(
            self,
            Self::ConversationViewed
                | Self::ConversationsListed
                | Self::ConversationSearched
                | Self::ConversationExported
                | Self::ConversationShared
        )
    }
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused or did not come about.
    Failure,
}

/// One entry. What tells of a person's whereabouts, and staff's own words, are sealed under the key of
/// the person who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Which.
    pub log_id: LogId,
    /// When.
    pub timestamp: Timestamp,
    /// What happened.
    pub event_type: EventType,
    /// What was wanted: an action of the access rules by its [`action_name`], or of a change `insert`,
    /// `modify` or `remove`, or of retention [`SESSION_EXPIRED`] or [`DELETION_FINISHED`].
    pub action: String,
    /// Who did it, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What they were to the zoo then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whose conversation it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_user_id: Option<UserId>,
    /// Which conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// How it went.
    pub result: Outcome,
    /// Why it did not come about: the stable code of the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why staff looked, in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_reason: Option<Sealed>,
    /// From which network address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<Sealed>,
    /// With which program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Sealed>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
}

/// The name of an action in entries: `read_history`.
#[must_use]
pub fn action_name(action: Action) -> String {
    let mut name = String::new();
    for letter in format!("{action:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

impl LogId {
    /// The id of the entry about something that happened at a time and that 16 bytes stand for: the same
    /// again for the same event, so that an event told of twice gives one entry.
    #[must_use]
    pub fn of_event(at: Timestamp, digest: [u8; 16]) -> Self {
        let [_, _, _, _, _, _, rest @ ..] = digest;
        let millis = u64::try_from(at.as_millis()).unwrap_or(0);
        Self::from(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
    }

    /// The lowest id of a millisecond, for ranges.
    #[must_use]
    pub fn first_at(at: Timestamp) -> Self {
        Self::from(Uuid::from_u128(moment(at)))
    }

    /// The highest id of a millisecond, for ranges.
    #[must_use]
    pub fn last_at(at: Timestamp) -> Self {
        Self::from(Uuid::from_u128(moment(at) | (u128::MAX >> 48)))
    }

    /// The id right before it, for ranges that end before it.
    #[must_use]
    pub fn before(&self) -> Self {
        Self::from(Uuid::from_u128(Uuid::try_parse(self.as_str()).map_or(0, |id| id.as_u128()).saturating_sub(1)))
    }

    /// The millisecond that it was made for (RFC 9562, section 5.7).
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        let millis = Uuid::try_parse(self.as_str()).map_or(0, |id| id.as_u128() >> 80);
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(0))
    }
}

fn moment(at: Timestamp) -> u128 {
    u128::try_from(at.as_millis()).unwrap_or(0) << 80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_those_that_are_stored() {
        type Read<'a> = serde::de::value::StrDeserializer<'a, serde::de::value::Error>;
        for event in EventType::ALL {
            assert_eq!(EventType::deserialize(Read::new(event.name())), Ok(event));
            assert_eq!(EventType::parse(event.name()), Some(event));
        }
        assert_eq!(EventType::parse("conversation_forgotten"), None);
        assert_eq!(action_name(Action::ReadHistory), "read_history");
    }

    proptest! {
        #[test]
        fn ids_sort_by_time_and_say_it(a in 0i64..200_000_000_000_000, b in 0i64..200_000_000_000_000, seed: [u8; 16]) {
            let (a, b) = (Timestamp::from_millis(a), Timestamp::from_millis(b));
            let id = LogId::of_event(a, seed);
            prop_assert_eq!(id.timestamp(), a);
            prop_assert_eq!(&id, &LogId::of_event(a, seed));
            prop_assert!(LogId::first_at(a) <= id && id <= LogId::last_at(a));
            if a < b {
                prop_assert!(id < LogId::first_at(b));
            }
        }
    }
}
