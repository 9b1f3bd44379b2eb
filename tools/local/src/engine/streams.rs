//! The tables' streams, carried into the fan-out as Lambda's event source mappings do it: in order, in
//! batches, and again from the first record that failed. How far it came is kept beside the data.

use super::stopping;
use crate::failure::{Explain, Failure};
use audit_fanout::{Deps, Event, give_up, handle};
use domain::settings::Settings;
use dynoxide::{
    actions::{
        get_records::{GetRecordsRequest, Record},
        get_shard_iterator::GetShardIteratorRequest,
    },
    streams,
};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};
use tokio::{sync::watch, task::JoinHandle, time::Instant};

/// How long to wait where nothing came.
const PAUSE: Duration = Duration::from_millis(400);
/// How often the fan-out is called where nothing comes at all, so that it signs the chain.
const TICK: Duration = Duration::from_mins(1);
/// Records of one batch, as in the template.
const BATCH: usize = 500;
/// How often a batch is tried before its first record is given up, seven minutes later: pauses double.
const ATTEMPTS: u32 = 20;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the last records may take when the program ends.
const LAST_RECORDS: Duration = Duration::from_secs(10);

/// What carries the streams.
pub(super) struct Carrier {
    pub(super) engine: dynoxide::Database,
    /// Where the positions are kept, unless the data are in memory.
    pub(super) file: Option<PathBuf>,
    pub(super) settings: Settings,
}

/// How far a stream was carried.
#[derive(Default)]
struct Position {
    /// The last sequence number that was carried; from the beginning where there is none.
    after: Option<String>,
    attempts: u32,
    /// When a batch that failed is tried again.
    again_at: Option<Instant>,
}

/// What came of an attempt at a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// There was none.
    Nothing,
    /// Some of it, or all.
    Some,
    /// None of it yet.
    Failed,
}

/// Streams under way.
struct Carrying {
    carrier: Carrier,
    deps: Deps,
    tables: [String; 2],
    positions: BTreeMap<String, Position>,
}

impl Carrier {
    /// Carries until it is time to stop, and then what is left. Where that takes too long it is carried at the
    /// next start; telling anything twice changes nothing.
    #[expect(clippy::disallowed_methods, reason = "streams are carried beside the functions")]
    pub(super) fn start(self, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut carrying = match Carrying::open(self).await {
                Ok(carrying) => carrying,
                Err(cause) => return tracing::error!(%cause, "streams are not carried"),
            };
            tokio::select! {
                () = carrying.carry() => {}
                () = stopping(stopped) => {}
            }
            if tokio::time::timeout(LAST_RECORDS, carrying.carry_the_last()).await.is_err() {
                tracing::warn!("the last stream records wait for the next start");
            }
        })
    }
}

impl Carrying {
    async fn open(carrier: Carrier) -> Result<Self, Failure> {
        let deps = Deps::connect(&carrier.settings).await.explain("the fan-out cannot start")?;
        let config = store::Config::read(&carrier.settings).explain("the fan-out cannot start")?;
        let positions = carrier.kept();
        Ok(Self { carrier, deps, tables: [config.conversations, config.audit], positions })
    }

    async fn carry(&mut self) {
        let mut called = Instant::now();
        loop {
            if self.round(false).await == Carried::Some {
                called = Instant::now();
                continue;
            }
            if called.elapsed() >= TICK {
                handle(&self.deps, Event::default()).await;
                called = Instant::now();
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Carries until both streams are empty: what is told of messages is put into the trail, whose stream tells
    /// of it again.
    async fn carry_the_last(&mut self) {
        loop {
            match self.round(true).await {
                Carried::Nothing => return,
                Carried::Some => {}
                Carried::Failed => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// A batch of each stream, in a hurry also of one that just failed.
    async fn round(&mut self, is_hurried: bool) -> Carried {
        let mut carried = Carried::Nothing;
        for table in self.tables.clone() {
            let position = self.positions.entry(table.clone()).or_default();
            if !is_hurried && position.again_at.is_some_and(|again_at| Instant::now() < again_at) {
                continue;
            }
            match carry_batch(&self.carrier, &self.deps, &table, position).await {
                Ok(Carried::Nothing) => {}
                Ok(Carried::Some) => carried = Carried::Some,
                Ok(Carried::Failed) if carried == Carried::Some => {}
                Ok(Carried::Failed) => carried = Carried::Failed,
                Err(cause) => {
                    tracing::error!(%cause, table, "a stream is not carried");
                    carried = Carried::Failed;
                }
            }
        }
        if carried == Carried::Some
            && let Err(cause) = self.carrier.keep(&self.positions)
        {
            // The next start carries it again.
            tracing::warn!(%cause, "positions in streams");
        }
        carried
    }
}

/// Carries a batch of a table's stream.
async fn carry_batch(carrier: &Carrier, deps: &Deps, table: &str, position: &mut Position) -> Result<Carried, Failure> {
    let records = carrier.records(table, position.after.clone()).await?;
    let Some(first) = records.first().map(sequence) else { return Ok(Carried::Nothing) };
    let values = records.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    let values = values.explain("a stream record has an unknown form")?;
    let oldest = values.first().cloned().unwrap_or_default();
    let failed = handle(deps, Event { records: values }).await.batch_item_failures;
    let failed = failed.into_iter().filter_map(|failure| failure.item_identifier).min();
    let done = records.iter().map(sequence).take_while(|place| failed.as_ref().is_none_or(|failed| place < failed));
    if let Some(last) = done.last() {
        *position = Position { after: Some(last), ..Position::default() };
        return Ok(Carried::Some);
    }
    position.attempts += 1;
    let pause = PAUSE.saturating_mul(1 << position.attempts.min(10)).min(LONGEST_PAUSE);
    position.again_at = Some(Instant::now() + pause);
    tracing::warn!(table, place = first, attempts = position.attempts, "a stream record fails");
    if position.attempts >= ATTEMPTS {
        tracing::error!(table, place = first, "a stream record is given up");
        give_up(deps, &oldest).await;
        *position = Position { after: Some(first), ..Position::default() };
    }
    Ok(Carried::Failed)
}

impl Carrier {
    /// The next records of a table; none where the table has no stream.
    async fn records(&self, table: &str, after: Option<String>) -> Result<Vec<Record>, Failure> {
        let (engine, table) = (self.engine.clone(), table.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let kind = if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
            let request = GetShardIteratorRequest {
                stream_arn: streams::stream_arn(&table, "carried"),
                shard_id: streams::shard_id(&table),
                shard_iterator_type: kind.to_owned(),
                sequence_number: after,
            };
            let iterator = engine.get_shard_iterator(request).ok()?.shard_iterator?;
            let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(BATCH) };
            engine.get_records(request).ok().map(|answer| answer.records)
        });
        Ok(read.await.explain("the streams cannot be read")?.unwrap_or_default())
    }

    fn kept(&self) -> BTreeMap<String, Position> {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let kept: BTreeMap<String, String> = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        kept.into_iter().map(|(table, after)| (table, Position { after: Some(after), ..Position::default() })).collect()
    }

    fn keep(&self, positions: &BTreeMap<String, Position>) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        let what = "how far the streams were carried cannot be kept";
        let kept: BTreeMap<_, _> =
            positions.iter().filter_map(|(table, position)| Some((table, position.after.as_ref()?))).collect();
        let text = serde_json::to_string(&kept).explain(what)?;
        // A file is the old one or the new one, whenever the program ends.
        let draft = file.with_extension("json.new");
        std::fs::write(&draft, text).explain(what)?;
        std::fs::rename(draft, file).explain(what)
    }
}

fn sequence(record: &Record) -> String {
    record.dynamodb.sequence_number.clone()
}
