//! Walking along the chain and looking for what does not fit: an entry or a block that was changed, left
//! out, put elsewhere or cut off.

use super::{
    RETENTION_DAYS,
    chain::{Block, CHAIN_DAYS, Checkpoint, Digest},
};
use crate::{LogId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// Hours after which an entry should long have been linked: what a stream keeps, twice.
const LATE_DAYS: u32 = 2;

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
}

/// A walk, block by block.
#[derive(Debug)]
pub struct Walk {
    now: Timestamp,
    head: Option<(u64, Digest)>,
    seen: BTreeMap<u64, Digest>,
    entries: u64,
    until: Option<Timestamp>,
    first: Option<Broken>,
}

impl Walk {
    /// A walk that begins behind a block, or at the oldest that is kept.
    #[must_use]
    pub fn behind(anchor: Option<&Block>, now: Timestamp) -> Self {
        let head = anchor.map(|block| (block.number, block.computed()));
        Self { now, head, seen: head.into_iter().collect(), entries: 0, until: None, first: None }
    }

    /// The next block, and the digests of those of its entries that are there.
    pub fn block(&mut self, block: &Block, found: &BTreeMap<LogId, Digest>) {
        if !self.follows(block) {
            self.note(block.number, Flaw::BlockMissing, None);
        }
        let previous = self.head.map(|(_, hash)| hash);
        if block.hash != block.computed() || previous.is_some_and(|hash| hash != block.previous) {
            self.note(block.number, Flaw::BlockChanged, None);
        }
        for link in &block.links {
            let flaw = match found.get(&link.log_id) {
                Some(digest) if *digest != link.digest => Some(Flaw::EntryChanged),
                None if !self.is_over(&link.log_id) => Some(Flaw::EntryMissing),
                _ if block.linked_at > link.log_id.timestamp().plus_days(LATE_DAYS) => Some(Flaw::EntryLate),
                _ => None,
            };
            if let Some(flaw) = flaw {
                self.note(block.number, flaw, Some(link.log_id.clone()));
            }
        }
        self.entries += block.links.len() as u64;
        self.head = Some((block.number, block.computed()));
        self.seen.insert(block.number, block.computed());
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
        if !is_signed || self.seen.get(&checkpoint.number).is_some_and(|hash| *hash != checkpoint.hash) {
            self.note(checkpoint.number, Flaw::CheckpointForged, None);
        } else if self.seen.contains_key(&checkpoint.number) {
            self.until = self.until.max(Some(checkpoint.linked_at));
        }
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
    pub fn end(self) -> Report {
        Report { verified: self.first.is_none(), entries: self.entries, until: self.until, first_broken: self.first }
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
