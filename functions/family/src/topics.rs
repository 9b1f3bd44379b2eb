//! What children asked about: the fact cards that their newest questions match. For their guardian only, and
//! through `reading`, as it needs the questions' words.

use crate::Deps;
use domain::{
    AnimalId, SessionId, Timestamp, UserId,
    access::Action,
    animal::Animal,
    topics::{Card, matches},
};
use edge::{AccessReason, Problem};
use futures_util::{StreamExt, TryStreamExt, stream};
use people::store_problem;
use reading::ReadError;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{animals::Catalogue, conversations::MessageRecord};

/// Questions that are looked at, the newest.
const MOST_QUESTIONS: usize = 200;
/// Sessions that are opened for them, and how many at the same time.
const MOST_SESSIONS: usize = 40;
const OPENED_AT_ONCE: usize = 8;
/// Cards that are told of each child.
const MOST_TOPICS: usize = 10;

/// A fact card that a child asked about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Topic {
    animal_id: AnimalId,
    fact_id: String,
    text: String,
    topics: Vec<String>,
    questions: u64,
}

/// What each child asked about, and whether all questions were looked at.
pub(crate) struct Topics {
    pub(crate) of: BTreeMap<UserId, Vec<Topic>>,
    pub(crate) are_all: bool,
}

/// What the children of a guardian, who asks, asked about in a time.
pub(crate) async fn of(
    deps: &Deps,
    guardian: &UserId,
    children: &BTreeSet<UserId>,
    (from, to): (Timestamp, Timestamp),
    catalogue: &Catalogue,
) -> Result<Topics, Problem> {
    let found = deps.store.newest_questions(guardian, from, to, MOST_QUESTIONS).await;
    let (questions, mut are_all) = found.map_err(|error| store_problem(&error))?;
    let mut sessions: BTreeMap<SessionId, Vec<MessageRecord>> = BTreeMap::new();
    for question in questions.into_iter().filter(|question| children.contains(&question.user_id)) {
        if sessions.len() == MOST_SESSIONS && !sessions.contains_key(&question.session_id) {
            are_all = false;
            continue;
        }
        sessions.entry(question.session_id.clone()).or_default().push(question);
    }
    let opened = stream::iter(sessions).map(|(session, questions)| open(deps, guardian, session, questions));
    let opened: Vec<Vec<Asked>> = opened.buffer_unordered(OPENED_AT_ONCE).try_collect().await?;
    Ok(Topics { of: count(opened.into_iter().flatten(), catalogue), are_all })
}

/// A question and whom it was asked.
struct Asked {
    child: UserId,
    animal: AnimalId,
    words: String,
}

/// The words of a session's questions; none of one that is gone, or nobody's to read any more.
async fn open(
    deps: &Deps,
    guardian: &UserId,
    session: SessionId,
    questions: Vec<MessageRecord>,
) -> Result<Vec<Asked>, Problem> {
    let opened = deps.reading.conversation(guardian, &session, Action::ReadTopics, &AccessReason::default()).await;
    let conversation = match opened {
        Err(ReadError::NoSession | ReadError::Forbidden) => return Ok(Vec::new()),
        opened => opened.map_err(|error| error.problem())?,
    };
    let words = questions.into_iter().map(|question| {
        let words = conversation.text(&question).map_err(|error| Problem::internal(&error))?;
        Ok(Asked { child: question.user_id, animal: question.animal_id, words })
    });
    words.collect()
}

fn count(asked: impl Iterator<Item = Asked>, catalogue: &Catalogue) -> BTreeMap<UserId, Vec<Topic>> {
    let mut cards: BTreeMap<AnimalId, (Animal, Vec<Card>)> = BTreeMap::new();
    let mut counts: BTreeMap<UserId, BTreeMap<(AnimalId, usize), u64>> = BTreeMap::new();
    for Asked { child, animal, words } in asked {
        let Some(found) = catalogue.find(&animal) else { continue };
        let (found, deck) = cards.entry(animal.clone()).or_insert_with(|| (found.clone(), deck(found)));
        for one in matches(deck, &words, &found.name) {
            *counts.entry(child.clone()).or_default().entry((animal.clone(), one.card)).or_default() += 1;
        }
    }
    let topics = |counted: BTreeMap<(AnimalId, usize), u64>| {
        let mut topics: Vec<_> = counted.into_iter().filter_map(|(card, count)| topic(&cards, card, count)).collect();
        topics.sort_by_key(|topic| std::cmp::Reverse(topic.questions));
        topics.truncate(MOST_TOPICS);
        topics
    };
    counts.into_iter().map(|(child, counted)| (child, topics(counted))).collect()
}

fn deck(animal: &Animal) -> Vec<Card> {
    animal.facts.iter().map(|fact| Card::new(&fact.topics.join(", "), &fact.text)).collect()
}

fn topic(
    cards: &BTreeMap<AnimalId, (Animal, Vec<Card>)>,
    (animal_id, card): (AnimalId, usize),
    questions: u64,
) -> Option<Topic> {
    let fact = cards.get(&animal_id)?.0.facts.get(card)?;
    let (fact_id, text, topics) = (fact.id.clone(), fact.text.clone(), fact.topics.clone());
    Some(Topic { animal_id, fact_id, text, topics, questions })
}
