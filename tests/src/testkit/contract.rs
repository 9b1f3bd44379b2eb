//! The contract, `openapi.yaml`, as a list of routes.

use serde_json::Value;

/// One operation of the contract.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// Its `operationId`.
    pub(crate) id: String,
    /// Its `x-function`.
    pub(crate) function: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Also of those that may be called without a token where visitors are served: that is off
    /// unless a test switches it on.
    pub(crate) needs_token: bool,
    pub(crate) has_body: bool,
}

/// All operations.
pub(crate) fn contract_routes() -> Vec<Route> {
    let contract: Value = serde_saphyr::from_str(&super::read("openapi.yaml")).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().iter().map(move |(method, operation)| Route {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            function: operation["x-function"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
            // Open routes have an empty list.
            needs_token: operation.get("security").is_none_or(|ways| !ways.as_array().unwrap().is_empty()),
            has_body: operation.get("requestBody").is_some(),
        })
    });
    operations.collect()
}
