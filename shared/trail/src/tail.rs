//! Entries that no block names although they are there: the youngest, because no stream has told of them yet,
//! and others, because what a stream told of them was lost.

use crate::{Trail, TrailError, recent::CLOCKS_APART};
use domain::{
    Timestamp,
    audit::{EventType, chain::Link},
};
use futures_util::future::try_join_all;
use store::StoreError;

/// Hours of entries that are looked through for some that no stream has told of yet.
const TAIL_HOURS: u32 = 1;
/// Hours that a stream may tell of a record, and one more.
const TOLD_HOURS: u32 = 25;
/// Seconds that an entry may be on its way into a block.
pub(crate) const ON_THEIR_WAY: u32 = 600;

/// How far back is looked for what was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Far {
    /// An hour.
    Hour,
    /// As long as a stream tells of a record.
    Day,
}

impl Trail {
    /// Links the entries that no stream has told of yet, and signs the head. They are looked for in the
    /// last hour, or where nothing was linked for longer, since then.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn link_tail(&self, now: Timestamp) -> Result<(), TrailError> {
        let last = self.store.last_block().await?.map_or(now, |block| block.linked_at.minus_seconds(CLOCKS_APART));
        let from = now.minus_seconds(TAIL_HOURS * 3_600).min(last).max(now.minus_seconds(TOLD_HOURS * 3_600));
        // Somebody else's clock may be ahead.
        let tail = self.entries_between((from, now.plus_seconds(CLOCKS_APART))).await?;
        self.link(tail, now).await?;
        let (head, last) = tokio::try_join!(self.store.last_block(), self.store.last_checkpoint())?;
        if let Some(head) = head.filter(|head| last.is_none_or(|last| last.number < head.number)) {
            self.sign_block(&head, now).await?;
        }
        Ok(())
    }

    /// Links what should have been linked and was not, and says how many entries those were. The youngest are
    /// left to the stream that tells of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn link_lost(&self, far: Far, now: Timestamp) -> Result<usize, StoreError> {
        let hours = match far {
            Far::Hour => TAIL_HOURS,
            Far::Day => TOLD_HOURS,
        };
        let span = (now.minus_seconds(hours * 3_600), now.minus_seconds(ON_THEIR_WAY));
        let entries = self.entries_between(span).await?;
        self.link(entries, now).await
    }

    /// The links of all entries of a span, as the index by type has them.
    pub(crate) async fn entries_between(&self, span: (Timestamp, Timestamp)) -> Result<Vec<Link>, StoreError> {
        let of_types = EventType::ALL.into_iter().map(|event_type| self.store.links_of(event_type, span));
        Ok(try_join_all(of_types).await?.concat())
    }
}
