//! Server-sent events as a client hears them.

use reqwest::Response;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// A stream under way.
pub(crate) struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    pub(crate) fn new(response: Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await.expect("an event in time").unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// All events that are left.
    pub(crate) async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// The events of a whole body.
pub(crate) fn parse_all(body: &str) -> Vec<Event> {
    body.split("\n\n").filter_map(parse).collect()
}

/// One event; a comment is none.
fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Some(Event {
        id: field("id")?.parse().unwrap(),
        name: field("event")?.to_owned(),
        data: serde_json::from_str(field("data")?).unwrap(),
    })
}

/// The answer that a stream's tokens make.
pub(crate) fn answer_of(events: &[Event]) -> String {
    events.iter().filter(|event| event.name == "token").map(|event| event.data["content"].as_str().unwrap()).collect()
}

/// Checks the form of a whole stream: `start`, tokens, one terminal event, ids without a gap.
#[track_caller]
pub(crate) fn check_form(events: &[Event], terminal: &str) {
    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"start"));
    assert_eq!(names.last(), Some(&terminal), "{events:?}");
    assert!(names[1..names.len() - 1].iter().all(|name| *name == "token"), "{names:?}");
    assert!(events.iter().map(|event| event.id).eq(0..events.len() as u64));
    assert_eq!(events.last().unwrap().data["lastId"], events.len() as u64 - 2);
}
