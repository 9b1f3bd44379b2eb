//! How the audit trail is kept whole: entries are linked into the chain, the chain is signed, and both
//! are verified. What fits and what does not is `domain::audit`'s to say.
//!
//! Knows no route, no stream and no clock; it opens nothing that is sealed.

mod error;
mod recent;
mod verify;

pub use error::TrailError;

use domain::{
    Timestamp,
    audit::{
        EventType,
        chain::{Block, CHAIN_DAYS, Checkpoint, LONGEST_BLOCK, Link},
    },
};
use recent::{CLOCKS_APART, Recent};
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError};
use tokio::sync::Mutex;
use vault::TokenSigner;

/// Milliseconds between two checkpoints while entries come.
const SIGNED_EVERY_MILLIS: u64 = 60_000;
/// Attempts at going on from a head that others move.
const ATTEMPTS: u32 = 12;
/// Hours of entries that are looked through for some that no stream has told of yet.
const TAIL_HOURS: u32 = 1;

/// The trail.
#[derive(Clone)]
pub struct Trail {
    store: Store,
    signer: TokenSigner,
    recent: Arc<Mutex<Recent>>,
}

impl Trail {
    /// A trail on a store and a signer.
    #[must_use]
    pub fn new(store: Store, signer: TokenSigner) -> Self {
        Self { store, signer, recent: Arc::default() }
    }

    /// Links entries that are not linked yet, and says how many those were. One conditional write per
    /// thousand, whoever else does the same: an entry is linked once however often it is told of.
    ///
    /// # Errors
    /// [`StoreError`]; then the same again links what is left.
    pub async fn link(&self, mut links: Vec<Link>, now: Timestamp) -> Result<usize, StoreError> {
        links.sort_by(|a, b| a.log_id.cmp(&b.log_id));
        links.dedup_by(|a, b| a.log_id == b.log_id);
        let mut linked = 0;
        for links in links.chunks(LONGEST_BLOCK) {
            linked += self.link_block(links, now).await?;
        }
        Ok(linked)
    }

    async fn link_block(&self, links: &[Link], now: Timestamp) -> Result<usize, StoreError> {
        let Some(oldest) = links.iter().map(|link| link.log_id.timestamp()).min() else { return Ok(0) };
        // One at a time in a process; between processes the block's key decides.
        let mut recent = self.recent.lock().await;
        for attempt in 0..ATTEMPTS {
            recent.refresh(&self.store, oldest, now).await?;
            let fresh: Vec<_> = links.iter().filter(|link| !recent.holds(&link.log_id)).cloned().collect();
            if fresh.is_empty() {
                return Ok(0);
            }
            let block = Block::after(recent.head(), fresh, now);
            if self.store.append_block(&block).await? {
                let linked = block.links.len();
                recent.add(block);
                return Ok(linked);
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(0..(20 << attempt.min(5))))).await;
        }
        Err(StoreError::contended())
    }

    /// Signs the head, unless it is signed or another was less than a minute ago.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn sign(&self, now: Timestamp) -> Result<Option<Checkpoint>, TrailError> {
        let (head, last) = tokio::try_join!(self.store.last_block(), self.store.last_checkpoint())?;
        let is_due = |last: &Checkpoint| now.millis_since(last.signed_at) >= SIGNED_EVERY_MILLIS;
        match head {
            Some(head) if last.as_ref().is_none_or(|last| last.number < head.number && is_due(last)) => {
                self.sign_block(&head, now).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn sign_block(&self, head: &Block, now: Timestamp) -> Result<Checkpoint, TrailError> {
        let key = self.signer.public_key().await?;
        let statement = Checkpoint::statement(head.number, head.hash, head.entries(), now);
        let checkpoint = Checkpoint {
            number: head.number,
            hash: head.hash,
            entries: head.entries(),
            linked_at: head.linked_at,
            signed_at: now,
            kid: key.kid,
            signature: self.signer.sign(&statement).await?,
        };
        let ttl = now.plus_days(CHAIN_DAYS).as_seconds();
        self.store.keep_checkpoint(&checkpoint, ttl).await?;
        Ok(checkpoint)
    }

    /// Links the entries that no stream has told of yet, and signs the head. They are looked for in the
    /// last hour, or where nothing was linked for longer, since then.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn link_tail(&self, now: Timestamp) -> Result<(), TrailError> {
        let last = self.store.last_block().await?.map_or(now, |block| block.linked_at.minus_seconds(CLOCKS_APART));
        let from = now.minus_seconds(TAIL_HOURS * 3_600).min(last).max(told_of_since(now));
        // Somebody else's clock may be ahead.
        let span = (from, now.plus_seconds(CLOCKS_APART));
        let mut tail = Vec::new();
        for event_type in EventType::ALL {
            tail.extend(self.links_of(event_type, span).await?);
        }
        self.link(tail, now).await?;
        let (head, last) = tokio::try_join!(self.store.last_block(), self.store.last_checkpoint())?;
        if let Some(head) = head.filter(|head| last.is_none_or(|last| last.number < head.number)) {
            self.sign_block(&head, now).await?;
        }
        Ok(())
    }

    /// The links of all entries of a type in a span.
    async fn links_of(&self, event_type: EventType, span: (Timestamp, Timestamp)) -> Result<Vec<Link>, StoreError> {
        if span.0 > span.1 {
            return Ok(Vec::new());
        }
        let mut links = self.store.links_of(event_type, span, None).await?;
        let mut page = links.len();
        while page > 0 {
            let more = self.store.links_of(event_type, span, links.last()).await?;
            page = more.len();
            links.extend(more);
        }
        Ok(links)
    }
}

/// The earliest time that a stream may still tell of.
fn told_of_since(now: Timestamp) -> Timestamp {
    now.minus_seconds(25 * 3_600)
}
