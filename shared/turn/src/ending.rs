//! The end of a turn: what there is is stored, and only what is stored is told.

use crate::{
    Completed, Parts, TurnError, TurnEvent,
    admission::Spent,
    producer::{Answered, Job, Plan},
    voice::Voice,
    watch,
};
use domain::turn::{FinishReason, Transcript, Usage, estimated_tokens};
use edge::{Code, Problem, clock};
use std::time::Duration;
use store::turns::TurnEnd;

/// How long whoever listens waits for a refusal to be noted.
const TOLD_WITHIN: Duration = Duration::from_millis(500);

/// Keeps the answer and settles its tokens, and gives the terminal event.
pub(crate) async fn finish(parts: &Parts, job: &Job, voice: &Voice, answered: Answered) -> TurnEvent {
    let transcript = voice.transcript();
    let done = completed(job, &transcript, &answered);
    let (stored, ()) = tokio::join!(store_answer(parts, job, &transcript, &done), settle(parts, job, answered.usage),);
    match stored {
        Ok(()) => terminal(done),
        Err(TurnError::Store(error)) if error.is_conflict() => conflict(parts, job, &transcript, done).await,
        Err(error) => fail(parts, job, error.problem()).await,
    }
}

/// Ends the turn without an answer.
pub(crate) async fn give_up(parts: &Parts, job: &Job, problem: Problem, usage: Option<Usage>) -> TurnEvent {
    tokio::join!(fail(parts, job, problem), settle(parts, job, usage)).0
}

/// Ends the turn of somebody who may not go on. Whoever listens hears of it in time, also where the tables do not
/// answer: what is not noted then is ended by its next reader.
pub(crate) async fn refuse(
    parts: &Parts,
    job: &Job,
    voice: &Voice,
    problem: Problem,
    usage: Option<Usage>,
) -> TurnEvent {
    let mut noted = Box::pin(give_up(parts, job, problem.clone(), usage));
    if let Ok(last) = tokio::time::timeout(TOLD_WITHIN, &mut noted).await {
        return last;
    }
    voice.end(TurnEvent::Failed { problem, last_id: 0 });
    noted.await
}

/// Somebody else ended the turn.
pub(crate) async fn lost(parts: &Parts, job: &Job, usage: Option<Usage>, voice: &Voice) -> TurnEvent {
    let transcript = voice.transcript();
    let answered = Answered { reason: FinishReason::Interrupted, model: None, usage };
    let done = completed(job, &transcript, &answered);
    tokio::join!(conflict(parts, job, &transcript, done), settle(parts, job, usage)).0
}

/// What is told of a turn that ended with an answer.
pub(crate) fn terminal(done: Completed) -> TurnEvent {
    match done.finish_reason {
        FinishReason::Interrupted => {
            TurnEvent::Failed { problem: Problem::new(Code::UpstreamUnavailable), last_id: done.last_id }
        }
        _ => TurnEvent::Complete(done),
    }
}

async fn store_answer(parts: &Parts, job: &Job, transcript: &Transcript, done: &Completed) -> Result<(), TurnError> {
    let Some(ledger) = &job.ledger else { return Ok(()) };
    let temperature = match &job.plan {
        Plan::Ask(request, _) => Some(request.temperature),
        _ => None,
    };
    let fence = ledger.fence(done.finish_reason == FinishReason::Cancelled);
    ledger.store_answer(&parts.store, transcript, done, temperature, fence).await
}

/// The answer could not be stored as it was meant: it was cancelled in the last moment, or somebody
/// else ended the turn, or the person may not talk any more.
async fn conflict(parts: &Parts, job: &Job, transcript: &Transcript, done: Completed) -> TurnEvent {
    let Some(ledger) = &job.ledger else { return terminal(done) };
    let record = match ledger.record(&parts.store).await {
        Ok(record) => record,
        Err(error) => return fail(parts, job, Problem::failure(&error, error.is_unavailable())).await,
    };
    match record {
        Some(turn)
            if turn.owner == ledger.owner
                && turn.cancel_requested
                && !turn.state.is_over()
                && done.finish_reason != FinishReason::Cancelled =>
        {
            let done = Completed { finish_reason: FinishReason::Cancelled, ..done };
            match store_answer(parts, job, transcript, &done).await {
                Ok(()) => terminal(done),
                Err(error) => fail(parts, job, error.problem()).await,
            }
        }
        Some(turn) if turn.owner != ledger.owner || turn.state.is_over() => match turn.end {
            // A reader ended it with what was logged of these very words.
            Some(end) if turn.owner == ledger.owner => terminal(Completed::stored(end)),
            // It is answered anew, or was never: nothing that this client heard is kept.
            _ => TurnEvent::Failed { problem: Problem::new(Code::UpstreamUnavailable), last_id: 0 },
        },
        // Withdrawn or paused since the last beat; else the conversation is gone.
        _ => {
            let problem = match watch::refusal(&parts.store, ledger).await {
                Ok(refused) => refused.unwrap_or(Problem::new(Code::Forbidden)),
                Err(error) => Problem::failure(&error, error.is_unavailable()),
            };
            fail(parts, job, problem).await
        }
    }
}

/// Marks the turn as failed. Where its completion happened and only the acknowledgement was lost, it
/// stays completed, and that is told.
async fn fail(parts: &Parts, job: &Job, problem: Problem) -> TurnEvent {
    let Some(ledger) = &job.ledger else { return TurnEvent::Failed { problem, last_id: 0 } };
    let Err(cause) = ledger.fail(&parts.store, ledger.fence(true), problem.code()).await else {
        return TurnEvent::Failed { problem, last_id: 0 };
    };
    let record = ledger.record(&parts.store).await.ok().flatten();
    if let Some(end) = record.filter(|turn| turn.owner == ledger.owner).and_then(|turn| turn.end) {
        return terminal(Completed::stored(end));
    }
    tracing::error!(%cause, "a failed turn could not be marked");
    TurnEvent::Failed { problem, last_id: 0 }
}

impl Completed {
    /// How a turn ended, as it was stored.
    pub(crate) fn stored(end: TurnEnd) -> Self {
        Self {
            finish_reason: end.finish_reason,
            usage: end.usage(),
            latency_millis: end.latency_ms,
            timestamp: end.ended_at,
            model: end.model,
            last_id: end.last_id,
        }
    }
}

async fn settle(parts: &Parts, job: &Job, usage: Option<Usage>) {
    let Some(admitted) = &job.admitted else { return };
    let tokens = usage.map_or(0, |usage| estimated_tokens(job.question_bytes) + usage.completion);
    admitted.settle(&parts.store, Spent { tokens, usage }).await;
}

fn completed(job: &Job, transcript: &Transcript, answered: &Answered) -> Completed {
    let timestamp = clock::now();
    Completed {
        finish_reason: answered.reason,
        usage: answered.usage.unwrap_or_default(),
        latency_millis: timestamp.millis_since(job.begun),
        timestamp,
        model: answered.model.clone(),
        last_id: transcript.last_id(),
    }
}
