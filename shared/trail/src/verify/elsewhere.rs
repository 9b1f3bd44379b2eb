//! Entries at the edges of a span: an entry may lie on one side and its block on the other.

use super::{PAGE, Verification};
use crate::{TrailError, recent::CLOCKS_APART};
use domain::{
    Timestamp,
    audit::{chain::Block, walk::LATE_DAYS},
};

impl Verification<'_> {
    /// Takes those from the suspects that stand in blocks outside of what was walked over. `false` where such
    /// a block cannot be read, so that nothing can be said.
    pub(super) async fn strike_out_what_is_linked_elsewhere(&mut self) -> Result<bool, TrailError> {
        let times = self.suspects.keys().next().zip(self.suspects.keys().next_back());
        let Some((oldest, youngest)) = times.map(|(first, last)| (first.timestamp(), last.timestamp())) else {
            return Ok(true);
        };
        let before = self.trail.block_before(oldest.minus_seconds(CLOCKS_APART)).await?;
        let before = before.map_or(0, |block| block.number);
        // Where the chain went on for so long without an entry, a block that names it would be a flaw itself.
        let given_up_at = youngest.plus_days(LATE_DAYS);
        let (behind, last) = (self.behind, self.last);
        Ok(self.strike_out(before, behind, given_up_at).await? && self.strike_out(last, u64::MAX, given_up_at).await?)
    }

    /// The same for the blocks behind one number, up to another or to one that comes after a time.
    async fn strike_out(&mut self, behind: u64, to: u64, given_up_at: Timestamp) -> Result<bool, TrailError> {
        let mut at = behind;
        while at < to && !self.suspects.is_empty() {
            let blocks = match self.trail.store.blocks_after(at, PAGE).await {
                Err(error) if error.is_malformed() => {
                    self.walk.unreadable(at + 1);
                    return Ok(false);
                }
                found => found?,
            };
            let Some(highest) = blocks.iter().map(|block| block.number).max().filter(|highest| *highest > at) else {
                break;
            };
            let is_over = |block: &Block| block.previous_at.is_some_and(|before| before > given_up_at);
            let has_ended = blocks.iter().any(is_over);
            for link in blocks.iter().flat_map(|block| &block.links) {
                self.suspects.remove(&link.log_id);
            }
            if has_ended {
                break;
            }
            at = highest;
        }
        Ok(true)
    }
}
