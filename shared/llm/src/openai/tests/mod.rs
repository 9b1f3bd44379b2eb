//! The adapter against endpoints on this machine.

mod calls;
mod guard;
mod second;
mod server;
mod waiting;

use super::{Config, OpenAi};
use crate::{Answer, ChatRequest, Delivery, Delta, Model, ModelError, PromptMessage, Role};
use domain::settings::Settings;
use futures_util::StreamExt;
use server::Server;
use std::time::Duration;

fn settings(default: &Server) -> Settings {
    Settings::default().with("CHAT_ENDPOINT", &default.url).with("CHAT_MODEL", "default-1")
}

fn adapter(settings: &Settings) -> OpenAi {
    OpenAi::new(Config::read(settings).unwrap()).unwrap()
}

fn question() -> ChatRequest {
    ChatRequest {
        endpoint: None,
        model: None,
        messages: vec![PromptMessage { role: Role::User, content: "Who are you?".to_owned() }],
        temperature: 0.5,
        max_tokens: 50,
        delivery: Delivery::Streamed,
        patience: Duration::from_secs(10),
    }
}

/// A question to an animal with an endpoint of its own.
fn question_to(endpoint: &str) -> ChatRequest {
    ChatRequest { endpoint: Some(endpoint.to_owned()), model: Some("own-1".to_owned()), ..question() }
}

async fn ask(settings: &Settings, request: ChatRequest) -> Result<Answer, ModelError> {
    adapter(settings).ask(request).await
}

/// The text of an answer that comes to its end.
async fn text(answer: Answer) -> String {
    let deltas: Vec<_> = answer.deltas.collect().await;
    let fragments = deltas.into_iter().filter_map(|delta| match delta.unwrap() {
        Delta::Text(fragment) => Some(fragment),
        _ => None,
    });
    fragments.collect()
}
