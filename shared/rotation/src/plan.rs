//! When wrapping keys change, and what came of it.

use domain::{
    Timestamp,
    settings::{InvalidSetting, Settings},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// Keys that one call wraps anew at most: some minutes of work.
const KEYS_A_CALL: usize = 50_000;

/// When a new epoch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// When the newest is so many days old.
    AfterDays(u32),
    /// Now.
    Now,
    /// Not by this call: it only goes on with what was begun.
    Not,
}

/// When wrapping keys change.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// When a new epoch begins.
    pub due: Due,
    /// For how long a new wrapping key lies before it is used, as the tag by which roles may use it takes minutes to
    /// count; and for how long nothing may have been under an old one before it ends: whoever has read or made a key
    /// just before still opens or stores it. In minutes.
    pub rest_minutes: u32,
    /// Keys that one call wraps anew at most.
    pub keys: usize,
}

impl Plan {
    /// Reads `WRAPPING_KEY_DAYS` (30 where it is not set) and `WRAPPING_KEY_REST_MINUTES` (60).
    ///
    /// # Errors
    /// [`InvalidSetting`].
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let days = settings.parsed_or("WRAPPING_KEY_DAYS", "a number of days", 30)?;
        let rest_minutes = settings.parsed_or("WRAPPING_KEY_REST_MINUTES", "a number of minutes", 60)?;
        Ok(Self { due: Due::AfterDays(days), rest_minutes, keys: KEYS_A_CALL })
    }

    pub(crate) fn is_due(&self, since: Timestamp, now: Timestamp) -> bool {
        match self.due {
            Due::AfterDays(days) => since.plus_days(days) <= now,
            Due::Now => true,
            Due::Not => false,
        }
    }

    /// When the rest after this moment is over.
    pub(crate) fn rested(&self, unsettled_at: Timestamp) -> Timestamp {
        unsettled_at.plus_seconds(self.rest_minutes.saturating_mul(60))
    }
}

/// What one call did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The newest epoch.
    pub epoch: u64,
    /// Whether this call began it.
    pub is_begun: bool,
    /// Keys that were wrapped anew.
    pub rewrapped: usize,
    /// Keys that were destroyed, or changed by somebody else, while they were wrapped anew.
    pub overtaken: usize,
    /// Keys that the key service did not wrap anew; they are tried again by the next call.
    pub failed: usize,
    /// Keys of a kind that this program does not know. What wraps them stays.
    pub unknown: usize,
    /// Whether the call ended before it had seen all keys.
    pub is_cut_short: bool,
    /// Keys whose wrapping key is ending or switched off already. They stay as they are: a key that comes back
    /// from a copy must not be wrapped anew. An operator who knows better takes the wrapping key back.
    pub stranded: usize,
    /// Old wrapping keys that are to end when a rest is over, or when nothing is under them any more.
    pub waiting: usize,
    /// Epochs whose wrapping keys end from now on.
    pub ended: Vec<u64>,
    /// Wrapping keys under which something stays.
    #[serde(skip)]
    held: BTreeSet<String>,
    /// Whether something stays of which nobody knows what wraps it.
    #[serde(skip)]
    holds_all: bool,
}

impl Report {
    /// Notes that something stays under a wrapping key, or nobody knows under which.
    pub(crate) fn keep(&mut self, wrapping_key: Option<String>) {
        match wrapping_key {
            Some(name) => drop(self.held.insert(name)),
            None => self.holds_all = true,
        }
    }

    /// Whether something stays under a wrapping key. It keeps no other.
    pub(crate) fn holds(&self, wrapping_key: &str) -> bool {
        self.held.contains(wrapping_key)
    }

    /// Whether anything passed to another key, or there may be more than was seen.
    pub(crate) fn is_moving(&self) -> bool {
        self.is_cut_short || self.holds_all || self.rewrapped + self.overtaken > 0
    }

    /// Whether all keys were seen and none was under an old wrapping key.
    pub(crate) fn is_clean(&self) -> bool {
        !self.is_cut_short && self.rewrapped + self.overtaken + self.failed + self.unknown + self.stranded == 0
    }

    /// Whether everything is under the newest wrapping key and all others are ending.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_clean() && self.waiting == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(days: &str) -> Result<Plan, InvalidSetting> {
        Plan::read(&Settings::default().with("WRAPPING_KEY_DAYS", days))
    }

    #[test]
    fn an_epoch_is_over_after_thirty_days_or_as_many_as_are_set() {
        let since = Timestamp::from_millis(1_800_000_000_000);
        for (setting, days) in [("", 30), ("7", 7), ("0", 0)] {
            let plan = plan(setting).unwrap();
            assert!(plan.is_due(since, since.plus_days(days)), "{setting}");
            assert!(days == 0 || !plan.is_due(since, since.plus_days(days).minus_seconds(1)), "{setting}");
        }
        assert!(plan("soon").is_err());
    }

    #[test]
    fn a_call_that_found_anything_settles_nothing() {
        assert!(Report::default().is_settled());
        let found = [
            Report { rewrapped: 1, ..Report::default() },
            Report { overtaken: 1, ..Report::default() },
            Report { failed: 1, ..Report::default() },
            Report { unknown: 1, ..Report::default() },
            Report { stranded: 1, ..Report::default() },
            Report { is_cut_short: true, ..Report::default() },
        ];
        assert!(found.iter().all(|report| !report.is_clean() && !report.is_settled()));
        let waiting = Report { waiting: 1, ..Report::default() };
        assert!(waiting.is_clean() && !waiting.is_settled());
    }
}
