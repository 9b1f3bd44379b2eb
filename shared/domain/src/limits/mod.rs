//! How often somebody may ask, and how many tokens they may use (seed 002, tickets 3 and 8).
//!
//! A person's last minute is a sliding window, exact to the millisecond; an address, where a whole
//! school may be, has a calendar minute. Days and months are calendar ones in UTC. Tokens are those of a question and its answer: what the zoo adds to a
//! prompt, its instructions and the conversation so far, is not on a child's account.

use crate::Timestamp;

/// The most requests of a sliding minute that can be set: each of them is a place in an item and names
/// two in an expression, of which `DynamoDB` takes 4 KB and 300 operators.
pub const MOST_SLIDING: usize = 100;
/// The length of the sliding window, in seconds.
pub const WINDOW_SECONDS: u32 = 60;

/// How the requests of a minute are counted, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerMinute {
    /// In any sixty seconds, 1 to [`MOST_SLIDING`].
    Sliding(usize),
    /// From one full minute to the next.
    Calendar(u64),
}

/// What a principal may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in a minute.
    pub per_minute: PerMinute,
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
    /// When the last requests came, oldest first, in milliseconds; as many as a sliding minute may
    /// have.
    pub recent: Vec<i64>,
    /// The calendar minute that is counted, such as `2026-11-21T07:08`.
    pub minute: String,
    /// Requests of that minute.
    pub minute_requests: u64,
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
            recent: vec![0; limits.per_minute.places()],
            minute: minute(now),
            minute_requests: 0,
            day: now.date(),
            day_requests: 0,
            day_tokens: 0,
            month: now.month(),
            month_requests: 0,
            month_tokens: 0,
        }
    }

    /// The account as it stands now: a new minute, day and month begin at nothing, and a changed limit
    /// has its own number of places. Time does not go back, whatever a clock says.
    #[must_use]
    pub fn at(mut self, limits: &Limits, now: Timestamp) -> Self {
        let fresh = Self::new(limits, now);
        if self.minute < fresh.minute {
            (self.minute, self.minute_requests) = (fresh.minute, 0);
        }
        if self.day < fresh.day {
            (self.day, self.day_requests, self.day_tokens) = (fresh.day, 0, 0);
        }
        if self.month < fresh.month {
            (self.month, self.month_requests, self.month_tokens) = (fresh.month, 0, 0);
        }
        let places = limits.per_minute.places();
        let surplus = self.recent.len().saturating_sub(places);
        self.recent.drain(..surplus);
        let missing = places - self.recent.len();
        self.recent.splice(0..0, std::iter::repeat_n(0, missing));
        self
    }

    /// Whether this is how [`Account::at`] leaves an account.
    #[must_use]
    pub fn is_current(&self, limits: &Limits, now: Timestamp) -> bool {
        let is_minute = match limits.per_minute {
            PerMinute::Sliding(places) => self.recent.len() == places,
            PerMinute::Calendar(_) => self.minute == minute(now),
        };
        is_minute && self.day == now.date() && self.month == now.month()
    }

    /// Admits a request and reserves tokens for it.
    ///
    /// # Errors
    /// [`Exceeded`]; the account of a current day and month is then unchanged.
    pub fn admit(&mut self, limits: &Limits, tokens: u64, now: Timestamp) -> Result<(), Exceeded> {
        let is_full = match limits.per_minute {
            PerMinute::Sliding(_) => self.recent.first().is_none_or(|oldest| *oldest > cutoff(now)),
            PerMinute::Calendar(limit) => self.minute_requests >= limit,
        };
        if is_full {
            return Err(Exceeded::Minute(self.minute_left(limits, now).reset_seconds));
        }
        if self.day_requests >= limits.per_day {
            return Err(Exceeded::Day(now.seconds_left_of_day()));
        }
        let fits = |used: u64, limit: u64| tokens == 0 || used.saturating_add(tokens) <= limit;
        if !fits(self.day_tokens, limits.tokens_per_day) || !fits(self.month_tokens, limits.tokens_per_month) {
            return Err(Exceeded::Tokens);
        }
        if !self.recent.is_empty() {
            self.recent.remove(0);
            self.recent.push(now.as_millis());
        }
        self.minute_requests += 1;
        self.day_requests += 1;
        self.month_requests += 1;
        self.day_tokens += tokens;
        self.month_tokens += tokens;
        Ok(())
    }

    /// What is left of the minute.
    #[must_use]
    pub fn minute_left(&self, limits: &Limits, now: Timestamp) -> Left {
        if let PerMinute::Calendar(limit) = limits.per_minute {
            let left_of_minute = 60 - now.as_seconds().rem_euclid(60).unsigned_abs();
            let requests = limit.saturating_sub(self.minute_requests);
            return Left { requests, reset_seconds: left_of_minute };
        }
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

impl PerMinute {
    /// How many there may be.
    #[must_use]
    pub fn limit(self) -> u64 {
        match self {
            Self::Sliding(places) => places as u64,
            Self::Calendar(limit) => limit,
        }
    }

    /// The times that are kept for it.
    fn places(self) -> usize {
        match self {
            Self::Sliding(places) => places,
            Self::Calendar(_) => 0,
        }
    }
}

/// The calendar minute, such as `2026-11-21T07:08`.
#[must_use]
pub fn minute(now: Timestamp) -> String {
    now.to_string()[..16].to_owned()
}

/// Requests up to this time, in milliseconds, do not count any more.
#[must_use]
pub fn cutoff(now: Timestamp) -> i64 {
    now.as_millis() - i64::from(WINDOW_SECONDS) * 1000
}

#[cfg(test)]
mod tests;
