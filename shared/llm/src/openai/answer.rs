//! An answer of the protocol, streamed or in one piece, as deltas.

use crate::{Answer, Delta, ModelError, sse};
use bytes::Bytes;
use domain::turn::Usage;
use futures_util::{StreamExt, stream};
use reqwest::Response;
use serde::Deserialize;
use std::collections::VecDeque;

/// The longest answer in one piece, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

pub(super) async fn whole(response: Response) -> Result<Answer, ModelError> {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        body.extend(piece.map_err(|_| ModelError::BrokeOff)?);
        if body.len() > LONGEST_BODY {
            return Err(ModelError::Malformed);
        }
    }
    let chunk: Chunk = serde_json::from_slice(&body).map_err(|_| ModelError::Malformed)?;
    let deltas = chunk.into_deltas();
    match deltas.iter().any(|delta| matches!(delta, Delta::Text(_))) {
        true => Ok(stream::iter(deltas.into_iter().map(Ok)).boxed()),
        false => Err(ModelError::Malformed),
    }
}

/// What is left of a streamed answer.
struct Streamed<S> {
    bytes: S,
    decoder: sse::Decoder,
    ready: VecDeque<Result<Delta, ModelError>>,
    has_ended: bool,
    is_done: bool,
}

pub(super) fn streamed(response: Response) -> Answer {
    let state = Streamed {
        bytes: response.bytes_stream().boxed(),
        decoder: sse::Decoder::default(),
        ready: VecDeque::new(),
        has_ended: false,
        is_done: false,
    };
    stream::unfold(state, |mut state| async move {
        loop {
            if let Some(next) = state.ready.pop_front() {
                if next.is_err() {
                    state.is_done = true;
                    state.ready.clear();
                }
                return Some((next, state));
            }
            if state.is_done {
                return None;
            }
            let piece = state.bytes.next().await;
            state.take(piece);
        }
    })
    .boxed()
}

impl<S> Streamed<S> {
    fn take(&mut self, piece: Option<reqwest::Result<Bytes>>) {
        match piece {
            Some(Ok(bytes)) => match self.decoder.push(&bytes) {
                Ok(events) => events.iter().for_each(|event| self.take_event(event)),
                Err(sse::TooLong) => self.ready.push_back(Err(ModelError::Malformed)),
            },
            _ if self.has_ended => self.is_done = true,
            _ => self.ready.push_back(Err(ModelError::BrokeOff)),
        }
    }

    fn take_event(&mut self, event: &str) {
        if self.is_done {
            return;
        }
        if event == "[DONE]" {
            self.is_done = true;
            if !self.has_ended {
                self.ready.push_back(Ok(Delta::End { truncated: false }));
            }
            return;
        }
        match serde_json::from_str::<Chunk>(event) {
            Ok(chunk) => {
                let deltas = chunk.into_deltas();
                self.has_ended |= deltas.iter().any(|delta| matches!(delta, Delta::End { .. }));
                self.ready.extend(deltas.into_iter().map(Ok));
            }
            Err(_) => self.ready.push_back(Err(ModelError::Malformed)),
        }
    }
}

/// A streamed chunk or a whole answer: they differ in `delta` and `message`.
#[derive(Deserialize)]
struct Chunk {
    choices: Vec<Choice>,
    usage: Option<TokenCounts>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message", default)]
    delta: Said,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Said {
    content: Option<String>,
}

#[derive(Deserialize)]
struct TokenCounts {
    prompt_tokens: u64,
    completion_tokens: u64,
}

impl Chunk {
    fn into_deltas(self) -> Vec<Delta> {
        let mut deltas = Vec::new();
        if let Some(choice) = self.choices.into_iter().next() {
            deltas.extend(choice.delta.content.filter(|text| !text.is_empty()).map(Delta::Text));
            deltas.extend(choice.finish_reason.map(|why| Delta::End { truncated: why == "length" }));
        }
        deltas.extend(
            self.usage
                .map(|count| Usage { prompt: count.prompt_tokens, completion: count.completion_tokens })
                .map(Delta::Usage),
        );
        deltas
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Streamed<()> {
        Streamed {
            bytes: (),
            decoder: sse::Decoder::default(),
            ready: VecDeque::new(),
            has_ended: false,
            is_done: false,
        }
    }

    fn feed(text: &str) -> Vec<Result<Delta, ModelError>> {
        let mut state = state();
        state.take(Some(Ok(Bytes::copy_from_slice(text.as_bytes()))));
        state.take(None);
        state.ready.into()
    }

    #[test]
    fn text_end_and_usage_come_in_order() {
        let deltas = feed(
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n\
             data: {\"choices\":[{\"delta\":{\"content\":\"Ro\"},\"finish_reason\":null}]}\n\n\
             data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n\
             data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n\
             data: [DONE]\n\n",
        );
        let usage = Usage { prompt: 7, completion: 2 };
        let expected = [Delta::Text("Ro".into()), Delta::End { truncated: true }, Delta::Usage(usage)];
        assert_eq!(deltas, expected.map(Ok));
    }

    #[test]
    fn an_answer_without_its_end_broke_off() {
        let deltas = feed("data: {\"choices\":[{\"delta\":{\"content\":\"Ro\"}}]}\n\n");
        assert_eq!(deltas.last(), Some(&Err(ModelError::BrokeOff)));
    }

    #[test]
    fn an_error_object_in_the_stream_is_malformed() {
        assert_eq!(feed("data: {\"error\":{}}\n\n").first(), Some(&Err(ModelError::Malformed)));
    }
}
