//! What was linked lately, so that no entry is linked twice. A block that holds an entry is younger than the
//! entry, but for the difference of two servers' clocks. So the blocks since the oldest entry in hand are all
//! that have to be looked at: those of a day at most where a stream tells, which does so for no longer.

use domain::{LogId, Timestamp, audit::chain::Block};
use std::collections::HashSet;
use store::{Store, StoreError};

/// Seconds that two servers' clocks may be apart, twice, and some.
pub(crate) const CLOCKS_APART: u32 = 15 * 60;
/// Ids that are kept in memory before it begins anew, and that are looked through for an old entry: one that
/// pretends to be older than that costs no more.
const MOST_IDS: usize = 100_000;
/// Blocks of one page.
const PAGE: i32 = 500;

/// The latest blocks, as far back as was needed.
#[derive(Default)]
pub(crate) struct Recent {
    head: Option<Block>,
    ids: HashSet<LogId>,
    /// The oldest block that is here, and when it was linked; none where nothing is.
    oldest: Option<(u64, Timestamp)>,
}

impl Recent {
    pub(crate) fn head(&self) -> Option<&Block> {
        self.head.as_ref()
    }

    pub(crate) fn holds(&self, entry: &LogId) -> bool {
        self.ids.contains(entry)
    }

    /// The next block. Its links are what is remembered of it.
    pub(crate) fn add(&mut self, block: Block) {
        self.oldest.get_or_insert((block.number, block.linked_at));
        let entries_before = block.entries();
        let Block { links, .. } = block;
        self.head = Some(Block { links: Vec::new(), entries_before, ..block });
        self.ids.extend(links.into_iter().map(|link| link.log_id));
    }

    /// Reads what others have linked since, and further back where an entry is older.
    pub(crate) async fn refresh(&mut self, store: &Store, entry: Timestamp) -> Result<(), StoreError> {
        if self.ids.len() > MOST_IDS {
            *self = Self::default();
        }
        if self.head.is_none() {
            let Some(last) = store.last_block().await? else { return Ok(()) };
            self.add(last);
        }
        while let Some(number) = self.head.as_ref().map(|head| head.number) {
            let next = store.blocks_after(number, PAGE).await?;
            if next.is_empty() {
                break;
            }
            for block in next {
                self.add(block);
            }
        }
        self.look_back(store, entry.minus_seconds(CLOCKS_APART)).await
    }

    async fn look_back(&mut self, store: &Store, since: Timestamp) -> Result<(), StoreError> {
        while let Some((number, _)) = self.oldest.filter(|(number, at)| *number > 1 && *at >= since) {
            if self.ids.len() > MOST_IDS {
                return Ok(());
            }
            let earlier = store.blocks_before(number, PAGE).await?;
            if earlier.is_empty() {
                return Ok(());
            }
            for block in earlier {
                self.oldest = Some((block.number, block.linked_at));
                self.ids.extend(block.links.into_iter().map(|link| link.log_id));
            }
        }
        Ok(())
    }
}
