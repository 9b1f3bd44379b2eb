//! The producer of a turn: it hears the model out, keeps the answer, and then says that it ended.
//! It runs by itself, so that a client that leaves takes nothing with it.

use crate::{
    Completed, Parts, TurnEvent,
    answer::{Heard, Listener},
    fallback,
    ledger::Ledger,
};
use domain::{
    Timestamp,
    animal::Animal,
    turn::{FinishReason, TurnStart, Usage},
    words::WordBuffer,
};
use edge::{Code, Problem, clock};
use llm::{ChatRequest, ModelError};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc::UnboundedSender;

/// A turn that was claimed and waits for its answer.
pub(crate) struct Job {
    pub(crate) start: TurnStart,
    pub(crate) animal: Animal,
    /// What to ask; an animal without a configuration speaks for itself.
    pub(crate) request: Option<ChatRequest>,
    /// Where to keep it; of a visitor nothing is kept.
    pub(crate) ledger: Option<Ledger>,
    pub(crate) begun: Timestamp,
}

/// Sets a turn's producer going.
#[expect(clippy::disallowed_methods, reason = "producers outlive the request that began them")]
pub(crate) fn spawn(parts: Arc<Parts>, job: Job, clients: UnboundedSender<TurnEvent>) {
    let under_way = UnderWay::begin();
    tokio::spawn(async move {
        let last = produce(&parts, &job, &clients).await;
        // Nobody may be listening any more.
        drop(clients.send(last));
        drop(under_way);
    });
}

static PRODUCERS: AtomicUsize = AtomicUsize::new(0);

/// How many producers of this process are at work: who ends it should wait until there are none.
#[must_use]
pub fn producers_at_work() -> usize {
    PRODUCERS.load(Ordering::SeqCst)
}

/// Counts a producer for as long as it is at work, a panic included.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        PRODUCERS.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        PRODUCERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Produces the answer and gives the terminal event, to be sent when everything is stored.
async fn produce(parts: &Parts, job: &Job, clients: &UnboundedSender<TurnEvent>) -> TurnEvent {
    let Some(request) = &job.request else {
        return speak_for_itself(parts, job, clients).await;
    };
    let heard = Listener::new(&parts.config, clients).hear(&*parts.model, request.clone()).await;
    match (&heard.ending, heard.text.is_empty()) {
        (Ok(reason), false) => {
            let done = completed(parts, job, &heard, *reason);
            finish(parts, job, &heard.text, done).await
        }
        (Err(error), false) => {
            tracing::warn!(cause = %error, "an answer broke off");
            break_off(parts, job, &heard).await
        }
        (Err(ModelError::RateLimited { retry_after }), true) => {
            let problem = Problem::new(Code::RateLimited);
            give_up(parts, job, problem.with_retry_after(retry_after.map_or(5, |wait| wait.as_secs().max(1)))).await
        }
        (ending, true) => {
            tracing::warn!(cause = ?ending.as_ref().err(), "a model gave no answer");
            speak_for_itself(parts, job, clients).await
        }
    }
}

/// No model answers: the animal says something kind, word by word like any answer.
async fn speak_for_itself(parts: &Parts, job: &Job, clients: &UnboundedSender<TurnEvent>) -> TurnEvent {
    let text = fallback::answer(&job.animal, job.start.turn_id.as_str());
    let mut words = WordBuffer::default();
    for word in text.split_inclusive(' ').filter_map(|piece| words.push(piece)).collect::<Vec<_>>() {
        drop(clients.send(TurnEvent::Token(word)));
    }
    drop(words.finish().map(|word| clients.send(TurnEvent::Token(word))));
    let timestamp = clock::now();
    let done = Completed {
        finish_reason: FinishReason::Fallback,
        usage: Usage::default(),
        latency_millis: timestamp.millis_since(job.begun),
        timestamp,
        model: None,
    };
    finish(parts, job, &text, done).await
}

/// Keeps what there is of an answer that broke off.
async fn break_off(parts: &Parts, job: &Job, heard: &Heard) -> TurnEvent {
    let done = completed(parts, job, heard, FinishReason::Interrupted);
    match finish(parts, job, &heard.text, done).await {
        TurnEvent::Complete(_) => TurnEvent::Failed { problem: Problem::new(Code::UpstreamUnavailable), is_kept: true },
        other => other,
    }
}

/// Keeps the answer; only what is kept is complete.
async fn finish(parts: &Parts, job: &Job, text: &str, done: Completed) -> TurnEvent {
    let Some(ledger) = &job.ledger else { return TurnEvent::Complete(done) };
    let temperature = job.request.as_ref().map(|request| request.temperature);
    match ledger.store_answer(&parts.store, text, &done, temperature).await {
        Ok(()) => TurnEvent::Complete(done),
        Err(crate::TurnError::Store(error)) if error.is_conflict() => {
            let problem = Problem::new(Code::Forbidden).with_detail("the conversation was closed meanwhile");
            give_up(parts, job, problem).await
        }
        Err(error) => give_up(parts, job, error.problem()).await,
    }
}

/// Ends the turn without an answer. Where the completion happened and only its acknowledgement was
/// lost, this changes nothing.
async fn give_up(parts: &Parts, job: &Job, problem: Problem) -> TurnEvent {
    if let Some(ledger) = &job.ledger
        && let Err(cause) = ledger.fail(&parts.store).await
    {
        tracing::error!(%cause, "a failed turn could not be marked");
    }
    TurnEvent::Failed { problem, is_kept: false }
}

fn completed(parts: &Parts, job: &Job, heard: &Heard, finish_reason: FinishReason) -> Completed {
    let timestamp = clock::now();
    Completed {
        finish_reason,
        usage: heard.usage.unwrap_or_else(|| estimate(job, &heard.text)),
        latency_millis: timestamp.millis_since(job.begun),
        timestamp,
        model: job.request.as_ref().map(|request| parts.model.name(request)),
    }
}

/// Tokens of an endpoint that does not count them: four bytes each, the usual rule of thumb.
fn estimate(job: &Job, text: &str) -> Usage {
    let asked = job.request.iter().flat_map(|request| &request.messages).map(|message| message.content.len());
    Usage { prompt: asked.sum::<usize>().div_ceil(4) as u64, completion: text.len().div_ceil(4) as u64 }
}
