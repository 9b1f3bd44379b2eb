//! Whether whoever produces an answer is still alive, as somebody else can tell.

use crate::Timestamp;

/// A heartbeat that has not moved for this long, by the reader's own clock, has stopped.
pub const SILENT_FOR_MILLIS: u64 = 10_000;
/// No turn takes this long: a function's longest life.
const LONGEST_TURN_MILLIS: u64 = 15 * 60 * 1000;

/// A reader's finger on a producer's pulse. Two clocks are never compared but for turns that are
/// quarters of an hour old.
#[derive(Debug, Clone, Copy)]
pub struct Pulse {
    claimed_at: Timestamp,
    beat: u64,
    felt_at: Timestamp,
}

impl Pulse {
    /// Feels a pulse for the first time.
    #[must_use]
    pub fn new(claimed_at: Timestamp, beat: u64, now: Timestamp) -> Self {
        Self { claimed_at, beat, felt_at: now }
    }

    /// Feels it again: whether it has stopped.
    pub fn has_stopped(&mut self, beat: u64, now: Timestamp) -> bool {
        if beat != self.beat {
            (self.beat, self.felt_at) = (beat, now);
        }
        now.millis_since(self.felt_at) >= SILENT_FOR_MILLIS || now.millis_since(self.claimed_at) >= LONGEST_TURN_MILLIS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_heart_that_stands_still_for_ten_seconds_has_stopped() {
        let mut pulse = Pulse::new(at(0), 3, at(1_000));
        assert!(!pulse.has_stopped(3, at(10_999)));
        assert!(!pulse.has_stopped(4, at(10_999)));
        assert!(!pulse.has_stopped(4, at(20_998)));
        assert!(pulse.has_stopped(4, at(20_999)));
    }

    #[test]
    fn no_turn_lives_a_quarter_of_an_hour() {
        let mut pulse = Pulse::new(at(0), 1, at(899_999));
        assert!(pulse.has_stopped(2, at(900_000)));
    }

    proptest! {
        /// A producer that beats at least every five seconds is never declared dead, whatever the
        /// difference between its clock and the reader's (within a quarter of an hour).
        #[test]
        fn a_living_producer_is_left_alone(skew in -300_000i64..300_000, gaps in prop::collection::vec(1i64..5_000, 1..100)) {
            let mut now = 1_000_000;
            let mut pulse = Pulse::new(at(now + skew), 0, at(now));
            for (beat, gap) in gaps.into_iter().enumerate() {
                now += gap;
                prop_assert!(!pulse.has_stopped(beat as u64 + 1, at(now)));
            }
        }
    }
}
