//! A session: one conversation between one person and one animal, and how long it lives.

use crate::{AnimalId, SessionId, Timestamp, UserId};

/// A session that was silent for so long is over; the next question opens another.
const SILENT_FOR_HOURS: u32 = 24;
/// So long a session is at most: with its expiry this bounds how long any message is kept.
const LONGEST_DAYS: u32 = 7;

/// What is known of a session without opening any of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// With which animal.
    pub animal_id: AnimalId,
    /// When its first message was sent.
    pub start_time: Timestamp,
    /// When its last message was sent or finished.
    pub last_activity: Timestamp,
    /// When all of it is gone.
    pub expires_at: Timestamp,
    /// Its exact counts.
    pub counts: Counts,
}

/// Exact counts of a session, kept with each write, never recounted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages of the person.
    pub user_messages: u64,
    /// Messages of the animal.
    pub assistant_messages: u64,
    /// Tokens of prompts and answers together, as the model counted them.
    pub total_tokens: u64,
    /// Milliseconds that the animal's answers took, together.
    pub response_millis: u64,
}

impl Counts {
    /// All messages.
    #[must_use]
    pub fn total_messages(&self) -> u64 {
        self.user_messages + self.assistant_messages
    }

    /// Milliseconds an answer took on average, 0 before the first.
    #[must_use]
    pub fn average_response_millis(&self) -> u64 {
        self.response_millis.checked_div(self.assistant_messages).unwrap_or(0)
    }
}

impl Session {
    /// Whether the session's time is up. DynamoDB's TTL deletes late, so every read asks this.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether the next question belongs to another session: after a day of silence, and after a
    /// week, so that counts stay exact and no message outlives what was promised.
    #[must_use]
    pub fn has_rolled_over(&self, now: Timestamp) -> bool {
        now >= self.last_activity.plus_seconds(SILENT_FOR_HOURS * 60 * 60)
            || now >= self.start_time.plus_days(LONGEST_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_of_no_answers_is_zero() {
        assert_eq!(Counts::default().average_response_millis(), 0);
        let counts = Counts { assistant_messages: 2, response_millis: 571, ..Counts::default() };
        assert_eq!(counts.average_response_millis(), 285);
    }

    fn session(start: Timestamp) -> Session {
        Session {
            session_id: SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcdef").unwrap(),
            user_id: UserId::parse("u").unwrap(),
            animal_id: AnimalId::parse("lion_001").unwrap(),
            start_time: start,
            last_activity: start,
            expires_at: start.plus_days(90),
            counts: Counts::default(),
        }
    }

    #[test]
    fn a_session_is_gone_at_its_last_millisecond() {
        let session = session(Timestamp::from_millis(1_000));
        assert!(!session.is_expired(Timestamp::from_millis(session.expires_at.as_millis() - 1)));
        assert!(session.is_expired(session.expires_at));
    }

    #[test]
    fn a_session_rolls_over_after_a_day_of_silence_or_a_week() {
        let start = Timestamp::from_millis(0);
        let before = |time: Timestamp| Timestamp::from_millis(time.as_millis() - 1);
        let silent = session(start);
        assert!(!silent.has_rolled_over(before(start.plus_days(1))));
        assert!(silent.has_rolled_over(start.plus_days(1)));
        let lively = Session { last_activity: before(start.plus_days(7)), ..session(start) };
        assert!(!lively.has_rolled_over(before(start.plus_days(7))));
        assert!(lively.has_rolled_over(start.plus_days(7)));
    }
}
