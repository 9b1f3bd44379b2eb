//! dynoxide, and its quirks: put slows down as stream records pile up unless they have an index,
//! old ones are never trimmed, and items whose time is up go only when asked to.

use super::{prepare, stopping, streams::Carrier, tables::Table};
use crate::failure::{Explain, Failure};
use domain::settings::Settings;
use dynoxide::{actions::update_table::UpdateTableRequest, server};
use rusqlite::Connection;
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

const HOUSEKEEPING: Duration = Duration::from_mins(1);

/// DynamoDB keeps stream records for 24 hours; `created_at` is in seconds.
const TRIM_STREAMS: &str =
    "DELETE FROM _stream_records WHERE created_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400";
const INDEX_STREAMS: &str = "CREATE INDEX IF NOT EXISTS menagerie_stream_order \
     ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// An open database, and the lock on its folder.
pub(crate) struct Database {
    engine: dynoxide::Database,
    file: Option<PathBuf>,
    lock: Option<Arc<File>>,
}

impl Database {
    /// Opens the database of a folder, or one in memory.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else {
            let engine = dynoxide::Database::memory().explain("the database cannot be made")?;
            return Ok(Self { engine, file: None, lock: None });
        };
        prepare(folder)?;
        let lock = lock(folder)?;
        let file = folder.join("menagerie.db");
        let what = format!("the database {} cannot be opened", file.display());
        let engine = dynoxide::Database::new(&file.to_string_lossy()).explain(&what)?;
        side_connection(&file).and_then(|side| side.execute_batch(INDEX_STREAMS)).explain(&what)?;
        Ok(Self { engine, file: Some(file), lock: Some(Arc::new(lock)) })
    }

    /// Makes the tables that are not there yet, and what an earlier version's have not: indexes, and an end.
    pub(crate) fn create_tables(&self, tables: Vec<Table>) -> Result<(), Failure> {
        for table in tables {
            let what = format!("the table {} cannot be made", table.name);
            let found = self.engine.get_table_metadata(&table.name).explain(&what)?;
            let has_end = found.as_ref().is_some_and(|found| found.ttl_enabled);
            if let Some(found) = found {
                self.add_indexes(&found.gsi_definitions.unwrap_or_default(), table.indexes).explain(&what)?;
            } else {
                self.engine.create_table(table.create).explain(&what)?;
            }
            if let Some(time_to_live) = table.time_to_live.filter(|_| !has_end) {
                self.engine.update_time_to_live(time_to_live).explain(&what)?;
            }
        }
        Ok(())
    }

    fn add_indexes(&self, found: &str, wanted: Vec<(String, UpdateTableRequest)>) -> dynoxide::Result<()> {
        let mut missing = wanted.into_iter().filter(|(name, _)| !found.contains(&format!("\"{name}\"")));
        missing.try_for_each(|(_, update)| self.engine.update_table(update).map(drop))
    }

    /// Answers as DynamoDB does, until it is time to stop.
    #[expect(clippy::disallowed_methods, reason = "the engine runs beside the functions")]
    pub(crate) fn serve(&self, listener: TcpListener, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        let engine = self.engine.clone();
        let lock = self.lock.clone();
        tokio::spawn(async move {
            if let Err(cause) = server::serve_with_shutdown(listener, engine, stopping(stopped)).await {
                tracing::error!(%cause, "the database ended");
            }
            drop(lock);
        })
    }

    /// Carries the tables' streams into the fan-out, until it is time to stop.
    pub(crate) fn carry_streams(&self, settings: Settings, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        let file = self.file.as_ref().map(|file| file.with_file_name("streams.json"));
        Carrier { engine: self.engine.clone(), file, settings }.start(stopped)
    }

    /// The settings with the archive that is named there, else with a folder beside the data; none where the
    /// data are in memory: they are never old.
    pub(crate) fn with_archive(&self, settings: Settings) -> Option<Settings> {
        if settings.get("AUDIT_ARCHIVE_BUCKET").is_some() {
            return Some(settings);
        }
        let folder = self.file.as_ref()?.with_file_name("archive");
        Some(settings.with_default("AUDIT_ARCHIVE_DIR", folder.to_string_lossy()))
    }

    /// Deletes what is over, once a minute, until it is time to stop.
    #[expect(clippy::disallowed_methods, reason = "housekeeping runs beside the functions")]
    pub(crate) fn keep_house(&self, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        let engine = self.engine.clone();
        let file = self.file.clone();
        tokio::spawn(async move {
            let mut stop = std::pin::pin!(stopping(stopped));
            while tokio::time::timeout(HOUSEKEEPING, &mut stop).await.is_err() {
                let (engine, file) = (engine.clone(), file.clone());
                let cleaned = tokio::task::spawn_blocking(move || clean(&engine, file.as_deref())).await;
                if let Ok(Err(cause)) = cleaned {
                    tracing::warn!(%cause, "housekeeping failed");
                }
            }
        })
    }
}

fn clean(engine: &dynoxide::Database, file: Option<&Path>) -> Result<(), Failure> {
    engine.sweep_ttl().explain("items whose time is up stay")?;
    if let Some(file) = file {
        let trimmed = side_connection(file).and_then(|side| side.execute(TRIM_STREAMS, []));
        trimmed.explain("old stream records stay")?;
    }
    Ok(())
}

/// The engine's file by a connection of our own; it waits for the engine's writes.
fn side_connection(file: &Path) -> rusqlite::Result<Connection> {
    let side = Connection::open(file)?;
    side.busy_timeout(Duration::from_secs(5))?;
    Ok(side)
}

/// One process per folder.
fn lock(folder: &Path) -> Result<File, Failure> {
    let what = format!("the data folder {} cannot be used", folder.display());
    let file = File::create(folder.join("lock")).explain(&what)?;
    file.try_lock().explain(format!("{what}, another menagerie may be using it"))?;
    Ok(file)
}
