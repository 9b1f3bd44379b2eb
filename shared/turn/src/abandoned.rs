//! A turn whose producer is dead and that nobody came back to: it is ended as its next reader would have
//! ended it.

use crate::{TurnError, follower::Follower};
use edge::{Code, clock};
use store::{Store, turns::TurnRecord};
use vault::Vault;

/// Ends a turn under way as it was seen last: with what was logged, or without an answer where nothing was, or
/// where its conversation is gone or closed. One whose producer has beaten since, and one that somebody else
/// has ended, stays as it is.
///
/// # Errors
/// [`TurnError`].
pub async fn end_abandoned(store: &Store, vault: &Vault, turn: &TurnRecord) -> Result<(), TurnError> {
    let user = store.user(&turn.user_id).await?.map(|account| account.user());
    let Some(user) = user.filter(|user| user.generation == turn.generation) else { return fail(store, turn).await };
    match Box::pin(Follower::open(store, vault, user, turn.clone())).await {
        Ok(follower) => follower.finalise(turn, &follower.logged().await?).await,
        Err(TurnError::TurnGone) => fail(store, turn).await,
        Err(error) => Err(error),
    }
}

async fn fail(store: &Store, turn: &TurnRecord) -> Result<(), TurnError> {
    let (start, fence) = (turn.start()?, turn.last_seen(clock::new_id()));
    match store.fail_turn(&turn.user_id, &start.turn_id, fence, Code::UpstreamUnavailable.name()).await {
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
