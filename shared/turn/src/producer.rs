//! The producer of a turn: it hears the model out, keeps the answer, and then says that it ended.
//! It runs by itself, so that a client that leaves takes nothing with it.

use crate::{
    Parts, TurnEvent,
    admission::Admitted,
    answer::Listener,
    cache::{self, CachedAnswer},
    ending, fallback,
    ledger::Ledger,
    voice::Voice,
    watch::{self, Stop},
};
use domain::{
    Timestamp,
    animal::Animal,
    turn::{FinishReason, TurnStart, Usage, estimated_tokens},
};
use edge::{Code, Problem};
use llm::{ChatRequest, ModelError};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::sync::mpsc::UnboundedSender;

/// A turn that was claimed and waits for its answer.
pub(crate) struct Job {
    pub(crate) start: TurnStart,
    pub(crate) animal: Animal,
    pub(crate) plan: Plan,
    /// Where to keep it; of a visitor nothing is kept.
    pub(crate) ledger: Option<Ledger>,
    /// On whose account it goes.
    pub(crate) admitted: Option<Admitted>,
    pub(crate) question_bytes: usize,
    pub(crate) begun: Timestamp,
    /// How long the answer may take.
    pub(crate) time: Duration,
}

/// How the animal comes to its answer.
pub(crate) enum Plan {
    /// A model is asked; its answer may be kept for others under a key.
    Ask(ChatRequest, Option<cache::Key>),
    /// The same was asked before.
    Recite(CachedAnswer),
    /// The animal speaks for itself.
    Speak(FinishReason),
}

/// How an answer came to its end, and what is known of it besides its words.
pub(crate) struct Answered {
    pub(crate) reason: FinishReason,
    pub(crate) model: Option<String>,
    /// Tokens, where a model was asked.
    pub(crate) usage: Option<Usage>,
}

/// Runs a turn from its admission to its end, whether or not anybody waits for it any more.
#[expect(clippy::disallowed_methods, reason = "turns outlive the request that began them")]
pub(crate) fn spawn(turn: impl Future<Output = ()> + Send + 'static) {
    let under_way = UnderWay::begin();
    tokio::spawn(async move {
        turn.await;
        drop(under_way);
    });
}

/// Produces the answer of a turn, and says that it is over when everything is stored.
pub(crate) async fn run(parts: &Parts, job: &Job, client: UnboundedSender<TurnEvent>) {
    let voice = Voice::new(client);
    let last = Box::pin(produce(parts, job, &voice)).await;
    voice.end(last);
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
async fn produce(parts: &Parts, job: &Job, voice: &Voice) -> TurnEvent {
    match &job.plan {
        Plan::Speak(reason) => speak_for_itself(parts, job, voice, *reason, None).await,
        Plan::Recite(answer) => {
            voice.recite(&answer.text);
            let answered = Answered { reason: FinishReason::Stop, model: answer.model.clone(), usage: None };
            ending::finish(parts, job, voice, answered).await
        }
        Plan::Ask(request, key) => ask(parts, job, voice, request, key.as_ref()).await,
    }
}

async fn ask(parts: &Parts, job: &Job, voice: &Voice, request: &ChatRequest, key: Option<&cache::Key>) -> TurnEvent {
    let mut listener = Listener::new(voice, parts.config.idle_timeout);
    let heard = tokio::select! {
        heard = listener.hear(&*parts.model, request.clone(), job.time) => Ok(heard),
        stop = watch::over(&parts.store, job.ledger.as_ref(), voice) => Err(stop),
    };
    let Listener { usage, model, .. } = listener;
    let usage = usage.filter(|counted| *counted != Usage::default());
    let usage = usage.map(|counted| believable(counted, request));
    let usage = usage.or_else(|| model.is_some().then(|| estimate(request, voice)));
    let answered = |reason| Answered { reason, model: model.clone(), usage };
    match (heard, voice.len() == 0) {
        (Ok(Ok(reason)), false) => {
            if let Some((cache, key)) = parts.answers.as_ref().zip(key).filter(|_| reason == FinishReason::Stop) {
                let text = voice.transcript().text().to_owned();
                cache.keep(key.clone(), CachedAnswer { text, model: model.clone() });
            }
            ending::finish(parts, job, voice, answered(reason)).await
        }
        (Ok(Err(cause)), false) => {
            tracing::warn!(%cause, "an answer broke off");
            ending::finish(parts, job, voice, answered(FinishReason::Interrupted)).await
        }
        (Ok(Err(ModelError::RateLimited { retry_after })), true) => {
            let wait = retry_after.map_or(5, |wait| wait.as_secs().max(1));
            ending::give_up(parts, job, Problem::new(Code::RateLimited).with_retry_after(wait), usage).await
        }
        (Ok(nothing), true) => {
            tracing::warn!(cause = ?nothing.err(), "a model gave no answer");
            speak_for_itself(parts, job, voice, FinishReason::Fallback, usage).await
        }
        (Err(Stop::Cancelled), _) => ending::finish(parts, job, voice, answered(FinishReason::Cancelled)).await,
        (Err(Stop::NotAllowed(problem)), _) => ending::refuse(parts, job, voice, problem, usage).await,
        (Err(Stop::Lost), _) => ending::lost(parts, job, usage, voice).await,
        // Nobody hears how it ends.
        (Err(Stop::Alone), _) => ending::give_up(parts, job, Problem::new(Code::Internal), usage).await,
    }
}

/// No model answers: the animal says something kind, word by word like any answer.
async fn speak_for_itself(
    parts: &Parts,
    job: &Job,
    voice: &Voice,
    reason: FinishReason,
    usage: Option<Usage>,
) -> TurnEvent {
    voice.recite(&fallback::answer(&job.animal, job.start.turn_id.as_str(), reason));
    ending::finish(parts, job, voice, Answered { reason, model: None, usage }).await
}

/// Tokens as an endpoint counted them; no answer is longer than was asked for.
fn believable(counted: Usage, request: &ChatRequest) -> Usage {
    const LONGEST_PROMPT: u64 = 1_000_000;
    Usage { prompt: counted.prompt.min(LONGEST_PROMPT), completion: counted.completion.min(request.max_tokens.into()) }
}

/// Tokens of an endpoint that does not count them, or had no time to.
fn estimate(request: &ChatRequest, voice: &Voice) -> Usage {
    let asked = request.messages.iter().map(|message| message.content.len()).sum();
    Usage { prompt: estimated_tokens(asked), completion: estimated_tokens(voice.len()) }
}
