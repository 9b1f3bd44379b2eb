//! An animal's voice in one turn: every word goes through the gate into the transcript and to the
//! client, in this order and with one numbering.

use crate::{TurnEvent, gate::OutputGate};
use domain::{turn::Transcript, words::WordBuffer};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// The longest answer kept, in bytes; far above what `maxTokens` allows.
pub(crate) const LONGEST_ANSWER: usize = 64 * 1024;

/// Says an answer.
pub(crate) struct Voice {
    client: UnboundedSender<TurnEvent>,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    gate: OutputGate,
    transcript: Transcript,
    is_over: bool,
}

impl Voice {
    pub(crate) fn new(client: UnboundedSender<TurnEvent>) -> Self {
        Self { client, said: Mutex::default() }
    }

    /// Says words; what is longer than the longest answer is cut.
    pub(crate) fn say(&self, mut words: String) {
        let mut said = self.said();
        let left = LONGEST_ANSWER - said.transcript.text().len();
        words.truncate(words.floor_char_boundary(left));
        let Some(words) = said.gate.pass(words) else { return };
        said.transcript.push(&words);
        // Nobody may be listening any more; the answer is kept all the same.
        drop(self.client.send(TurnEvent::Token { id: said.transcript.last_id(), words }));
    }

    /// Says a text word by word.
    pub(crate) fn recite(&self, text: &str) {
        let mut words = WordBuffer::default();
        for piece in text.split_inclusive(' ') {
            words.push(piece).into_iter().for_each(|word| self.say(word));
        }
        words.finish().into_iter().for_each(|word| self.say(word));
    }

    /// What was said so far.
    pub(crate) fn transcript(&self) -> Transcript {
        self.said().transcript.clone()
    }

    /// The words behind an event.
    pub(crate) fn words_after(&self, id: u64) -> Vec<String> {
        self.said().transcript.after(id).map(|(_, words)| words.to_owned()).collect()
    }

    /// How long it is so far, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.said().transcript.text().len()
    }

    /// Says that it is over, once.
    pub(crate) fn end(&self, last: TurnEvent) {
        if !std::mem::replace(&mut self.said().is_over, true) {
            drop(self.client.send(last));
        }
    }

    /// Resolves when the client has left.
    pub(crate) async fn is_alone(&self) {
        self.client.closed().await;
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
