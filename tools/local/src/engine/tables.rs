//! The tables, read from the deployment template's own resources, so that what runs here and what
//! runs on AWS cannot drift apart.

use crate::failure::{Explain, Failure};
use dynoxide::actions::{
    create_table::CreateTableRequest, update_table::UpdateTableRequest, update_time_to_live::UpdateTimeToLiveRequest,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, path::Path};

const BUILT_IN: &str = include_str!("../../../../template.yaml");
/// The properties that `CreateTable` takes under the same names as the template.
const CREATE_PROPERTIES: [&str; 5] =
    ["TableName", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"];

/// A table to make.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) create: CreateTableRequest,
    pub(crate) time_to_live: Option<UpdateTimeToLiveRequest>,
    /// Each of its indexes, to be made where a table of an earlier version has none.
    pub(crate) indexes: Vec<(String, UpdateTableRequest)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

/// The tables of a template, of the one built in where no file is given.
pub(crate) fn read(file: Option<&Path>) -> Result<Vec<Table>, Failure> {
    let Some(file) = file else { return parse(BUILT_IN, "the built-in template") };
    let what = format!("the template {}", file.display());
    let text = std::fs::read_to_string(file).explain(format!("{what} cannot be read"))?;
    parse(&text, &what)
}

fn parse(text: &str, what: &str) -> Result<Vec<Table>, Failure> {
    let broken = format!("{what} is broken");
    let template: Template = serde_saphyr::from_str(text).explain(&broken)?;
    let resources = template.resources.into_iter().filter(|(_, found)| found.r#type == "AWS::DynamoDB::Table");
    let tables = resources.map(|(name, resource)| table(resource.properties).explain(format!("{broken}, {name}")));
    let tables: Vec<_> = tables.collect::<Result<_, _>>()?;
    if tables.is_empty() { Err(Failure::new(format!("{broken}: it has no tables"))) } else { Ok(tables) }
}

fn table(mut properties: Map<String, Value>) -> Result<Table, serde_json::Error> {
    let stream = properties.remove("StreamSpecification");
    let time_to_live = properties.remove("TimeToLiveSpecification");
    properties.retain(|name, _| CREATE_PROPERTIES.contains(&name.as_str()));
    if let Some(view) = stream.as_ref().and_then(|stream| stream.get("StreamViewType")) {
        let enabled = json!({ "StreamEnabled": true, "StreamViewType": view });
        properties.insert("StreamSpecification".to_owned(), enabled);
    }
    let indexes = indexes(&properties)?;
    let create: CreateTableRequest = serde_json::from_value(Value::Object(properties))?;
    let name = create.table_name.clone();
    let time_to_live = time_to_live
        .map(|wanted| serde_json::from_value(json!({ "TableName": name, "TimeToLiveSpecification": wanted })))
        .transpose()?;
    Ok(Table { name, create, time_to_live, indexes })
}

fn indexes(properties: &Map<String, Value>) -> Result<Vec<(String, UpdateTableRequest)>, serde_json::Error> {
    let indexes = properties.get("GlobalSecondaryIndexes").and_then(Value::as_array).into_iter().flatten();
    let update = |index: &Value| {
        let request = json!({
            "TableName": properties.get("TableName"),
            "AttributeDefinitions": properties.get("AttributeDefinitions"),
            "GlobalSecondaryIndexUpdates": [{ "Create": index }],
        });
        Ok((index["IndexName"].as_str().unwrap_or_default().to_owned(), serde_json::from_value(request)?))
    };
    indexes.map(update).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversations_have_the_keys_indexes_and_stream_of_the_guide() {
        let tables = read(None).unwrap();
        let found = tables.iter().find(|table| table.name == "cmz-conversations").unwrap();
        let keys: Vec<_> = found.create.key_schema.iter().map(|key| key.attribute_name.as_str()).collect();
        assert_eq!(keys, ["userId", "sessionIdTimestamp"]);
        let indexes = found.create.global_secondary_indexes.as_ref().unwrap();
        let mut names: Vec<_> = indexes.iter().map(|index| index.index_name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["AnimalIndex", "ParentUserIndex", "SessionIndex"]);
        assert!(found.create.stream_specification.is_some());
        assert_eq!(found.time_to_live.as_ref().unwrap().time_to_live_specification.attribute_name, "ttl");
    }

    #[test]
    fn a_broken_template_is_one_line() {
        for text in ["", "Resources: [", "Resources: {}", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table"] {
            let failure = parse(text, "the template x").err().unwrap().to_string();
            assert!(failure.starts_with("the template x is broken"), "{failure}");
            assert!(!failure.contains('\n'));
        }
    }
}
