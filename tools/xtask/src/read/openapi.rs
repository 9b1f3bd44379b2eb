//! The routes of `openapi.yaml`: an operation names its function in `x-function`.

use super::{
    route::{METHODS, Route, Routes},
    tree::Trouble,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where the operations are described.
pub(crate) const FILE: &str = "openapi.yaml";

#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, Value>>,
}

/// The routes of the document.
pub(crate) fn routes(text: &str) -> Result<Routes, Trouble> {
    let document: Document = serde_saphyr::from_str(text).map_err(|why| Trouble::new(FILE, why))?;
    Ok(document.paths.iter().flat_map(|(path, item)| operations(path, item)).collect())
}

fn operations(path: &str, item: &BTreeMap<String, Value>) -> impl Iterator<Item = Result<Route, String>> {
    let operations = item.iter().filter(|(key, _)| METHODS.contains(&key.as_str()));
    operations.map(move |(method, operation)| match operation.get("x-function").and_then(Value::as_str) {
        Some(function) => Ok(Route::new(method, path, function)),
        None => Err(format!("{} {path} in {FILE} has no x-function", method.to_uppercase())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_routes_and_shared_parameters_are_not() {
        let text =
            "paths:\n  /me:\n    parameters: []\n    get: { x-function: auth }\n    delete: { x-function: privacy }\n";
        let expected = [Route::new("get", "/me", "auth"), Route::new("delete", "/me", "privacy")];
        assert_eq!(routes(text).unwrap(), expected.map(Ok).into_iter().collect());
    }

    #[test]
    fn an_operation_without_a_function_is_found() {
        let read = routes("paths:\n  /me:\n    get: { operationId: getMe }\n").unwrap();
        assert_eq!(read.findings, ["GET /me in openapi.yaml has no x-function"]);
    }

    #[test]
    fn a_broken_document_is_trouble() {
        assert!(routes("paths: [").is_err());
    }
}
