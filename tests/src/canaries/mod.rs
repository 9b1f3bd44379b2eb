//! Words that must be found nowhere: planted wherever the product takes words, and then looked for in every
//! attribute of every table, and in every line of every process's log.

mod functions;
mod logs;
mod script;
mod tables;

use base64::{Engine as _, prelude::*};
use serde_json::Value;
use std::collections::BTreeMap;

/// What every canary holds.
const CANARY: &str = "canary7q";

/// A canary for a use; names that one signs in with are kept in small letters.
fn canary(what: &str) -> String {
    format!("{CANARY}{what}")
}

/// Secrets that come about while the product is used, and what they are.
#[derive(Default)]
struct Secrets(BTreeMap<String, String>);

impl Secrets {
    fn keep(&mut self, what: &str, secret: &str) {
        assert!(secret.len() > 12, "{what} is no secret: {secret}");
        self.0.insert(secret.to_owned(), what.to_owned());
    }

    /// The secrets that a text holds, and whether it holds a canary.
    fn found_in(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase();
        let own = self.0.iter().filter(|(secret, _)| text.contains(secret.as_str())).map(|(_, what)| what.clone());
        let canary = lower.find(CANARY).map(|at| lower[at..].chars().take(24).collect());
        own.chain(canary).collect()
    }
}

/// All texts of an attribute, also those that are written in base64.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            found.push(text.clone());
            for decoded in [BASE64_STANDARD.decode(text), BASE64_URL_SAFE_NO_PAD.decode(text)] {
                found.extend(decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(value, found);
        }),
        _ => {}
    }
}

#[test]
fn what_is_planted_is_found_in_the_clear_and_in_base64() {
    let secrets = Secrets(BTreeMap::from([("0123456789abcdef".to_owned(), "token".to_owned())]));
    let hidden = BASE64_STANDARD.encode(format!("so {} it is", canary("name").to_uppercase()));
    for (item, what) in [
        (serde_json::json!({ "a": { "M": { "b": { "S": format!("x{}", canary("mail")) } } } }), "canary7qmail"),
        (serde_json::json!({ "a": { "B": hidden } }), "canary7qname"),
        (serde_json::json!({ "a": { "L": [{ "S": "x0123456789abcdefx" }] } }), "token"),
        (serde_json::json!({ canary("key"): 1 }), "canary7qkey"),
    ] {
        let mut found = Vec::new();
        texts(&item, &mut found);
        let found: Vec<_> = found.iter().flat_map(|text| secrets.found_in(text)).collect();
        assert!(found.iter().any(|found| found.starts_with(what)), "{what}: {found:?}");
    }
}
