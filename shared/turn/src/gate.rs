//! The output gate: between the model and everything else. What passes it is logged, sent and kept;
//! what does not is none of these.

use domain::turn::SafetyAction;

/// The gate of one answer.
#[derive(Debug, Default)]
pub(crate) struct OutputGate;

impl OutputGate {
    /// Takes whole words and gives those that may pass now.
    #[expect(clippy::unused_self, reason = "the verdict will depend on what was said before")]
    pub(crate) fn pass(&mut self, words: String) -> Option<String> {
        Some(words).filter(|words| !words.is_empty())
    }
}

/// What the gate did to an answer, as clients are told.
pub(crate) const VERDICT: SafetyAction = SafetyAction::Allow;
