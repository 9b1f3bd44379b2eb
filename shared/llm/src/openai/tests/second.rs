//! The second endpoint: when it stands in for the first, and what both failing says.

use super::{
    ask, question, question_to,
    server::{Gone, Server, event, refused, status, streamed},
    settings, text,
};
use crate::{ChatRequest, Delta, ModelError};
use axum::response::Response;
use domain::settings::Settings;
use futures_util::StreamExt;
use std::time::Duration;

fn with_second(first: &Server, second: &Server) -> Settings {
    settings(first).with("CHAT_FALLBACK_ENDPOINT", &second.url).with("CHAT_FALLBACK_MODEL", "second-1")
}

#[tokio::test]
async fn it_stands_in_whichever_way_the_first_gives_nothing() {
    let ways: [fn() -> Option<Response>; 8] = [
        || None,
        || Some(Gone::default().stalled(": thinking\n\n")),
        || Some(status(400)),
        || Some(refused(429, "60")),
        || Some(streamed("data: nonsense\n\n")),
        || Some(streamed("data: [DONE]\n\n")),
        || Some(streamed("data: {\"error\":{}}\n\n")),
        || Some(streamed("")),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let first = Server::start(move |_| way()).await;
        let second = Server::saying("Roar").await;
        let request = ChatRequest { patience: Duration::from_secs(1), ..question() };
        let answer = ask(&with_second(&first, &second), request).await.unwrap();
        assert_eq!(answer.model, "second-1", "{number}");
        assert_eq!(text(answer).await, "Roar", "{number}");
        assert_eq!((first.calls(), second.calls()), (1, 1), "{number}");
        assert_eq!(second.call(0).body["model"], "second-1");
    }
}

#[tokio::test]
async fn it_stands_in_for_an_animals_own_endpoint() {
    let (default, second) = (Server::saying("Purr").await, Server::saying("Roar").await);
    let own = Server::start(|_| Some(status(401))).await;
    let answer = ask(&with_second(&default, &second), question_to(&own.url)).await.unwrap();
    assert_eq!(answer.model, "second-1");
    assert_eq!((own.calls(), default.calls(), second.calls()), (1, 0, 1));
}

#[tokio::test]
async fn it_stands_in_for_an_endpoint_that_is_not_allowed() {
    let (default, second) = (Server::saying("Purr").await, Server::saying("Roar").await);
    let settings = with_second(&default, &second);
    let answer = ask(&settings, question_to("https://elsewhere.example/v1")).await.unwrap();
    assert_eq!(text(answer).await, "Roar");
}

#[tokio::test]
async fn it_is_not_asked_once_the_first_has_said_something() {
    let (first, second) = (Server::start(|_| Some(streamed(&event("Ro")))).await, Server::saying("Purr").await);
    let answer = ask(&with_second(&first, &second), question()).await.unwrap();
    assert_eq!(answer.model, "default-1");
    let deltas: Vec<_> = answer.deltas.collect().await;
    assert_eq!(deltas, [Ok(Delta::Text("Ro".to_owned())), Err(ModelError::BrokeOff)]);
    assert_eq!(second.calls(), 0);
}

#[tokio::test]
async fn the_longest_wait_is_told_where_both_limit_the_rate() {
    for (first, second, told) in [("5", "60", 60), ("60", "5", 60)] {
        let first = Server::start(move |_| Some(refused(429, first))).await;
        let second = Server::start(move |_| Some(refused(429, second))).await;
        let error = ask(&with_second(&first, &second), question()).await.unwrap_err();
        assert_eq!(error, ModelError::RateLimited { retry_after: Some(Duration::from_secs(told)) });
    }
}

#[tokio::test]
async fn a_limit_of_the_rate_is_told_also_where_the_other_is_only_silent() {
    let silent = Server::start(|_| None).await;
    let limited = Server::start(|_| Some(refused(429, "5"))).await;
    let request = || ChatRequest { patience: Duration::from_millis(400), ..question() };
    let expected = ModelError::RateLimited { retry_after: Some(Duration::from_secs(5)) };
    assert_eq!(ask(&with_second(&silent, &limited), request()).await.unwrap_err(), expected);
    assert_eq!(ask(&with_second(&limited, &silent), request()).await.unwrap_err(), expected);
}

#[tokio::test]
async fn one_key_is_not_sent_to_it() {
    let (first, second) = (Server::start(|_| Some(status(401))).await, Server::saying("Roar").await);
    let settings = with_second(&first, &second).with("OPENAI_API_KEY", "sk-1");
    assert!(ask(&settings, question()).await.is_ok());
    assert_eq!(first.call(0).authorization.unwrap(), "Bearer sk-1");
    assert_eq!(second.call(0).authorization, None);
}

#[tokio::test]
async fn each_gets_its_own_key_of_many() {
    let (first, second) = (Server::start(|_| Some(status(401))).await, Server::saying("Roar").await);
    let host = |server: &Server| server.url.split('/').nth(2).unwrap().to_owned();
    let keys = serde_json::json!({ host(&first): "sk-1", host(&second): "sk-2" }).to_string();
    assert!(ask(&with_second(&first, &second).with("OPENAI_API_KEY", keys), question()).await.is_ok());
    assert_eq!(first.call(0).authorization.unwrap(), "Bearer sk-1");
    assert_eq!(second.call(0).authorization.unwrap(), "Bearer sk-2");
}
