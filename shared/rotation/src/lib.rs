//! How wrapping keys change. Each epoch has one; when it is old enough a new one is made, all that the old one
//! wraps is wrapped anew, and once a consistent look at all of `cmz-keys` finds nothing under it, it ends. From
//! then on a copy of `cmz-keys` from before opens nothing.
//!
//! Safe to break off anywhere and to run twice at once: what is wrapped with what stands in each item, and each
//! item changes only as it was read. Knows no clock, no route and no plaintext.

mod error;
mod passing;
mod plan;

pub use error::RotationError;
pub use plan::{Due, Plan, Report};

use domain::Timestamp;
use passing::Passage;
use store::{Store, epochs::EpochRecord};
use vault::WrappingKeys;

/// Attempts at finding out which epoch is the newest while others begin some.
const ATTEMPTS: usize = 4;

/// Does what is due: begins an epoch, wraps keys anew, ends old wrapping keys. A rotation takes three calls with the
/// plan's rest between them; [`Report::is_settled`] says when nothing is left to do.
///
/// # Errors
/// [`RotationError`]; what was done stays done, and the next call goes on from there.
pub async fn rotate(store: &Store, keys: &WrappingKeys, plan: &Plan, now: Timestamp) -> Result<Report, RotationError> {
    let mut report = Report::default();
    let (epochs, is_in_use) = newest_in_use(store, keys, plan, now, &mut report).await?;
    let Some((newest, older)) = epochs.split_last() else { return Err(RotationError::Contended) };
    report.epoch = newest.epoch;
    let mut living = Vec::new();
    for epoch in older {
        if is_living(keys, epoch, now).await? {
            living.push(epoch);
        }
    }
    if !is_in_use {
        report.waiting = living.len();
        return Ok(report);
    }
    if living.is_empty() {
        return Ok(report);
    }
    Passage { store, keys, epochs: &epochs, newest, plan }.pass(&mut report).await?;
    if report.is_moving() {
        store.unsettle_epoch(newest.epoch, now).await?;
        return Ok(report);
    }
    let is_rested = plan.rested(newest.unsettled_at) <= now;
    for epoch in living {
        if is_rested && !report.holds(&epoch.wrapping_key) {
            end(store, keys, epoch, &mut report).await?;
        } else {
            report.waiting += usize::from(epoch.ends_at.is_none());
        }
    }
    Ok(report)
}

/// Whether an older epoch's wrapping key is there, or was not yet to be gone. An operator may have taken it back
/// although its time was over.
async fn is_living(keys: &WrappingKeys, epoch: &EpochRecord, now: Timestamp) -> Result<bool, RotationError> {
    if epoch.ends_at.is_none_or(|end| now < end) {
        return Ok(true);
    }
    Ok(keys.find(&epoch.wrapping_key).await?.is_some_and(|key| key.ends_at.is_none()))
}

/// Also where it was ended before: an operator may have taken it back, to save what was under it.
async fn end(
    store: &Store,
    keys: &WrappingKeys,
    epoch: &EpochRecord,
    report: &mut Report,
) -> Result<(), RotationError> {
    let ends_at = keys.end(&epoch.wrapping_key).await?;
    if epoch.ends_at != Some(ends_at) {
        store.end_epoch(epoch.epoch, ends_at).await?;
        report.ended.push(epoch.epoch);
    }
    Ok(())
}

/// All epochs, and whether the newest is in use: the alias was made to name it, once it had rested. Begins one where it
/// is time.
async fn newest_in_use(
    store: &Store,
    keys: &WrappingKeys,
    plan: &Plan,
    now: Timestamp,
    report: &mut Report,
) -> Result<(Vec<EpochRecord>, bool), RotationError> {
    let mut epochs = known(store, keys, now).await?;
    if epochs.last().is_some_and(|newest| plan.is_due(newest.since, now)) {
        report.is_begun |= begin(store, keys, &epochs, now).await?;
        epochs = store.epochs().await?;
    }
    for _ in 0..ATTEMPTS {
        let newest = epochs.last().ok_or(RotationError::Contended)?;
        if keys.current().await?.name == newest.wrapping_key {
            return Ok((epochs, true));
        }
        // The tag by which roles may use it takes minutes to count everywhere.
        if now < plan.rested(newest.since) {
            return Ok((epochs, false));
        }
        // Until now, new keys were made under another one.
        store.unsettle_epoch(newest.epoch, now).await?;
        keys.make_current(&newest.wrapping_key).await?;
        // Somebody may have begun one that is newer still.
        epochs = store.epochs().await?;
    }
    Err(RotationError::Contended)
}

/// The epochs so far; the first is that of the key which the deployment began with.
async fn known(store: &Store, keys: &WrappingKeys, now: Timestamp) -> Result<Vec<EpochRecord>, RotationError> {
    let epochs = store.epochs().await?;
    if !epochs.is_empty() {
        return Ok(epochs);
    }
    let first = keys.current().await?;
    match store.begin_epoch(&EpochRecord::new(1, &first.name, first.made_at, now)).await {
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(store.epochs().await?),
    }
}

/// Makes a wrapping key and an epoch of it; whether it was this call that did. Who comes second ends the key
/// that nobody needs.
async fn begin(
    store: &Store,
    keys: &WrappingKeys,
    epochs: &[EpochRecord],
    now: Timestamp,
) -> Result<bool, RotationError> {
    let number = epochs.last().map_or(1, |newest| newest.epoch + 1);
    let made = keys.make().await?;
    match store.begin_epoch(&EpochRecord::new(number, &made.name, now, now)).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_conflict() => {
            // A put whose acknowledgement was lost is repeated by the SDK, and then meets itself.
            let is_ours = store.epochs().await?.iter().any(|epoch| epoch.wrapping_key == made.name);
            if !is_ours {
                keys.end(&made.name).await?;
            }
            Ok(is_ours)
        }
        Err(error) => Err(error.into()),
    }
}
