//! Identifiers: opaque strings on the wire, one type each in the code.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identifier that does not have the shape its kind asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not valid")]
pub struct InvalidId(pub &'static str);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes an identifier that came from outside.
            ///
            /// # Errors
            /// [`InvalidId`] with the wire name of the field.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let rule: fn(&str) -> Option<String> = $rule;
                rule(text).map(Self).ok_or(InvalidId($field))
            }

            /// The identifier as it stands on the wire and in keys.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! from_uuid {
    ($($name:ident),+) => {$(
        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid.hyphenated().to_string())
            }
        }
    )+};
}

id!(
    /// A person's account.
    UserId,
    "userId",
    slug
);
id!(
    /// An animal of the zoo, such as `lion_001`.
    AnimalId,
    "animalId",
    slug
);
id!(
    /// One conversation with one animal. Its `UUIDv7` carries 74 random bits.
    SessionId,
    "sessionId",
    uuid_text
);
id!(
    /// One question and its answer. The client may choose it; it is scoped to the user.
    TurnId,
    "turnId",
    uuid_text
);
id!(
    /// One message of a conversation.
    MessageId,
    "messageId",
    uuid_text
);
id!(
    /// One entry of the audit trail. A `UUIDv7`: it sorts by the time of what it tells of.
    LogId,
    "logId",
    uuid_text
);
id!(
    /// One erasure, and the receipt for it. Its `UUIDv7` carries 74 random bits: whoever has it was told it.
    ReceiptId,
    "receiptId",
    uuid_text
);
from_uuid!(UserId, SessionId, TurnId, MessageId, LogId, ReceiptId);

/// Letters, digits, `_` and `-`, at most 64: safe in a key, where `#` separates the parts.
fn slug(text: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    ((1..=64).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.to_owned())
}

/// Any UUID in any spelling, kept in its one canonical spelling.
fn uuid_text(text: &str) -> Option<String> {
    Uuid::try_parse(text).ok().map(|uuid| uuid.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_smuggle_a_key_separator() {
        assert_eq!(AnimalId::parse("lion#001"), Err(InvalidId("animalId")));
        assert_eq!(UserId::parse(""), Err(InvalidId("userId")));
        assert!(AnimalId::parse("lion_001").is_ok());
    }

    #[test]
    fn two_spellings_of_one_uuid_are_one_turn() {
        let upper = TurnId::parse("0190F3A1-7B2C-7DEF-8123-456789ABCDEF").unwrap();
        let plain = TurnId::parse("0190f3a17b2c7def8123456789abcdef").unwrap();
        assert_eq!(upper, plain);
    }
}
