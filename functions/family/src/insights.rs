//! `GET /family/{familyId}/insights`: how much the children talked, when, with whom and about what
//! (requirement document 000, ticket 10). The numbers come from one query of an index and no text.

use crate::{
    Deps, family_id,
    members::View,
    topics::{self, Topic, Topics},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    AnimalId, Timestamp, UserId,
    access::{Action, Relation, allows},
    insights::{self, Insight, Said, Talk},
    message::Sender,
};
use edge::{
    Code, Problem,
    access::{Permit, ReadInsights},
    clock,
    query::Parameters,
};
use people::store_problem;
use reading::{Person, Trace};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};
use store::{
    accounts::AccountRow,
    animals::Catalogue,
    conversations::{Spoken, Talks},
    users::UserRecord,
};

/// Days that are told where nobody says which.
const USUAL_DAYS: u32 = 7;
/// The longest span of days at once.
const MOST_DAYS: u64 = 92;
const MILLIS_PER_DAY: u64 = 24 * 60 * 60 * 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Insights {
    family_id: UserId,
    start_date: String,
    end_date: String,
    /// From when on the numbers are all, where that is not the first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted_from: Option<Timestamp>,
    /// Whether the topics are those of all questions; the guardian's only.
    #[serde(skip_serializing_if = "Option::is_none")]
    topics_complete: Option<bool>,
    children: Vec<Child>,
    animals: Vec<Popular>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Child {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    messages: u64,
    questions: u64,
    minutes: u64,
    days: Vec<Day>,
    animals: Vec<Popular>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<Topic>>,
}

#[derive(Serialize)]
struct Day {
    date: String,
    messages: u64,
    questions: u64,
    minutes: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Popular {
    animal_id: AnimalId,
    name: String,
    questions: u64,
}

pub(crate) async fn read(
    permit: Permit<ReadInsights>,
    State(deps): State<Deps>,
    trace: Trace,
    id: Result<Path<String>, PathRejection>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<Insights>, Problem> {
    let (id, (from, to)) = (family_id(id)?, span(&query)?);
    let person = Person::from(permit);
    let user = person.user();
    let guardian = deps.guardian(user, &id, Action::ReadInsights).await?.user_id;
    // Time has an end, behind which there is no next day.
    let last = Timestamp::from_millis(to.plus_days(1).as_millis() - 1).max(to);
    let (children, talks, catalogue) = tokio::try_join!(
        deps.store.children(&guardian),
        deps.store.talks(&guardian, from, last),
        deps.reading.animals().catalogue(clock::now()),
    )
    .map_err(|error| store_problem(&error))?;
    let ids: BTreeSet<_> = children.iter().map(|child| child.user_id.clone()).collect();
    // Who is the guardian themselves is so to each of the children.
    let is_guardian = user.user_id == guardian && allows(user, Action::ReadTopics, Relation::OwnChild);
    let topics = match is_guardian {
        true => Some(topics::of(&deps, &person, &trace, &children, (from, last), &catalogue).await?),
        false => None,
    };
    let Talks { messages, looked_to } = talks;
    let said: Vec<_> = messages.into_iter().filter(|one| ids.contains(&one.user_id)).filter_map(said).collect();
    let told = Told { days: days(from, to), view: View::of(user, &guardian), catalogue: &catalogue };
    let found = insights::of(&said);
    let topics_complete = topics.as_ref().map(|topics| topics.are_all);
    let animals = told.popular(found.values().flat_map(|insight| &insight.animals));
    let children = told.children(&deps, children, found, topics).await?;
    let (start_date, end_date) = (from.date(), to.date());
    Ok(Json(Insights {
        family_id: guardian,
        start_date,
        end_date,
        counted_from: looked_to,
        topics_complete,
        children,
        animals,
    }))
}

/// How what was found is told.
struct Told<'a> {
    days: Vec<String>,
    view: View,
    catalogue: &'a Catalogue,
}

impl Told<'_> {
    async fn children(
        &self,
        deps: &Deps,
        mut children: Vec<UserRecord>,
        mut found: BTreeMap<UserId, Insight>,
        mut topics: Option<Topics>,
    ) -> Result<Vec<Child>, Problem> {
        children.sort_by(|a, b| (a.created_at, &a.user_id).cmp(&(b.created_at, &b.user_id)));
        let mut told = Vec::new();
        for account in children {
            let user_id = account.user_id.clone();
            let insight = found.remove(&user_id).unwrap_or_default();
            let Talk { messages, questions, minutes } = insight.total();
            told.push(Child {
                display_name: self.view.name(deps, &AccountRow::from(account)).await?,
                messages,
                questions,
                minutes,
                days: self.days.iter().map(|date| day(date, &insight)).collect(),
                animals: self.popular(insight.animals.iter()),
                topics: topics.as_mut().map(|topics| topics.of.remove(&user_id).unwrap_or_default()),
                user_id,
            });
        }
        Ok(told)
    }

    /// The animals that were asked most, first.
    fn popular<'b>(&self, counts: impl Iterator<Item = (&'b AnimalId, &'b u64)>) -> Vec<Popular> {
        let mut animals: BTreeMap<&AnimalId, u64> = BTreeMap::new();
        for (animal, count) in counts {
            *animals.entry(animal).or_default() += count;
        }
        let name = |id: &AnimalId| self.catalogue.find(id).map_or_else(|| id.to_string(), |animal| animal.name.clone());
        let mut animals: Vec<_> = animals
            .into_iter()
            .map(|(id, questions)| Popular { animal_id: id.clone(), name: name(id), questions })
            .collect();
        animals.sort_by_key(|animal| Reverse(animal.questions));
        animals
    }
}

fn said(message: Spoken) -> Option<Said> {
    let is_there = clock::now() < message.expires_at;
    is_there.then(|| Said {
        child: message.user_id,
        session: message.session_id,
        animal: message.animal_id,
        at: message.timestamp,
        is_question: message.message_type == Sender::User,
    })
}

fn day(date: &str, insight: &Insight) -> Day {
    let Talk { messages, questions, minutes } = insight.days.get(date).copied().unwrap_or_default();
    Day { date: date.to_owned(), messages, questions, minutes }
}

/// The days asked for, from the first to the last; the last seven where nothing is asked.
fn span(query: &Query) -> Result<(Timestamp, Timestamp), Problem> {
    let bad = |detail| Problem::new(Code::BadRequest).with_detail(detail);
    let day = |text: &str| format!("{text}T00:00:00Z").parse::<Timestamp>();
    let day = |text: &str| day(text).map_err(|_| bad("dates are of the form 2026-11-21"));
    let to = day(query.end_date.as_deref().unwrap_or(&clock::now().date()))?;
    let from = match &query.start_date {
        Some(date) => day(date)?,
        None => to.minus_days(USUAL_DAYS - 1),
    };
    if from > to {
        return Err(bad("startDate is after endDate"));
    }
    if to.millis_since(from) >= MOST_DAYS * MILLIS_PER_DAY {
        return Err(bad("at most 92 days at once"));
    }
    Ok((from, to))
}

fn days(from: Timestamp, to: Timestamp) -> Vec<String> {
    let mut days = Vec::new();
    let mut day = from;
    while day <= to {
        days.push(day.date());
        day = day.plus_days(1);
    }
    days
}
