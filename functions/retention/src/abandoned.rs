//! Turns under way whose producer is dead and that nobody came back to. Whether one is dead is felt as a reader
//! feels it: two looks, a silence apart.

use crate::{AT_ONCE, Deps, RetentionError, report::Counts};
use domain::turn::{Pulse, SILENT_FOR_MILLIS};
use edge::clock;
use futures_util::{StreamExt, stream};
use std::time::Duration;
use store::turns::TurnRecord;
use turn::{TurnError, end_abandoned};

/// Turns younger than this are left alone: most of them live.
const YOUNG_SECONDS: u32 = 30;

pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    let now = clock::now();
    let seen = deps.store.turns_under_way(now.minus_seconds(YOUNG_SECONDS)).await?;
    if seen.is_empty() {
        return Ok(());
    }
    let felt_at = clock::now();
    let seen = seen.into_iter().map(|turn| (Pulse::new(turn.claimed_at, turn.heartbeat, felt_at), turn));
    let mut seen: Vec<_> = seen.collect();
    if seen.iter_mut().any(|(pulse, turn)| !pulse.has_stopped(turn.heartbeat, felt_at)) {
        tokio::time::sleep(Duration::from_millis(SILENT_FOR_MILLIS)).await;
    }
    let mut ended = stream::iter(seen).map(|(pulse, turn)| end(deps, pulse, turn)).buffer_unordered(AT_ONCE);
    while let Some(done) = ended.next().await {
        counts.note(done);
    }
    counts.outcome()
}

async fn end(deps: &Deps, mut pulse: Pulse, seen: TurnRecord) -> Result<Option<&'static str>, TurnError> {
    let turn = deps.store.turn(&seen.user_id, &seen.start()?.turn_id).await?;
    let is_same = |turn: &TurnRecord| turn.owner == seen.owner && !turn.state.is_over();
    let Some(turn) = turn.filter(is_same) else { return Ok(None) };
    if !pulse.has_stopped(turn.heartbeat, clock::now()) {
        return Ok(None);
    }
    Box::pin(end_abandoned(&deps.store, &deps.vault, &turn)).await?;
    Ok(Some("turns"))
}
