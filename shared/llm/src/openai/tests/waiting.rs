//! Queues and patience.

use super::{
    adapter, ask, question, question_to,
    server::{Gone, Server, event, says, status, streamed},
    settings, text,
};
use crate::{ChatRequest, Delivery, Model, ModelError};
use futures_util::{StreamExt, future::join_all};
use std::time::Duration;
use tokio::time::Instant;

fn hasty() -> ChatRequest {
    ChatRequest { patience: Duration::from_millis(200), ..question() }
}

#[tokio::test]
async fn patience_ends_in_every_kind_of_silence() {
    let before_the_headers = Server::start(|_| None).await;
    let before_the_text = Server::start(|_| Some(Gone::default().stalled(": thinking\n\n"))).await;
    for server in [before_the_headers, before_the_text] {
        for delivery in [Delivery::Streamed, Delivery::Whole] {
            let begun = Instant::now();
            let error = ask(&settings(&server), ChatRequest { delivery, ..hasty() }).await.unwrap_err();
            assert_eq!(error, ModelError::Silent);
            assert!((Duration::from_millis(200)..Duration::from_secs(2)).contains(&begun.elapsed()));
        }
    }
}

#[tokio::test]
async fn patience_ends_repetitions_too() {
    let server = Server::start(|number| (number == 0).then(|| status(503))).await;
    let begun = Instant::now();
    let request = ChatRequest { patience: Duration::from_secs(1), ..question() };
    assert_eq!(ask(&settings(&server), request).await.unwrap_err(), ModelError::Refused(503));
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn an_answer_is_there_with_its_first_text() {
    let server = Server::start(|_| Some(Gone::default().stalled(&event("Ro")))).await;
    let mut answer = ask(&settings(&server), question()).await.unwrap();
    assert!(answer.deltas.next().await.is_some());
}

#[tokio::test]
async fn more_than_may_wait_are_busy_until_an_answer_is_dropped() {
    let server = Server::start(|_| Some(Gone::default().stalled(&event("Ro")))).await;
    let adapter = adapter(&settings(&server).with("CHAT_MAX_CONCURRENT", "1").with("CHAT_MAX_WAITING", "0"));
    let answer = adapter.ask(question()).await.unwrap();
    assert_eq!(adapter.ask(question()).await.unwrap_err(), ModelError::Busy);
    assert_eq!(server.calls(), 1);
    drop(answer);
    assert!(adapter.ask(question()).await.is_ok());
}

#[tokio::test]
async fn who_waits_is_asked_next_and_waiting_uses_up_patience() {
    let server = Server::start(|_| Some(Gone::default().stalled(&event("Ro")))).await;
    let adapter = adapter(&settings(&server).with("CHAT_MAX_CONCURRENT", "1").with("CHAT_MAX_WAITING", "1"));
    let answer = adapter.ask(question()).await.unwrap();
    assert_eq!(adapter.ask(hasty()).await.unwrap_err(), ModelError::Silent);
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(answer);
    };
    let (waited, ()) = tokio::join!(adapter.ask(question()), let_go);
    assert!(waited.is_ok());
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn an_answer_that_is_over_makes_room_while_it_is_held() {
    let server = Server::start(|_| Some(Gone::default().stalled(&says("Roar")))).await;
    let adapter = adapter(&settings(&server).with("CHAT_MAX_CONCURRENT", "1").with("CHAT_MAX_WAITING", "0"));
    let mut answer = adapter.ask(question()).await.unwrap();
    while answer.deltas.next().await.is_some() {}
    assert!(adapter.ask(question()).await.is_ok());
}

#[tokio::test]
async fn a_failed_call_makes_room() {
    let server = Server::start(|number| Some(if number == 0 { status(400) } else { streamed(&says("Roar")) })).await;
    let adapter = adapter(&settings(&server).with("CHAT_MAX_CONCURRENT", "1").with("CHAT_MAX_WAITING", "0"));
    assert_eq!(adapter.ask(question()).await.unwrap_err(), ModelError::Refused(400));
    assert_eq!(text(adapter.ask(question()).await.unwrap()).await, "Roar");
}

#[tokio::test]
async fn no_more_than_allowed_are_called_at_once_and_all_are_answered() {
    let server = Server::saying("Roar").await;
    let adapter = adapter(&settings(&server).with("CHAT_MAX_CONCURRENT", "2").with("CHAT_MAX_WAITING", "30"));
    let answers = join_all((0..32).map(|_| async { text(adapter.ask(question()).await.unwrap()).await })).await;
    assert!(answers.iter().all(|text| text == "Roar"));
    assert_eq!((server.calls(), server.busiest()), (32, 2));
}

#[tokio::test]
async fn a_slow_endpoint_does_not_hold_up_another() {
    let default = Server::start(|_| Some(Gone::default().stalled(&event("Ro")))).await;
    let own = Server::saying("Roar").await;
    let adapter = adapter(&settings(&default).with("CHAT_MAX_CONCURRENT", "1").with("CHAT_MAX_WAITING", "0"));
    let _slow = adapter.ask(question()).await.unwrap();
    assert_eq!(text(adapter.ask(question_to(&own.url)).await.unwrap()).await, "Roar");
}
