//! Walking along the chain and looking for what does not fit: an entry or a block that was changed, left
//! out, put elsewhere or cut off.

use super::{
    RETENTION_DAYS,
    chain::{Block, CHAIN_DAYS, Checkpoint, Digest},
};
use crate::{LogId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// Days after which an entry should long have been linked: what a stream keeps, twice.
pub const LATE_DAYS: u32 = 2;
/// Seconds without a block that are a pause: nobody came, or the product did not run.
const PAUSE_SECONDS: u32 = 24 * 3_600;
/// Seconds after a pause in which what waited is linked, block after block.
const CATCHING_UP_SECONDS: u32 = 12 * 3_600;

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// A block is not there, or blocks are not in their order.
    BlockMissing,
    /// A block does not say what it said when it was linked.
    BlockChanged,
    /// An entry is not there.
    EntryMissing,
    /// An entry does not say what it said when it was linked.
    EntryChanged,
    /// An entry tells of a time long before it was linked: it was put in afterwards.
    EntryLate,
    /// An entry stands in no block.
    EntryNotLinked,
    /// A checkpoint's signature is not the zoo's, or it names another hash.
    CheckpointForged,
    /// No checkpoint says that what was walked over is what was signed.
    CheckpointMissing,
    /// The chain ends before a block that was signed.
    CutOff,
}

/// The first place that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Broken {
    /// The block, or where none names it the last one before.
    pub block: u64,
    /// What.
    pub flaw: Flaw,
    /// Which entry, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_id: Option<LogId>,
}

/// What a walk found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether everything fits, up to [`Report::until`].
    pub verified: bool,
    /// Entries that were looked at.
    pub entries: u64,
    /// The boundary: what was linked up to then is signed. Of anything later this says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The first place that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_broken: Option<Broken>,
    /// The last block that was walked over, where there are more and time was up: there to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after_block: Option<u64>,
}

/// A walk, block by block.
#[derive(Debug)]
pub struct Walk {
    now: Timestamp,
    head: Option<(u64, Digest)>,
    /// The hash of each block as it is now, and when it was linked.
    seen: BTreeMap<u64, (Digest, Timestamp)>,
    pause: Option<Pause>,
    entries: u64,
    until: Option<Timestamp>,
    first: Option<Broken>,
    next_after: Option<u64>,
}

/// A time in which nothing was linked. Who comes back after it links what waited.
#[derive(Debug, Clone, Copy)]
struct Pause {
    began_at: Timestamp,
    caught_up_at: Timestamp,
}

impl Walk {
    /// A walk that begins behind a block, or at the oldest that is kept.
    #[must_use]
    pub fn behind(anchor: Option<&Block>, now: Timestamp) -> Self {
        let head = anchor.map(|block| (block.number, block.computed()));
        let seen = anchor.map(|block| (block.number, (block.computed(), block.linked_at)));
        let seen = seen.into_iter().collect();
        Self { now, head, seen, pause: None, entries: 0, until: None, first: None, next_after: None }
    }

    /// The next block, and the digests of those of its entries that are there.
    pub fn block(&mut self, block: &Block, found: &BTreeMap<LogId, Digest>) {
        self.block_alone(block);
        let went_on_at = self.went_on_before(block);
        let is_late = |entry: &LogId| went_on_at.is_some_and(|at| at > entry.timestamp().plus_days(LATE_DAYS));
        for link in &block.links {
            let flaw = match found.get(&link.log_id) {
                Some(digest) if *digest != link.digest => Some(Flaw::EntryChanged),
                None if !self.is_over(&link.log_id) => Some(Flaw::EntryMissing),
                _ if is_late(&link.log_id) => Some(Flaw::EntryLate),
                _ => None,
            };
            if let Some(flaw) = flaw {
                self.note(block.number, flaw, Some(link.log_id.clone()));
            }
        }
        self.entries += block.links.len() as u64;
    }

    /// The next block without its entries: for blocks behind the span, up to a checkpoint that covers it.
    pub fn block_alone(&mut self, block: &Block) {
        if !self.follows(block) {
            self.note(block.number, Flaw::BlockMissing, None);
        }
        let (previous, hash) = (self.head.map(|(_, hash)| hash), block.computed());
        if block.hash != hash || previous.is_some_and(|hash| hash != block.previous) {
            self.note(block.number, Flaw::BlockChanged, None);
        }
        self.head = Some((block.number, hash));
        self.seen.insert(block.number, (hash, block.linked_at));
    }

    /// When the chain last went on without what this block links: an entry should be younger, or little
    /// older. What waited through a pause comes in several blocks, none of which went on without it.
    fn went_on_before(&mut self, block: &Block) -> Option<Timestamp> {
        let before = block.previous_at?;
        if before.plus_seconds(PAUSE_SECONDS) <= block.linked_at {
            let caught_up_at = block.linked_at.plus_seconds(CATCHING_UP_SECONDS);
            self.pause = Some(Pause { began_at: before, caught_up_at });
        }
        let pause = self.pause.filter(|pause| block.linked_at <= pause.caught_up_at);
        Some(pause.map_or(before, |pause| pause.began_at))
    }

    /// Whether a block is the next one. Before the oldest there may be others whose time is over.
    fn follows(&self, block: &Block) -> bool {
        match (self.head, block.previous_at) {
            (Some((number, _)), _) => block.number == number + 1,
            (None, None) => block.number == 1 && block.previous == Digest::NONE,
            (None, Some(before)) => block.number > 1 && before.plus_days(CHAIN_DAYS) <= self.now,
        }
    }

    /// Whether an entry's time is over: it may be gone.
    fn is_over(&self, entry: &LogId) -> bool {
        entry.timestamp().plus_days(RETENTION_DAYS) <= self.now
    }

    /// A checkpoint of a block that was walked over, and whether its signature is good.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint, is_signed: bool) {
        match self.seen.get(&checkpoint.number) {
            _ if !is_signed => self.forged(checkpoint.number),
            Some((hash, _)) if *hash != checkpoint.hash => self.forged(checkpoint.number),
            // The time stands in the block, whose hash is signed; the checkpoint's own copy of it is not.
            Some((_, linked_at)) => self.until = self.until.max(Some(*linked_at)),
            None => {}
        }
    }

    /// A checkpoint that is not the zoo's.
    pub fn forged(&mut self, number: u64) {
        self.note(number, Flaw::CheckpointForged, None);
    }

    /// Time is up, and there are more blocks behind this one.
    pub fn stopped_behind(&mut self, number: u64) {
        self.next_after = Some(number);
    }

    /// A signed block that is not there although the chain should go so far.
    pub fn cut_off_before(&mut self, number: u64) {
        self.note(number, Flaw::CutOff, None);
    }

    /// A block that cannot be read.
    pub fn unreadable(&mut self, number: u64) {
        self.note(number, Flaw::BlockChanged, None);
    }

    /// An entry that no block names.
    pub fn not_linked(&mut self, entry: LogId) {
        let last = self.head.map_or(0, |(number, _)| number);
        self.note(last, Flaw::EntryNotLinked, Some(entry));
    }

    fn note(&mut self, block: u64, flaw: Flaw, log_id: Option<LogId>) {
        let broken = Broken { block, flaw, log_id };
        if self.first.as_ref().is_none_or(|first| broken < *first) {
            self.first = Some(broken);
        }
    }

    /// What was found.
    #[must_use]
    pub fn end(mut self) -> Report {
        if self.entries > 0 && self.until.is_none() {
            self.note(self.head.map_or(0, |(number, _)| number), Flaw::CheckpointMissing, None);
        }
        Report {
            verified: self.first.is_none(),
            entries: self.entries,
            until: self.until,
            first_broken: self.first,
            next_after_block: self.next_after,
        }
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
