//! What lies in the tables.

use super::{Secrets, script, texts};
use crate::testkit::{Client, Engine, Proxy, ScriptedModel, Server, proxy::Fate};
use serde_json::{Value, json};
use std::time::Duration;

/// Attributes that may hold a word that somebody said: none.
const IN_THE_CLEAR: [(&str, &str); 0] = [];

#[tokio::test]
async fn every_attribute_of_every_table_is_sealed_or_says_nothing_of_anybody() {
    let engine = Engine::start().await;
    let model = ScriptedModel::answering(script::reply).await;
    // A write that is on its way lies in the table a while later; logs of turns are looked at as they are written.
    let proxy = Proxy::start(&engine.program.url).await;
    proxy.rule(|_| Fate::Forward);
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let mut secrets = Secrets::default();
    script::live(&Client::new(&server.url), &mut secrets, true).await;
    // The trail is linked by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tables = engine.call("ListTables", &json!({})).await;
    let tables: Vec<_> = tables["TableNames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(tables.len() >= 9, "{tables:?}");
    let mut findings = Vec::new();
    for table in tables {
        let items = engine.items(table).await;
        assert!(!items.is_empty(), "{table} is empty: the script does not reach it");
        findings.extend(items.iter().flat_map(|item| found_in(table, item, &secrets)));
    }
    // And all that ever passed on the way there, items that are gone included.
    for record in proxy.records() {
        let mut all = Vec::new();
        texts(&record.call.body, &mut all);
        let found = all.iter().flat_map(|text| secrets.found_in(text));
        findings.extend(found.map(|what| format!("{:?} {}: {what}", record.call.service, record.call.operation)));
    }
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "{findings:#?}");
}

fn found_in(table: &str, item: &Value, secrets: &Secrets) -> Vec<String> {
    let attributes = item.as_object().unwrap().iter();
    let sealed = attributes.filter(|(name, _)| !IN_THE_CLEAR.contains(&(table, name.as_str())));
    let found = sealed.flat_map(|(name, value)| {
        let mut all = vec![name.clone()];
        texts(value, &mut all);
        let found: Vec<_> = all.iter().flat_map(|text| secrets.found_in(text)).collect();
        found.into_iter().map(move |what| format!("{table}.{name}: {what}"))
    });
    found.collect()
}
