//! `GET /audit/verify` over many blocks, in parts, and over what cannot be read.

use super::streams::{OWNER, expiry, fanout, nothing_failed, told};
use crate::testkit::{Client, Engine, Proxy, ScriptedModel, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Blocks of two entries each, as turns give them.
const BLOCKS: usize = 300;

/// A long trail, and a server behind a proxy.
struct Long {
    engine: Engine,
    proxy: Proxy,
    administrator: Client,
    _server: Server,
}

impl Long {
    async fn trail() -> Self {
        let engine = Engine::without_streams().await;
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &ScriptedModel::start([]).await.url, &[]).await;
        let client = Client::new(&server.url);
        let administrator = client.with_token(client.administrator().await.text("token"));
        let mut function = fanout(&engine).await;
        let records: Vec<_> = (0..2 * BLOCKS).map(expiry).collect();
        assert_eq!(function.tell(&json!({ "Records": records })).await, nothing_failed());
        let long = Self { engine, proxy, administrator, _server: server };
        let entries = long.items(&format!("user#{OWNER}")).await;
        for (number, pair) in entries.chunks(2).enumerate() {
            let records: Vec<_> = pair.iter().map(|entry| told(number, entry)).collect();
            assert_eq!(function.tell(&json!({ "Records": records })).await, nothing_failed());
        }
        assert_eq!(long.items("chain").await.len(), BLOCKS);
        long
    }

    async fn items(&self, subject: &str) -> Vec<Value> {
        let query = json!({
            "TableName": "cmz-audit", "KeyConditionExpression": "subject = :subject",
            "ExpressionAttributeValues": { ":subject": { "S": subject } },
        });
        self.engine.call("Query", &query).await["Items"].as_array().unwrap().clone()
    }

    async fn report(&self, query: &str) -> Value {
        let report = self.administrator.get(&format!("/audit/verify?{query}")).await;
        assert_eq!(report.status, 200, "{:?}", report.body);
        report.body
    }

    /// Puts a block back with a number that is none.
    async fn spoil(&self, block: &Value) {
        let mut spoilt = block.clone();
        spoilt["number"] = json!({ "S": "x" });
        self.engine.call("PutItem", &json!({ "TableName": "cmz-audit", "Item": spoilt })).await;
    }

    /// How often the database was called since the last time, by operation.
    fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for record in self.proxy.records() {
            *calls.entry(record.call.operation.clone()).or_insert(0) += 1;
        }
        self.proxy.forward();
        calls
    }
}

#[tokio::test]
async fn a_long_trail_is_verified_with_few_calls_in_parts_as_well() {
    let long = Long::trail().await;
    long.proxy.forward();
    let whole = long.report("").await;
    assert_eq!((&whole["verified"], &whole["entries"]), (&json!(true), &json!(2 * BLOCKS)), "{whole}");
    let calls = long.calls();
    println!("{BLOCKS} blocks: {calls:?}");
    assert!(calls.values().sum::<usize>() < BLOCKS / 2, "{calls:?}");
    assert!(calls["BatchGetItem"] <= 2 * BLOCKS / 100, "{calls:?}");
    // A day that begins at the end is found without reading what lies before.
    let blocks = long.items("chain").await;
    let last = blocks.last().unwrap()["linkedAt"]["S"].as_str().unwrap();
    let end = long.report(&format!("startDate={last}")).await;
    assert_eq!((&end["verified"], end["entries"].as_u64() < Some(100)), (&json!(true), true), "{end}");
    let calls = long.calls();
    assert!(calls["GetItem"] < 30, "{calls:?}");
    // A span ends with a block that was signed with a later one.
    let tenth = blocks[9]["linkedAt"]["S"].as_str().unwrap();
    let start = long.report(&format!("endDate={tenth}")).await;
    assert_eq!(start["verified"], true, "{start}");
    assert!(start["until"].as_str() >= Some(tenth), "a later checkpoint covers it: {start}");
    let (mut entries, mut parts, mut after) = (0, 0, String::new());
    loop {
        let part = long.report(&format!("maxBlocks=100{after}")).await;
        assert_eq!(part["verified"], true, "{part}");
        entries += part["entries"].as_u64().unwrap();
        parts += 1;
        let Some(block) = part["nextAfterBlock"].as_u64() else { break };
        assert_eq!(block, parts * 100);
        after = format!("&afterBlock={block}");
    }
    assert_eq!((entries, parts), (2 * BLOCKS as u64, 4));
    for query in ["afterBlock=0", "afterBlock=x", "maxBlocks=-1"] {
        let refused = long.administrator.get(&format!("/audit/verify?{query}")).await;
        refused.is_problem(400, "bad_request");
    }
}

#[tokio::test]
async fn a_block_that_cannot_be_read_is_a_flaw_and_no_failure() {
    let long = Long::trail().await;
    let blocks = long.items("chain").await;
    for number in [BLOCKS, BLOCKS / 2] {
        long.spoil(&blocks[number - 1]).await;
        let report = long.report("").await;
        let broken = &report["firstBroken"];
        assert_eq!((&broken["block"], &broken["flaw"]), (&json!(number), &json!("block_changed")), "{report}");
        assert_eq!(report["verified"], false);
    }
}
