//! One look at all of `cmz-keys`: what an older wrapping key wraps passes to the newest.

use crate::{Plan, Report, RotationError};
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeSet;
use store::{
    Store,
    epochs::EpochRecord,
    keys::{AUDIT_KEY, CONVERSATIONS_KEY, PROFILE_KEY, ROOT_KEY, ZOO},
    wrapped_keys::KeyRecord,
};
use vault::{KeyServiceError, Label, WrappingKeys};

/// Items that the database looks at for one page.
const PAGE: i32 = 1_000;
/// Keys that are wrapped anew side by side.
const SIDE_BY_SIDE: usize = 8;

/// What a look needs.
pub(crate) struct Passage<'a> {
    pub(crate) store: &'a Store,
    pub(crate) keys: &'a WrappingKeys,
    pub(crate) newest: &'a EpochRecord,
    /// Older epochs whose wrapping keys can still be had.
    pub(crate) living: &'a [&'a EpochRecord],
    pub(crate) plan: &'a Plan,
}

/// What became of one key.
enum Outcome {
    Rewrapped,
    Overtaken,
    Failed,
    Unknown,
    /// Its wrapping key is ending.
    Ending,
}

impl Passage<'_> {
    /// Wraps what it finds anew, page by page.
    pub(crate) async fn pass(&self, report: &mut Report) -> Result<(), RotationError> {
        let (mut after, mut seen) = (None, 0);
        loop {
            let page = self.store.keys_not_under(&self.newest.wrapping_key, after, PAGE).await?;
            seen += page.keys.len();
            let ending = self.rewrap_all(&page.keys, report).await?;
            if !ending.is_empty() {
                self.take_back(&ending, report).await?;
                // What was ending is not any more, or else is given up until the next call.
                report.failed += self.rewrap_all(&ending, report).await?.len();
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
            if seen >= self.plan.keys {
                report.is_cut_short = true;
                return Ok(());
            }
        }
    }

    /// Wraps keys anew; gives those whose wrapping keys are ending.
    async fn rewrap_all(&self, keys: &[KeyRecord], report: &mut Report) -> Result<Vec<KeyRecord>, RotationError> {
        let mut ending = Vec::new();
        let tasks = keys.iter().map(async |key| (key, self.rewrap(key).await));
        let mut outcomes = stream::iter(tasks).buffer_unordered(SIDE_BY_SIDE);
        while let Some((key, outcome)) = outcomes.next().await {
            match outcome? {
                Outcome::Rewrapped => report.rewrapped += 1,
                Outcome::Overtaken => report.overtaken += 1,
                Outcome::Failed => report.failed += 1,
                Outcome::Unknown => report.unknown += 1,
                Outcome::Ending => ending.push(key.clone()),
            }
        }
        Ok(ending)
    }

    async fn rewrap(&self, key: &KeyRecord) -> Result<Outcome, RotationError> {
        let Some(label) = label(key) else {
            tracing::error!("a wrapped key of an unknown kind keeps an old wrapping key");
            return Ok(Outcome::Unknown);
        };
        let new = match self.keys.rewrap(&label, &key.wrapped, &self.newest.wrapping_key).await {
            Ok(new) => new,
            Err(cause) if cause.is_of_state() => return Ok(Outcome::Ending),
            Err(cause) => return Ok(not_wrapped(&cause)),
        };
        match self.store.replace_wrapped_key(key, &new).await {
            Ok(()) => Ok(Outcome::Rewrapped),
            Err(error) if error.is_conflict() => Ok(Outcome::Overtaken),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes wrapping keys back that were ending too early: those that are named, and all where an item names
    /// none.
    async fn take_back(&self, keys: &[KeyRecord], report: &mut Report) -> Result<(), RotationError> {
        let named: BTreeSet<_> = keys.iter().filter_map(|key| key.wrapped_by.as_deref()).collect();
        let is_any = keys.iter().any(|key| key.wrapped_by.is_none());
        let meant = |epoch: &&&EpochRecord| is_any || named.contains(epoch.wrapping_key.as_str());
        for epoch in self.living.iter().filter(meant) {
            tracing::error!(epoch = epoch.epoch, "a wrapping key that was ending is taken back");
            self.keys.take_back(&epoch.wrapping_key, epoch.ends_at.is_some()).await?;
            self.store.end_epoch(epoch.epoch, None).await?;
            report.taken_back.push(epoch.epoch);
        }
        Ok(())
    }
}

fn not_wrapped(cause: &KeyServiceError) -> Outcome {
    tracing::warn!(%cause, "a key was not wrapped anew");
    Outcome::Failed
}

/// What a key was wrapped with besides the wrapping key.
fn label(key: &KeyRecord) -> Option<Label> {
    if key.owner_id == ZOO {
        return (key.key_id == ROOT_KEY).then(Label::zoo);
    }
    let owner = domain::UserId::parse(&key.owner_id).ok()?;
    match key.key_id.as_str() {
        CONVERSATIONS_KEY => Some(Label::conversations(&owner, key.generation)),
        PROFILE_KEY => Some(Label::profile(&owner)),
        AUDIT_KEY => Some(Label::audit(&owner)),
        _ => None,
    }
}
