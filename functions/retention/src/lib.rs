//! What is old of the audit trail, moved into the archive: day by day (UTC), the oldest first, each day in
//! one object with a manifest beside it. Nothing is deleted here: the table's own time to live does that,
//! weeks later.
//!
//! A day that is archived again gives the same objects. So a run that is killed, and two at once, are
//! harmless.

mod day;

use cloud::archive::{Archive, ArchiveError};
use day::Day;
use domain::{
    Timestamp,
    audit::{ARCHIVED_AFTER_DAYS, EventType},
    settings::Settings,
};
use edge::clock;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use store::{Store, StoreError, audit_archive::Progress};

/// Days of one run: where runs were missed, the following make up for it.
const DAYS: usize = 31;

/// What the function needs.
#[derive(Clone)]
pub struct Deps {
    store: Store,
    archive: Archive,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let archive = Archive::connect(settings).await?;
        Ok(Self { store: Store::connect(store::Config::read(settings)?).await, archive })
    }
}

/// The clock has struck. It says nothing else.
#[derive(Debug, Default, Deserialize)]
pub struct Event {}

/// What a run archived.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Days.
    pub days: usize,
    /// Their entries.
    pub entries: usize,
    /// Their blocks.
    pub blocks: usize,
    /// The checkpoints of those.
    pub checkpoints: usize,
}

/// A run ended early; the next goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A manifest could not be written as JSON.
    #[error(transparent)]
    Manifest(#[from] serde_json::Error),
}

/// Runs on Lambda.
///
/// # Errors
/// When a setting is missing, or the runtime ends.
pub async fn run() -> Result<(), edge::lambda::Error> {
    let settings = edge::settings::from_environment();
    edge::logging::start(&settings);
    let deps = Deps::connect(&settings).await?;
    let deps = &deps;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Event>| {
        Ok::<_, edge::lambda::Error>(Box::pin(handle(deps, event.payload)).await?)
    }))
    .await
}

/// Archives the days that are over for a year, at most a month of them.
///
/// # Errors
/// [`RetentionError`]. What was archived until then is, and is gone on from.
pub async fn handle(deps: &Deps, _: Event) -> Result<Report, RetentionError> {
    let mut report = Report::default();
    let done = archive_days(deps, &mut report).await;
    let Report { days, entries, blocks, checkpoints } = report;
    tracing::info!(days, entries, blocks, checkpoints, "archived");
    done.map(|()| report)
}

async fn archive_days(deps: &Deps, report: &mut Report) -> Result<(), RetentionError> {
    // The day that was a year ago is not over; the one before is.
    let end = clock::now().minus_days(ARCHIVED_AFTER_DAYS).day();
    let mut progress = deps.store.archive_progress().await?.unwrap_or_default();
    for _ in 0..DAYS {
        let Some(number) = next_day(&deps.store, progress, end).await? else { return Ok(()) };
        let day = Day::read(&deps.store, number, progress.last_block).await?;
        progress = Progress { next_day: number + 1, last_block: day.last_block() };
        day.keep(&deps.archive).await?;
        deps.store.keep_archive_progress(progress).await?;
        report.count(&day);
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

impl Report {
    fn count(&mut self, day: &Day) {
        self.days += 1;
        self.entries += day.entries.len();
        self.blocks += day.blocks.len();
        self.checkpoints += day.checkpoints.len();
    }
}
