//! `GET` and `PATCH /animal_config`: how an animal speaks, for those who look after it.

use crate::{
    Deps,
    document::{Document, Patch},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::AnimalId;
use edge::{
    Code, JsonBody, Problem,
    access::{ConfigureAnimals, Permit},
    query::Parameters,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{StoreError, animals::AnimalRecord};

/// How often a change is merged anew because another one came in between.
const ATTEMPTS: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    animal_id: AnimalId,
}

pub(crate) async fn read(
    _: Permit<ConfigureAnimals>,
    State(deps): State<Deps>,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Problem> {
    find(&deps, &query.animal_id).await.map(|found| answer(&found))
}

/// Merges a patch into what is there. Without `If-Match` the last writer wins, member by member:
/// what another one changed meanwhile and this patch does not name is kept.
pub(crate) async fn change(
    _: Permit<ConfigureAnimals>,
    State(deps): State<Deps>,
    Parameters(query): Parameters<Query>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Response, Problem> {
    let patch = Patch::from(body);
    for _ in 0..ATTEMPTS {
        let found = find(&deps, &query.animal_id).await?;
        if let Some(changed) = attempt(&deps, found, &patch, &headers).await? {
            return Ok(answer(&changed));
        }
    }
    Err(Problem::new(Code::Unavailable))
}

/// One merge and one write; `None` where somebody else wrote in between.
async fn attempt(
    deps: &Deps,
    found: AnimalRecord,
    patch: &Patch,
    headers: &HeaderMap,
) -> Result<Option<AnimalRecord>, Problem> {
    if !is_wanted(headers, &tag(&found)) {
        return Err(Problem::new(Code::PreconditionFailed));
    }
    let config = patch.applied(found.animal.chat_config.as_ref(), &deps.hosts)?;
    if config == found.animal.chat_config {
        return Ok(Some(found));
    }
    match deps.store.configure_animal(&found, config.as_ref()).await {
        Ok(()) => Ok(Some(AnimalRecord {
            revision: found.revision + 1,
            animal: domain::animal::Animal { chat_config: config, ..found.animal },
        })),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(store_problem(&error)),
    }
}

async fn find(deps: &Deps, animal: &AnimalId) -> Result<AnimalRecord, Problem> {
    let found = deps.store.animal(animal).await.map_err(|error| store_problem(&error))?;
    found.ok_or_else(|| Problem::new(Code::NotFound).with_detail("there is no such animal"))
}

fn answer(record: &AnimalRecord) -> Response {
    let mut response = Json(Document::from(record)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&tag(record)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn tag(record: &AnimalRecord) -> String {
    format!("\"config-{}\"", record.revision)
}

/// Whether the client wants the change made to this revision (RFC 9110, section 13.1.1).
fn is_wanted(headers: &HeaderMap, tag: &str) -> bool {
    let mut wanted = headers.get_all(header::IF_MATCH).iter().peekable();
    let names = |value: &HeaderValue| {
        value.to_str().is_ok_and(|tags| tags.split(',').map(str::trim).any(|one| one == tag || one == "*"))
    };
    wanted.peek().is_none() || wanted.any(names)
}

fn store_problem(error: &StoreError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_wanted_without_a_condition_or_with_one_that_holds() {
        let is_wanted = |values: &[&'static str]| {
            let pair = |value: &&'static str| (header::IF_MATCH, HeaderValue::from_static(value));
            is_wanted(&values.iter().map(pair).collect(), "\"config-3\"")
        };
        for values in [&[][..], &["*"], &["\"config-3\""], &["\"config-2\", \"config-3\""], &["\"a\"", "\"config-3\""]]
        {
            assert!(is_wanted(values), "{values:?}");
        }
        for values in [&["\"config-2\""][..], &["W/\"config-3\""], &["config-3"], &[""]] {
            assert!(!is_wanted(values), "{values:?}");
        }
    }
}
