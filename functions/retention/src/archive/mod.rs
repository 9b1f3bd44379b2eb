//! What is old of the audit trail, moved into the archive: day by day (UTC), the oldest first, each day in
//! one object with a manifest beside it. Nothing is deleted here: the table's own time to live does that,
//! weeks later.
//!
//! A day that is archived again gives the same objects.

mod day;

use crate::{Deps, RetentionError, report::Counts};
use day::Day;
use domain::{
    Timestamp,
    audit::{ARCHIVED_AFTER_DAYS, EventType},
};
use edge::clock;
use store::{Store, StoreError, audit_archive::Progress};

/// Days of one run: where runs were missed, the following make up for it.
const DAYS: usize = 31;

/// Archives the days that are over for a year, at most a month of them. What was archived until it fails is,
/// and is gone on from.
pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    let Some(archive) = &deps.archive else { return Ok(()) };
    // The day that was a year ago is not over; the one before is.
    let end = clock::now().minus_days(ARCHIVED_AFTER_DAYS).day();
    let mut progress = deps.store.archive_progress().await?.unwrap_or_default();
    for _ in 0..DAYS {
        let Some(number) = next_day(&deps.store, progress, end).await? else { return Ok(()) };
        let day = Day::read(&deps.store, number, progress.last_block).await?;
        progress = Progress { next_day: number + 1, last_block: day.last_block() };
        day.keep(archive).await?;
        deps.store.keep_archive_progress(progress).await?;
        counts.add("days", 1);
        counts.add("entries", day.entries.len());
        counts.add("blocks", day.blocks.len());
        counts.add("checkpoints", day.checkpoints.len());
    }
    Ok(())
}

/// The first day, of those before another, of which there is anything to archive.
async fn next_day(store: &Store, progress: Progress, end: u32) -> Result<Option<u32>, StoreError> {
    if progress.next_day >= end {
        return Ok(None);
    }
    let span = (Timestamp::of_day(progress.next_day), day::last_moment(end - 1));
    let mut first = store.stored_blocks(progress.last_block).await?.into_iter().next().map(|block| {
        // One that does not say when it was linked is not to hold up the others.
        block.at.map_or(progress.next_day, |at| at.day().max(progress.next_day))
    });
    for event_type in EventType::ALL {
        let entry = store.first_entry(event_type, span).await?.map(Timestamp::day);
        first = first.into_iter().chain(entry).min();
    }
    Ok(first.filter(|day| *day < end))
}
