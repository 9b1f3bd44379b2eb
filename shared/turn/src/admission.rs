//! Admission: a question is let in when its asker, and all at its address together, have asked few
//! enough. One conditional update each, at the same time as everything is read.

use crate::{Asker, Parts, Question, TurnError};
use domain::{
    Timestamp, WrappedKey,
    limits::{Exceeded, Limits},
    turn::{Usage, estimated_tokens},
};
use edge::{Standing, clock};
use std::net::{IpAddr, Ipv4Addr};
use store::{Store, StoreError, keys, limits::Request};
use tokio::sync::RwLock;
use uuid::Uuid;
use vault::{DataKey, Label, VaultError};

/// Tokens reserved for an answer of an animal that is not in memory: the usual longest answer.
const USUAL_ANSWER_TOKENS: u64 = 500;

/// What a question finds at the door.
pub(crate) struct Door {
    admitted: Option<Admitted>,
    refused_for_seconds: Option<u64>,
    is_out_of_tokens: bool,
    standing: Standing,
    /// Questions of a person's day, with this one.
    asked_today: Option<u64>,
    daily_limit: Option<u64>,
    is_held_back: bool,
}

impl Door {
    /// Holds a child to what its guardian lets it ask in a day. This is known only now that the account is
    /// read, at the same time as the question was admitted; but what is compared is the count that the
    /// admission itself gave, so that of any number of questions at once just as many go in.
    pub(crate) fn hold_to(&mut self, daily_limit: Option<u64>) {
        self.daily_limit = daily_limit;
    }

    /// Whether the question may go in.
    pub(crate) fn pass(&mut self) -> Result<(), TurnError> {
        if let Some(retry_after_seconds) = self.refused_for_seconds {
            return Err(TurnError::TooMany { retry_after_seconds });
        }
        self.is_held_back = self.asked_today.zip(self.daily_limit).is_some_and(|(asked, limit)| asked > limit);
        if self.is_held_back {
            return Err(TurnError::AllAsked { retry_after_seconds: clock::now().seconds_left_of_day().max(1) });
        }
        Ok(())
    }

    /// What is left to whoever asked, or to whoever is in the way.
    pub(crate) fn standing(&self) -> Standing {
        match self.asked_today.and(self.daily_limit) {
            Some(limit) => self.standing.within_day(limit),
            None => self.standing,
        }
    }

    /// Whether the tokens are used up: no model is to be asked.
    pub(crate) fn is_out_of_tokens(&self) -> bool {
        self.is_out_of_tokens
    }

    /// On whose account the question goes.
    pub(crate) fn take(&mut self) -> Option<Admitted> {
        self.admitted.take()
    }

    /// Takes it back: the question turned out to be one that was let in before.
    pub(crate) async fn release(&mut self, store: &Store) {
        let Some(admitted) = self.admitted.take() else { return };
        self.standing = self.standing.with_one_back();
        futures_util::future::join_all(admitted.entries.iter().map(|entry| entry.release(store))).await;
    }

    /// The question became no turn. One that failed for a reason of ours does not count; one that
    /// should not have been asked does, but uses no tokens.
    pub(crate) async fn close(&mut self, store: &Store, is_ours: bool) {
        if is_ours || self.is_held_back {
            self.release(store).await;
        } else if let Some(admitted) = self.admitted.take() {
            admitted.settle(store, Spent::default()).await;
        }
    }
}

/// The accounts of a question that was let in.
pub(crate) struct Admitted {
    entries: Vec<Entry>,
}

/// One principal's part of it.
struct Entry {
    principal: String,
    limits: Limits,
    tokens: u64,
    nonce: Uuid,
    at: Timestamp,
}

/// The fingerprints of addresses: made with the zoo's own key, read again only when it was wrapped anew.
#[derive(Default)]
pub(crate) struct Addresses(RwLock<Option<WrappedKey>>);

impl Addresses {
    /// An address as the limits know it. An IPv6 address stands for its network, as one household
    /// has all of it.
    async fn principal(&self, parts: &Parts, address: Option<IpAddr>) -> Result<String, TurnError> {
        let zoo = self.zoo_key(parts).await?;
        Ok(keys::address(&zoo.fingerprint("address", &network(address))?))
    }

    async fn zoo_key(&self, parts: &Parts) -> Result<DataKey, TurnError> {
        let known = self.0.read().await.clone();
        if let Some(known) = &known {
            match parts.vault.unwrap_key(&Label::zoo(), known).await {
                // Its wrapping key may have ended since.
                Err(VaultError::KeyService(error)) if !error.is_passing() => {}
                unwrapped => return Ok(unwrapped?),
            }
        }
        // Whoever signs in first makes it.
        let kept = parts.store.zoo_key().await?.ok_or(TurnError::NoZooKey)?.wrapped;
        let zoo = parts.vault.unwrap_key(&Label::zoo(), &kept).await?;
        *self.0.write().await = Some(kept);
        Ok(zoo)
    }
}

fn network(address: Option<IpAddr>) -> String {
    match address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Lets a question in, or not. Nobody is charged for one that is not.
pub(crate) async fn admit(parts: &Parts, question: &Question) -> Result<Door, TurnError> {
    let now = clock::now();
    let address = async {
        let principal = parts.addresses.principal(parts, question.peer.address).await?;
        let entry = Entry::new(principal, parts.config.address, 0, now);
        entry.admit(&parts.store).await.map_err(TurnError::from)
    };
    let Asker::Person(user) = &question.asker else {
        return address.await.map(|found| found.into_door(None));
    };
    let person = Entry::new(keys::person(user), parts.config.person, reserve(parts, question, now), now);
    let person = async { person.admit_without_tokens_if_need_be(&parts.store).await.map_err(TurnError::from) };
    let (person, address) = match tokio::join!(person, address) {
        (Ok(person), Ok(address)) => (person, address),
        (person, address) => {
            // Nobody is charged for what failed for a reason of ours.
            for found in [&person, &address].into_iter().flatten().filter(|found| found.is_admitted()) {
                found.entry.release(&parts.store).await;
            }
            return Err(person.err().or(address.err()).unwrap_or(TurnError::Raced));
        }
    };
    match (person.refused_for_seconds, address.refused_for_seconds) {
        (None, Some(_)) => {
            person.entry.release(&parts.store).await;
            Ok(address.into_door(None))
        }
        (Some(_), None) => {
            address.entry.release(&parts.store).await;
            Ok(person.into_persons_door(None))
        }
        _ => Ok(person.into_persons_door(Some(address.entry))),
    }
}

/// What a question may cost at most: it and the longest answer of its animal.
fn reserve(parts: &Parts, question: &Question, now: Timestamp) -> u64 {
    let catalogue = parts.animals.in_memory(now);
    let config = catalogue.as_ref().and_then(|all| all.find(&question.animal_id)?.chat_config.as_ref());
    let answer = config.map_or(USUAL_ANSWER_TOKENS, |config| u64::from(config.max_tokens));
    estimated_tokens(question.text.as_str().len()) + answer
}

/// What became of one principal's part.
struct Found {
    entry: Entry,
    day_requests: u64,
    standing: Standing,
    refused_for_seconds: Option<u64>,
    is_out_of_tokens: bool,
}

impl Found {
    fn is_admitted(&self) -> bool {
        self.refused_for_seconds.is_none()
    }

    /// The door as a person finds it.
    fn into_persons_door(self, other: Option<Entry>) -> Door {
        let asked_today = Some(self.day_requests);
        Door { asked_today, ..self.into_door(other) }
    }

    fn into_door(self, other: Option<Entry>) -> Door {
        let entries = [self.entry].into_iter().chain(other).collect();
        Door {
            admitted: self.refused_for_seconds.is_none().then_some(Admitted { entries }),
            refused_for_seconds: self.refused_for_seconds,
            is_out_of_tokens: self.is_out_of_tokens,
            standing: self.standing,
            asked_today: None,
            daily_limit: None,
            is_held_back: false,
        }
    }
}

impl Entry {
    fn new(principal: String, limits: Limits, tokens: u64, at: Timestamp) -> Self {
        Self { principal, limits, tokens, nonce: clock::new_id(), at }
    }

    fn request(&self) -> Request<'_> {
        let Self { principal, limits, tokens, nonce, at } = self;
        Request { principal, limits, tokens: *tokens, nonce: *nonce, now: *at }
    }

    async fn admit(self, store: &Store) -> Result<Found, StoreError> {
        let admission = store.admit(self.request()).await?;
        let standing = Standing::new(self.limits, &admission.account, self.at);
        let refused_for_seconds = match admission.outcome {
            Err(Exceeded::Minute(seconds) | Exceeded::Day(seconds)) => Some(seconds.max(1)),
            Ok(()) | Err(Exceeded::Tokens) => None,
        };
        Ok(Found {
            day_requests: admission.account.day_requests,
            refused_for_seconds,
            is_out_of_tokens: admission.outcome == Err(Exceeded::Tokens),
            standing,
            entry: self,
        })
    }

    /// Somebody without tokens may still ask: the animal answers without a model.
    async fn admit_without_tokens_if_need_be(self, store: &Store) -> Result<Found, StoreError> {
        let found = self.admit(store).await?;
        if !found.is_out_of_tokens {
            return Ok(found);
        }
        let without = Self { tokens: 0, nonce: clock::new_id(), ..found.entry };
        Ok(Found { is_out_of_tokens: true, ..without.admit(store).await? })
    }

    async fn release(&self, store: &Store) {
        if let Err(cause) = store.release(self.request()).await {
            tracing::warn!(%cause, "a request that was not served stays counted");
        }
    }
}

impl Admitted {
    /// Puts what was used in the place of what was reserved, and adds it to the zoo's.
    pub(crate) async fn settle(&self, store: &Store, spent: Spent) {
        let person = self.entries.iter().filter(|entry| entry.tokens > 0);
        let person = person.map(|entry| store.settle(entry.request(), spent.tokens));
        let zoo = async {
            match spent.usage {
                Some(usage) => store.count_usage(usage, clock::now()).await,
                None => Ok(()),
            }
        };
        let (persons, zoo) = tokio::join!(futures_util::future::join_all(person), zoo);
        if let Some(cause) = persons.into_iter().chain([zoo]).find_map(Result::err) {
            tracing::warn!(%cause, "a turn's tokens stay as they were reserved");
        }
    }
}

/// What a turn used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// On the asker's account: the question and its answer.
    pub(crate) tokens: u64,
    /// On the zoo's: everything, where a model was asked.
    pub(crate) usage: Option<Usage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_household_is_one_address() {
        let of = |text: &str| network(text.parse().ok());
        assert_eq!(of("2001:db8:1:2:3::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:198.51.100.7"), "198.51.100.7");
    }
}
