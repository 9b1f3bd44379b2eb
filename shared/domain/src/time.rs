//! Points in time: milliseconds since 1970 inside, RFC 3339 UTC with milliseconds and `Z` outside.

use serde::{Deserialize, Serialize};

/// A point in time to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time")]
pub struct InvalidTimestamp;

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

impl Timestamp {
    /// Takes milliseconds since 1970-01-01T00:00:00Z, held to the years 1970 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, 253_402_207_200_000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, the unit DynamoDB's TTL and JSON Web Tokens use.
    #[must_use]
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time and so many days.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self::from_millis(self.0 + i64::from(days) * MILLIS_PER_DAY)
    }

    /// So many days before this time.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        Self::from_millis(self.0 - i64::from(days) * MILLIS_PER_DAY)
    }

    /// This time and so many seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self::from_millis(self.0 + i64::from(seconds) * 1000)
    }

    /// So many seconds before this time.
    #[must_use]
    pub fn minus_seconds(self, seconds: u32) -> Self {
        Self::from_millis(self.0 - i64::from(seconds) * 1000)
    }

    /// Milliseconds from `earlier` to this time, 0 when the clock went back.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0 - earlier.0).unwrap_or(0)
    }

    /// The day as its number since 1970-01-01.
    #[must_use]
    pub fn day(self) -> u32 {
        u32::try_from(self.0.div_euclid(MILLIS_PER_DAY)).unwrap_or(0)
    }

    /// The beginning of a day by its number since 1970-01-01 (UTC).
    #[must_use]
    pub fn of_day(day: u32) -> Self {
        Self::from_millis(i64::from(day) * MILLIS_PER_DAY)
    }

    /// The day as `2026-11-21`.
    #[must_use]
    pub fn date(self) -> String {
        self.to_string()[..10].to_owned()
    }

    /// The beginning of its hour (UTC).
    #[must_use]
    pub fn hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60 * 60 * 1000))
    }

    /// Seconds until the next day begins, rounded up.
    #[must_use]
    pub fn seconds_left_of_day(self) -> u64 {
        let left = MILLIS_PER_DAY - self.0.rem_euclid(MILLIS_PER_DAY);
        u64::try_from(left).unwrap_or(0).div_ceil(1000)
    }

    /// The month as `2026-11`, the partition of staff views.
    #[must_use]
    pub fn month(self) -> String {
        self.to_string()[..7].to_owned()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{instant:.3}")
    }
}

impl std::str::FromStr for Timestamp {
    type Err = InvalidTimestamp;
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| InvalidTimestamp)?;
        Ok(Self::from_millis(instant.as_millisecond()))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;
    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

/// The month before one such as `2026-01`; the year 0 has none before it.
#[must_use]
pub fn month_before(month: &str) -> String {
    let (year, number) = month.split_once('-').unwrap_or_default();
    match (year.parse::<u32>().unwrap_or(0), number.parse::<u32>().unwrap_or(1)) {
        (year, 2..) => format!("{year:04}-{:02}", number.parse::<u32>().unwrap_or(1) - 1),
        (year, _) => format!("{:04}-12", year.saturating_sub(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_has_milliseconds_and_z() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        let time: Timestamp = "2026-11-21T05:06:07.089+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-21T04:06:07.089Z");
        assert_eq!(time.month(), "2026-11");
        assert_eq!((month_before("2026-11").as_str(), month_before("2026-01").as_str()), ("2026-10", "2025-12"));
        assert_eq!((time.date().as_str(), time.day()), ("2026-11-21", 20_778));
        assert_eq!(Timestamp::of_day(time.day()).to_string(), "2026-11-21T00:00:00.000Z");
        assert_eq!(time.seconds_left_of_day(), 19 * 3600 + 53 * 60 + 53);
    }

    proptest! {
        #[test]
        fn text_keeps_the_time_and_its_order(a in 0i64..253_402_207_200_000, b in 0i64..253_402_207_200_000) {
            let (a, b) = (Timestamp::from_millis(a), Timestamp::from_millis(b));
            prop_assert_eq!(a.to_string().parse::<Timestamp>().unwrap(), a);
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
