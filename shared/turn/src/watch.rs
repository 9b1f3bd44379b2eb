//! The beat of a turn: once a second, also while the model is silent, new words are logged, the
//! producer says that it lives, and looks whether it may go on.

use crate::{TurnError, error, ledger::Ledger, voice::Voice};
use edge::{Code, Problem};
use std::time::Duration;
use store::Store;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Between two beats. A cancel, an erasure or a withdrawn consent takes effect within one and some.
const BEAT: Duration = Duration::from_secs(1);

/// Why a producer does not go on.
pub(crate) enum Stop {
    /// Whoever asked wants no more.
    Cancelled,
    /// The person may not talk any more.
    NotAllowed(Problem),
    /// Somebody else ended the turn.
    Lost,
    /// Nobody listens, and nothing is kept.
    Alone,
}

/// Watches over an answer until there is a reason to stop it.
pub(crate) async fn over(store: &Store, ledger: Option<&Ledger>, voice: &Voice) -> Stop {
    let Some(ledger) = ledger else {
        voice.is_alone().await;
        return Stop::Alone;
    };
    let mut beats = interval_at(Instant::now() + BEAT, BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut logged = 0;
    loop {
        beats.tick().await;
        let words = voice.words_after(logged);
        let (beat, refused) = tokio::join!(ledger.beat(store, logged, &words), refusal(store, ledger));
        match beat {
            Ok(()) => logged += words.len() as u64,
            Err(TurnError::Store(error)) if error.is_conflict() => return why(store, ledger).await,
            // The next beat logs the same words again, and those that followed.
            Err(cause) => tracing::warn!(%cause, "a beat was missed"),
        }
        if let Some(problem) = refused {
            return Stop::NotAllowed(problem);
        }
    }
}

/// Why somebody may not go on, by consent, standing and generation as they are now.
pub(crate) async fn refusal(store: &Store, ledger: &Ledger) -> Option<Problem> {
    let not_allowed = |code| Some(Problem::new(code));
    match store.user(&ledger.user.user_id).await {
        Ok(Some(record)) => match record.user() {
            user if user.generation != ledger.user.generation => not_allowed(Code::Forbidden),
            user => user.may_converse(store.notice()).err().map(error::not_allowed),
        },
        Ok(None) => not_allowed(Code::Forbidden),
        Err(error) if error.is_malformed() => not_allowed(Code::Forbidden),
        Err(cause) => {
            tracing::warn!(%cause, "a person could not be looked after");
            None
        }
    }
}

/// A beat that did not hold: somebody else has the turn, or it is to be cancelled.
async fn why(store: &Store, ledger: &Ledger) -> Stop {
    match ledger.record(store).await {
        Ok(Some(turn)) if turn.owner == ledger.owner && turn.cancel_requested && !turn.state.is_over() => {
            Stop::Cancelled
        }
        Ok(_) => Stop::Lost,
        Err(cause) => {
            tracing::warn!(%cause, "a turn could not be looked after");
            Stop::Lost
        }
    }
}
