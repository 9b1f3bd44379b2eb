//! Hearing a model out: its fragments become whole words, its silence has limits.

use crate::voice::{LONGEST_ANSWER, Voice};
use domain::{
    turn::{FinishReason, Usage},
    words::WordBuffer,
};
use futures_util::StreamExt;
use llm::{ChatRequest, Delta, Model, ModelError};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long is waited for what endpoints send behind an answer's end, such as token counts.
const AFTER_THE_END: Duration = Duration::from_secs(2);

/// Passes an answer on as it comes, word by word, and remembers what comes with it.
pub(crate) struct Listener<'a> {
    voice: &'a Voice,
    idle_timeout: Duration,
    words: WordBuffer,
    /// How the answer ended, though more may come behind its end.
    ending: Option<FinishReason>,
    /// Tokens, where the endpoint counted them.
    pub(crate) usage: Option<Usage>,
    /// Who answers, once it does.
    pub(crate) model: Option<String>,
}

impl<'a> Listener<'a> {
    pub(crate) fn new(voice: &'a Voice, idle_timeout: Duration) -> Self {
        Self { voice, idle_timeout, words: WordBuffer::default(), ending: None, usage: None, model: None }
    }

    /// Asks and listens to the end, or until the time is up. It may be dropped at any time: what was
    /// said has been said.
    pub(crate) async fn hear(
        &mut self,
        model: &dyn Model,
        request: ChatRequest,
        time: Duration,
    ) -> Result<FinishReason, ModelError> {
        let deadline = Instant::now() + time;
        let ending = timeout_at(deadline, self.listen(model, request)).await;
        if let Some(word) = self.words.finish() {
            self.voice.say(word);
        }
        ending.unwrap_or_else(|_| self.ending.ok_or(ModelError::BrokeOff))
    }

    async fn listen(&mut self, model: &dyn Model, request: ChatRequest) -> Result<FinishReason, ModelError> {
        let answer = model.ask(request).await?;
        self.model = Some(answer.model);
        let mut deltas = answer.deltas;
        loop {
            let patience = if self.ending.is_some() { AFTER_THE_END } else { self.idle_timeout };
            match (timeout(patience, deltas.next()).await, self.ending) {
                (Ok(Some(Ok(Delta::Text(fragment)))), _) => self.take(&fragment),
                (Ok(Some(Ok(Delta::Usage(usage)))), _) => self.usage = Some(usage),
                (Ok(Some(Ok(Delta::End { truncated: true }))), _) => self.ending = Some(FinishReason::Length),
                (Ok(Some(Ok(Delta::End { truncated: false }))), _) => self.ending = Some(FinishReason::Stop),
                // What comes behind the end, an error too, changes nothing about the answer.
                (Ok(None | Some(Err(_))) | Err(_), Some(reason)) => return Ok(reason),
                (Ok(Some(Err(error))), None) => return Err(error),
                (Ok(None) | Err(_), None) => return Err(ModelError::BrokeOff),
            }
            if self.voice.len() >= LONGEST_ANSWER {
                return Ok(FinishReason::Length);
            }
        }
    }

    fn take(&mut self, fragment: &str) {
        if let Some(words) = self.words.push(fragment) {
            self.voice.say(words);
        }
    }
}
