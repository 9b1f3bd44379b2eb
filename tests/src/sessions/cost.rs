//! What pages cost, by the engine's own count.

use super::{House, ids, rows, user_id};
use crate::testkit::{
    Client, Engine, client,
    proxy::{Fate, Record},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Calls by operation, and read units.
type Cost = (BTreeMap<String, usize>, f64);

fn cost(records: &[Record]) -> Cost {
    let mut operations = BTreeMap::new();
    for record in records {
        *operations.entry(record.call.operation.clone()).or_insert(0) += 1;
    }
    assert!(!operations.contains_key("Scan"));
    (operations, records.iter().map(|record| record.read_units).sum())
}

async fn cost_of_a_page(house: &House, client: &Client, path: &str, rows: usize) -> Cost {
    // Once a minute the version of the animals is read again: not by the page that is counted.
    client.get(path).await;
    house.proxy.forward();
    house.proxy.count_capacity();
    let page = client.get(path).await;
    let shown = page.body["sessions"].as_array().or_else(|| page.body["messages"].as_array());
    assert_eq!(shown.map(Vec::len), Some(rows), "{:?}", page.body);
    cost(&house.proxy.records())
}

const LIST: &str = "/conversations/sessions?limit=20";

#[tokio::test]
async fn a_page_costs_the_same_among_twenty_sessions_and_among_five_thousand() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for _ in 0..21 {
        assert_eq!(user.ask("Hello Leo!").await.status, 200);
    }
    let among_twenty = cost_of_a_page(&house, &user, LIST, 20).await;
    house.plant(5_000).await;
    assert_eq!(cost_of_a_page(&house, &user, LIST, 20).await, among_twenty);
    let operations: Vec<_> = among_twenty.0.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    println!("a page of twenty: {operations:?}, {} units", among_twenty.1);
    let one_at_a_time = ["BatchGetItem", "Query"].map(|name| among_twenty.0.get(name).copied());
    assert_eq!(one_at_a_time, [Some(1), Some(1)], "{operations:?}");
}

#[tokio::test]
async fn keys_that_a_batch_leaves_unprocessed_are_asked_for_again() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for _ in 0..9 {
        user.ask("Hello Leo!").await;
    }
    house.proxy.rule(|_| Fate::Partial);
    let page = user.get("/conversations/sessions").await;
    assert_eq!(rows(&page).iter().filter(|row| row["firstMessage"] == "Hello Leo!").count(), 9);
    let batches = house.proxy.records().iter().filter(|record| record.call.operation == "BatchGetItem").count();
    assert_eq!(batches, 4, "nine, four, two, one");
}

/// Messages that are seeded, twenty to a session; `SEEDED_MESSAGES=100000` takes two minutes.
const MESSAGES: usize = 4_000;

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says how much it may seed")]
fn messages() -> usize {
    std::env::var("SEEDED_MESSAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(MESSAGES)
}

#[tokio::test]
async fn pages_cost_the_same_however_many_messages_there_are() {
    let house = House::on(Engine::without_streams().await).await;
    let user = house.client(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    for _ in 0..50 {
        assert_eq!(user.ask_in(&session, "Hello Leo!").await.status, 200);
    }
    for _ in 0..20 {
        user.ask("Hello Leo!").await;
    }
    let history = format!("/conversations/history/{session}?limit=100");
    let before = [cost_of_a_page(&house, &user, LIST, 20).await, cost_of_a_page(&house, &user, &history, 100).await];
    house.plant(messages() / 20).await;
    seed_messages(&house, &user_id(&user).await, messages() / 20).await;
    let after = [cost_of_a_page(&house, &user, LIST, 20).await, cost_of_a_page(&house, &user, &history, 100).await];
    println!("a page of twenty sessions, a page of a hundred messages: {before:?} and then {after:?}");
    assert_eq!(after, before);
    assert_eq!(ids(&user.get(LIST).await).len(), 20);
}

/// Twenty messages for each of the sessions that were planted.
async fn seed_messages(house: &House, user: &str, sessions: usize) {
    let query = json!({
        "TableName": "cmz-conversations",
        "KeyConditionExpression": "userId = :user",
        "ExpressionAttributeValues": { ":user": { "S": user } },
        "Limit": 1,
    });
    let one = house.engine.call("Query", &query).await["Items"][0].clone();
    for number in 0..sessions {
        let session = format!("00000000-0000-4000-8000-{number:012x}");
        let messages: Vec<Value> = (0..20)
            .map(|message| {
                let (turn, place) = (message / 2, message % 2);
                let key =
                    format!("{session}#2026-01-01T00:00:00.{turn:03}Z#00000000-0000-4000-8000-{turn:012x}#{place}");
                let mut item = one.clone();
                item["sessionId"] = json!({ "S": session });
                item["sessionIdTimestamp"] = json!({ "S": key });
                item
            })
            .collect();
        house.put_all("cmz-conversations", &messages).await;
    }
}
