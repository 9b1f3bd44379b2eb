//! Sessions whose time is over: nobody reads them any more, and here they go, the key first, so that copies of
//! their text are dead, then messages and the session itself. They are found by their keys: of some DynamoDB's
//! own time to live has taken all but that.

use crate::{
    AT_ONCE, Deps, RetentionError,
    entry::{self, Why},
    report::Counts,
};
use edge::clock;
use futures_util::{StreamExt, stream};
use store::{StoreError, expiry::ExpiredKey, keys::EXPIRY_SHARDS};

/// Sessions of one run. The next goes on; so many take a few minutes.
const MOST: u64 = 5_000;

pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    let now = clock::now();
    for shard in EXPIRY_SHARDS {
        let mut page = deps.store.expired_keys(shard, now, None).await?;
        while let Some(last) = page.last().cloned() {
            let mut gone = stream::iter(page).map(|key| sweep(deps, key)).buffer_unordered(AT_ONCE);
            while let Some(done) = gone.next().await {
                counts.note(done);
            }
            if counts.total() >= MOST {
                return counts.outcome();
            }
            page = deps.store.expired_keys(shard, now, Some(&last)).await?;
        }
    }
    counts.outcome()
}

/// Deletes a session, or what is left of it. Says which, unless somebody else has come first.
async fn sweep(deps: &Deps, key: ExpiredKey) -> Result<Option<&'static str>, StoreError> {
    let (store, now) = (&deps.store, clock::now());
    let Some(session) = store.session(&key.session_id).await? else { return orphan(deps, key).await };
    // The session's own word counts.
    if !session.session().is_expired(now) {
        return Ok(None);
    }
    let Some(at) = store.take_session(&session.session_id, now).await? else { return Ok(None) };
    entry::keep(deps, Why::Over, &session.user_id, &session.session_id, at).await?;
    store.delete_session(&session, now).await?;
    Ok(Some("sessions"))
}

/// A key whose session is gone.
async fn orphan(deps: &Deps, key: ExpiredKey) -> Result<Option<&'static str>, StoreError> {
    let Some(at) = deps.store.take_key(&key, clock::now()).await? else { return Ok(None) };
    entry::keep(deps, Why::Over, &key.owner, &key.session_id, at).await?;
    deps.store.delete_remains(&key).await?;
    Ok(Some("orphanedKeys"))
}
