//! What the template lets each function do.

use crate::testkit::read;
use serde_json::Value;
use std::collections::BTreeMap;

/// The template, as far as rights go.
pub(super) struct Template {
    /// The names of tables and the aliases of keys, by their logical id.
    names: BTreeMap<String, String>,
    /// The partition keys of tables and of `table/index/name`.
    partitions: BTreeMap<String, String>,
    functions: BTreeMap<String, Vec<Statement>>,
}

/// Any key of the account; which of them, a condition says.
const ANY_KEY: &str = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*";

/// One statement of a function's role.
struct Statement {
    /// What it forbids, whatever others allow.
    denies: bool,
    actions: Vec<String>,
    /// Names of tables, `table/index/name`, aliases of keys; anything else as it stands.
    resources: Vec<String>,
    /// The partition keys it is for, where it is not for all.
    leading: Option<Vec<String>>,
}

/// Something that a function did, or may do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Right {
    pub(super) function: String,
    pub(super) action: String,
    pub(super) resource: String,
}

impl Template {
    pub(super) fn read() -> Self {
        let template: Value = serde_saphyr::from_str(&read("template.yaml")).unwrap();
        let resources = template["Resources"].as_object().unwrap();
        let (mut names, mut partitions, mut uses) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for (id, resource) in resources {
            let of = &resource["Properties"];
            match resource["Type"].as_str().unwrap() {
                "AWS::DynamoDB::Table" => {
                    let table = text(&of["TableName"]);
                    for index in of["GlobalSecondaryIndexes"].as_array().into_iter().flatten() {
                        let index_name = format!("{table}/index/{}", text(&index["IndexName"]));
                        partitions.insert(index_name, text(&index["KeySchema"][0]["AttributeName"]));
                    }
                    partitions.insert(table.clone(), text(&of["KeySchema"][0]["AttributeName"]));
                    names.insert(id.clone(), table);
                }
                "AWS::KMS::Key" => {
                    let tags = of["Tags"].as_array().into_iter().flatten();
                    let tag = tags.clone().find(|tag| tag["Key"] == "KeyUse");
                    uses.extend(tag.map(|tag| (text(&tag["Value"]), id.clone())));
                }
                "AWS::KMS::Alias" => drop(names.insert(text(&of["TargetKeyId"]["Ref"]), text(&of["AliasName"]))),
                _ => {}
            }
        }
        // Keys of a use, by the pattern and the tag that roles know them by.
        for (tag, id) in uses {
            names.insert(format!("{ANY_KEY} {tag}"), names[&id].clone());
        }
        let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
        let functions = functions.map(|function| {
            let name = text(&function["Metadata"]["BuildProperties"]["Binary"]);
            (name, statements(&function["Properties"]["Policies"], &names))
        });
        Self { functions: functions.collect(), partitions, names: names.clone() }
    }

    /// The names of all functions.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    /// What the partition key of a table or an index is called.
    pub(super) fn partition(&self, resource: &str) -> Option<&str> {
        self.partitions.get(resource).map(String::as_str)
    }

    /// Whether a function may do this, with an item of this partition where that is known.
    pub(super) fn allows(&self, right: &Right, leading: Option<&str>) -> bool {
        let is_about = |statement: &&Statement| {
            statement.actions.contains(&right.action)
                && statement.resources.contains(&right.resource)
                && statement
                    .leading
                    .as_ref()
                    .is_none_or(|keys| leading.is_some_and(|key| keys.iter().any(|named| is_like(key, named))))
        };
        let mut found = self.functions[&right.function].iter().filter(is_about).peekable();
        found.peek().is_some() && found.all(|statement| !statement.denies)
    }

    /// All that a function may do.
    pub(super) fn rights(&self, function: &str) -> Vec<Right> {
        let statements = self.functions[function].iter().filter(|statement| !statement.denies);
        let pairs = statements.flat_map(|statement| {
            let resources = statement.resources.iter();
            resources.flat_map(|resource| statement.actions.iter().map(move |action| (action, resource)))
        });
        let right = |(action, resource): (&String, &String)| Right {
            function: function.to_owned(),
            action: action.clone(),
            resource: resource.clone(),
        };
        pairs.map(right).collect()
    }

    /// Whether a resource is known by name: what nobody named is not a table or key of ours.
    pub(super) fn knows(&self, resource: &str) -> bool {
        self.partitions.contains_key(resource) || self.names.values().any(|name| name == resource)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

fn statements(policies: &Value, names: &BTreeMap<String, String>) -> Vec<Statement> {
    let policies = policies.as_array().expect("policies");
    let statements = policies.iter().flat_map(|policy| {
        let statements = policy["Statement"].as_array();
        statements.unwrap_or_else(|| panic!("only whole policies are understood here: {policy}"))
    });
    statements.map(|statement| Statement::of(statement, names)).collect()
}

impl Statement {
    fn of(statement: &Value, names: &BTreeMap<String, String>) -> Self {
        let denies = match statement["Effect"].as_str() {
            Some("Allow") => false,
            Some("Deny") if statement.get("Condition").is_none() => true,
            _ => panic!("not understood here: {statement}"),
        };
        let many = |value: &Value| match value {
            Value::Array(values) => values.clone(),
            one => vec![one.clone()],
        };
        let actions: Vec<_> = many(&statement["Action"]).iter().map(text).collect();
        assert!(actions.iter().all(|action| !action.contains('*')), "a role names what it may do: {actions:?}");
        let resources = many(&statement["Resource"]).into_iter().map(|resource| name(&resource, names));
        let condition = &statement["Condition"]["StringEquals"];
        if condition["aws:RequestTag/KeyUse"].is_string() || condition["ses:FromAddress"].is_object() {
            return Self { denies, actions, resources: resources.collect(), leading: None };
        }
        let tag = &condition["aws:ResourceTag/KeyUse"];
        if tag.is_string() {
            let tagged = |pattern: String| names[&format!("{pattern} {}", text(tag))].clone();
            return Self { denies, actions, resources: resources.map(tagged).collect(), leading: None };
        }
        Self { denies, actions, resources: resources.collect(), leading: leading(&statement["Condition"]) }
    }
}

/// A resource by the name that calls use; what is neither a table nor a key by its logical id.
fn name(resource: &Value, names: &BTreeMap<String, String>) -> String {
    if let Some(id) = resource["Fn::GetAtt"][0].as_str().or(resource["Ref"].as_str()) {
        return names.get(id).map_or(id, String::as_str).to_owned();
    }
    let pattern = resource["Fn::Sub"].as_str().or(resource.as_str());
    let pattern = pattern.unwrap_or_else(|| panic!("not understood here: {resource}")).to_owned();
    // An alias by its name, as calls know it.
    if let Some((_, alias)) = pattern.split_once(":alias/") {
        return format!("alias/{alias}");
    }
    names.iter().fold(pattern, |text, (id, name)| text.replace(&format!("${{{id}.Arn}}"), name))
}

/// Whether a partition is the one that a condition names, or begins as it says.
fn is_like(partition: &str, named: &str) -> bool {
    named.strip_suffix('*').map_or(partition == named, |beginning| partition.starts_with(beginning))
}

/// The partition keys that a condition leaves.
fn leading(condition: &Value) -> Option<Vec<String>> {
    let conditions = condition.as_object()?;
    let keys = &condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"];
    let keys = if keys.is_array() { keys } else { &condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] };
    assert!(conditions.len() == 1 && keys.is_array(), "only leading keys are understood here: {condition}");
    Some(keys.as_array().unwrap().iter().map(text).collect())
}
