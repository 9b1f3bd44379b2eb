//! How the audit trail is kept whole: entries are linked into the chain, the chain is signed, and both
//! are verified. What fits and what does not is `domain::audit`'s to say.
//!
//! Knows no route, no stream and no clock; it opens nothing that is sealed.

mod error;
mod recent;
mod tail;
mod verify;

pub use error::TrailError;
pub use tail::Far;
pub use verify::Span;

use domain::{
    Timestamp,
    audit::chain::{Block, CHAIN_DAYS, Checkpoint, LONGEST_BLOCK, Link},
};
use recent::Recent;
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError};
use tokio::sync::Mutex;
use vault::TokenSigner;

/// Milliseconds between two checkpoints while entries come.
const SIGNED_EVERY_MILLIS: u64 = 60_000;
/// Attempts at going on from a head that others move.
const ATTEMPTS: u32 = 12;

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
            recent.refresh(&self.store, oldest).await?;
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
}
