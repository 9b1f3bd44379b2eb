//! What the tables' streams tell. From `cmz-conversations`: an entry of the audit trail for every change.
//! From `cmz-audit`: the chain over all entries, its checkpoints, and alerts.
//!
//! Each record is read by itself: one that cannot be understood is put aside and the stream goes on. What
//! fails for a passing reason is given back to be told again; telling anything twice changes nothing.

mod alarm;
mod change;
mod record;

use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use change::Change;
use cloud::alerts::Alerts;
use domain::{
    alert::{Alert, Thresholds},
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
use trail::Trail;
use vault::TokenSigner;

/// Entries that are put at the same time.
const AT_ONCE: usize = 16;

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
    link(deps, batch.entries, &mut failed).await;
    if let Err(cause) = deps.trail.sign(clock::now()).await {
        // The next batch or minute signs what this one has not.
        tracing::warn!(%cause, "the trail is not signed");
    }
    failed.response()
}

/// A batch, by what has to be done.
#[derive(Default)]
struct Batch {
    changes: Vec<(String, Change)>,
    entries: Vec<(String, Link, Entry)>,
    poison: Vec<Poison>,
}

impl Batch {
    fn sort(&mut self, record: &Value) {
        match record::read(record) {
            Ok((place, Told::Change(change))) => self.changes.push((place, change)),
            Ok((place, Told::Entry(link, entry))) => self.entries.push((place, link, *entry)),
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
    let (quarantined, alert_entry) = poison.aside(clock::now());
    tracing::error!(event_id = quarantined.event_id, why = quarantined.why, "a record is put aside");
    deps.store.quarantine(&quarantined).await?;
    alarm::raise(deps, vec![Alert::of_quarantine(quarantined.at, alert_entry)]).await
}

async fn keep_changes(deps: &Deps, changes: Vec<(String, Change)>, failed: &mut Failed) {
    let kept = stream::iter(changes).map(async |(place, change)| {
        let kept = change::keep(deps, &change).await;
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

/// Links entries and looks for what is alarming in them.
async fn link(deps: &Deps, entries: Vec<(String, Link, Entry)>, failed: &mut Failed) {
    if entries.is_empty() {
        return;
    }
    let (mut places, mut links, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (place, link, entry) in entries {
        places.push(place);
        links.push(link);
        told.push(entry);
    }
    let done = async {
        deps.trail.link(links, clock::now()).await?;
        alarm::look(deps, &told).await
    };
    if let Err(cause) = done.await {
        failed.note(places, &cause);
    }
}
