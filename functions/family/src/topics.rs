//! What children asked about: the fact cards that their newest questions match. For their guardian only, and
//! through `reading`, as it needs the questions' words.

use crate::Deps;
use domain::{
    AnimalId, Timestamp, UserId,
    animal::Animal,
    topics::{Card, matches},
};
use edge::Problem;
use people::store_problem;
use reading::{Asked, Person, Trace};
use serde::Serialize;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};
use store::{animals::Catalogue, users::UserRecord};

/// Questions that are looked at, the newest.
const MOST_QUESTIONS: usize = 200;
/// Sessions that are opened for them.
const MOST_SESSIONS: usize = 40;
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
    person: &Person,
    trace: &Trace,
    children: &[UserRecord],
    (from, to): (Timestamp, Timestamp),
    catalogue: &Catalogue,
) -> Result<Topics, Problem> {
    let found = deps.store.newest_questions(&person.user().user_id, from, to, MOST_QUESTIONS).await;
    let (mut questions, mut are_all) = found.map_err(|error| store_problem(&error))?;
    let mut sessions = BTreeSet::new();
    questions.retain(|question| {
        let is_opened = sessions.len() < MOST_SESSIONS || sessions.contains(&question.session_id);
        are_all &= is_opened;
        if is_opened {
            sessions.insert(question.session_id.clone());
        }
        is_opened
    });
    let asked = children.iter().map(async |child| {
        let questions = questions.iter().filter(|question| question.user_id == child.user_id).cloned().collect();
        let asked = deps.reading.asked(person, trace, child, questions).await.map_err(|error| error.problem())?;
        Ok::<_, Problem>((child.user_id.clone(), count(asked, catalogue)))
    });
    let of = futures_util::future::try_join_all(asked).await?.into_iter().collect();
    Ok(Topics { of, are_all })
}

/// The cards that most questions match.
fn count(asked: Vec<Asked>, catalogue: &Catalogue) -> Vec<Topic> {
    let mut cards: BTreeMap<AnimalId, Option<(&Animal, Vec<Card>)>> = BTreeMap::new();
    let mut counts: BTreeMap<(AnimalId, usize), u64> = BTreeMap::new();
    for Asked { animal_id, words } in asked {
        let deck = || catalogue.find(&animal_id).map(|animal| (animal, deck(animal)));
        let Some((animal, deck)) = cards.entry(animal_id.clone()).or_insert_with(deck) else { continue };
        for one in matches(deck, &words, &animal.name) {
            *counts.entry((animal_id.clone(), one.card)).or_default() += 1;
        }
    }
    let mut topics: Vec<_> = counts.into_iter().filter_map(|(card, count)| topic(catalogue, card, count)).collect();
    topics.sort_by_key(|topic| Reverse(topic.questions));
    topics.truncate(MOST_TOPICS);
    topics
}

fn deck(animal: &Animal) -> Vec<Card> {
    animal.facts.iter().map(|fact| Card::new(&fact.topics.join(", "), &fact.text)).collect()
}

fn topic(catalogue: &Catalogue, (animal_id, card): (AnimalId, usize), questions: u64) -> Option<Topic> {
    let fact = catalogue.find(&animal_id)?.facts.get(card)?;
    let (fact_id, text, topics) = (fact.id.clone(), fact.text.clone(), fact.topics.clone());
    Some(Topic { animal_id, fact_id, text, topics, questions })
}
