//! The walk: every operation of the contract, asked by everybody about everybody. What comes back
//! is `docs/routes.md`, to the letter. It knows of the product what the contract says, and how to put
//! people and conversations into a state that takes longer than a test has.

mod aims;
mod cells;
mod methods;
mod operations;
mod principals;
mod rights;
mod scene;
mod table;
mod tokens;

use crate::testkit::{Client, contract_routes, root};
use cells::{Cell, Outcome, Walk, plan};
use operations::{Ask, OPERATIONS};
use principals::Principal;
use scene::Scene;
use std::collections::{BTreeMap, BTreeSet};
use table::Section;

const FILE: &str = "docs/routes.md";

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let scene = Scene::open(&Principal::ALL).await;
    let cells = plan(&Principal::ALL);
    let walk = Walk::prepare(&scene, &cells).await;
    let open_to_visitors = scene.server(&scene.engine.program.url, &[("VISITORS_WITHOUT_ACCOUNT", "on")]).await;
    let mut clients = clients(&scene).await;
    clients.insert(Principal::NoTokenWhereVisitorsAreServed, scene.client.at(&open_to_visitors.url));
    let mut walked: Vec<Vec<(Cell, Outcome)>> = Vec::new();
    for cells in cells.chunk_by(|one, next| one.operation.id == next.operation.id) {
        let outcomes = walk.outcomes(cells, &clients).await;
        walked.push(cells.iter().copied().zip(outcomes).collect());
    }
    let sections = walked.iter().map(|cells| Section { route: walk.route(cells[0].0.operation), cells });
    let table = table::render(&sections.collect::<Vec<_>>());
    compare(&table);
    let faults: Vec<_> = walked.iter().flatten().flat_map(|(_, outcome)| &outcome.faults).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Everybody's client.
async fn clients(scene: &Scene) -> BTreeMap<Principal, Client> {
    let mut clients = BTreeMap::new();
    for principal in Principal::ALL {
        let Some(person) = scene.people.get(&aims::Owner::Principal(principal.account())) else { continue };
        clients.insert(principal, scene.mint.client(&scene.client, principal, &person.user).await);
    }
    clients
}

#[expect(clippy::disallowed_methods, reason = "a test asks how it is to be run")]
fn compare(table: &str) {
    let file = root().join(FILE);
    if std::env::var("ROUTES_TABLE").is_ok_and(|how| how == "write") {
        std::fs::write(&file, table).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (committed.lines().collect(), table.lines().collect());
    let surprises: Vec<_> = was.difference(&is).map(|line| format!("- {line}")).collect();
    let surprises: Vec<_> = surprises.into_iter().chain(is.difference(&was).map(|line| format!("+ {line}"))).collect();
    assert!(
        committed == table,
        "{FILE} does not say what the product does. Where the product is right, `ROUTES_TABLE=write` writes it anew.\n{}",
        surprises.join("\n")
    );
}

#[test]
fn the_walk_knows_how_to_call_every_operation() {
    let known: BTreeMap<_, _> = OPERATIONS.iter().map(|operation| (operation.id, operation)).collect();
    assert_eq!(known.len(), OPERATIONS.len(), "an operation is there twice");
    let refresh_tokens = Default::default();
    let mut unknown: BTreeSet<_> = known.keys().copied().collect();
    for route in contract_routes() {
        let name = format!("{} ({} {})", route.id, route.method, route.path);
        unknown.remove(&*route.id);
        let operation = known.get(&*route.id).unwrap_or_else(|| {
            panic!(
                "{name} is not walked. Say in OPERATIONS of tests/src/walk/operations.rs whom it may concern (a list of \
                 aims) and how it is called (path, query, body); then `ROUTES_TABLE=write cargo nextest run -p tests -E \
                 'test(walk::every_route)'`, and read every line of what it adds to {FILE}."
            )
        });
        let (user, session, turn) = ("u", "s", "t");
        let aim = operation.aims[0];
        let ask =
            Ask { aim, email: "e", refresh_tokens: &refresh_tokens, user, family: user, session, turn, number: 0 };
        let call = (operation.call)(&ask);
        let named = route.path.matches('{').count();
        assert_eq!(call.path.len(), named, "{name}: operations.rs fills another number of path parameters");
        for (parameter, _) in &call.path {
            assert!(route.path.contains(&format!("{{{parameter}}}")), "{name} has no {parameter} in its path");
        }
        assert_eq!(call.body.is_some(), route.has_body, "{name}: operations.rs and the contract differ about a body");
    }
    assert!(unknown.is_empty(), "openapi.yaml has no {unknown:?} any more: take them out of operations.rs");
}
