//! `GET /animal_list`: the animals, for everybody.

use crate::Deps;
use axum::{Json, extract::State, http::HeaderMap, response::Response};
use domain::{
    AnimalId,
    animal::{Animal, Fact, Source},
};
use edge::{Problem, access::Open, clock, etag};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedAnimal<'a> {
    animal_id: &'a AnimalId,
    name: &'a str,
    species: &'a str,
    scientific_name: &'a str,
    avatar: &'a str,
    greeting: &'a str,
    suggested_questions: &'a [String],
    facts: Vec<ListedFact<'a>>,
}

#[derive(Serialize)]
struct ListedFact<'a> {
    id: &'a str,
    text: &'a str,
    source: &'a Source,
}

impl<'a> From<&'a Animal> for ListedAnimal<'a> {
    fn from(animal: &'a Animal) -> Self {
        let fact = |fact: &'a Fact| ListedFact { id: &fact.id, text: &fact.text, source: &fact.source };
        Self {
            animal_id: &animal.animal_id,
            name: &animal.name,
            species: &animal.species,
            scientific_name: &animal.scientific_name,
            avatar: &animal.avatar,
            greeting: &animal.greeting,
            suggested_questions: &animal.suggested_questions,
            facts: animal.facts.iter().map(fact).collect(),
        }
    }
}

pub(crate) async fn list(_: Open, State(deps): State<Deps>, headers: HeaderMap) -> Result<Response, Problem> {
    let catalogue = deps.animals.catalogue(clock::now()).await.map_err(|error| Problem::unavailable(&error))?;
    let animals: Vec<_> = catalogue.animals.iter().map(ListedAnimal::from).collect();
    Ok(etag::answer(&headers, &format!("animals-{}", catalogue.version), "public, max-age=60", Json(animals)))
}
