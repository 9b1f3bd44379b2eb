//! One look at all of `cmz-keys`: what an older wrapping key wraps passes to the newest.

use crate::{Plan, Report, RotationError};
use futures_util::stream::{self, StreamExt};
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
    /// All of them.
    pub(crate) epochs: &'a [EpochRecord],
    pub(crate) newest: &'a EpochRecord,
    pub(crate) plan: &'a Plan,
}

/// What became of one key.
enum Outcome {
    Rewrapped,
    Overtaken,
    Failed,
    Unknown,
    /// Its wrapping key is ending, or switched off.
    Stranded,
}

impl Passage<'_> {
    /// Wraps what it finds anew, page by page.
    pub(crate) async fn pass(&self, report: &mut Report) -> Result<(), RotationError> {
        let (mut after, mut seen) = (None, 0);
        loop {
            let page = self.store.keys_not_under(&self.newest.wrapping_key, after, PAGE).await?;
            seen += page.keys.len();
            self.rewrap_all(page.keys, report).await?;
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

    async fn rewrap_all(&self, keys: Vec<KeyRecord>, report: &mut Report) -> Result<(), RotationError> {
        let mut outcomes = stream::iter(keys)
            .map(async |key| Ok::<_, RotationError>((self.rewrap(&key).await?, key)))
            .buffer_unordered(SIDE_BY_SIDE);
        while let Some(outcome) = outcomes.next().await {
            let (outcome, key) = outcome?;
            let stays = match outcome {
                Outcome::Rewrapped => {
                    report.rewrapped += 1;
                    continue;
                }
                Outcome::Overtaken => {
                    report.overtaken += 1;
                    continue;
                }
                Outcome::Failed => &mut report.failed,
                Outcome::Unknown => &mut report.unknown,
                Outcome::Stranded => &mut report.stranded,
            };
            *stays += 1;
            report.keep(key.wrapped_by.filter(|name| self.epochs.iter().any(|epoch| epoch.wrapping_key == *name)));
        }
        Ok(())
    }

    async fn rewrap(&self, key: &KeyRecord) -> Result<Outcome, RotationError> {
        let Some(label) = label(key) else {
            tracing::error!("a wrapped key of an unknown kind keeps an old wrapping key");
            return Ok(Outcome::Unknown);
        };
        let new = match self.keys.rewrap(&label, &key.wrapped, &self.newest.wrapping_key).await {
            Ok(new) => new,
            Err(cause) => return Ok(not_wrapped(&cause)),
        };
        match self.store.replace_wrapped_key(key, &new).await {
            Ok(()) => Ok(Outcome::Rewrapped),
            Err(error) if error.is_conflict() => Ok(Outcome::Overtaken),
            Err(error) => Err(error.into()),
        }
    }
}

fn not_wrapped(cause: &KeyServiceError) -> Outcome {
    if cause.is_of_state() {
        // Put back by somebody, or stored long after it was made. Not ours to say which.
        tracing::error!(%cause, "a key is still wrapped with a wrapping key that ends");
        return Outcome::Stranded;
    }
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
