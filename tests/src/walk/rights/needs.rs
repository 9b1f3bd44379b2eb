//! What a call needs, as IAM sees it: each item of a transaction is an action of its own, a batch
//! is one for each of its tables.

use super::template::Template;
use crate::testkit::proxy::{Call, Service};
use serde_json::Value;

/// The wrapping keys, by the alias of the newest.
const WRAPPING: &str = "alias/cmz-vault";

/// An action on a table, an index or a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) action: String,
    pub(super) resource: String,
    /// The partition, where the call names one.
    pub(super) leading: Option<String>,
}

/// What a call needs.
pub(super) fn needs(call: &Call, template: &Template) -> Vec<Need> {
    let body = &call.body;
    if call.service == Service::Keys {
        return of_keys(call);
    }
    match call.operation.as_str() {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().unwrap().iter();
            let parts = items.flat_map(|item| item.as_object().unwrap().iter());
            parts.map(|(kind, part)| of_item(part_of_transaction(kind), part, template)).collect()
        }
        "BatchWriteItem" | "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().unwrap().keys();
            let action = format!("dynamodb:{}", call.operation);
            tables.map(|table| Need { action: action.clone(), resource: table.clone(), leading: None }).collect()
        }
        "PutItem" | "GetItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan" => {
            vec![of_item(&call.operation, body, template)]
        }
        other => panic!("say here what {other} needs"),
    }
}

/// What a call of the key service needs. There is one alias of wrapping keys; a name in a call that is no alias is
/// one of theirs.
fn of_keys(call: &Call) -> Vec<Need> {
    let (body, operation) = (&call.body, call.operation.as_str());
    let of = |action: &str, resource: &str| Need {
        action: format!("kms:{action}"),
        resource: if resource.starts_with("arn:") { WRAPPING.to_owned() } else { resource.to_owned() },
        leading: None,
    };
    match operation {
        // The bytes say which of the wrapping keys opens them.
        "Decrypt" => vec![of(operation, WRAPPING)],
        "ReEncrypt" => vec![of("ReEncryptFrom", WRAPPING), of("ReEncryptTo", &named(&body["DestinationKeyId"]))],
        "CreateKey" => vec![of(operation, "*"), of("TagResource", "*")],
        "UpdateAlias" => vec![of(operation, &named(&body["AliasName"])), of(operation, &named(&body["TargetKeyId"]))],
        _ => vec![of(operation, &named(&body["KeyId"]))],
    }
}

fn part_of_transaction(kind: &str) -> &'static str {
    match kind {
        "Put" => "PutItem",
        "Get" => "GetItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "ConditionCheck" => "ConditionCheckItem",
        other => panic!("say here what {other} needs"),
    }
}

fn of_item(operation: &str, part: &Value, template: &Template) -> Need {
    let table = named(&part["TableName"]);
    let resource = match part["IndexName"].as_str() {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    };
    assert!(template.knows(&resource), "the template has no {resource}");
    let leading = template.partition(&resource).and_then(|partition| leading(part, partition));
    Need { action: format!("dynamodb:{operation}"), resource, leading }
}

fn named(value: &Value) -> String {
    value.as_str().expect("a name").to_owned()
}

/// The partition that a call is about.
fn leading(part: &Value, partition: &str) -> Option<String> {
    let item = [&part["Key"], &part["Item"]].into_iter().find(|item| item.is_object());
    let value = match item {
        Some(item) => &item[partition],
        None => queried(part, partition)?,
    };
    value["S"].as_str().map(str::to_owned)
}

/// What a query's condition compares the partition key with.
fn queried<'a>(part: &'a Value, partition: &str) -> Option<&'a Value> {
    let condition = part["KeyConditionExpression"].as_str()?;
    let comparisons = condition.split(" AND ").filter_map(|comparison| comparison.split_once(" = "));
    let is_it = |name: &str| part["ExpressionAttributeNames"][name].as_str().unwrap_or(name) == partition;
    let (_, value) = comparisons.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| is_it(name))?;
    Some(&part["ExpressionAttributeValues"][value])
}
