//! What a run did, in numbers: of nobody, and of nothing that was said.

use crate::RetentionError;
use domain::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a task counted, by what it was.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Counts(BTreeMap<&'static str, u64>);

/// What could not be seen to; the cause stands in the log.
const FAILED: &str = "failed";

impl Counts {
    pub(crate) fn add(&mut self, what: &'static str, count: usize) {
        *self.0.entry(what).or_default() += count as u64;
    }

    /// Counts what there was.
    pub(crate) fn add_found<const N: usize>(&mut self, found: [(&'static str, usize); N]) {
        found.into_iter().filter(|(_, count)| *count > 0).for_each(|(what, count)| self.add(what, count));
    }

    /// Counts what could not be seen to.
    pub(crate) fn add_failed(&mut self, count: usize) {
        self.add_found([(FAILED, count)]);
    }

    /// Notes what became of one of many; what fails does not stop the others.
    pub(crate) fn note<E: std::fmt::Display>(&mut self, done: Result<Option<&'static str>, E>) {
        match done {
            Ok(Some(what)) => self.add(what, 1),
            Ok(None) => {}
            Err(cause) => {
                tracing::warn!(%cause, "left for the next run");
                self.add(FAILED, 1);
            }
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Whether everything that was found was seen to.
    pub(crate) fn outcome(&self) -> Result<(), RetentionError> {
        match self.0.get(FAILED) {
            Some(left) => Err(RetentionError::Left(*left)),
            None => Ok(()),
        }
    }
}

/// What a run did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    started_at: Timestamp,
    ended_at: Timestamp,
    tasks: BTreeMap<&'static str, Counts>,
    /// The tasks that ended early or left something.
    failed: Vec<&'static str>,
}

impl Report {
    pub(crate) fn begin(now: Timestamp) -> Self {
        Self { started_at: now, ended_at: now, tasks: BTreeMap::new(), failed: Vec::new() }
    }

    pub(crate) fn add(&mut self, task: &'static str, counts: Counts, is_done: bool) {
        self.tasks.insert(task, counts);
        self.failed.extend((!is_done).then_some(task));
    }

    pub(crate) fn end(&mut self, now: Timestamp) {
        self.ended_at = now;
    }

    /// Whether any task found something.
    pub(crate) fn has_found(&self) -> bool {
        !self.failed.is_empty() || self.tasks.values().any(|counts| counts.total() > 0)
    }

    pub(crate) fn failed(&self) -> &[&'static str] {
        &self.failed
    }
}
