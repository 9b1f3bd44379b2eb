//! The tables' streams, carried into the fan-out as Lambda's event source mappings do it: in order, in
//! batches, and again from the first record that failed. How far it came is kept beside the data.

use super::stopping;
use crate::failure::{Explain, Failure};
use audit_fanout::{Deps, Event, handle};
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
/// How often a batch is tried before its first record is given up.
const ATTEMPTS: u32 = 20;

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
}

impl Carrier {
    /// Carries until it is time to stop. What is under way then is carried again at the next start, and
    /// telling it twice changes nothing.
    #[expect(clippy::disallowed_methods, reason = "streams are carried beside the functions")]
    pub(super) fn start(self, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(async move {
            tokio::select! {
                failed = self.carry() => if let Err(cause) = failed {
                    tracing::error!(%cause, "streams are not carried");
                },
                () = stopping(stopped) => {}
            }
        })
    }

    async fn carry(&self) -> Result<(), Failure> {
        let deps = Deps::connect(&self.settings).await.explain("the fan-out cannot start")?;
        let config = store::Config::read(&self.settings).explain("the fan-out cannot start")?;
        let mut positions = self.kept();
        let mut called = Instant::now();
        loop {
            let mut is_idle = true;
            for table in [&config.conversations, &config.audit] {
                let position = positions.entry(table.clone()).or_default();
                if self.carry_batch(&deps, table, position).await? {
                    (is_idle, called) = (false, Instant::now());
                }
            }
            if !is_idle {
                self.keep(&positions)?;
                continue;
            }
            if called.elapsed() >= TICK {
                handle(&deps, Event::default()).await;
                called = Instant::now();
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Carries a batch of a table's stream; `false` where there was nothing, or nothing could be done.
    async fn carry_batch(&self, deps: &Deps, table: &str, position: &mut Position) -> Result<bool, Failure> {
        let records = self.records(table, position.after.clone()).await?;
        let Some(first) = records.first().map(sequence) else { return Ok(false) };
        let values = records.iter().map(serde_json::to_value).collect::<Result<_, _>>();
        let event = Event { records: values.explain("a stream record has an unknown form")? };
        let failed = handle(deps, event).await.batch_item_failures;
        let failed = failed.into_iter().filter_map(|failure| failure.item_identifier).min();
        let done = records.iter().map(sequence).take_while(|place| failed.as_ref().is_none_or(|failed| place < failed));
        if let Some(last) = done.last() {
            *position = Position { after: Some(last), attempts: 0 };
            return Ok(true);
        }
        position.attempts += 1;
        if position.attempts == ATTEMPTS {
            tracing::error!(table, "a stream record is given up");
            *position = Position { after: Some(first), attempts: 0 };
        }
        Ok(false)
    }

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
        kept.into_iter().map(|(table, after)| (table, Position { after: Some(after), attempts: 0 })).collect()
    }

    fn keep(&self, positions: &BTreeMap<String, Position>) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        let what = "how far the streams were carried cannot be kept";
        let kept: BTreeMap<_, _> =
            positions.iter().filter_map(|(table, position)| Some((table, position.after.as_ref()?))).collect();
        let text = serde_json::to_string(&kept).explain(what)?;
        // A file that is half written would be one that is not there: everything is carried again.
        std::fs::write(file, text).explain(what)
    }
}

fn sequence(record: &Record) -> String {
    record.dynamodb.sequence_number.clone()
}
