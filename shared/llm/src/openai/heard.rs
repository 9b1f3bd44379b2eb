//! What has been understood of an answer, event by event.

use super::chunk;
use crate::{Delta, ModelError};
use std::collections::VecDeque;

/// What was understood of an answer and not yet passed on.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) ready: VecDeque<Result<Delta, ModelError>>,
    pub(super) has_ended: bool,
    pub(super) is_over: bool,
}

impl Heard {
    pub(super) fn take(&mut self, event: &str) {
        if self.is_over {
            return;
        }
        if event.trim() == "[DONE]" {
            if !self.has_ended {
                self.push(Delta::End { truncated: false });
            }
            self.is_over = true;
        } else if let Err(error) = chunk::read(event.as_bytes(), |delta| self.push(delta)) {
            self.fail(error);
        }
    }

    pub(super) fn push(&mut self, delta: Delta) {
        self.has_ended |= matches!(delta, Delta::End { .. });
        // Some endpoints count with every chunk; before the first text they would pile up.
        if matches!((&delta, self.ready.back()), (Delta::Usage(_), Some(Ok(Delta::Usage(_))))) {
            self.ready.pop_back();
        }
        self.ready.push_back(Ok(delta));
    }

    pub(super) fn fail(&mut self, error: ModelError) {
        self.ready.push_back(Err(error));
        self.is_over = true;
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.ready.back(), Some(Err(_)))
    }

    /// Whether the answer has begun; `None` while that is open.
    pub(super) fn has_begun(&mut self) -> Option<Result<(), ModelError>> {
        if self.ready.iter().any(|next| matches!(next, Ok(Delta::Text(_)))) {
            return Some(Ok(()));
        }
        match self.ready.pop_back() {
            Some(Err(error)) => Some(Err(error)),
            _ if self.has_ended || self.is_over => Some(Err(ModelError::Empty)),
            last => {
                self.ready.extend(last);
                None
            }
        }
    }
}
