//! Verifying: along the chain from one day to another, entry by entry, page by page until time is up.

mod checkpoints;
mod elsewhere;

use crate::{Trail, TrailError, tail::ON_THEIR_WAY};
use domain::{
    LogId, Timestamp,
    audit::{
        chain::{Block, Link},
        walk::{LATE_DAYS, Report, Walk},
    },
    token::PublicKey,
};
use std::collections::{BTreeMap, HashSet};
use store::StoreError;
use tokio::time::Instant;

/// Blocks of one page; of the longest fewer fit.
const PAGE: i32 = 500;

/// What is to be verified.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Entries that were linked from then on.
    pub from: Timestamp,
    /// Entries that were linked up to then.
    pub to: Timestamp,
    /// The block behind which an earlier walk over this span goes on.
    pub after_block: Option<u64>,
    /// The most blocks to walk over.
    pub most_blocks: u64,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// At the end of the span or of the chain.
    Reached,
    /// Before it: there were too many blocks.
    Stopped,
    /// Before a block that cannot be read.
    Unreadable,
}

/// A walk under way.
struct Verification<'a> {
    trail: &'a Trail,
    walk: Walk,
    keys: Vec<PublicKey>,
    now: Timestamp,
    span: Span,
    /// The block behind which it began.
    behind: u64,
    /// The last block that was walked over.
    last: u64,
    /// The last block whose checkpoint was looked for.
    signed_to: u64,
    /// The time up to which entries were looked for in the indexes.
    entries_to: Timestamp,
    /// What stands in the blocks that were walked over.
    linked: HashSet<LogId>,
    /// Entries of the span that no such block names.
    suspects: BTreeMap<LogId, Link>,
}

impl Trail {
    /// Whether the entries that were linked from one time to another are what they were, all there, and
    /// in their order; and whether every entry of that time is linked. The tail is linked first. At the
    /// deadline it stops and says where to go on.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn verify(&self, span: Span, now: Timestamp, deadline: Instant) -> Result<Report, TrailError> {
        if let Err(cause) = self.link_tail(now).await {
            // Whether that is a flaw, the walk will tell.
            tracing::warn!(%cause, "the trail's end is not linked");
        }
        let keys = self.keys().await?;
        let start = match span.after_block {
            Some(number) => self.readable(number).await?,
            None => self.block_before(span.from).await?,
        };
        let behind = start.as_ref().map_or(span.after_block.unwrap_or(0), |block| block.number);
        let mut verification = Verification {
            trail: self,
            walk: Walk::behind(start.as_ref(), now),
            keys,
            now,
            behind,
            last: behind,
            signed_to: behind.saturating_sub(1),
            // What the walk before looked at ended with the block behind which this one begins.
            entries_to: match &start {
                Some(block) if span.after_block.is_some() => span.from.max(block.linked_at),
                _ => span.from,
            },
            span,
            linked: HashSet::new(),
            suspects: BTreeMap::new(),
        };
        verification.run(deadline).await?;
        Ok(verification.walk.end())
    }

    /// The keys that may have signed: the one that signs now, as the key service has it, and those before.
    async fn keys(&self) -> Result<Vec<PublicKey>, TrailError> {
        let mut keys = vec![self.signer.public_key().await?];
        keys.extend(self.store.signing_keys().await?);
        Ok(keys)
    }

    /// A block, if it is there, can be read and bears its own number.
    async fn readable(&self, number: u64) -> Result<Option<Block>, StoreError> {
        match self.store.block(number).await {
            Err(error) if error.is_malformed() => Ok(None),
            found => Ok(found?.filter(|block| block.number == number)),
        }
    }

    /// The last block that was linked before a time: numbers have no gaps and times do not go back. Where that
    /// is not so, it is one before the place, which the walk then comes to.
    async fn block_before(&self, time: Timestamp) -> Result<Option<Block>, StoreError> {
        let Some((lowest, highest)) = self.store.block_numbers().await? else { return Ok(None) };
        let (mut low, mut high, mut found) = (lowest, highest.saturating_add(1), None);
        // Nothing is older than time itself.
        while low < high && time.as_millis() > 0 {
            let middle = low + (high - low) / 2;
            match self.readable(middle).await? {
                Some(block) if block.linked_at < time => (low, found) = (middle + 1, Some(block)),
                _ => high = middle,
            }
        }
        Ok(found)
    }
}

impl Verification<'_> {
    async fn run(&mut self, deadline: Instant) -> Result<(), TrailError> {
        let end = self.blocks(deadline).await?;
        if self.last > self.behind {
            self.cover().await?;
        }
        self.newest_checkpoint().await?;
        match end {
            // Which entries are linked cannot be told.
            End::Unreadable => return Ok(()),
            End::Stopped => self.walk.stopped_behind(self.last),
            End::Reached => self.look_for_entries(self.span.to).await?,
        }
        if let Some(entry) = self.not_linked().await? {
            self.walk.not_linked(entry);
        }
        Ok(())
    }

    /// Walks over the blocks of the span.
    async fn blocks(&mut self, deadline: Instant) -> Result<End, TrailError> {
        let mut left = self.span.most_blocks;
        loop {
            let page = i32::try_from(left).unwrap_or(PAGE).min(PAGE);
            let found = match self.trail.store.blocks_after(self.last, page).await {
                Err(error) if error.is_malformed() => {
                    self.walk.unreadable(self.last + 1);
                    return Ok(End::Unreadable);
                }
                found => found?,
            };
            let all = found.len();
            let blocks: Vec<_> = found.into_iter().take_while(|block| block.linked_at <= self.span.to).collect();
            // The end, or a block that does not bear its own number and is found out with its page.
            let highest = blocks.iter().map(|block| block.number).max().filter(|highest| *highest > self.last);
            let Some(highest) = highest else { return Ok(End::Reached) };
            self.page(&blocks).await?;
            self.last = highest;
            self.checkpoints().await?;
            left = left.saturating_sub(blocks.len() as u64);
            if blocks.len() < all {
                return Ok(End::Reached);
            }
            if left == 0 || Instant::now() >= deadline {
                return Ok(End::Stopped);
            }
        }
    }

    /// Walks over a page of blocks, with all their entries read at once.
    async fn page(&mut self, blocks: &[Block]) -> Result<(), TrailError> {
        let links: Vec<_> = blocks.iter().flat_map(|block| block.links.iter().cloned()).collect();
        let digests = self.trail.store.entry_digests(&links).await?;
        for block in blocks {
            self.walk.block(block, &digests);
        }
        for link in links {
            self.suspects.remove(&link.log_id);
            self.linked.insert(link.log_id);
        }
        match blocks.last() {
            Some(block) => self.look_for_entries(block.linked_at).await,
            None => Ok(()),
        }
    }

    /// Looks for entries in the indexes, up to a time. The youngest may be on their way.
    async fn look_for_entries(&mut self, to: Timestamp) -> Result<(), TrailError> {
        let to = to.min(self.span.to).min(self.now.minus_seconds(ON_THEIR_WAY));
        if self.entries_to > to {
            return Ok(());
        }
        let entries = self.trail.entries_between((self.entries_to, to)).await?;
        let entries = entries.into_iter().filter(|link| !self.linked.contains(&link.log_id));
        self.suspects.extend(entries.map(|link| (link.log_id.clone(), link)));
        self.entries_to = to;
        Ok(())
    }

    /// The first entry of the span that no block names. Those that are not late are linked first: what was
    /// lost on its way is no sign of anything done to the trail.
    async fn not_linked(&mut self) -> Result<Option<LogId>, TrailError> {
        if !self.strike_out_what_is_linked_elsewhere().await? {
            return Ok(None);
        }
        let is_young = |entry: &LogId| entry.timestamp().plus_days(LATE_DAYS) > self.now;
        let young = self.suspects.values().filter(|link| is_young(&link.log_id)).cloned().collect();
        match self.trail.link(young, self.now).await {
            Ok(_) => self.suspects.retain(|entry, _| entry.timestamp().plus_days(LATE_DAYS) <= self.now),
            // A head that cannot be read is found by the walk over its part of the chain.
            Err(error) if error.is_malformed() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.suspects.keys().next().cloned())
    }
}
