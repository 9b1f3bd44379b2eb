//! The OpenAI chat-completions protocol over HTTP, streamed or in one piece.

use crate::{Answer, ChatRequest, Delivery, Delta, Model, ModelError, PromptMessage, sse};
use bytes::Bytes;
use domain::{
    settings::{InvalidSetting, Settings},
    turn::Usage,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use reqwest::{Client, Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest answer in one piece, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

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
        if is_event_stream(&response) { Ok(streamed(response)) } else { whole(response).await }
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

async fn whole(response: Response) -> Result<Answer, ModelError> {
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
    ready: std::collections::VecDeque<Result<Delta, ModelError>>,
    has_ended: bool,
    is_done: bool,
}

fn streamed(response: Response) -> Answer {
    let state = Streamed {
        bytes: response.bytes_stream().boxed(),
        decoder: sse::Decoder::default(),
        ready: std::collections::VecDeque::new(),
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
            ready: std::collections::VecDeque::new(),
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
