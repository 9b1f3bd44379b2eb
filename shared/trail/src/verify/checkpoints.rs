//! Checkpoints: of what was walked over, of what comes right behind it, and the last of all.

use super::{PAGE, Verification};
use crate::TrailError;
use domain::{audit::chain::Checkpoint, token::PublicKey};
use store::StoreError;
use vault::is_signed;

impl Verification<'_> {
    /// Looks at the checkpoints of what was walked over.
    pub(super) async fn checkpoints(&mut self) -> Result<(), TrailError> {
        while self.signed_to < self.last {
            let checkpoints = self.checkpoints_after(self.signed_to, PAGE).await?;
            let end = checkpoints.iter().map(|checkpoint| checkpoint.number).max();
            for checkpoint in checkpoints.iter().filter(|checkpoint| checkpoint.number <= self.last) {
                self.walk.checkpoint(checkpoint, is_good(checkpoint, &self.keys));
            }
            self.signed_to = end.filter(|end| *end > self.signed_to).map_or(self.last, |end| end.min(self.last));
        }
        Ok(())
    }

    async fn checkpoints_after(&mut self, after: u64, limit: i32) -> Result<Vec<Checkpoint>, StoreError> {
        match self.trail.store.checkpoints_after(after, limit).await {
            Err(error) if error.is_malformed() => {
                self.walk.forged(after + 1);
                Ok(Vec::new())
            }
            found => found,
        }
    }

    /// Goes on, without the entries, to the first checkpoint that covers all that was walked over.
    pub(super) async fn cover(&mut self) -> Result<(), TrailError> {
        let Some(checkpoint) = self.checkpoints_after(self.last - 1, 1).await?.pop() else { return Ok(()) };
        let mut at = self.last;
        while at < checkpoint.number {
            let left = i32::try_from(checkpoint.number - at).unwrap_or(PAGE).min(PAGE);
            let blocks = match self.trail.store.blocks_after(at, left).await {
                Err(error) if error.is_malformed() => {
                    self.walk.unreadable(at + 1);
                    return Ok(());
                }
                found => found?,
            };
            for block in &blocks {
                self.walk.block_alone(block);
            }
            match blocks.iter().map(|block| block.number).max().filter(|highest| *highest > at) {
                Some(highest) => at = highest,
                None => break,
            }
        }
        self.walk.checkpoint(&checkpoint, is_good(&checkpoint, &self.keys));
        Ok(())
    }

    /// The last checkpoint of all says how far the chain has to go.
    pub(super) async fn newest_checkpoint(&mut self) -> Result<(), TrailError> {
        let newest = match self.trail.store.last_checkpoint().await {
            Err(error) if error.is_malformed() => {
                self.walk.forged(self.last);
                return Ok(());
            }
            found => found?,
        };
        let Some(newest) = newest else { return Ok(()) };
        let (_, highest) = self.trail.store.block_numbers().await?.unwrap_or_default();
        if !is_good(&newest, &self.keys) {
            self.walk.checkpoint(&newest, false);
        } else if newest.number > highest {
            self.walk.cut_off_before(newest.number);
        }
        Ok(())
    }
}

fn is_good(checkpoint: &Checkpoint, keys: &[PublicKey]) -> bool {
    let mut keys = keys.iter().filter(|key| key.kid == checkpoint.kid);
    keys.any(|key| is_signed(key, &checkpoint.own_statement(), &checkpoint.signature))
}
