//! The routes of `cargo lambda watch`, in the workspace's metadata: a path leads to one function, or each of its
//! methods to one.

use super::{
    route::{Route, Routes},
    tree::Trouble,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where they stand.
pub(crate) const PLACE: &str = "the router of cargo lambda watch in Cargo.toml";

#[derive(Deserialize)]
struct Output {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    lambda: Lambda,
}

#[derive(Deserialize)]
struct Lambda {
    watch: Watch,
}

#[derive(Deserialize)]
struct Watch {
    router: BTreeMap<String, Leads>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Leads {
    To(String),
    ByMethod(Vec<Lead>),
}

#[derive(Deserialize)]
struct Lead {
    method: String,
    function: String,
}

impl Leads {
    fn to(&self, method: &str) -> Option<&str> {
        match self {
            Self::To(function) => Some(function),
            Self::ByMethod(leads) => leads.iter().find(|lead| lead.method == method).map(|lead| lead.function.as_str()),
        }
    }
}

/// Where the router, in what Cargo says of the workspace, leads with the methods and paths of these routes; a path of
/// no route is found.
pub(crate) fn routes(json: &str, known: &BTreeSet<Route>) -> Result<Routes, Trouble> {
    let output: Output = serde_json::from_str(json).map_err(|why| Trouble::new("cargo metadata", why))?;
    let router = output.metadata.lambda.watch.router;
    let paths: BTreeSet<_> = known.iter().map(|route| route.path.as_str()).collect();
    let unknown = router.keys().filter(|path| !paths.contains(path.as_str()));
    let unknown = unknown.map(|path| Err(format!("{path} in {PLACE} is no route")));
    let led = known.iter().filter_map(|route| {
        let function = router.get(&route.path)?.to(&route.method)?;
        Some(Ok(Route::new(&route.method, &route.path, function)))
    });
    Ok(led.chain(unknown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_one_function_or_each_of_its_methods_does() {
        let json = r#"{ "metadata": { "lambda": { "watch": { "router": {
            "/me": "auth", "/gone": "auth", "/users/{id}": [
                { "method": "PATCH", "function": "auth" }, { "method": "DELETE", "function": "privacy" }] } } } } }"#;
        let [me, change, erase] =
            [("get", "/me", "auth"), ("patch", "/users/{id}", "auth"), ("delete", "/users/{id}", "privacy")]
                .map(|(method, path, function)| Route::new(method, path, function));
        let elsewhere = Route::new("get", "/users/{id}", "auth");
        let known = BTreeSet::from([me.clone(), change.clone(), erase.clone(), elsewhere]);
        let read = routes(json, &known).unwrap();
        assert_eq!(read.routes, BTreeSet::from([me, change, erase]));
        assert_eq!(read.findings, ["/gone in the router of cargo lambda watch in Cargo.toml is no route"]);
    }
}
