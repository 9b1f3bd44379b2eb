//! When wrapping keys change, and what came of it.

use domain::{
    Timestamp,
    settings::{InvalidSetting, Settings},
};
use serde::Serialize;

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
    /// For how long nothing may have been under an old wrapping key before it ends, in minutes: whoever has read
    /// or made a key just before still opens or stores it.
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
    /// Keys that this program does not know. Old wrapping keys stay as long as there are any.
    pub unknown: usize,
    /// Whether the call ended before it had seen all keys.
    pub is_cut_short: bool,
    /// Keys whose wrapping key is ending or switched off already. They stay as they are: a key that comes back
    /// from a copy must not be wrapped anew. An operator who knows better takes the wrapping key back.
    pub stranded: usize,
    /// Old wrapping keys under which nothing was found, and which are to end when their rest is over.
    pub waiting: usize,
    /// Epochs whose wrapping keys end from now on.
    pub ended: Vec<u64>,
}

impl Report {
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
