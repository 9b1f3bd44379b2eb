//! `GET /audit/verify`.

use super::{House, KEEPER, eventually, look};
use crate::testkit::client;
use serde_json::{Value, json};

const READERS: usize = 32;

async fn report(house: &House) -> Value {
    let report = house.administrator.get("/audit/verify").await;
    assert_eq!(report.status, 200, "{:?}", report.body);
    report.body
}

/// A trail with some entries, all of them linked and signed.
async fn trail() -> House {
    let house = House::open().await;
    let (child, keeper) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(KEEPER).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    for _ in 0..3 {
        look(&keeper, &session).await;
    }
    eventually("the links", async || Some(house.linked().await).filter(|links| links.len() == 5)).await;
    house
}

fn key(item: &Value) -> Value {
    json!({ "subject": item["subject"], "logId": item["logId"] })
}

async fn put(house: &House, item: &Value) {
    house.engine.call("PutItem", &json!({ "TableName": "cmz-audit", "Item": item })).await;
}

async fn delete(house: &House, item: &Value) {
    house.engine.call("DeleteItem", &json!({ "TableName": "cmz-audit", "Key": key(item) })).await;
}

#[tokio::test]
async fn c000_11_6_the_trail_is_verified_up_to_its_boundary_and_whatever_is_done_to_it_is_found() {
    let house = trail().await;
    let whole = report(&house).await;
    assert_eq!((&whole["verified"], &whole["entries"]), (&json!(true), &json!(5)));
    assert!(whole["until"].is_string() && whole["firstBroken"].is_null(), "{whole}");
    let entries = house.engine.items("cmz-audit").await;
    let viewed = entries.iter().find(|item| item["eventType"]["S"] == "conversation_viewed").unwrap();
    let found = async |what: &str, flaw: &str| {
        let report = report(&house).await;
        assert_eq!((&report["verified"], &report["firstBroken"]["flaw"]), (&json!(false), &json!(flaw)), "{what}");
        report["firstBroken"].clone()
    };
    for (name, value) in [("result", "failure"), ("userId", "nobody"), ("timestamp", "2020-01-01T00:00:00.000Z")] {
        let mut changed = viewed.clone();
        changed[name] = json!({ "S": value });
        put(&house, &changed).await;
        assert_eq!(found(name, "entry_changed").await["logId"], viewed["logId"]["S"]);
        put(&house, viewed).await;
    }
    delete(&house, viewed).await;
    assert_eq!(found("an entry is gone", "entry_missing").await["logId"], viewed["logId"]["S"]);
    put(&house, viewed).await;
    let blocks = house.subject("chain").await;
    delete(&house, blocks.last().unwrap()).await;
    assert_eq!(report(&house).await["verified"], false, "the chain is cut off");
}

#[tokio::test]
async fn a_signature_that_is_not_the_zoos_is_found() {
    let house = trail().await;
    assert_eq!(report(&house).await["verified"], true);
    let mut checkpoint = house.subject("checkpoint").await.pop().unwrap();
    let signature = checkpoint["signature"]["S"].as_str().unwrap().to_owned();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    checkpoint["signature"] = json!({ "S": format!("{other}{}", &signature[1..]) });
    put(&house, &checkpoint).await;
    assert_eq!(report(&house).await["firstBroken"]["flaw"], "checkpoint_forged");
}

#[tokio::test]
async fn an_entry_that_no_stream_told_of_is_linked_when_the_trail_is_verified() {
    let house = trail().await;
    let at = house.subject("chain").await.len();
    assert_eq!(report(&house).await["verified"], true);
    let report = house.administrator.get("/audit/verify?startDate=2020-01-01&endDate=2020-12-31").await;
    assert_eq!((&report.body["verified"], &report.body["entries"]), (&json!(true), &json!(0)));
    assert!(house.subject("chain").await.len() >= at);
}

#[tokio::test]
async fn entries_of_many_readers_at_once_are_each_linked_once_within_seconds() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let looks = (0..READERS).map(|_| parent.history(&session));
    for answer in futures_util::future::join_all(looks).await {
        assert_eq!(answer.status, 200);
    }
    let wanted = READERS + 2;
    let links =
        eventually("the links", async || Some(house.linked().await).filter(|links| links.len() >= wanted)).await;
    let mut ids = links.clone();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((links.len(), ids.len()), (wanted, wanted));
    assert_eq!(report(&house).await["verified"], true);
}
