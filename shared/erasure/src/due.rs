//! What is due: wishes whose time has come, erasures that broke off, and a last look at those that are done.

use crate::{Erasure, ErasureError, TAKEN_UP_SECONDS, steps};
use domain::{
    Timestamp,
    erasure::{RECEIPT_DAYS, State},
};
use edge::clock;
use store::erasures::ErasureRecord;

/// Whatever was under way when an erasure ended is over by then: turns, requests, tokens.
pub(crate) const LOOK_AGAIN_SECONDS: u32 = 15 * 60;

/// What came of what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Carried out to the end.
    pub completed: usize,
    /// Looked at once more after their end.
    pub looked_after: usize,
    /// Wishes that came to nothing: nobody confirmed them, or who did may not any more.
    pub withdrawn: usize,
    /// Forgotten, as their receipts are not needed any more.
    pub forgotten: usize,
    /// Broken off; they are due again after a minute.
    pub failed: usize,
    /// Somebody else was at them.
    pub left: usize,
}

impl Report {
    /// How many were due.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.completed + self.looked_after + self.withdrawn + self.forgotten + self.failed + self.left
    }
}

enum Done {
    Completed,
    LookedAfter,
    Withdrawn,
    Forgotten,
    Left,
}

impl Erasure {
    /// Does what is due, for at most so many erasures, one after the other. Several who do this at once do nothing
    /// twice that matters.
    ///
    /// # Errors
    /// [`ErasureError`] where what is due cannot be found; one that fails by itself is counted and logged.
    pub async fn due(&self, limit: u16) -> Result<Report, ErasureError> {
        let mut report = Report::default();
        for erasure in self.store().due_erasures(clock::now(), i32::from(limit)).await? {
            match Box::pin(self.advance(erasure)).await {
                Ok(Done::Completed) => report.completed += 1,
                Ok(Done::LookedAfter) => report.looked_after += 1,
                Ok(Done::Withdrawn) | Err(ErasureError::Withdrawn) => report.withdrawn += 1,
                Ok(Done::Forgotten) => report.forgotten += 1,
                Ok(Done::Left) => report.left += 1,
                Err(cause) => {
                    tracing::error!(%cause, "an erasure broke off");
                    report.failed += 1;
                }
            }
        }
        Ok(report)
    }

    async fn advance(&self, erasure: ErasureRecord) -> Result<Done, ErasureError> {
        let now = clock::now();
        if !self.store().take_up_erasure(&erasure, now.plus_seconds(TAKEN_UP_SECONDS)).await? {
            return Ok(Done::Left);
        }
        match erasure.state {
            State::Asked => self.drop_wish(&erasure, now).await,
            State::Pending | State::Running => Box::pin(self.carry_out(erasure)).await.map(|_| Done::Completed),
            State::Completed => self.look_again(&erasure, now).await,
            State::Closed => Ok(self.store().forget_erasure(&erasure).await.map(|()| Done::Forgotten)?),
        }
    }

    async fn drop_wish(&self, erasure: &ErasureRecord, now: Timestamp) -> Result<Done, ErasureError> {
        self.note_end(erasure, now).await?;
        match self.withdraw(erasure).await {
            // Somebody has confirmed it at this very moment: it is due when they said.
            Err(ErasureError::Changed) => Ok(Done::Left),
            done => done.map(|()| Done::Withdrawn),
        }
    }

    /// What a request that was under way may have left behind goes as well.
    async fn look_again(&self, erasure: &ErasureRecord, now: Timestamp) -> Result<Done, ErasureError> {
        self.destroy_keys(steps::of(erasure)?, erasure.scope).await?;
        self.delete_items(erasure).await?;
        self.note_completion(erasure).await?;
        self.store().unmark_erasure(&erasure.subject, erasure.scope, &erasure.receipt_id).await?;
        self.store().close_erasure(erasure, now.plus_days(RECEIPT_DAYS)).await?;
        Ok(Done::LookedAfter)
    }
}
