//! Verifying: along the chain from one day to another, entry by entry.

use crate::{Trail, TrailError, recent::CLOCKS_APART};
use domain::{
    LogId, Timestamp,
    audit::{
        EventType,
        chain::{Block, Checkpoint},
        walk::{Report, Walk},
    },
    token::PublicKey,
};
use std::collections::HashSet;
use vault::is_signed;

/// Blocks of one page.
const PAGE: i32 = 50;
/// Seconds that an entry may be on its way into a block.
const ON_THEIR_WAY: u32 = 600;

impl Trail {
    /// Whether the entries that were linked from one time to another are what they were, all there, and
    /// in their order; and whether every entry of that time is linked. The tail is linked first.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn verify(&self, from: Timestamp, to: Timestamp, now: Timestamp) -> Result<Report, TrailError> {
        self.link_tail(now).await?;
        let keys = self.keys().await?;
        let start = self.block_before(from).await?;
        let behind = start.as_ref().map_or(0, |block| block.number);
        let mut walk = Walk::behind(start.as_ref(), now);
        let (last, linked) = self.blocks(&mut walk, behind, to).await?;
        let signed = self.checkpoints(&mut walk, behind, last, &keys).await?;
        let head = self.store.last_block().await?.map_or(0, |block| block.number);
        if let Some(signed) = signed.filter(|signed| *signed > head) {
            walk.cut_off_before(signed);
        }
        if let Some(entry) = self.unlinked(from, to, now, &linked).await? {
            walk.not_linked(entry);
        }
        Ok(walk.end())
    }

    /// The keys that may have signed: the one that signs now, as the key service has it, and those before.
    async fn keys(&self) -> Result<Vec<PublicKey>, TrailError> {
        let mut keys = vec![self.signer.public_key().await?];
        keys.extend(self.store.signing_keys().await?);
        Ok(keys)
    }

    /// The last block that was linked before a time.
    async fn block_before(&self, from: Timestamp) -> Result<Option<Block>, TrailError> {
        let mut before = u64::MAX;
        loop {
            let blocks = self.store.blocks_before(before, PAGE).await?;
            let Some(oldest) = blocks.last().map(|block| block.number) else { return Ok(None) };
            if let Some(found) = blocks.into_iter().find(|block| block.linked_at < from) {
                return Ok(Some(found));
            }
            before = oldest;
        }
    }

    /// Walks over the blocks up to a time. Gives the number of the last and the ids of all entries.
    async fn blocks(&self, walk: &mut Walk, behind: u64, to: Timestamp) -> Result<(u64, HashSet<LogId>), TrailError> {
        let (mut last, mut linked) = (behind, HashSet::new());
        loop {
            let blocks = match self.store.blocks_after(last, PAGE).await {
                Err(error) if error.is_malformed() => {
                    walk.unreadable(last + 1);
                    return Ok((last, linked));
                }
                found => found?,
            };
            let begun_at = last;
            for block in blocks {
                if block.linked_at > to {
                    return Ok((last, linked));
                }
                walk.block(&block, &self.store.entry_digests(&block.links).await?);
                last = last.max(block.number);
                linked.extend(block.links.into_iter().map(|link| link.log_id));
            }
            // The end, or a block that does not bear its own number and is found out already.
            if last == begun_at {
                return Ok((last, linked));
            }
        }
    }

    /// Looks at the checkpoints of what was walked over, and at the last of all: it says how far the chain
    /// has to go. Gives the last block that was signed.
    async fn checkpoints(
        &self,
        walk: &mut Walk,
        behind: u64,
        last: u64,
        keys: &[PublicKey],
    ) -> Result<Option<u64>, TrailError> {
        let mut after = behind.saturating_sub(1);
        while after < last {
            let checkpoints = self.store.checkpoints_after(after, PAGE).await?;
            let Some(end) = checkpoints.iter().map(|checkpoint| checkpoint.number).max().filter(|end| *end > after)
            else {
                break;
            };
            for checkpoint in checkpoints.iter().filter(|checkpoint| checkpoint.number <= last) {
                walk.checkpoint(checkpoint, is_good(checkpoint, keys));
            }
            after = end;
        }
        let Some(newest) = self.store.last_checkpoint().await? else { return Ok(None) };
        if is_good(&newest, keys) {
            return Ok(Some(newest.number));
        }
        walk.checkpoint(&newest, false);
        Ok(None)
    }

    /// The first entry of a time that no block names. The youngest may be on their way.
    async fn unlinked(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
        linked: &HashSet<LogId>,
    ) -> Result<Option<LogId>, TrailError> {
        let span = (from, to.min(now.minus_seconds(ON_THEIR_WAY)));
        let mut suspects = Vec::new();
        for event_type in EventType::ALL {
            let links = self.links_of(event_type, span).await?;
            suspects.extend(links.into_iter().map(|link| link.log_id).filter(|id| !linked.contains(id)));
        }
        suspects.sort_unstable();
        for suspect in suspects {
            if !self.is_linked_elsewhere(&suspect).await? {
                return Ok(Some(suspect));
            }
        }
        Ok(None)
    }

    /// Whether an entry stands in a block outside of what was walked: at the edges of a span an entry may
    /// lie on one side and its block on the other.
    async fn is_linked_elsewhere(&self, entry: &LogId) -> Result<bool, TrailError> {
        let start = self.block_before(entry.timestamp().minus_seconds(CLOCKS_APART)).await?;
        let mut after = start.map_or(0, |block| block.number);
        loop {
            let blocks = self.store.blocks_after(after, PAGE).await?;
            if blocks.iter().any(|block| block.links.iter().any(|link| link.log_id == *entry)) {
                return Ok(true);
            }
            match blocks.iter().map(|block| block.number).max().filter(|last| *last > after) {
                Some(last) => after = last,
                None => return Ok(false),
            }
        }
    }
}

fn is_good(checkpoint: &Checkpoint, keys: &[PublicKey]) -> bool {
    let mut keys = keys.iter().filter(|key| key.kid == checkpoint.kid);
    keys.any(|key| is_signed(key, &checkpoint.own_statement(), &checkpoint.signature))
}
