//! The routes of the functions' sources: `.route("…", get(…))` and `edge::health("…")`.

use super::{
    route::{METHODS, Route, Routes},
    rust,
    tree::{Tree, Trouble, ending},
};

/// What a router can be built with that is no readable route.
const UNREADABLE: [&str; 3] = [".nest(", ".nest_service(", ".route_service("];

/// What takes a handler that has no proof of access; `edge::routing` has those that want one.
const UNPROVEN: [&str; 2] = ["Router::new(", "Router::default("];

/// The routes of every function.
pub(crate) fn routes(tree: &Tree) -> Result<Routes, Trouble> {
    let mut routes = Routes::default();
    for file in tree.files() {
        if let Some(function) = function_of(file) {
            routes.extend(routes_in(function, file, &tree.read(file)?));
        }
    }
    Ok(routes)
}

/// The function whose source a file is.
fn function_of(file: &str) -> Option<&str> {
    let (function, rest) = file.strip_prefix("functions/")?.split_once('/')?;
    (rest.starts_with("src/") && ending(rest) == "rs").then_some(function)
}

fn routes_in(function: &str, file: &str, text: &str) -> Vec<Result<Route, String>> {
    let code = rust::without_comments(text);
    let code = rust::without_tests(&code);
    let routes = arguments(code, ".route(").flat_map(|given| routes_of_call(function, file, given));
    let health = arguments(code, "edge::health(").map(|given| health(function, file, given));
    let unreadable = UNREADABLE.iter().filter(|call| code.contains(**call));
    let unreadable = unreadable.map(|call| Err(format!("{file} uses {call}…), whose routes cannot be compared")));
    let unproven = UNPROVEN.iter().filter(|call| code.contains(**call));
    let unproven = unproven.map(|call| {
        Err(format!("{file} has {call}…): handlers are taken by edge::routing::Routes, with a proof of access"))
    });
    routes.chain(health).chain(unreadable).chain(unproven).collect()
}

/// What stands between the brackets of each such call.
fn arguments<'a>(code: &'a str, call: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(call).filter_map(move |(at, _)| rust::until_closed(&code[at + call.len()..]))
}

fn routes_of_call(function: &str, file: &str, given: &str) -> Vec<Result<Route, String>> {
    let Some((path, rest)) = leading_text(given) else {
        return vec![Err(format!("{file} has a route whose path is not written out: {}", given.trim()))];
    };
    let calls = rust::outer_calls(rest);
    let methods: Vec<_> = calls.iter().filter(|call| METHODS.contains(&call.as_str())).collect();
    if methods.is_empty() || calls.iter().any(|call| call == "any" || call == "on") {
        return vec![Err(format!("{file} does not write out the methods of {path}"))];
    }
    methods.into_iter().map(|method| Ok(Route::new(method, path, function))).collect()
}

fn health(function: &str, file: &str, given: &str) -> Result<Route, String> {
    let name = leading_text(given).map(|(name, _)| Route::new("get", &format!("/health/{name}"), function));
    name.ok_or_else(|| format!("{file} calls edge::health with a name that is not written out"))
}

/// The string literal at the beginning, and what follows it. Paths need no escapes.
fn leading_text(given: &str) -> Option<(&str, &str)> {
    given.trim_start().strip_prefix('"')?.split_once('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Routes {
        routes_in("auth", "functions/auth/src/lib.rs", text).into_iter().collect()
    }

    #[test]
    fn each_method_of_a_path_is_a_route() {
        let text =
            "Routes::new()\n  .route(\n    \"/me\",\n    get(|| map.put(1)).delete(erase),\n  )\n  .with_state(a)";
        let expected = [Route::new("get", "/me", "auth"), Route::new("delete", "/me", "auth")];
        assert_eq!(read(text), expected.map(Ok).into_iter().collect());
    }

    #[test]
    fn health_is_a_route() {
        let read = read("Ok(routes.merge(edge::health(\"auth\")))");
        assert_eq!(read, [Ok(Route::new("get", "/health/auth", "auth"))].into_iter().collect());
    }

    #[test]
    fn comments_and_tests_have_no_routes() {
        let text = "// .route(\"/a\", get(a))\n#[cfg(test)]\nmod tests { fn f() { r.route(\"/b\", get(b)); } }";
        assert_eq!(read(text), Routes::default());
    }

    #[test]
    fn what_cannot_be_read_is_found() {
        for text in [
            ".route(PATH, get(me))",
            ".route(\"/me\", methods())",
            ".route(\"/me\", any(me))",
            ".nest(\"/v2\", more)",
            "edge::health(NAME)",
            "let routes = Router::new();",
        ] {
            let read = read(text);
            assert!(read.routes.is_empty() && read.findings.len() == 1, "{text}: {read:?}");
        }
    }

    #[test]
    fn only_sources_of_functions_are_read() {
        assert_eq!(function_of("functions/auth/src/a/b.rs"), Some("auth"));
        for file in ["functions/auth/tests/a.rs", "functions/auth/src/a.json", "shared/edge/src/lib.rs"] {
            assert_eq!(function_of(file), None);
        }
    }
}
