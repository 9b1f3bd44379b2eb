//! One day of the trail: its entries, the blocks that were linked on it, and their checkpoints. Read in
//! pages, kept as one object, named by its digest, and a manifest that names the object.

use crate::RetentionError;
use cloud::archive::{Archive, ArchiveError, Object};
use domain::{
    Timestamp,
    audit::{ARCHIVE_DAYS, EventType},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::{Store, StoreError, audit_archive::Stored};

/// A day as it is stored.
pub(crate) struct Day {
    number: u32,
    before: u64,
    pub(crate) entries: Vec<Stored>,
    pub(crate) blocks: Vec<Stored>,
    pub(crate) checkpoints: Vec<Stored>,
}

/// What is said of a day. The same day gives the same.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    day: &'a str,
    object: &'a str,
    sha256: &'a str,
    bytes: usize,
    items: usize,
    entries: usize,
    blocks: usize,
    checkpoints: usize,
    /// Numbers without a gap from day to day: none is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_block: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_block: Option<u64>,
}

/// The last millisecond of a day.
pub(crate) fn last_moment(day: u32) -> Timestamp {
    Timestamp::from_millis(Timestamp::of_day(day + 1).as_millis() - 1)
}

impl Day {
    /// Reads a day, of the chain what lies behind a block.
    pub(crate) async fn read(store: &Store, number: u32, before: u64) -> Result<Self, StoreError> {
        let blocks = blocks(store, number, before).await?;
        let last = blocks.last().and_then(Stored::number).unwrap_or(before);
        let checkpoints = checkpoints(store, before, last).await?;
        Ok(Self { number, before, entries: entries(store, number).await?, blocks, checkpoints })
    }

    /// The last block of this day, or where it has none, of those before.
    pub(crate) fn last_block(&self) -> u64 {
        self.blocks.last().and_then(Stored::number).unwrap_or(self.before)
    }

    /// Archives it: first the object, then the manifest. Without one an object means nothing.
    pub(crate) async fn keep(&self, archive: &Archive) -> Result<(), RetentionError> {
        let date = Timestamp::of_day(self.number).date();
        let locked_until = Timestamp::of_day(self.number).plus_days(ARCHIVE_DAYS);
        let bytes = self.lines();
        let sha256 = hex(&Sha256::digest(&bytes));
        let key = format!("audit/{date}/{sha256}.jsonl");
        let manifest = self.manifest(&date, &key, &sha256, bytes.len())?;
        archive.put(&Object { key, bytes, locked_until }).await?;
        let key = format!("audit/{date}/manifest.json");
        match archive.put(&Object { key, bytes: manifest, locked_until }).await {
            // The day was archived before, and the table has lost or won something since. Both objects are
            // there; what differs is for people to see.
            Err(ArchiveError::Other) => tracing::error!(date, "a day is archived already and was another then"),
            done => drop(done?),
        }
        Ok(())
    }

    fn items(&self) -> impl Iterator<Item = &Stored> {
        self.entries.iter().chain(&self.blocks).chain(&self.checkpoints)
    }

    fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::with_capacity(self.items().map(|item| item.line.len() + 1).sum());
        for item in self.items() {
            lines.extend_from_slice(item.line.as_bytes());
            lines.push(b'\n');
        }
        lines
    }

    fn manifest(&self, day: &str, object: &str, sha256: &str, bytes: usize) -> serde_json::Result<Vec<u8>> {
        let manifest = Manifest {
            day,
            object,
            sha256,
            bytes,
            items: self.items().count(),
            entries: self.entries.len(),
            blocks: self.blocks.len(),
            checkpoints: self.checkpoints.len(),
            first_block: self.blocks.first().and_then(Stored::number),
            last_block: self.blocks.last().and_then(Stored::number),
        };
        serde_json::to_vec(&manifest)
    }
}

/// The entries of all types, in their order.
async fn entries(store: &Store, day: u32) -> Result<Vec<Stored>, StoreError> {
    let span = (Timestamp::of_day(day), last_moment(day));
    let mut entries = Vec::new();
    for event_type in EventType::ALL {
        let mut page = store.stored_entries(event_type, span, None).await?;
        while let Some(last) = page.last().cloned() {
            entries.append(&mut page);
            page = store.stored_entries(event_type, span, Some(&last)).await?;
        }
    }
    entries.sort_unstable_by(|a, b| (&a.log_id, &a.line).cmp(&(&b.log_id, &b.line)));
    Ok(entries)
}

/// The blocks behind another up to the end of the day: time in the chain does not go back.
async fn blocks(store: &Store, day: u32, before: u64) -> Result<Vec<Stored>, StoreError> {
    let (mut blocks, mut after) = (Vec::new(), before);
    loop {
        let page = store.stored_blocks(after).await?;
        let Some(last) = page.last().and_then(Stored::number).filter(|last| *last > after) else { return Ok(blocks) };
        let length = page.len();
        let is_of_day = |block: &Stored| block.at.is_none_or(|at| at.day() <= day);
        let before = blocks.len();
        blocks.extend(page.into_iter().take_while(is_of_day));
        if blocks.len() < before + length {
            return Ok(blocks);
        }
        after = last;
    }
}

/// The checkpoints of the blocks behind one up to another.
async fn checkpoints(store: &Store, before: u64, last: u64) -> Result<Vec<Stored>, StoreError> {
    let (mut checkpoints, mut after) = (Vec::new(), before);
    while after < last {
        let page = store.stored_checkpoints(after).await?;
        let Some(end) = page.last().and_then(Stored::number).filter(|end| *end > after) else { break };
        checkpoints.extend(page.into_iter().filter(|checkpoint| checkpoint.number().is_some_and(|it| it <= last)));
        after = end;
    }
    Ok(checkpoints)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
