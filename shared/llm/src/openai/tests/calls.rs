//! What is sent, what is repeated and how often.

use super::{
    adapter, ask, question,
    server::{Gone, Server, event, refused, says, status, streamed},
    settings, text,
};
use crate::{
    ChatRequest, Delivery, Delta, Model, ModelError,
    openai::{client, failure::Failure},
};
use axum::{http::header, response::IntoResponse};
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;
use tokio::{net::TcpListener, time::Instant};

#[tokio::test]
async fn a_question_is_sent_as_the_protocol_says() {
    let server = Server::saying("Roar").await;
    let answer = ask(&settings(&server).with("OPENAI_API_KEY", "sk-1"), question()).await.unwrap();
    assert_eq!(answer.model, "default-1");
    assert_eq!(text(answer).await, "Roar");
    let call = server.call(0);
    assert_eq!(call.authorization.unwrap(), "Bearer sk-1");
    let expected = json!({
        "model": "default-1", "messages": [{ "role": "user", "content": "Who are you?" }], "temperature": 0.5,
        "max_tokens": 50, "stream": true, "stream_options": { "include_usage": true },
    });
    assert_eq!(call.body, expected);
}

#[tokio::test]
async fn a_whole_answer_is_read_also_where_a_stream_was_asked_for() {
    let body = r#"{"choices":[{"message":{"content":"Roar"},"finish_reason":"length"}]}"#;
    let json = move || Some(([(header::CONTENT_TYPE, "application/json")], body).into_response());
    let server = Server::start(move |_| json()).await;
    for delivery in [Delivery::Whole, Delivery::Streamed] {
        let answer = ask(&settings(&server), ChatRequest { delivery, ..question() }).await.unwrap();
        let deltas: Vec<_> = answer.deltas.collect().await;
        assert_eq!(deltas, [Ok(Delta::Text("Roar".to_owned())), Ok(Delta::End { truncated: true })]);
    }
    assert_eq!(server.call(0).body.get("stream_options"), None);
}

#[tokio::test]
async fn an_endless_body_is_malformed() {
    let body = || Some("x".repeat(2 * 1024 * 1024).into_response());
    let server = Server::start(move |_| body()).await;
    assert_eq!(ask(&settings(&server), question()).await.unwrap_err(), ModelError::Malformed);
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let server = Server::start(|number| match number {
        0 => Some(status(503)),
        1 => Some(status(429)),
        _ => Some(streamed(&says("Roar"))),
    });
    let server = server.await;
    assert_eq!(text(ask(&settings(&server), question()).await.unwrap()).await, "Roar");
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn nothing_is_tried_more_than_three_times() {
    let server = Server::start(|_| Some(status(500))).await;
    assert_eq!(ask(&settings(&server), question()).await.unwrap_err(), ModelError::Refused(500));
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn what_will_not_pass_is_asked_once() {
    for code in [201, 302, 400, 401, 404] {
        let server = Server::start(move |_| Some(status(code))).await;
        assert_eq!(ask(&settings(&server), question()).await.unwrap_err(), ModelError::Refused(code));
        assert_eq!(server.calls(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_short_wait_is_waited_for() {
    let server = Server::start(|number| Some(if number == 0 { refused(429, "1") } else { streamed(&says("Roar")) }));
    let server = server.await;
    let begun = Instant::now();
    assert!(ask(&settings(&server), question()).await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn a_long_wait_or_one_that_is_not_understood_is_not_waited_for() {
    for (asked, understood) in [("3", Some(3)), ("Sat, 21 Nov 2026 07:28:00 GMT", None)] {
        let server = Server::start(move |_| Some(refused(429, asked))).await;
        let error = ask(&settings(&server), question()).await.unwrap_err();
        assert_eq!(error, ModelError::RateLimited { retry_after: understood.map(Duration::from_secs) });
        assert_eq!(server.calls(), 1);
        let server = Server::start(move |_| Some(refused(503, asked))).await;
        assert_eq!(ask(&settings(&server), question()).await.unwrap_err(), ModelError::Refused(503));
        assert_eq!(server.calls(), 1);
    }
}

#[tokio::test]
async fn nothing_is_tried_again_after_the_first_text() {
    let server = Server::start(|_| Some(streamed(&event("Ro")))).await;
    let answer = ask(&settings(&server), question()).await.unwrap();
    let deltas: Vec<_> = answer.deltas.collect().await;
    assert_eq!(deltas, [Ok(Delta::Text("Ro".to_owned())), Err(ModelError::BrokeOff)]);
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn a_limit_told_inside_a_stream_is_tried_again() {
    let limited = || streamed("data: {\"error\":{\"code\":429}}\n\n");
    let server = Server::start(move |number| Some(if number == 0 { limited() } else { streamed(&says("Roar")) }));
    let server = server.await;
    assert_eq!(text(ask(&settings(&server), question()).await.unwrap()).await, "Roar");
}

#[tokio::test]
async fn a_call_is_repeated_only_where_the_question_was_not_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let call = || client().no_proxy().build().unwrap().post(&url).body("{}").send();
    let (taken, ()) = tokio::join!(call(), async { drop(listener.accept().await.unwrap()) });
    let unreachable = |retry| Failure { error: ModelError::Unreachable, retry };
    assert_eq!(Failure::of_call(&taken.unwrap_err()), unreachable(None));
    drop(listener);
    assert_eq!(Failure::of_call(&call().await.unwrap_err()), unreachable(Some(Duration::ZERO)));
}

#[tokio::test]
async fn a_dropped_answer_closes_its_connection() {
    let gone = Gone::default();
    let stalled = gone.clone();
    let server = Server::start(move |_| Some(stalled.stalled(&event("Ro")))).await;
    let answer = ask(&settings(&server), question()).await.unwrap();
    drop(answer);
    assert!(gone.happened().await);
}

#[tokio::test]
async fn an_answer_that_is_over_closes_a_connection_that_stays_open() {
    let gone = Gone::default();
    let stalled = gone.clone();
    let server = Server::start(move |_| Some(stalled.stalled(&says("Roar")))).await;
    let mut answer = ask(&settings(&server), question()).await.unwrap();
    while answer.deltas.next().await.is_some() {}
    assert!(gone.happened().await);
}

#[tokio::test]
async fn a_connection_serves_one_question_after_the_other() {
    let server = Server::saying("Roar").await;
    let adapter = adapter(&settings(&server));
    for _ in 0..3 {
        assert_eq!(text(adapter.ask(question()).await.unwrap()).await, "Roar");
    }
    assert!((1..3).all(|number| server.call(number).from == server.call(0).from));
}

#[tokio::test]
async fn a_question_that_is_taken_back_closes_its_connection() {
    let gone = Gone::default();
    let stalled = gone.clone();
    let server = Server::start(move |_| Some(stalled.stalled(": thinking\n\n"))).await;
    let request = ChatRequest { patience: Duration::from_millis(200), ..question() };
    assert_eq!(ask(&settings(&server), request).await.unwrap_err(), ModelError::Silent);
    assert!(gone.happened().await);
}
