//! Answers to the zoo's own questions, kept in memory where the zoo switches it on: the questions
//! that an animal offers to tap, asked first. They are the same for everybody and hold nothing of
//! the person who taps, so the answer may be too. Anything a person types is never looked up here.

use domain::{AnimalId, animal::Animal, message::MessageText};
use moka::sync::Cache;
use std::time::Duration;

const KEPT_FOR: Duration = Duration::from_hours(1);
const KEPT: u64 = 1_000;

/// What an answer depends on: the animal as it is now, and the question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    animal_id: AnimalId,
    version: u64,
    question: String,
}

/// An answer of a model.
#[derive(Debug, Clone)]
pub(crate) struct CachedAnswer {
    pub(crate) text: String,
    pub(crate) model: Option<String>,
}

/// The answers.
pub(crate) struct AnswerCache(Cache<Key, CachedAnswer>);

impl Default for AnswerCache {
    fn default() -> Self {
        Self(Cache::builder().time_to_live(KEPT_FOR).max_capacity(KEPT).build())
    }
}

impl AnswerCache {
    pub(crate) fn get(&self, key: &Key) -> Option<CachedAnswer> {
        self.0.get(key)
    }

    pub(crate) fn keep(&self, key: Key, answer: CachedAnswer) {
        self.0.insert(key, answer);
    }
}

/// The key of a question that the animal itself offers; any other has none.
pub(crate) fn key(animal: &Animal, version: u64, question: &MessageText) -> Option<Key> {
    let offered = animal.suggested_questions.iter().find(|offered| offered.trim() == question.as_str())?;
    Some(Key { animal_id: animal.animal_id.clone(), version, question: offered.clone() })
}
