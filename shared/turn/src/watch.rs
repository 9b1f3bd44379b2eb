//! The beat of a turn: once a second, also while the model is silent, new words are logged, the
//! producer says that it lives, and looks whether it may go on.

use crate::{TurnError, error, ledger::Ledger, voice::Voice};
use edge::{Code, Problem};
use std::time::Duration;
use store::{Store, StoreError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Between two beats. A cancel, an erasure or a withdrawn consent takes effect within one and some.
const BEAT: Duration = Duration::from_secs(1);
/// How long a look at the account may take.
const LOOK: Duration = Duration::from_secs(1);
/// So many looks in a row without an answer end the answer.
const MOST_UNANSWERED: u32 = 2;

/// Why a producer does not go on.
pub(crate) enum Stop {
    /// Whoever asked wants no more.
    Cancelled,
    /// The person may not talk any more, or whether they may cannot be known.
    NotAllowed(Problem),
    /// Somebody else ended the turn.
    Lost,
    /// Nobody listens, and nothing is kept.
    Alone,
}

/// Watches over an answer until there is a reason to stop it. Beats and looks each go on by themselves: a table that
/// does not answer holds back nothing that the other one says.
pub(crate) async fn over(store: &Store, ledger: Option<&Ledger>, voice: &Voice) -> Stop {
    let Some(ledger) = ledger else {
        voice.is_alone().await;
        return Stop::Alone;
    };
    tokio::select! {
        stop = Box::pin(beats(store, ledger, voice)) => stop,
        problem = Box::pin(looks(store, ledger)) => Stop::NotAllowed(problem),
    }
}

async fn beats(store: &Store, ledger: &Ledger, voice: &Voice) -> Stop {
    let mut seconds = seconds();
    let mut logged = 0;
    loop {
        seconds.tick().await;
        let words = voice.words_after(logged);
        match ledger.beat(store, logged, &words).await {
            Ok(()) => logged += words.len() as u64,
            Err(TurnError::Store(error)) if error.is_conflict() => {
                if let Some(stop) = why(store, ledger).await {
                    return stop;
                }
            }
            // The next beat logs the same words again, and those that followed.
            Err(cause) => tracing::warn!(%cause, "a beat was missed"),
        }
    }
}

/// Looks at the account until it says no, or twice does not say anything: whether the person may go on is not known
/// then.
async fn looks(store: &Store, ledger: &Ledger) -> Problem {
    let mut seconds = seconds();
    let mut unanswered = 0;
    loop {
        seconds.tick().await;
        let look = tokio::time::timeout(LOOK, refusal(store, ledger)).await;
        match look.unwrap_or_else(|_| Err(StoreError::not_now())) {
            Ok(None) => unanswered = 0,
            Ok(Some(problem)) => return problem,
            Err(cause) => {
                unanswered += 1;
                if unanswered == MOST_UNANSWERED {
                    return Problem::unavailable(&cause);
                }
                tracing::warn!(%cause, "a person could not be looked after");
            }
        }
    }
}

fn seconds() -> Interval {
    let mut seconds = interval_at(Instant::now() + BEAT, BEAT);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds
}

/// Why somebody may not go on, by guardian, consent, standing and generation as they are now.
///
/// # Errors
/// [`StoreError`] when the account cannot be read.
pub(crate) async fn refusal(store: &Store, ledger: &Ledger) -> Result<Option<Problem>, StoreError> {
    let asked = &ledger.user;
    let record = match store.user(&asked.user_id).await {
        Err(error) if error.is_malformed() => None,
        record => record?,
    };
    let user = record.map(|record| record.user()).filter(|user| user.generation == asked.generation);
    let Some(user) = user else { return Ok(Some(Problem::new(Code::Forbidden))) };
    let refused = user.may_converse(store.notice()).err().map(error::not_allowed);
    // What was asked in one family is not answered in another.
    let has_moved = user.parent_user_id != asked.parent_user_id;
    Ok(refused.or_else(|| has_moved.then(|| Problem::new(Code::Forbidden))))
}

/// A beat that did not hold: somebody else has the turn, it is to be cancelled, or the person may not talk any more.
/// None where they may again.
async fn why(store: &Store, ledger: &Ledger) -> Option<Stop> {
    match ledger.record(store).await {
        Ok(Some(turn)) if turn.owner == ledger.owner && !turn.state.is_over() => match turn.cancel_requested {
            true => Some(Stop::Cancelled),
            // Where this is not answered, the looks say so.
            false => refusal(store, ledger).await.ok().flatten().map(Stop::NotAllowed),
        },
        Ok(_) => Some(Stop::Lost),
        Err(cause) => {
            tracing::warn!(%cause, "a turn could not be looked after");
            Some(Stop::Lost)
        }
    }
}
