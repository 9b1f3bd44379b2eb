//! An answer of the protocol, streamed or in one piece, as deltas.

use super::{chunk, heard::Heard, queue::Place};
use crate::{Answer, Delta, ModelError, sse};
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt,
    future::poll_fn,
    stream::{self, BoxStream},
};
use reqwest::Response;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// The longest answer in one piece, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;
/// How long the end of the response may take behind the end of the answer. A connection whose
/// response was read to its end serves the next question too; another one is closed.
const LINGER: Duration = Duration::from_millis(100);

/// What is left of an answer. Its connection and its place in the queue go when it is over.
pub(super) struct Reading<S> {
    bytes: Option<S>,
    linger: Option<Pin<Box<Sleep>>>,
    decoder: sse::Decoder,
    heard: Heard,
    place: Option<Place>,
}

/// An answer over HTTP that has begun.
pub(super) type Begun = Reading<BoxStream<'static, reqwest::Result<Bytes>>>;

impl Begun {
    /// Reads an answer up to its first text, or all of it where it comes in one piece.
    pub(super) async fn begin(response: Response) -> Result<Self, ModelError> {
        let is_streamed = is_event_stream(&response);
        let bytes = response.bytes_stream().boxed();
        let mut reading = Self::of(bytes);
        let begun = if is_streamed { reading.first_text().await } else { reading.whole().await };
        begun.map(|()| reading)
    }

    pub(super) fn into_answer(mut self, model: String, place: Place) -> Answer {
        self.place = (!self.heard.is_over).then_some(place);
        Answer { model, deltas: self.boxed() }
    }
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E> Reading<S> {
    fn of(bytes: S) -> Self {
        let (decoder, heard) = Default::default();
        Self { bytes: Some(bytes), linger: None, decoder, heard, place: None }
    }

    async fn first_text(&mut self) -> Result<(), ModelError> {
        poll_fn(|cx| {
            loop {
                if let Some(verdict) = self.heard.has_begun() {
                    return Poll::Ready(verdict);
                }
                ready!(self.poll_more(cx));
            }
        })
        .await
    }

    async fn whole(&mut self) -> Result<(), ModelError> {
        let mut body = Vec::new();
        let mut pieces = stream::iter(self.bytes.take()).flatten();
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&piece.map_err(|_| ModelError::BrokeOff)?);
            if body.len() > LONGEST_BODY {
                return Err(ModelError::Malformed);
            }
        }
        chunk::read(&body, |delta| self.heard.push(delta))?;
        if !self.heard.has_ended {
            self.heard.push(Delta::End { truncated: false });
        }
        self.heard.is_over = true;
        self.heard.has_begun().unwrap_or(Err(ModelError::Empty))
    }

    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(bytes) = &mut self.bytes else { return Poll::Ready(()) };
        match ready!(bytes.poll_next_unpin(cx)) {
            Some(Ok(piece)) => {
                if self.decoder.push(&piece, |event| self.heard.take(event)).is_err() {
                    self.heard.fail(ModelError::Malformed);
                }
            }
            // What breaks behind the end breaks nothing.
            _ if self.heard.has_ended => {
                self.heard.is_over = true;
                self.bytes = None;
            }
            _ => self.heard.fail(ModelError::BrokeOff),
        }
        if self.heard.has_failed() {
            self.bytes = None;
        }
        if self.heard.is_over {
            self.place = None;
        }
        Poll::Ready(())
    }

    /// Waits for the end of the response behind the end of the answer. Nothing belongs between.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.bytes.as_mut().is_some_and(|bytes| bytes.poll_next_unpin(cx).is_pending()) {
            let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
            ready!(linger.as_mut().poll(cx));
        }
        self.bytes = None;
        Poll::Ready(())
    }
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E> Stream for Reading<S> {
    type Item = Result<Delta, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(next) = self.heard.ready.pop_front() {
                return Poll::Ready(Some(next));
            }
            if self.heard.is_over {
                ready!(self.poll_end(cx));
                return Poll::Ready(None);
            }
            ready!(self.poll_more(cx));
        }
    }
}

fn is_event_stream(response: &Response) -> bool {
    let content_type = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/event-stream")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::turn::Usage;
    use futures_util::FutureExt;
    use proptest::prelude::*;

    type Read = Result<Vec<Result<Delta, ModelError>>, ModelError>;

    /// Reads what comes in the given pieces; `None` is a connection that breaks.
    fn read_pieces(pieces: Vec<Option<Vec<u8>>>) -> Read {
        let pieces = pieces.into_iter().map(|piece| piece.map(Bytes::from).ok_or(()));
        let mut reading = Reading::of(stream::iter(pieces));
        let begun = reading.first_text().now_or_never().unwrap();
        begun.map(|()| reading.collect().now_or_never().unwrap())
    }

    fn read(text: &str) -> Read {
        read_pieces(vec![Some(text.into())])
    }

    fn said(text: &str) -> String {
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    }

    fn text(text: &str) -> Delta {
        Delta::Text(text.to_owned())
    }

    const END: Delta = Delta::End { truncated: false };

    #[test]
    fn text_end_and_usage_come_in_order() {
        let read = read(
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n\
             data: {\"choices\":[{\"delta\":{\"content\":\"Ro\"},\"finish_reason\":null}]}\n\n\
             data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n\
             data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n\
             data: [DONE]\n\n",
        );
        let usage = Usage { prompt: 7, completion: 2 };
        let expected = [Delta::Text("Ro".into()), Delta::End { truncated: true }, Delta::Usage(usage)];
        assert_eq!(read.unwrap(), expected.map(Ok));
    }

    #[test]
    fn an_answer_without_its_end_broke_off() {
        let expected = vec![Ok(text("Ro")), Err(ModelError::BrokeOff)];
        assert_eq!(read(&said("Ro")).unwrap(), expected);
        assert_eq!(read_pieces(vec![Some(said("Ro").into()), None]).unwrap(), expected);
    }

    #[test]
    fn what_breaks_behind_the_end_breaks_nothing() {
        let end = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n";
        let pieces = vec![Some((said("Ro") + end).into()), None];
        assert_eq!(read_pieces(pieces).unwrap(), [Ok(text("Ro")), Ok(END)]);
    }

    #[test]
    fn nothing_is_heard_behind_done() {
        assert_eq!(read(&(said("Ro") + "data: [DONE]\n\n" + &said("ar"))).unwrap(), [Ok(text("Ro")), Ok(END)]);
    }

    #[test]
    fn an_answer_that_fails_before_its_first_text_has_not_begun() {
        for (stream, error) in [
            ("", ModelError::BrokeOff),
            (": thinking\n\n", ModelError::BrokeOff),
            ("data: {\"choices\":[]}\n\n", ModelError::BrokeOff),
            ("data: [DONE]\n\n", ModelError::Empty),
            ("data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n", ModelError::Empty),
            ("data: {\"usage\":{}}\n\ndata: [DONE]\n\n", ModelError::Empty),
            ("data: nonsense\n\n", ModelError::Malformed),
            ("data: {\"error\":{\"code\":503}}\n\n", ModelError::Refused(503)),
        ] {
            assert_eq!(read(stream), Err(error), "{stream}");
        }
        assert_eq!(read(&format!("data: {}", "x".repeat(sse::LONGEST_EVENT + 1))), Err(ModelError::Malformed));
    }

    #[test]
    fn an_answer_that_fails_later_keeps_what_came_before() {
        let broken = said("Ro") + "data: {\"error\":{}}\n\n" + &said("ar");
        assert_eq!(read(&broken).unwrap(), [Ok(text("Ro")), Err(ModelError::Failed)]);
    }

    #[test]
    fn counts_with_every_chunk_do_not_pile_up() {
        let counts = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7}}\n\n".repeat(100);
        let usage = Ok(Delta::Usage(Usage { prompt: 7, completion: 0 }));
        assert_eq!(read(&(counts + &said("Ro") + "data: [DONE]\n\n")).unwrap(), [usage, Ok(text("Ro")), Ok(END)]);
    }

    #[test]
    fn the_connection_of_an_answer_that_failed_is_let_go_at_once() {
        let pieces = stream::iter([Ok::<_, ()>(Bytes::from(said("Ro") + "data: nonsense\n\n"))]);
        let mut reading = Reading::of(pieces.chain(stream::pending()));
        reading.first_text().now_or_never().unwrap().unwrap();
        assert!(reading.bytes.is_none());
    }

    proptest! {
        /// A token cut inside a UTF-8 character, or anywhere else, is the same token.
        #[test]
        fn pieces_do_not_matter(
            texts in prop::collection::vec("[a-z狮🦁é]{1,6}", 1..6),
            cuts in prop::collection::vec(0usize..400, 0..12),
        ) {
            let stream: String = texts.iter().map(|text| said(text)).chain(["data: [DONE]\n\n".to_owned()]).collect();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|w| Some(stream.as_bytes()[w[0]..w[1]].to_vec())).collect();
            let expected: Vec<_> = texts.iter().map(|t| text(t)).chain([END]).map(Ok).collect();
            prop_assert_eq!(read_pieces(pieces).unwrap(), expected);
        }

        /// Whatever an endpoint sends, reading it ends.
        #[test]
        fn any_bytes_are_read_to_an_end(pieces in prop::collection::vec(any::<Vec<u8>>(), 0..6)) {
            let pieces = pieces.into_iter().map(Some).collect();
            if let Ok(read) = read_pieces(pieces) {
                prop_assert!(read.iter().rev().skip(1).all(Result::is_ok));
            }
        }
    }
}
