//! The contract, `openapi.yaml`, as a list of routes.

use serde_json::Value;

/// One operation of the contract.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Also of those that may be called without a token where visitors are served: that is off
    /// unless a test switches it on.
    pub(crate) needs_token: bool,
}

/// All operations.
pub(crate) fn contract_routes() -> Vec<Route> {
    let contract: Value = serde_saphyr::from_str(&super::read("openapi.yaml")).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().iter().map(move |(method, operation)| Route {
            method: method.to_uppercase(),
            path: path.clone(),
            // Open routes have an empty list.
            needs_token: operation.get("security").is_none_or(|ways| !ways.as_array().unwrap().is_empty()),
        })
    });
    operations.collect()
}
