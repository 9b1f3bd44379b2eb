//! Erasing: what disappears, when, and what the receipt for it says (requirement document 000, ticket 12).
//!
//! Owns the states of an erasure and its times. It knows neither tables nor keys.

use crate::{ReceiptId, Timestamp};
use serde::{Deserialize, Serialize};

/// Days that a guardian has to think again about what is to be erased of a child, where nothing else is set.
pub const GRACE_DAYS: u32 = 7;
/// Days that a child's wish waits for its guardian.
pub const ASKED_DAYS: u32 = 30;
/// Days that an erasure is remembered and its receipt can be read and verified.
pub const RECEIPT_DAYS: u32 = 3 * 365;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// What is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All conversations that a person has had so far; the person goes on.
    Conversations,
    /// These, and the account with everything that is the person's.
    Account,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A child wishes it; its guardian has not confirmed it.
    Asked,
    /// It is confirmed and its time has not come: everything is as it was, and it can be taken back.
    Pending,
    /// It has begun, and nothing takes it back: nobody reads anything of it any more.
    Running,
    /// It is done and signed. What was under way when it began is looked for once more.
    Completed,
    /// That is done as well.
    Closed,
}

impl State {
    /// Its name in conditions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Closed => "closed",
        }
    }

    /// Its name on the wire: nobody has to know of the look that follows.
    #[must_use]
    pub fn shown(self) -> &'static str {
        if self == Self::Closed { Self::Completed.name() } else { self.name() }
    }

    /// Whether it is signed.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Closed)
    }

    /// Whether it can be taken back: nothing was touched.
    #[must_use]
    pub fn can_be_withdrawn(self) -> bool {
        matches!(self, Self::Asked | Self::Pending)
    }
}

/// What was there to erase when it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Messages.
    pub messages: u64,
    /// Sessions that had a message or a key.
    pub sessions: u64,
    /// Turns that were remembered.
    pub turns: u64,
    /// Keys: from then on no copy of what they sealed opens.
    pub keys: u64,
}

/// When something is destroyed: a child's after the days of grace, unless its guardian wants it at once.
#[must_use]
pub fn destroy_at(is_childs: bool, is_immediate: bool, grace_days: u32, now: Timestamp) -> Timestamp {
    if is_childs && !is_immediate { now.plus_days(grace_days) } else { now }
}

/// Why somebody wants something erased, in their own words: for the audit trail, sealed. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// One of 1 to 200 characters after trimming.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (1..=LONGEST_REASON).contains(&text.chars().count()).then(|| Self(text.to_owned()))
    }

    /// The words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reason(…)")
    }
}

/// What a receipt says. No name, no plain id of a person, and no word of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// Which zoo says so.
    pub iss: String,
    /// When it was signed, in seconds.
    pub iat: i64,
    /// Which erasure.
    pub receipt_id: ReceiptId,
    /// What was erased.
    pub what: Scope,
    /// Whose: a pseudonym that this zoo can make again of the person's id, and nobody else.
    pub subject: String,
    /// The generation of the person's conversations that is gone, with all before it.
    pub generation: u64,
    /// How much there was.
    pub counts: Counts,
    /// How many keys were destroyed.
    pub keys_destroyed: u64,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When nothing of it was left.
    pub completed_at: Timestamp,
}

/// The type in a receipt's header, so that it is taken for no other token (RFC 8725, section 3.11).
pub const RECEIPT_TYPE: &str = "menagerie-erasure+jwt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_childs_wait_and_only_where_nobody_is_in_a_hurry() {
        let now = Timestamp::from_millis(5);
        assert_eq!(destroy_at(true, false, 7, now), now.plus_days(7));
        for (is_childs, is_immediate) in [(true, true), (false, false), (false, true)] {
            assert_eq!(destroy_at(is_childs, is_immediate, 7, now), now);
        }
    }

    #[test]
    fn what_has_begun_is_not_taken_back() {
        let states = [State::Asked, State::Pending, State::Running, State::Completed, State::Closed];
        assert_eq!(states.map(State::can_be_withdrawn), [true, true, false, false, false]);
        assert_eq!(states.map(State::shown), ["asked", "pending", "running", "completed", "completed"]);
    }

    #[test]
    fn a_reason_is_short_and_says_something() {
        assert_eq!(Reason::parse(" we move ").unwrap().text(), "we move");
        assert!(Reason::parse("  ").is_none() && Reason::parse(&"x".repeat(201)).is_none());
        assert!(Reason::parse(&"é".repeat(200)).is_some());
    }
}
