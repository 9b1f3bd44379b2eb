//! What passes a proxy: calls, and what becomes of them.

use super::wire::Request;
use serde_json::Value;
use tokio::time::Instant;

/// Whose call it is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Database,
    Keys,
}

/// A call as a rule sees it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Its number since the rule was set, from 1.
    pub(crate) number: usize,
    pub(crate) service: Service,
    /// Such as `TransactWriteItems`, `Decrypt`.
    pub(crate) operation: String,
    pub(crate) body: Value,
}

impl Call {
    pub(super) fn new(number: usize, service: Service, request: &Request) -> Self {
        let target = request.header("x-amz-target");
        let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
        Self { number, service, operation: operation.to_owned(), body: request.body.clone() }
    }

    /// The tables it is about, each as often as it is named.
    pub(crate) fn tables(&self) -> Vec<&str> {
        let one = self.body["TableName"].as_str();
        let batch = self.body["RequestItems"].as_object().into_iter().flatten().map(|(table, _)| table.as_str());
        let items = self.body["TransactItems"].as_array().into_iter().flatten();
        let actions = items.filter_map(|item| item.as_object()?.values().next()?["TableName"].as_str());
        one.into_iter().chain(batch).chain(actions).collect()
    }
}

/// A call and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) call: Call,
    /// Whether it met another fate than being forwarded.
    pub(crate) is_disturbed: bool,
    pub(crate) began: Instant,
    /// `None` while it is under way.
    pub(crate) ended: Option<Instant>,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
}

impl Record {
    pub(super) fn begin(call: Call, is_disturbed: bool) -> Self {
        Self { call, is_disturbed, began: Instant::now(), ended: None, read_units: 0.0, write_units: 0.0 }
    }

    /// Takes what the database says the call cost.
    pub(super) fn count(&mut self, answer: &Value) {
        let units = match &answer["ConsumedCapacity"] {
            Value::Array(tables) => tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum(),
            table => table["CapacityUnits"].as_f64().unwrap_or_default(),
        };
        if ["GetItem", "Query", "BatchGetItem", "TransactGetItems", "Scan"].contains(&self.call.operation.as_str()) {
            self.read_units = units;
        } else {
            self.write_units = units;
        }
    }
}

/// How many calls follow one another at least: the longest chain in which each began after the one
/// before had ended. With a delay on the wire, calls made at once cannot look like a chain.
pub(crate) fn depth(records: &[Record]) -> usize {
    let mut chains: Vec<usize> = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let before = records[..at].iter().zip(&chains);
        let longest = before
            .filter(|(earlier, _)| earlier.ended.is_some_and(|ended| ended <= record.began))
            .map(|(_, chain)| *chain)
            .max();
        chains.push(longest.unwrap_or(0) + 1);
    }
    chains.into_iter().max().unwrap_or(0)
}
