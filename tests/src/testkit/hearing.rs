//! A stream as a client hears it whose connection may break at any moment, or who leaves.

use super::sse::{Event, parse_all};
use reqwest::RequestBuilder;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(45);

/// What came of a request for a stream.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// 0 where not even that came.
    pub(crate) status: u16,
    /// All that came and is whole, comments left out, to the byte.
    pub(crate) text: String,
    pub(crate) events: Vec<Event>,
    /// What came in place of a stream.
    pub(crate) problem: Value,
    /// Whether the other side ended it properly.
    pub(crate) is_ended: bool,
}

/// Listens to the end, whichever that is.
pub(crate) async fn hear(request: RequestBuilder) -> Heard {
    hear_until(request, |_| false).await
}

/// Listens until enough was heard, and hangs up.
pub(crate) async fn hear_until(request: RequestBuilder, is_enough: impl Fn(&[Event]) -> bool) -> Heard {
    let Ok(mut response) = request.send().await else { return Heard::default() };
    let mut heard = Heard { status: response.status().as_u16(), ..Heard::default() };
    let mut bytes = Vec::new();
    loop {
        match timeout(PATIENCE, response.chunk()).await.expect("something in time, or an end") {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            end => {
                heard.is_ended = end.is_ok();
                break;
            }
        }
        if heard.status == 200 {
            heard.take(&mut bytes);
            if is_enough(&heard.events) {
                return heard;
            }
        }
    }
    if heard.status != 200 {
        heard.problem = serde_json::from_slice(&bytes).unwrap_or_default();
    }
    heard
}

impl Heard {
    /// Takes the whole events among these bytes out of them.
    fn take(&mut self, bytes: &mut Vec<u8>) {
        let end = bytes.windows(2).rposition(|window| window == b"\n\n").map_or(0, |at| at + 2);
        let text = String::from_utf8(bytes.drain(..end).collect()).expect("whole events are UTF-8");
        for block in text.split_inclusive("\n\n").filter(|block| !block.starts_with(':')) {
            self.text.push_str(block);
            self.events.extend(parse_all(block));
        }
    }

    /// The data of `start`, where that came.
    pub(crate) fn start(&self) -> Option<&Value> {
        self.events.first().filter(|event| event.name == "start").map(|event| &event.data)
    }

    /// The terminal event; there is one, and nothing comes after it.
    #[track_caller]
    pub(crate) fn terminal(&self) -> &Event {
        let is_terminal = |event: &Event| event.name == "complete" || event.name == "error";
        assert_eq!(self.events.iter().filter(|event| is_terminal(event)).count(), 1, "{self:?}");
        assert!(self.is_ended, "{self:?}");
        self.events.last().filter(|event| is_terminal(event)).unwrap_or_else(|| panic!("{self:?}"))
    }

    /// The text that the tokens up to `lastId` make.
    #[track_caller]
    pub(crate) fn kept(&self) -> String {
        let last = self.terminal().data["lastId"].as_u64().expect("a lastId");
        let tokens = self.events.iter().filter(|event| event.name == "token" && event.id <= last);
        tokens.map(|event| event.data["content"].as_str().unwrap()).collect()
    }
}
