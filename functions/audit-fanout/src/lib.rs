//! What the tables' streams tell. From `cmz-conversations`: an entry of the audit trail for every change.
//! From `cmz-audit`: the chain over all entries, its checkpoints, and alerts.
//!
//! Each record is read by itself: one that cannot be understood is put aside and the stream goes on. What
//! fails for a passing reason is given back to be told again; telling anything twice changes nothing.

mod alarm;
mod change;
mod record;

use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use change::{Change, Deleters};
use cloud::alerts::Alerts;
use domain::{
    alert::Thresholds,
    audit::{Entry, chain::Link},
    settings::Settings,
};
use edge::clock;
use futures_util::{StreamExt, stream};
use lambda_runtime::{LambdaEvent, service_fn};
use record::{Poison, Told};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Store, StoreError};
use trail::{Far, Trail};
use vault::TokenSigner;

/// Entries that are put at the same time.
pub(crate) const AT_ONCE: usize = 16;

/// What the function needs.
#[derive(Clone)]
pub struct Deps {
    store: Store,
    trail: Trail,
    alerts: Alerts,
    thresholds: Thresholds,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let signer = TokenSigner::new(vault::connect(&keys).await, &keys);
        let trail = Trail::new(store.clone(), signer);
        let alerts = Alerts::connect(settings).await;
        Ok(Self { store, trail, alerts, thresholds: Thresholds::read(settings)? })
    }
}

/// A batch of records, each as it came; none where the clock has struck a minute.
#[derive(Debug, Default, Deserialize)]
pub struct Event {
    /// The records.
    #[serde(rename = "Records", default)]
    pub records: Vec<Value>,
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
        Ok::<_, edge::lambda::Error>(Box::pin(handle(deps, event.payload)).await)
    }))
    .await
}

/// Handles a batch. What it gives back are the sequence numbers of what has to be told again.
pub async fn handle(deps: &Deps, event: Event) -> DynamoDbEventResponse {
    let mut batch = Batch::default();
    for record in &event.records {
        batch.sort(record);
    }
    let mut failed = Failed::default();
    put_aside(deps, batch.poison, &mut failed).await;
    keep_changes(deps, batch.changes, &mut failed).await;
    link(deps, batch.links, &mut failed).await;
    look(deps, batch.entries, &mut failed).await;
    if event.records.is_empty() {
        link_lost(deps).await;
    }
    if let Err(cause) = deps.trail.sign(clock::now()).await {
        // The next batch or minute signs what this one has not.
        tracing::warn!(%cause, "the trail is not signed");
    }
    failed.response()
}

/// Puts a record aside that failed so often that it is not told again.
pub async fn give_up(deps: &Deps, record: &Value) {
    let poison = Poison::of(record, "it failed too often");
    if let Err(cause) = quarantine(deps, poison).await {
        tracing::error!(%cause, "a record that is given up is not put aside");
    }
}

/// A batch, by what has to be done.
#[derive(Default)]
struct Batch {
    changes: Vec<(String, Change)>,
    links: Vec<(String, Link)>,
    entries: Vec<(String, Entry)>,
    poison: Vec<Poison>,
}

impl Batch {
    fn sort(&mut self, record: &Value) {
        match record::read(record) {
            Ok((place, Told::Change(change))) => self.changes.push((place, change)),
            Ok((place, Told::Entry(link, entry))) => {
                self.links.push((place.clone(), link));
                self.entries.push((place, *entry));
            }
            Ok((place, Told::Unknown(link, poison))) => {
                self.links.push((place, link));
                self.poison.push(poison);
            }
            Ok((_, Told::Nothing)) => {}
            Err(poison) => self.poison.push(poison),
        }
    }
}

/// The places in the stream that have to be told again.
#[derive(Default)]
struct Failed(BTreeSet<String>);

impl Failed {
    fn note(&mut self, places: impl IntoIterator<Item = String>, cause: &StoreError) {
        tracing::warn!(%cause, "to be told again");
        self.0.extend(places);
    }

    fn response(self) -> DynamoDbEventResponse {
        let mut response = DynamoDbEventResponse::default();
        response.batch_item_failures.extend(self.0.into_iter().map(|place| {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(place);
            failure
        }));
        response
    }
}

async fn put_aside(deps: &Deps, poison: Vec<Poison>, failed: &mut Failed) {
    for poison in poison {
        let place = poison.sequence_number.clone();
        if let Err(cause) = quarantine(deps, poison).await {
            // Without a place there is nothing to give back; the log line is all that is left of it.
            failed.note(place, &cause);
        }
    }
}

async fn quarantine(deps: &Deps, poison: Poison) -> Result<(), StoreError> {
    let (quarantined, alert) = poison.aside(clock::now());
    tracing::error!(event_id = quarantined.event_id, why = quarantined.why, "a record is put aside");
    deps.store.quarantine(&quarantined).await?;
    alarm::raise(deps, vec![alert]).await
}

async fn keep_changes(deps: &Deps, changes: Vec<(String, Change)>, failed: &mut Failed) {
    let deleters = Deleters::find(deps, changes.iter().map(|(_, change)| change)).await;
    let kept = stream::iter(changes).map(async |(place, change)| {
        let kept = change::keep(deps, &deleters, &change).await;
        (place, change, kept)
    });
    let kept: Vec<_> = kept.buffer_unordered(AT_ONCE).collect().await;
    for (place, change, kept) in kept {
        match kept {
            Ok(()) => {}
            Err(cause) if cause.is_hopeless() => {
                put_aside(deps, vec![change.poison(place)], failed).await;
            }
            Err(cause) => failed.note([place], &cause),
        }
    }
}

/// Links entries.
async fn link(deps: &Deps, links: Vec<(String, Link)>, failed: &mut Failed) {
    let (places, links): (Vec<_>, Vec<_>) = links.into_iter().unzip();
    if let Err(cause) = deps.trail.link(links, clock::now()).await {
        failed.note(places, &cause);
    }
}

/// Looks for what is alarming in entries. They are linked, whatever comes of it.
async fn look(deps: &Deps, entries: Vec<(String, Entry)>, failed: &mut Failed) {
    let (places, entries): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
    match alarm::look(deps, &entries).await {
        Ok(()) => {}
        Err(cause) if cause.is_unavailable() => failed.note(places, &cause),
        Err(cause) => tracing::error!(%cause, "entries were not looked at for what is alarming"),
    }
}

/// Once a minute: links what a stream did not come to tell, as where a batch was given up. Once an hour it looks
/// back as far as a stream does.
async fn link_lost(deps: &Deps) {
    let now = clock::now();
    let far = if now.as_seconds() / 60 % 60 == 0 { Far::Day } else { Far::Hour };
    match deps.trail.link_lost(far, now).await {
        Ok(0) => {}
        Ok(entries) => tracing::warn!(entries, "entries were linked that no stream had told of"),
        Err(cause) => tracing::error!(%cause, "what is not linked could not be looked for"),
    }
}
