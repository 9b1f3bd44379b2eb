//! The routes of `template.yaml`: the events of type `Api` of the functions, which are named by their binary.

use super::{
    route::{METHODS, Route, Routes},
    tree::Trouble,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where the functions are deployed.
pub(crate) const FILE: &str = "template.yaml";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: BTreeMap<String, Value>,
}

/// The routes of the template.
pub(crate) fn routes(text: &str) -> Result<Routes, Trouble> {
    let template: Template = serde_saphyr::from_str(text).map_err(|why| Trouble::new(FILE, why))?;
    let is_function = |resource: &Value| resource["Type"] == "AWS::Serverless::Function";
    let functions = template.resources.iter().filter(|(_, resource)| is_function(resource));
    Ok(functions.flat_map(|(name, resource)| function(name, resource)).collect())
}

fn function(name: &str, resource: &Value) -> Vec<Result<Route, String>> {
    let Some(binary) = resource["Metadata"]["BuildProperties"]["Binary"].as_str() else {
        return vec![Err(format!("{name} in {FILE} has no Metadata.BuildProperties.Binary"))];
    };
    let events = resource["Properties"]["Events"].as_object().into_iter().flatten();
    events.filter(|(_, event)| event["Type"] == "Api").map(|(event, value)| route(name, binary, event, value)).collect()
}

fn route(name: &str, binary: &str, event: &str, value: &Value) -> Result<Route, String> {
    let property = |key: &str| value["Properties"][key].as_str();
    match (property("Method"), property("Path")) {
        (Some(method), Some(path)) if METHODS.contains(&method.to_lowercase().as_str()) => {
            Ok(Route::new(method, path, binary))
        }
        _ => Err(format!("event {event} of {name} in {FILE} has not one method and one path")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(binary: &str, event: &str) -> String {
        let table = "{ Type: 'AWS::DynamoDB::Table' }";
        let metadata = format!("{{ BuildProperties: {{ {binary} }} }}");
        let events = format!("{{ Nightly: {{ Type: Schedule }}, Me: {{ Type: Api, Properties: {{ {event} }} }} }}");
        let auth = format!(
            "{{ Type: 'AWS::Serverless::Function', Metadata: {metadata}, Properties: {{ Events: {events} }} }}"
        );
        format!("Resources:\n  Table: {table}\n  Auth: {auth}\n")
    }

    #[test]
    fn api_events_are_routes_of_the_binary() {
        let read = routes(&template("Binary: auth", "Method: get, Path: /me")).unwrap();
        assert_eq!(read, [Ok(Route::new("get", "/me", "auth"))].into_iter().collect());
    }

    #[test]
    fn a_function_without_a_binary_is_found() {
        let read = routes(&template("", "Method: get, Path: /me")).unwrap();
        assert_eq!(read.findings, ["Auth in template.yaml has no Metadata.BuildProperties.Binary"]);
    }

    #[test]
    fn an_event_for_any_method_is_found() {
        let read = routes(&template("Binary: auth", "Method: any, Path: /me")).unwrap();
        assert_eq!(read.findings, ["event Me of Auth in template.yaml has not one method and one path"]);
    }
}
