//! How far a turn has come, and where it may go from there. The store's conditions are made from
//! these rules, so that what is written down here is what the database enforces.

use serde::{Deserialize, Serialize};

/// How far a turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnState {
    /// The question is stored and nobody else may answer it.
    Claimed,
    /// Whoever answers it has been seen at work; words may be in its log.
    Streaming,
    /// The answer is stored.
    Completed,
    /// The answer broke off; what there was of it is stored.
    Interrupted,
    /// There was no answer. The same question may be answered anew under the same id.
    Failed,
    /// Whoever asked wanted no more; what there was of the answer is stored.
    Cancelled,
    /// The output gate let nothing pass.
    Blocked,
}

impl TurnState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Claimed,
        Self::Streaming,
        Self::Completed,
        Self::Interrupted,
        Self::Failed,
        Self::Cancelled,
        Self::Blocked,
    ];

    /// Whether its stream has had its terminal event.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Claimed | Self::Streaming)
    }

    /// Whether a turn in this state may become `next`. A turn under way may end in any way; one that
    /// is over stays as it is, but for one without an answer, which may be claimed again.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Claimed | Self::Streaming => next != Self::Claimed,
            Self::Failed => next == Self::Claimed,
            Self::Completed | Self::Interrupted | Self::Cancelled | Self::Blocked => false,
        }
    }

    /// The states from which a turn may become this one.
    pub fn sources(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |from| from.may_become(self))
    }

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Streaming => "streaming",
            Self::Completed => "completed",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_state() -> impl Strategy<Value = TurnState> {
        prop::sample::select(TurnState::ALL.to_vec())
    }

    #[test]
    fn the_name_is_what_serde_writes() {
        for state in TurnState::ALL {
            let name = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(state.name());
            assert_eq!(TurnState::deserialize(name), Ok(state));
        }
    }

    #[test]
    fn only_a_turn_without_an_answer_is_claimed_again() {
        assert!(TurnState::Claimed.sources().eq([TurnState::Failed]));
    }

    proptest! {
        /// Whatever is asked of a turn, in whatever order and however often: it is answered at most
        /// once, and between two claims it ends exactly once.
        #[test]
        fn a_turn_ends_once_per_claim_and_is_answered_once(wishes in prop::collection::vec(any_state(), 0..40)) {
            let mut state = TurnState::Claimed;
            let (mut claims, mut ends, mut answers) = (1, 0, 0);
            for wish in wishes {
                if !state.may_become(wish) {
                    continue;
                }
                prop_assert!(state.is_over() == (wish == TurnState::Claimed));
                claims += usize::from(wish == TurnState::Claimed);
                ends += usize::from(wish.is_over());
                answers += usize::from(wish.is_over() && wish != TurnState::Failed);
                state = wish;
            }
            prop_assert!(answers <= 1);
            prop_assert_eq!(ends + usize::from(!state.is_over()), claims);
        }
    }
}
