//! What is left of a caller's limits, as headers (draft-ietf-httpapi-ratelimit-headers-10).

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::Timestamp;
use domain::limits::{Account, Left, Limits, WINDOW_SECONDS};

const DAY_SECONDS: u32 = 24 * 60 * 60;

/// How somebody stands with their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    limits: Limits,
    minute: Left,
    day: Left,
}

impl Standing {
    /// The standing of an account.
    #[must_use]
    pub fn new(limits: Limits, account: &Account, now: Timestamp) -> Self {
        Self { limits, minute: account.minute_left(&limits, now), day: account.day_left(&limits, now) }
    }

    /// The standing after a request was taken back.
    #[must_use]
    pub fn with_one_back(self) -> Self {
        let one_more = |left: Left| Left { requests: left.requests + 1, ..left };
        Self { minute: one_more(self.minute), day: one_more(self.day), ..self }
    }

    /// The same where somebody may ask fewer questions a day than everybody.
    #[must_use]
    pub fn within_day(self, most: u64) -> Self {
        let Self { mut limits, mut day, .. } = self;
        let used = limits.per_day.saturating_sub(day.requests);
        limits.per_day = limits.per_day.min(most);
        day.requests = limits.per_day.saturating_sub(used);
        Self { limits, day, ..self }
    }

    /// Adds the headers to a response's.
    pub fn write(&self, headers: &mut HeaderMap) {
        let Self { limits, minute, day } = self;
        let policy = format!(
            "\"minute\";q={};w={WINDOW_SECONDS}, \"day\";q={};w={DAY_SECONDS}",
            limits.per_minute.limit(),
            limits.per_day
        );
        let left = format!(
            "\"minute\";r={};t={}, \"day\";r={};t={}",
            minute.requests, minute.reset_seconds, day.requests, day.reset_seconds
        );
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
