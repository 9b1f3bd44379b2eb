//! The OpenAI chat-completions protocol over HTTP, streamed or in one piece.
//!
//! Up to an answer's first text everything may be tried again, here: the same call a little later,
//! then a second endpoint. After it nothing is, as the visitor has seen the beginning.

mod address;
mod answer;
mod chunk;
mod config;
mod failure;
mod heard;
mod keys;
mod queue;
mod resolve;
#[cfg(test)]
mod tests;

pub use address::is_global;
pub use config::Config;
pub use keys::Keys;

use crate::{Answer, ChatRequest, Delivery, Model, ModelError, PromptMessage};
use answer::Reading;
use domain::endpoint::is_this_machine;
use failure::{Failure, Telling};
use futures_util::{FutureExt, future::BoxFuture};
use queue::Queues;
use reqwest::{Client, ClientBuilder, StatusCode, Url, redirect};
use resolve::{Guard, Lookup};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The adapter; one per process, as it keeps connections and queues.
#[derive(Clone)]
pub struct OpenAi(Arc<Parts>);

struct Parts {
    config: Config,
    queues: Queues,
    /// Calls the operator's own endpoints, wherever they are, through the operator's proxy if any.
    trusted: Client,
    /// Calls animals' own endpoints, out in the world only, and whatever is on this machine.
    guarded: Client,
}

/// Where a question goes.
struct Target<'a> {
    http: &'a Client,
    url: Url,
    model: &'a str,
}

impl OpenAi {
    /// An adapter.
    ///
    /// # Errors
    /// [`ModelError::Unreachable`] when the system gives no TLS.
    pub fn new(config: Config) -> Result<Self, ModelError> {
        Self::with_lookup(config, resolve::system())
    }

    fn with_lookup(config: Config, lookup: Lookup) -> Result<Self, ModelError> {
        // A proxy looks names up by itself, behind the guard; so none is used where it must hold.
        let guarded = client().no_proxy().dns_resolver(Guard(lookup));
        let built = |builder: ClientBuilder| builder.build().map_err(|_| ModelError::Unreachable);
        let (trusted, guarded) = (built(client())?, built(guarded)?);
        Ok(Self(Arc::new(Parts { queues: Queues::new(&config), config, trusted, guarded })))
    }
}

impl Model for OpenAi {
    fn ask(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, ModelError>> {
        async move { self.0.answer(&request).await }.boxed()
    }
}

impl Parts {
    /// Asks one endpoint after the other. Each has its share of the patience, so that the first
    /// cannot use up the second's.
    async fn answer(&self, request: &ChatRequest) -> Result<Answer, ModelError> {
        let begun = Instant::now();
        let second = self.config.second.as_ref();
        let second = second.map(|to| self.target(to.url.clone(), &to.model));
        let targets = [Some(self.first_target(request)), second.map(Ok)];
        let mut shares = if targets[1].is_some() { 2 } else { 1 };
        let mut telling = Telling::default();
        for target in targets.into_iter().flatten() {
            let share = request.patience.saturating_sub(begun.elapsed()) / shares;
            shares -= 1;
            match timeout(share, self.answer_of(target, request, &mut telling)).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(_) => telling.note(ModelError::Silent),
            }
        }
        Err(telling.into_error())
    }

    /// The animal's own endpoint or the default one. A configuration may be older than the list of
    /// hosts, so it is held against the list here too.
    fn first_target<'a>(&'a self, request: &'a ChatRequest) -> Result<Target<'a>, ModelError> {
        let default = &self.config.default;
        let model = request.model.as_deref().unwrap_or(&default.model);
        let Some(own) = &request.endpoint else {
            return Ok(self.target(default.url.clone(), model));
        };
        self.config.hosts.allows(own).map_err(|_| ModelError::NotAllowed)?;
        Ok(self.target(Url::parse(own).map_err(|_| ModelError::NotAllowed)?, model))
    }

    /// This machine is called without a proxy too, which would look for it elsewhere.
    fn target<'a>(&'a self, url: Url, model: &'a str) -> Target<'a> {
        let operators = [Some(&self.config.default), self.config.second.as_ref()];
        let is_operators = operators.into_iter().flatten().any(|known| known.url.origin() == url.origin());
        let is_local = url.host().is_some_and(|host| is_this_machine(&host));
        Target { http: if is_operators && !is_local { &self.trusted } else { &self.guarded }, url, model }
    }

    /// The answer of one endpoint, called again where that may help; its failures are noted.
    async fn answer_of(
        &self,
        target: Result<Target<'_>, ModelError>,
        request: &ChatRequest,
        telling: &mut Telling,
    ) -> Option<Answer> {
        let target = target.map_err(|error| telling.note(error)).ok()?;
        let place = self.queues.place_at(&target.url).await.map_err(|error| telling.note(error)).ok()?;
        for repetition in 0..=failure::RETRIES {
            let failure = match self.call(&target, request).await {
                Ok(reading) => return Some(reading.into_answer(target.model.to_owned(), place)),
                Err(failure) => failure,
            };
            telling.note(failure.error);
            let asked = failure.retry.filter(|_| repetition < failure::RETRIES)?;
            sleep(failure::pause(asked, repetition)).await;
        }
        None
    }

    /// One call, up to the first text of its answer.
    async fn call(&self, target: &Target<'_>, request: &ChatRequest) -> Result<answer::Begun, Failure> {
        let mut call = target.http.post(target.url.clone()).json(&Body::new(target.model, request));
        if let Some(key) = self.config.keys.key_for(&target.url, &self.config.default.url) {
            call = call.bearer_auth(key.expose_secret());
        }
        let response = call.send().await.map_err(|error| Failure::of_call(&error))?;
        match response.status() {
            StatusCode::OK => Reading::begin(response).await.map_err(Failure::from),
            _ => Err(Failure::of_response(&response)),
        }
    }
}

/// What both clients have in common: a redirect would lead past the list and the keys' hosts, so
/// none is followed; tokens are small and must not wait for each other.
fn client() -> ClientBuilder {
    Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(redirect::Policy::none()).tcp_nodelay(true)
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
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

impl<'a> Body<'a> {
    fn new(model: &'a str, request: &'a ChatRequest) -> Self {
        let stream = request.delivery == Delivery::Streamed;
        Self {
            model,
            messages: &request.messages,
            temperature: request.temperature,
            max_tokens: request.max_tokens,
            stream,
            stream_options: stream.then_some(StreamOptions { include_usage: true }),
        }
    }
}
