//! How many questions one process has under way at an endpoint, and how many wait behind them. An
//! endpoint that is slow then holds up a bounded number of turns, and others not at all.

use super::config::Config;
use crate::ModelError;
use reqwest::Url;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A queue per endpoint, by host and port. Only endpoints that the operator allows get here, so
/// that there are not many.
pub(super) struct Queues {
    concurrent: usize,
    waiting: usize,
    by_endpoint: Mutex<HashMap<String, Queue>>,
}

#[derive(Clone)]
struct Queue {
    /// For those that wait and those that are called.
    places: Arc<Semaphore>,
    /// For those that are called.
    calls: Arc<Semaphore>,
}

/// The right to call an endpoint, until it is dropped.
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    _call: OwnedSemaphorePermit,
}

impl Queues {
    pub(super) fn new(config: &Config) -> Self {
        let (concurrent, waiting) = (config.max_concurrent.get().into(), config.max_waiting.into());
        Self { concurrent, waiting, by_endpoint: Mutex::default() }
    }

    /// Waits for the right to call an endpoint.
    pub(super) async fn place_at(&self, url: &Url) -> Result<Place, ModelError> {
        let queue = self.queue_of(url);
        let place = queue.places.try_acquire_owned().map_err(|_| ModelError::Busy)?;
        let call = queue.calls.acquire_owned().await.map_err(|_| ModelError::Busy)?;
        Ok(Place { _place: place, _call: call })
    }

    fn queue_of(&self, url: &Url) -> Queue {
        let endpoint =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let mut queues = self.by_endpoint.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Queue {
            places: Arc::new(Semaphore::new(self.concurrent + self.waiting)),
            calls: Arc::new(Semaphore::new(self.concurrent)),
        };
        queues.entry(endpoint).or_insert_with(new).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn queues(concurrent: usize, waiting: usize) -> Queues {
        Queues { concurrent, waiting, by_endpoint: Mutex::default() }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn more_than_may_wait_are_turned_away_at_once() {
        let (queues, url) = (queues(1, 1), url("https://model.example/v1"));
        let called = queues.place_at(&url).await.ok().unwrap();
        let mut waiting = queues.place_at(&url).boxed();
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(queues.place_at(&url).await.err(), Some(ModelError::Busy));
        drop(called);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn who_no_longer_waits_makes_room() {
        let (queues, url) = (queues(1, 1), url("https://model.example/v1"));
        let _called = queues.place_at(&url).await.ok().unwrap();
        let mut waiting = queues.place_at(&url).boxed();
        assert!((&mut waiting).now_or_never().is_none());
        drop(waiting);
        assert!(queues.place_at(&url).now_or_never().is_none(), "it waits and is not turned away");
    }

    #[tokio::test]
    async fn endpoints_do_not_wait_for_each_other() {
        let queues = queues(1, 0);
        let _one = queues.place_at(&url("https://model.example/v1")).await.ok().unwrap();
        assert!(queues.place_at(&url("https://model.example:443/v2")).await.is_err());
        assert!(queues.place_at(&url("https://model.example:8443/v1")).await.is_ok());
        assert!(queues.place_at(&url("https://zoo.example/v1")).await.is_ok());
    }
}
