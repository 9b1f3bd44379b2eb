//! One call: somebody asks one operation about somebody. What comes back is a cell of the table.

use super::{
    aims::{Aim, Owner, State},
    operations::{Ask, Call, OPERATIONS, Operation},
    principals::Principal,
    scene::{AT_ONCE, Scene, Talk},
};
use crate::testkit::{Client, Route, contract_routes, sse};
use futures_util::{StreamExt, stream};
use reqwest::{RequestBuilder, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::sleep;

const MISSING: &str = "0190f3a1-7b2c-7def-8123-456789abcdef";
const MALFORMED: &str = "not an id";
/// How often something is asked whose answer is that it does not work right now: machines may be busy.
const ATTEMPTS: usize = 4;
const REASON: &str = "The walk asks";

/// The codes that a status has mostly; the table says the others.
pub(super) const USUAL: [(u16, &str); 5] =
    [(400, "bad_request"), (401, "unauthorized"), (403, "forbidden"), (404, "not_found"), (422, "invalid")];

/// A call that is to be made.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) operation: &'static Operation,
    pub(super) principal: Principal,
    pub(super) aim: Aim,
    number: usize,
}

/// What came back.
pub(super) struct Outcome {
    /// A few words for the table.
    pub(super) words: String,
    /// What must not be, whatever the table says.
    pub(super) faults: Vec<String>,
}

/// A conversation that calls are aimed at, and whose alone it is: 0 is everybody's.
type Key = (usize, Owner, State);

pub(super) fn plan(principals: &[Principal]) -> Vec<Cell> {
    let cells = OPERATIONS.iter().flat_map(|operation| {
        let rows = principals.iter();
        rows.flat_map(move |principal| operation.aims.iter().map(move |aim| (operation, *principal, *aim)))
    });
    let cells = cells.enumerate();
    cells.map(|(at, (operation, principal, aim))| Cell { operation, principal, aim, number: at + 1 }).collect()
}

impl Cell {
    fn key(&self) -> Option<Key> {
        let (owner, state) = self.aim.of(self.principal)?;
        let is_alone = self.operation.is_destructive && state != State::Deleted;
        Some((if is_alone { self.number } else { 0 }, owner, state))
    }
}

/// The cells, ready to be asked.
pub(super) struct Walk<'a> {
    scene: &'a Scene,
    routes: BTreeMap<String, Route>,
    talks: BTreeMap<Key, Talk>,
}

impl<'a> Walk<'a> {
    /// Lets all conversations happen that the cells need, and everybody become what they are.
    pub(super) async fn prepare(scene: &'a Scene, cells: &[Cell]) -> Self {
        let mut keys: Vec<_> = cells.iter().filter_map(Cell::key).collect();
        keys.sort_unstable();
        keys.dedup();
        // What all share comes last, so that it is on the first page of any list.
        keys.reverse();
        let talks = stream::iter(keys).map(async |key| (key, scene.talk(key.1, key.2).await));
        let talks = talks.buffered(AT_ONCE).collect().await;
        scene.dress().await;
        let routes = contract_routes().into_iter().map(|route| (route.id.clone(), route)).collect();
        Self { scene, routes, talks }
    }

    pub(super) fn route(&self, operation: &Operation) -> &Route {
        let id = operation.id;
        self.routes.get(id).unwrap_or_else(|| panic!("openapi.yaml has no {id} any more: take it out of operations.rs"))
    }

    /// The call of a cell, by this client.
    pub(super) fn request(&self, cell: &Cell, client: &Client) -> RequestBuilder {
        let route = self.route(cell.operation);
        let call = (cell.operation.call)(&self.ask(cell));
        let request = client.request(route.method.parse().unwrap(), &address(route, &call));
        let request = match call.body {
            Some(body) => request.json(&body),
            None => request,
        };
        if cell.principal.gives_reason() { request.header("x-access-reason", REASON) } else { request }
    }

    fn ask(&self, cell: &Cell) -> Ask<'_> {
        let me = &self.scene.people[&Owner::Principal(cell.principal.account())];
        let other = if cell.aim == Aim::Malformed { MALFORMED } else { MISSING };
        let aimed_at = cell.aim.of(cell.principal).map(|(owner, _)| owner);
        let user = |owner: Owner| &*self.scene.people[&owner].user;
        let talk = cell.key().map(|key| &self.talks[&key]);
        Ask {
            aim: cell.aim,
            email: &me.email,
            refresh_tokens: &me.refresh_tokens,
            user: aimed_at.map_or(other, user),
            family: aimed_at.map_or(other, |owner| user(owner.guardian())),
            session: talk.map_or(other, |talk| &talk.session),
            turn: talk.map_or(other, |talk| &talk.turn),
            number: cell.number,
        }
    }

    /// Makes the calls of one operation, all at once: none of them changes what another one meets.
    pub(super) async fn outcomes(&self, cells: &[Cell], clients: &BTreeMap<Principal, Client>) -> Vec<Outcome> {
        let calls = stream::iter(cells.to_vec()).map(async |cell| {
            let response = self.send(&cell, &clients[&cell.principal]).await;
            self.outcome(&cell, response).await
        });
        calls.buffered(AT_ONCE).collect().await
    }

    async fn send(&self, cell: &Cell, client: &Client) -> Response {
        let mut response = self.request(cell, client).send().await.unwrap();
        for _ in 1..ATTEMPTS {
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                break;
            }
            sleep(Duration::from_secs(1)).await;
            response = self.request(cell, client).send().await.unwrap();
        }
        response
    }

    async fn outcome(&self, cell: &Cell, response: Response) -> Outcome {
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
        let body = response.text().await.unwrap();
        let (mut words, mut faults) = (status.as_u16().to_string(), Vec::new());
        let told = self.scene.canaries(&body);
        if status.is_success() {
            words.push_str(&ending(&kind, &body));
            words.push_str(&text_of(cell, &told));
        } else {
            let problem: Value = serde_json::from_str(&body).unwrap_or_default();
            let code = problem["code"].as_str().unwrap_or_default();
            if !USUAL.contains(&(status.as_u16(), code)) {
                words = format!("{words} {code}");
            }
            if kind != "application/problem+json" || problem["status"] != status.as_u16() {
                faults.push("the answer is no problem document".to_owned());
            }
            if !told.is_empty() {
                faults.push(format!("a refusal holds what was said by {told:?}"));
            }
        }
        if status.is_server_error() {
            faults.push("a request alone must not bring a server into trouble".to_owned());
        }
        let route = self.route(cell.operation);
        let what = format!("{} {}, {:?}, {:?}: {words}", route.method, route.path, cell.principal, cell.aim);
        Outcome { words, faults: faults.into_iter().map(|fault| format!("{what}: {fault}")).collect() }
    }
}

/// The path with its parameters, and the query. Values are ids and words.
fn address(route: &Route, call: &Call) -> String {
    let fill = |path: String, (name, value): &(&str, String)| path.replace(&format!("{{{name}}}"), value);
    let path = call.path.iter().fold(route.path.clone(), fill);
    let query: Vec<_> = call.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{path}{query}").replace(' ', "%20")
}

/// How a stream ended, where it did not end well.
fn ending(kind: &str, body: &str) -> String {
    if kind != "text/event-stream" {
        return String::new();
    }
    match sse::parse_all(body).last() {
        Some(event) if event.name == "complete" => String::new(),
        Some(event) => format!(", then {} {}", event.name, event.data["code"].as_str().unwrap_or_default()),
        None => ", then nothing".to_owned(),
    }
}

/// Whose words an answer holds.
fn text_of(cell: &Cell, told: &[Owner]) -> String {
    let aimed = match cell.aim {
        Aim::Nobody => Owner::Principal(cell.principal.account()),
        aim => aim.of(cell.principal).map_or(Owner::Guardian, |(owner, _)| owner),
    };
    match told {
        [] => String::new(),
        [only] if *only == aimed => ", text".to_owned(),
        several => {
            let names: Vec<_> = several.iter().map(|owner| owner.name(cell.principal)).collect();
            format!(", text: {}", names.join(" and "))
        }
    }
}
