//! `cmz-audit`: what each run of `functions/retention` did, in numbers and about nobody.

use crate::{Store, StoreError, keys, to_item};
use domain::{LogId, audit::RETENTION_DAYS};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a, T> {
    subject: &'static str,
    log_id: &'a LogId,
    #[serde(flatten)]
    report: &'a T,
    ttl: i64,
}

impl Store {
    /// Keeps the report of a run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_retention_run(&self, run: &LogId, report: &impl Serialize) -> Result<(), StoreError> {
        let ttl = run.timestamp().plus_days(RETENTION_DAYS).as_seconds();
        let item = to_item(&Kept { subject: keys::RETENTION, log_id: run, report, ttl })?;
        let put = self.client.put_item().table_name(&self.config.audit).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}
