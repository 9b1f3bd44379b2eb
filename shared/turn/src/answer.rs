//! Hearing a model out: its fragments become whole words, its silence has limits.

use crate::{Config, TurnEvent};
use domain::{
    turn::{FinishReason, Usage},
    words::WordBuffer,
};
use futures_util::StreamExt;
use llm::{Answer, ChatRequest, Delta, Model, ModelError};
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, timeout, timeout_at},
};

/// The longest answer kept, in bytes; far above what `maxTokens` allows.
const LONGEST_ANSWER: usize = 64 * 1024;

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
        let first = self.config.first_token_timeout;
        let streamed = request.delivery == llm::Delivery::Streamed;
        let asked = model.ask(request);
        let mut answer = match streamed {
            true => timeout(first, asked).await.map_err(|_| ModelError::BrokeOff)??,
            false => asked.await?,
        };
        let mut ending = FinishReason::Stop;
        while let Some(delta) = self.next(&mut answer).await? {
            match delta {
                Delta::Text(fragment) => self.take(&fragment),
                Delta::End { truncated: true } => ending = FinishReason::Length,
                Delta::End { truncated: false } => {}
                Delta::Usage(usage) => self.heard.usage = Some(usage),
            }
            if self.heard.text.len() > LONGEST_ANSWER {
                return Ok(FinishReason::Length);
            }
        }
        Ok(ending)
    }

    async fn next(&self, answer: &mut Answer) -> Result<Option<Delta>, ModelError> {
        let patience = match self.heard.text.is_empty() {
            true => self.config.first_token_timeout,
            false => self.config.idle_timeout,
        };
        let next = timeout(patience, answer.next()).await.map_err(|_| ModelError::BrokeOff)?;
        next.transpose()
    }

    fn take(&mut self, fragment: &str) {
        if let Some(words) = self.words.push(fragment) {
            self.say(words);
        }
    }

    fn say(&mut self, words: String) {
        self.heard.text.push_str(&words);
        // Nobody may be listening any more; the answer is kept all the same.
        drop(self.clients.send(TurnEvent::Token(words)));
    }
}
