//! How often somebody may ask, and how many tokens they may use (seed 002, tickets 3 and 8).
//!
//! Requests of the last minute are a sliding window, exact to the millisecond; days and months are
//! calendar ones in UTC. Tokens are those of a question and its answer: what the zoo adds to a
//! prompt, its instructions and the conversation so far, is not on a child's account.

use crate::Timestamp;

/// The most requests per minute that can be set: each of them is a place in an item, and each place
/// a part of an expression, which `DynamoDB` bounds at 4 KB.
pub const MOST_PER_MINUTE: usize = 200;
/// The length of the sliding window, in seconds.
pub const WINDOW_SECONDS: u32 = 60;

/// What a principal may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in any minute, 1 to [`MOST_PER_MINUTE`].
    pub per_minute: usize,
    /// Requests in a calendar day.
    pub per_day: u64,
    /// Tokens in a calendar day.
    pub tokens_per_day: u64,
    /// Tokens in a calendar month.
    pub tokens_per_month: u64,
}

/// What a principal has used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// When the last requests came, oldest first, in milliseconds; as many as a minute may have.
    pub recent: Vec<i64>,
    /// The day that is counted, such as `2026-11-21`.
    pub day: String,
    /// Requests of that day.
    pub day_requests: u64,
    /// Tokens of that day, reserved ones included.
    pub day_tokens: u64,
    /// The month that is counted, such as `2026-11`.
    pub month: String,
    /// Requests of that month.
    pub month_requests: u64,
    /// Tokens of that month, reserved ones included.
    pub month_tokens: u64,
}

/// Why a request is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Too many in the last minute: another fits in after so many seconds.
    Minute(u64),
    /// Too many today: the next day begins in so many seconds.
    Day(u64),
    /// The tokens of the day or the month are used up.
    Tokens,
}

/// What is left of one limit, for the `RateLimit` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Requests.
    pub requests: u64,
    /// Seconds until there is more.
    pub reset_seconds: u64,
}

impl Account {
    /// Nothing used yet.
    #[must_use]
    pub fn new(limits: &Limits, now: Timestamp) -> Self {
        Self {
            recent: vec![0; limits.per_minute],
            day: now.date(),
            day_requests: 0,
            day_tokens: 0,
            month: now.month(),
            month_requests: 0,
            month_tokens: 0,
        }
    }

    /// The account as it stands now: a new day and a new month begin at nothing, and a changed limit
    /// has its own number of places.
    #[must_use]
    pub fn at(mut self, limits: &Limits, now: Timestamp) -> Self {
        let fresh = Self::new(limits, now);
        if self.day != fresh.day {
            (self.day, self.day_requests, self.day_tokens) = (fresh.day, 0, 0);
        }
        if self.month != fresh.month {
            (self.month, self.month_requests, self.month_tokens) = (fresh.month, 0, 0);
        }
        let surplus = self.recent.len().saturating_sub(limits.per_minute);
        self.recent.drain(..surplus);
        let missing = limits.per_minute - self.recent.len();
        self.recent.splice(0..0, std::iter::repeat_n(0, missing));
        self
    }

    /// Whether this is how [`Account::at`] leaves an account.
    #[must_use]
    pub fn is_current(&self, limits: &Limits, now: Timestamp) -> bool {
        self.day == now.date() && self.month == now.month() && self.recent.len() == limits.per_minute
    }

    /// Admits a request and reserves tokens for it.
    ///
    /// # Errors
    /// [`Exceeded`]; the account of a current day and month is then unchanged.
    pub fn admit(&mut self, limits: &Limits, tokens: u64, now: Timestamp) -> Result<(), Exceeded> {
        if self.recent.first().is_none_or(|oldest| *oldest > cutoff(now)) {
            return Err(Exceeded::Minute(self.minute_left(now).reset_seconds));
        }
        if self.day_requests >= limits.per_day {
            return Err(Exceeded::Day(now.seconds_left_of_day()));
        }
        let fits = |used: u64, limit: u64| tokens == 0 || used.saturating_add(tokens) <= limit;
        if !fits(self.day_tokens, limits.tokens_per_day) || !fits(self.month_tokens, limits.tokens_per_month) {
            return Err(Exceeded::Tokens);
        }
        self.recent.remove(0);
        self.recent.push(now.as_millis());
        self.day_requests += 1;
        self.month_requests += 1;
        self.day_tokens += tokens;
        self.month_tokens += tokens;
        Ok(())
    }

    /// What is left of the minute.
    #[must_use]
    pub fn minute_left(&self, now: Timestamp) -> Left {
        let cutoff = cutoff(now);
        let free = self.recent.iter().filter(|time| **time <= cutoff).count();
        // The oldest that still counts is the first to make room.
        let next = self.recent.iter().find(|time| **time > cutoff).map_or(0, |time| time - cutoff);
        // Another server's clock may be ahead.
        let seconds = u64::try_from(next).unwrap_or(0).div_ceil(1000).min(WINDOW_SECONDS.into());
        Left { requests: free as u64, reset_seconds: seconds }
    }

    /// What is left of the day.
    #[must_use]
    pub fn day_left(&self, limits: &Limits, now: Timestamp) -> Left {
        let requests = limits.per_day.saturating_sub(self.day_requests);
        Left { requests, reset_seconds: now.seconds_left_of_day() }
    }
}

/// Requests up to this time, in milliseconds, do not count any more.
#[must_use]
pub fn cutoff(now: Timestamp) -> i64 {
    now.as_millis() - i64::from(WINDOW_SECONDS) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { per_minute: 20, per_day: 200, tokens_per_day: 5_000, tokens_per_month: 6_000 };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis)
    }

    #[test]
    fn the_twenty_first_of_a_minute_waits_until_the_first_is_a_minute_old() {
        let mut account = Account::new(&LIMITS, at(0));
        for i in 0..20 {
            assert_eq!(account.admit(&LIMITS, 0, at(i)), Ok(()));
        }
        assert_eq!(account.minute_left(at(20)), Left { requests: 0, reset_seconds: 60 });
        assert_eq!(account.admit(&LIMITS, 0, at(59_999)), Err(Exceeded::Minute(1)));
        assert_eq!(account.admit(&LIMITS, 0, at(60_000)), Ok(()));
        assert_eq!(account.admit(&LIMITS, 0, at(60_000)), Err(Exceeded::Minute(1)));
    }

    #[test]
    fn tokens_are_reserved_up_to_the_limit_and_not_beyond() {
        let mut account = Account::new(&LIMITS, at(0));
        assert_eq!(account.admit(&LIMITS, 5_000, at(0)), Ok(()));
        assert_eq!(account.admit(&LIMITS, 1, at(1)), Err(Exceeded::Tokens));
        assert_eq!(account.admit(&LIMITS, 0, at(1)), Ok(()), "an answer without tokens");
        let mut tomorrow = account.at(&LIMITS, at(24 * 60 * 60 * 1000));
        assert_eq!((tomorrow.day_tokens, tomorrow.month_tokens), (0, 5_000));
        assert_eq!(tomorrow.admit(&LIMITS, 1_001, at(24 * 60 * 60 * 1000)), Err(Exceeded::Tokens));
    }

    proptest! {
        /// However requests come: no minute has more than its limit, and no request is refused
        /// while its minute has room.
        #[test]
        fn no_minute_has_more_than_its_limit(gaps in prop::collection::vec(0i64..9_000, 1..150)) {
            let mut account = Account::new(&LIMITS, at(0));
            let limits = Limits { per_day: u64::MAX, ..LIMITS };
            let (mut now, mut admitted) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                let in_window = admitted.iter().filter(|time| **time > now - 60_000).count();
                let is_admitted = account.admit(&limits, 0, at(now)).is_ok();
                prop_assert_eq!(is_admitted, in_window < 20);
                if is_admitted {
                    admitted.push(now);
                }
            }
        }

        #[test]
        fn a_changed_limit_forgets_nothing_that_still_counts(fewer in 1usize..20, used in 0i64..20) {
            let mut account = Account::new(&LIMITS, at(0));
            for i in 0..used {
                account.admit(&LIMITS, 0, at(i)).unwrap();
            }
            let limits = Limits { per_minute: fewer, ..LIMITS };
            let account = account.at(&limits, at(100));
            let free = (fewer as u64).saturating_sub(u64::try_from(used).unwrap());
            prop_assert_eq!(account.minute_left(at(100)).requests, free);
        }
    }
}
