//! Deletions that broke off: whoever began one is gone, and the session is closed to everybody but still lies
//! there. They are finished.

use crate::{
    AT_ONCE, Deps, RetentionError,
    entry::{self, Why},
    report::Counts,
};
use domain::Timestamp;
use edge::clock;
use futures_util::{StreamExt, stream};
use store::{StoreError, sessions::SessionRecord};

/// Seconds after which nobody who began is still at it: a function's longest life.
const BROKEN_OFF_AFTER: u32 = 15 * 60;
/// Seconds in which what was written down of a deletion is found by who asks who deleted: a day, less the time
/// that its messages take.
const STILL_TOLD: u32 = 23 * 3_600;
const CLOCKS_APART: u32 = 15 * 60;

pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    let begun = deps.store.begun_deletions(clock::now().minus_seconds(BROKEN_OFF_AFTER)).await?;
    let mut finished = stream::iter(begun).map(|session| finish(deps, session)).buffer_unordered(AT_ONCE);
    while let Some(done) = finished.next().await {
        counts.note(done);
    }
    counts.outcome()
}

async fn finish(deps: &Deps, session: SessionRecord) -> Result<Option<&'static str>, StoreError> {
    let (store, now) = (&deps.store, clock::now());
    if !is_written_down(deps, &session, now).await? {
        let Some(at) = store.take_session(&session.session_id, now).await? else { return Ok(None) };
        entry::keep(deps, Why::BrokenOff, &session.user_id, &session.session_id, at).await?;
    }
    store.delete_session(&session, now).await?;
    Ok(Some("sessions"))
}

/// Whether the trail still tells who deletes it.
async fn is_written_down(deps: &Deps, session: &SessionRecord, now: Timestamp) -> Result<bool, StoreError> {
    let span = (now.minus_seconds(STILL_TOLD), now.plus_seconds(CLOCKS_APART));
    Ok(deps.store.deletion_intent(&session.user_id, &session.session_id, span).await?.is_some())
}
