//! Where an animal's configuration does not lead.

use super::{
    Config, OpenAi, ask, question, question_to,
    server::{Server, status},
    settings, text,
};
use crate::{Model, ModelError, openai::resolve::Lookup};
use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};
use futures_util::FutureExt;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, time::timeout};

/// Every name leads to these addresses; which names were looked up is noted.
fn leading_to(addresses: &[&str]) -> (Lookup, Arc<Mutex<Vec<String>>>) {
    let found: Vec<SocketAddr> = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let lookup: Lookup = Arc::new(move |name| {
        noted.lock().unwrap().push(name);
        std::future::ready(Ok(found.clone())).boxed()
    });
    (lookup, asked)
}

#[tokio::test]
async fn a_listed_endpoint_is_asked_without_the_default_ones_key() {
    let (default, own) = (Server::saying("Purr").await, Server::saying("Roar").await);
    let settings = settings(&default).with("OPENAI_API_KEY", "sk-1");
    let answer = ask(&settings, question_to(&own.url)).await.unwrap();
    assert_eq!(answer.model, "own-1");
    assert_eq!(text(answer).await, "Roar");
    assert_eq!(own.call(0).authorization, None);
    assert_eq!((own.calls(), default.calls()), (1, 0));
}

#[tokio::test]
async fn what_is_not_listed_is_not_called() {
    let own = Server::saying("Roar").await;
    let settings = super::Settings::default().with("CHAT_ENDPOINT", "https://model.example/v1");
    assert_eq!(ask(&settings, question_to(&own.url)).await.unwrap_err(), ModelError::NotAllowed);
    assert_eq!(own.calls(), 0);
}

#[tokio::test]
async fn a_listed_name_that_leads_inside_the_network_is_not_called() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("inside.example:{}", listener.local_addr().unwrap().port());
    let default = Server::saying("Purr").await;
    let config = Config::read(&settings(&default).with("CHAT_ENDPOINT_HOSTS", &host)).unwrap();
    let (lookup, asked) = leading_to(&["127.0.0.1", "10.0.0.1", "::1"]);
    let adapter = OpenAi::with_lookup(config, lookup).unwrap();
    let error = adapter.ask(question_to(&format!("https://{host}/v1"))).await.unwrap_err();
    assert_eq!(error, ModelError::NotAllowed);
    assert_eq!(*asked.lock().unwrap(), ["inside.example"], "looked up once, as it is not tried again");
    assert!(timeout(Duration::from_millis(50), listener.accept()).await.is_err());
}

#[tokio::test]
async fn localhost_is_called_where_it_is_listed() {
    let (default, own) = (Server::saying("Purr").await, Server::saying("Roar").await);
    let config = Config::read(&settings(&default).with("CHAT_ENDPOINT_HOSTS", "localhost")).unwrap();
    let adapter = OpenAi::with_lookup(config, leading_to(&["127.0.0.1"]).0).unwrap();
    let endpoint = own.url.replace("127.0.0.1", "localhost");
    assert_eq!(text(adapter.ask(question_to(&endpoint)).await.unwrap()).await, "Roar");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::saying("Roar").await;
    let location = elsewhere.url.clone();
    let default = Server::start(move |_| {
        Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location.clone())]).into_response())
    })
    .await;
    for request in [question(), question_to(&default.url)] {
        assert_eq!(ask(&settings(&default), request).await.unwrap_err(), ModelError::Refused(307));
    }
    assert_eq!((default.calls(), elsewhere.calls()), (2, 0));
}

#[tokio::test]
async fn a_key_that_was_kept_elsewhere_replaces_the_settings_own() {
    let server = Server::start(|_| Some(status(401))).await;
    let config = Config::read(&settings(&server).with("OPENAI_API_KEY", "sk-1")).unwrap();
    let adapter = OpenAi::new(config.with_keys(&"sk-2".into()).unwrap()).unwrap();
    assert_eq!(adapter.ask(question()).await.unwrap_err(), ModelError::Refused(401));
    assert_eq!(server.call(0).authorization.unwrap(), "Bearer sk-2");
}
