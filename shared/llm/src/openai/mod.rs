//! The OpenAI chat-completions protocol over HTTP, streamed or in one piece.

mod answer;

use crate::{Answer, ChatRequest, Delivery, Model, ModelError, PromptMessage};
use domain::settings::{InvalidSetting, Settings};
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::{Client, Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The default endpoint, and the key for it.
#[derive(Clone)]
pub struct Config {
    /// The chat-completions URL of animals without their own (`CHAT_ENDPOINT`).
    pub endpoint: String,
    /// The model of animals without their own (`CHAT_MODEL`).
    pub model: String,
    /// The bearer token (`OPENAI_API_KEY`), sent to the default endpoint's host only.
    pub api_key: Option<SecretString>,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] when there is no endpoint or it is not an HTTP URL.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let endpoint = settings.required("CHAT_ENDPOINT")?.to_owned();
        let is_http = reqwest::Url::parse(&endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_http {
            return Err(InvalidSetting::Malformed("CHAT_ENDPOINT".to_owned(), "an HTTP URL"));
        }
        Ok(Self {
            endpoint,
            model: settings.get("CHAT_MODEL").unwrap_or("gpt-4").to_owned(),
            api_key: settings.get("OPENAI_API_KEY").map(SecretString::from),
        })
    }
}

/// The adapter; one per process, as it keeps connections open.
#[derive(Clone)]
pub struct OpenAi {
    http: Client,
    config: Arc<Config>,
}

impl OpenAi {
    /// An adapter.
    ///
    /// # Errors
    /// [`ModelError::Unreachable`] when the system gives no TLS.
    pub fn new(config: Config) -> Result<Self, ModelError> {
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .tcp_nodelay(true)
            .build()
            .map_err(|_| ModelError::Unreachable)?;
        Ok(Self { http, config: Arc::new(config) })
    }

    async fn send(&self, request: ChatRequest) -> Result<Answer, ModelError> {
        let endpoint = request.endpoint.as_deref().unwrap_or(&self.config.endpoint);
        let body = Body {
            model: self.name(&request),
            messages: &request.messages,
            temperature: request.temperature,
            max_tokens: request.max_tokens,
            stream: request.delivery == Delivery::Streamed,
            stream_options: (request.delivery == Delivery::Streamed).then_some(StreamOptions { include_usage: true }),
        };
        let mut call = self.http.post(endpoint).json(&body);
        if let Some(key) = self.config.api_key.as_ref().filter(|_| self.is_default_host(endpoint)) {
            call = call.bearer_auth(key.expose_secret());
        }
        let response = call.send().await.map_err(|_| ModelError::Unreachable)?;
        let response = accepted(response)?;
        if is_event_stream(&response) { Ok(answer::streamed(response)) } else { answer::whole(response).await }
    }

    /// Keeps the key from every host but the one it is for.
    fn is_default_host(&self, endpoint: &str) -> bool {
        let origin = |url: &str| reqwest::Url::parse(url).ok().map(|url| url.origin());
        origin(endpoint).is_some_and(|found| origin(&self.config.endpoint) == Some(found))
    }
}

impl Model for OpenAi {
    fn ask(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, ModelError>> {
        self.send(request).boxed()
    }

    fn name(&self, request: &ChatRequest) -> String {
        request.model.clone().unwrap_or_else(|| self.config.model.clone())
    }
}

fn accepted(response: Response) -> Result<Response, ModelError> {
    match response.status() {
        StatusCode::OK => Ok(response),
        StatusCode::TOO_MANY_REQUESTS => {
            let seconds = response.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
            Err(ModelError::RateLimited { retry_after: seconds.map(Duration::from_secs) })
        }
        status => Err(ModelError::Refused(status.as_u16())),
    }
}

fn is_event_stream(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    content_type.is_some_and(|text| text.starts_with("text/event-stream"))
}

#[derive(Serialize)]
struct Body<'a> {
    model: String,
    messages: &'a [PromptMessage],
    temperature: f32,
    max_tokens: u32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_to_the_default_host_only() {
        let config = Config {
            endpoint: "https://model.example/v1/chat/completions".into(),
            model: "m".into(),
            api_key: Some("secret".into()),
        };
        let adapter = OpenAi::new(config).unwrap();
        assert!(adapter.is_default_host("https://model.example/v2/chat"));
        assert!(!adapter.is_default_host("https://model.example.evil/v1/chat"));
        assert!(!adapter.is_default_host("http://model.example/v1/chat/completions"));
    }
}
