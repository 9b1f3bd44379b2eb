//! What happens because time passes, on a schedule and for nobody: erasures whose time has come are carried out,
//! sessions that are over go with their keys, deletions that broke off are finished, turns whose producer is dead
//! are ended, wrapping keys change, and what is old of the audit trail is archived. A room for each task; they know nothing of each other, and one that fails does not stop
//! the next. Each run leaves a report of numbers.
//!
//! Every step may be repeated. So a run that is killed, and two at once, are harmless.

mod abandoned;
mod archive;
mod deletions;
mod entry;
mod erasures;
mod expired;
mod report;
mod wrapping_keys;

pub use report::Report;

use cloud::archive::{Archive, ArchiveError};
use domain::{LogId, settings::Settings};
use edge::clock;
use erasure::{Erasure, ErasureError};
use lambda_runtime::{LambdaEvent, service_fn};
use report::Counts;
use rotation::{Plan, RotationError};
use serde::Deserialize;
use store::{Store, StoreError};
use turn::TurnError;
use vault::{Vault, WrappingKeys};

/// Sessions, turns and the like that are seen to at the same time.
const AT_ONCE: usize = 8;

/// What the function needs.
#[derive(Clone)]
pub struct Deps {
    store: Store,
    vault: Vault,
    erasure: Erasure,
    wrapping_keys: WrappingKeys,
    /// When they change.
    plan: Plan,
    /// None where nothing lasts long enough to be archived.
    archive: Option<Archive>,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let archive = Archive::connect(settings).await?;
        Ok(Self { archive: Some(archive), ..Self::without_archive(settings).await? })
    }

    /// The same for data in memory: they are never old.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn without_archive(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let keys = vault::Config::read(settings)?;
        let kms = vault::connect(&keys).await;
        Ok(Self {
            store: Store::connect(store::Config::read(settings)?).await,
            vault: Vault::new(kms.clone(), &keys),
            erasure: Erasure::connect(settings).await?,
            wrapping_keys: WrappingKeys::new(kms, &keys),
            plan: Plan::read(settings)?,
            archive: None,
        })
    }
}

/// The clock has struck.
#[derive(Debug, Default, Deserialize)]
pub struct Event {
    /// What for.
    #[serde(default)]
    pub job: Job,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Job {
    /// Everything.
    #[default]
    All,
    /// What is to be erased is: every few minutes.
    Erase,
    /// What is over goes: each hour.
    Sweep,
    /// Wrapping keys change: each day, as a rotation rests between its runs.
    Rotate,
    /// What is old is archived: each day.
    Archive,
}

/// The tasks, in the order in which they run.
#[derive(Debug, Clone, Copy)]
enum Task {
    Erasures,
    Turns,
    Sessions,
    Deletions,
    WrappingKeys,
    Archive,
}

impl Job {
    fn tasks(self) -> &'static [Task] {
        use Task::{Archive, Deletions, Erasures, Sessions, Turns, WrappingKeys};
        match self {
            Self::All => &[Erasures, Turns, Sessions, Deletions, WrappingKeys, Archive],
            Self::Erase => &[Erasures],
            Self::Sweep => &[Turns, Sessions, Deletions],
            Self::Rotate => &[WrappingKeys],
            Self::Archive => &[Archive],
        }
    }
}

impl Task {
    /// Its name in reports.
    fn name(self) -> &'static str {
        match self {
            Self::Erasures => "erasures",
            Self::Turns => "abandonedTurns",
            Self::Sessions => "expiredSessions",
            Self::Deletions => "brokenDeletions",
            Self::WrappingKeys => "wrappingKeys",
            Self::Archive => "archive",
        }
    }

    async fn run(self, deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
        match self {
            Self::Erasures => erasures::run(deps, counts).await,
            Self::Turns => abandoned::run(deps, counts).await,
            Self::Sessions => expired::run(deps, counts).await,
            Self::Deletions => deletions::run(deps, counts).await,
            Self::WrappingKeys => wrapping_keys::run(deps, counts).await,
            Self::Archive => archive::run(deps, counts).await,
        }
    }
}

/// A task ended early, or a run in which one did. The next goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A turn could not be ended.
    #[error(transparent)]
    Turn(#[from] TurnError),
    /// What is to be erased could not be found.
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    /// The wrapping keys could not change.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A manifest could not be written as JSON.
    #[error(transparent)]
    Manifest(#[from] serde_json::Error),
    /// Some of what a task found is left.
    #[error("{0} could not be seen to")]
    Left(u64),
    /// Tasks failed; the others ran.
    #[error("failed: {}", .0.join(", "))]
    Tasks(Vec<&'static str>),
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

/// Runs the tasks one after another and keeps the report; of a look for erasures only where it found one.
///
/// # Errors
/// [`RetentionError::Tasks`] where one failed, after all others; the database's where the report is not kept.
pub async fn handle(deps: &Deps, event: Event) -> Result<Report, RetentionError> {
    let (id, mut report) = (LogId::from(clock::new_id()), Report::begin(clock::now()));
    for task in event.job.tasks() {
        let mut counts = Counts::default();
        let done = Box::pin(task.run(deps, &mut counts)).await;
        if let Err(cause) = &done {
            tracing::error!(task = task.name(), %cause, "a task of retention failed");
        }
        report.add(task.name(), counts, done.is_ok());
    }
    report.end(clock::now());
    let tasks = serde_json::to_string(&report)?;
    tracing::info!(run = id.as_str(), tasks, "retention");
    if event.job != Job::Erase || report.has_found() {
        deps.store.keep_retention_run(&id, &report).await?;
    }
    match report.failed() {
        [] => Ok(report),
        failed => Err(RetentionError::Tasks(failed.to_vec())),
    }
}
