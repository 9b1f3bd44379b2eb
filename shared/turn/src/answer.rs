//! Hearing a model out: its fragments become whole words, its silence has limits.

use crate::{Config, TurnEvent};
use domain::{
    turn::{FinishReason, Usage},
    words::WordBuffer,
};
use futures_util::StreamExt;
use llm::{ChatRequest, Delivery, Delta, Model, ModelError};
use std::time::Duration;
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, timeout_at},
};

/// The longest answer kept, in bytes; far above what `maxTokens` allows.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How long is waited for what endpoints send behind an answer's end, such as token counts.
const AFTER_THE_END: Duration = Duration::from_secs(2);

/// What was heard of an answer, and why it ended.
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) usage: Option<Usage>,
    pub(crate) ending: Result<FinishReason, ModelError>,
}

/// Passes an answer on as it comes, word by word. A client that is gone does not matter.
pub(crate) struct Listener<'a> {
    config: &'a Config,
    clients: &'a UnboundedSender<TurnEvent>,
    words: WordBuffer,
    heard: Heard,
}

impl<'a> Listener<'a> {
    pub(crate) fn new(config: &'a Config, clients: &'a UnboundedSender<TurnEvent>) -> Self {
        let heard = Heard { text: String::new(), usage: None, ending: Ok(FinishReason::Stop) };
        Self { config, clients, words: WordBuffer::default(), heard }
    }

    /// Asks and listens to the end, or until the time is up.
    pub(crate) async fn hear(mut self, model: &dyn Model, request: ChatRequest) -> Heard {
        let deadline = Instant::now() + self.config.response_timeout;
        let ending = timeout_at(deadline, self.listen(model, request)).await;
        self.heard.ending = ending.unwrap_or(Err(ModelError::BrokeOff));
        if let Some(word) = self.words.finish() {
            self.say(word);
        }
        self.heard
    }

    async fn listen(&mut self, model: &dyn Model, request: ChatRequest) -> Result<FinishReason, ModelError> {
        let begins_by = match request.delivery {
            Delivery::Streamed => Instant::now() + self.config.first_token_timeout,
            Delivery::Whole => Instant::now() + self.config.response_timeout,
        };
        let asked = timeout_at(begins_by, model.ask(request)).await;
        let mut answer = asked.map_err(|_| ModelError::BrokeOff)??;
        let mut ending = None;
        loop {
            let silent_by = match (ending, self.heard.text.is_empty()) {
                (Some(_), _) => Instant::now() + AFTER_THE_END,
                (None, true) => begins_by,
                (None, false) => Instant::now() + self.config.idle_timeout,
            };
            match (timeout_at(silent_by, answer.next()).await, ending) {
                (Ok(Some(Ok(Delta::Text(fragment)))), _) => self.take(&fragment),
                (Ok(Some(Ok(Delta::Usage(usage)))), _) => self.heard.usage = Some(usage),
                (Ok(Some(Ok(Delta::End { truncated: true }))), _) => ending = Some(FinishReason::Length),
                (Ok(Some(Ok(Delta::End { truncated: false }))), _) => ending = Some(FinishReason::Stop),
                // What comes behind the end, an error too, changes nothing about the answer.
                (Ok(None | Some(Err(_))) | Err(_), Some(reason)) => return Ok(reason),
                (Ok(Some(Err(error))), None) => return Err(error),
                (Ok(None) | Err(_), None) => return Err(ModelError::BrokeOff),
            }
            if self.heard.text.len() >= LONGEST_ANSWER {
                return Ok(FinishReason::Length);
            }
        }
    }

    fn take(&mut self, fragment: &str) {
        if let Some(words) = self.words.push(fragment) {
            self.say(words);
        }
    }

    fn say(&mut self, mut words: String) {
        words.truncate(words.floor_char_boundary(LONGEST_ANSWER - self.heard.text.len()));
        if words.is_empty() {
            return;
        }
        self.heard.text.push_str(&words);
        // Nobody may be listening any more; the answer is kept all the same.
        drop(self.clients.send(TurnEvent::Token(words)));
    }
}
