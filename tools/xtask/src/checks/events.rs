//! Every route of a function has sample events in both forms that a gateway sends, so that the test
//! that replays all samples replays every route.

use crate::read::{
    handlers,
    route::Route,
    tree::{Tree, Trouble},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The form of an event: of a REST API, or of an HTTP API and a function URL.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    V1,
    V2,
}

/// A sample event. `path` is a template in V1, and filled in in V2.
#[derive(Debug)]
struct Event {
    function: String,
    form: Form,
    method: String,
    path: String,
}

/// Looks for an event of each form for every route.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let (mut events, mut findings) = (Vec::new(), Vec::new());
    for file in tree.files() {
        if let Some((function, form)) = kind_of(file) {
            match parse(function, form, &tree.read(file)?) {
                Some(event) => events.push(event),
                None => findings.push(format!("{file} is no event of its form: it has not its method and its path")),
            }
        }
    }
    findings.extend(missing(&handlers::routes(tree)?.routes, &events));
    Ok(findings)
}

/// The function and the form of an event, by the name of its file.
fn kind_of(file: &str) -> Option<(&str, Form)> {
    let (function, name) = file.strip_prefix("events/")?.split_once('/')?;
    let form = match name {
        _ if name.ends_with(".v1.json") => Form::V1,
        _ if name.ends_with(".v2.json") => Form::V2,
        _ => return None,
    };
    Some((function, form))
}

fn parse(function: &str, form: Form, text: &str) -> Option<Event> {
    let event: Value = serde_json::from_str(text).ok()?;
    let (method, path) = match form {
        Form::V1 => (&event["httpMethod"], &event["resource"]),
        Form::V2 => (&event["requestContext"]["http"]["method"], &event["rawPath"]),
    };
    let (method, path) = (method.as_str()?.to_owned(), path.as_str()?.to_owned());
    Some(Event { function: function.to_owned(), form, method, path })
}

fn missing(routes: &BTreeSet<Route>, events: &[Event]) -> Vec<String> {
    let lacks = |route: &Route, form| !events.iter().any(|event| event.form == form && is_of(event, route, routes));
    let finding = |route: &Route, form, ending| {
        lacks(route, form).then(|| format!("{route} has no event events/{}/*.{ending}", route.function))
    };
    let both = |route| [finding(route, Form::V1, "v1.json"), finding(route, Form::V2, "v2.json")];
    routes.iter().flat_map(both).flatten().collect()
}

/// Whether the event would reach this route and no more exact one.
fn is_of(event: &Event, route: &Route, routes: &BTreeSet<Route>) -> bool {
    let reaches = |route: &Route| {
        let path = if event.form == Form::V1 { route.path == event.path } else { route.takes(&event.path) };
        path && route.method == event.method && route.function == event.function
    };
    reaches(route) && !routes.iter().any(|other| reaches(other) && other.parameters() < route.parameters())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(form: Form, method: &str, path: &str) -> Event {
        Event { function: "history".to_owned(), form, method: method.to_owned(), path: path.to_owned() }
    }

    fn routes(paths: &[&str]) -> BTreeSet<Route> {
        paths.iter().map(|path| Route::new("get", path, "history")).collect()
    }

    #[test]
    fn both_forms_of_a_route_are_enough() {
        let events = [event(Form::V1, "GET", "/turns/{id}"), event(Form::V2, "GET", "/turns/{{turnId}}")];
        assert_eq!(missing(&routes(&["/turns/{id}"]), &events), Vec::<String>::new());
    }

    #[test]
    fn a_missing_form_is_found() {
        let found = missing(&routes(&["/turns/{id}"]), &[event(Form::V1, "GET", "/turns/{id}")]);
        assert_eq!(found, ["GET /turns/{id} (history) has no event events/history/*.v2.json"]);
    }

    #[test]
    fn an_event_of_another_method_path_or_function_does_not_count() {
        let other_function = Event { function: "auth".to_owned(), ..event(Form::V1, "GET", "/turns") };
        let events = [event(Form::V1, "POST", "/turns"), event(Form::V1, "GET", "/turn"), other_function];
        assert_eq!(missing(&routes(&["/turns"]), &events).len(), 2);
    }

    #[test]
    fn an_event_of_a_more_exact_route_does_not_count() {
        let events = [event(Form::V2, "GET", "/turns/last"), event(Form::V1, "GET", "/turns/last")];
        let found = missing(&routes(&["/turns/{id}", "/turns/last"]), &events);
        assert!(found.len() == 2 && found.iter().all(|line| line.starts_with("GET /turns/{id}")), "{found:?}");
    }

    #[test]
    fn events_are_read_in_both_forms() {
        let v1 = r#"{ "httpMethod": "GET", "resource": "/me" }"#;
        let v2 = r#"{ "requestContext": { "http": { "method": "GET" } }, "rawPath": "/me" }"#;
        assert!(parse("auth", Form::V1, v1).is_some() && parse("auth", Form::V2, v2).is_some());
        assert!(parse("auth", Form::V2, v1).is_none() && parse("auth", Form::V1, v2).is_none());
        assert!(parse("auth", Form::V1, "{").is_none());
    }

    #[test]
    fn the_name_of_a_file_says_function_and_form() {
        assert_eq!(kind_of("events/auth/me.v2.json"), Some(("auth", Form::V2)));
        assert_eq!(kind_of("events/audit-fanout/batch.json"), None);
        assert_eq!(kind_of("events/sse/turn.sse"), None);
    }
}
