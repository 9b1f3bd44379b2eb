//! The function `audit-fanout`, its own binary under Lambda's runtime, told of records that a stream may
//! tell of: twice, late, broken.

use super::{House, eventually};
use crate::testkit::{Client, Engine, Program, ScriptedModel, client, lambda::Function};
use serde_json::{Value, json};

const RECORDS: usize = 1_000;
pub(super) const OWNER: &str = "sam-of-the-stream";

pub(super) async fn fanout(engine: &Engine) -> Function {
    let variables = [
        ("CONVERSATION_TABLE_REGION", "us-west-2"),
        ("DYNAMODB_ENDPOINT_URL", engine.program.url.as_str()),
        ("KMS_ENDPOINT_URL", engine.program.line["keysUrl"].as_str().unwrap()),
        ("SIGNING_KEY_ID", "alias/cmz-signing"),
        ("VAULT_KEY_ID", "alias/cmz-vault"),
    ];
    Function::start("audit-fanout", &variables).await
}

pub(super) fn nothing_failed() -> Value {
    json!({ "batchItemFailures": [] })
}

fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// A message that goes now because its time is over.
pub(super) fn expiry(number: usize) -> Value {
    expiry_at(number, now())
}

/// What the trail's stream tells of an entry.
pub(super) fn told(number: usize, entry: &Value) -> Value {
    json!({
        "eventID": format!("entry{number}"), "eventName": "INSERT", "awsRegion": "us-west-2",
        "dynamodb": {
            "ApproximateCreationDateTime": now(), "SequenceNumber": format!("3000000000000000{number:05}"),
            "SizeBytes": 300, "NewImage": entry,
            "Keys": { "subject": entry["subject"], "logId": entry["logId"] },
        },
    })
}

fn expiry_at(number: usize, seconds: u64) -> Value {
    let session = "0190f3a1-7b2c-7def-8123-456789abcdef";
    let id = format!("0190f3a1-7b2c-7def-8123-{number:012}");
    let sort = format!("{session}#2026-01-12T09:15:12.000Z#{id}#0");
    json!({
        "eventID": format!("event{number}"), "eventName": "REMOVE", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "us-west-2",
        "userIdentity": { "type": "Service", "principalId": "dynamodb.amazonaws.com" },
        "dynamodb": {
            "ApproximateCreationDateTime": seconds, "SequenceNumber": format!("1000000000000000000{number:05}"),
            "SizeBytes": 300, "StreamViewType": "NEW_AND_OLD_IMAGES",
            "Keys": { "userId": { "S": OWNER }, "sessionIdTimestamp": { "S": sort } },
            "OldImage": {
                "userId": { "S": OWNER }, "sessionIdTimestamp": { "S": sort }, "sessionId": { "S": session },
                "messageId": { "S": id }, "turnId": { "S": id }, "timestamp": { "S": "2026-01-12T09:15:12.000Z" },
                "content": { "B": "c2VhbGVk" }, "messageType": { "S": "user" },
            },
        },
    })
}

#[tokio::test]
async fn one_poison_record_among_a_thousand_is_put_aside_and_three_tellings_are_one_entry() {
    let house = House::open().await;
    let mut records: Vec<_> = (0..RECORDS).map(expiry).collect();
    records[500]["dynamodb"]["OldImage"]["sessionId"] = json!({ "S": "canary7291 is no session" });
    let mut function = fanout(&house.engine).await;
    for _ in 0..3 {
        let answer = function.tell(&json!({ "Records": records })).await;
        assert_eq!(answer, nothing_failed());
    }
    let entries = house.subject(&format!("user#{OWNER}")).await;
    assert_eq!(entries.len(), RECORDS - 1);
    let is_expiry = |entry: &Value| entry["eventType"]["S"] == "conversation_expired" && entry["userId"].is_null();
    assert!(entries.iter().all(is_expiry));
    let aside = house.subject("quarantine").await;
    assert_eq!(aside.len(), 1);
    assert_eq!((&aside[0]["eventId"]["S"], &aside[0]["stream"]["S"]), (&json!("event500"), &json!("conversations")));
    assert!(aside[0]["ttl"]["N"].is_string() && !aside[0].to_string().contains("canary7291"));
    let wanted = RECORDS - 1;
    let links =
        eventually("the links", async || Some(house.linked().await).filter(|links| links.len() >= wanted)).await;
    let mut ids = links.clone();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((links.len(), ids.len()), (wanted, wanted), "each is linked once");
    let alerts = house.alerts().await;
    let quarantined = alerts.iter().find(|alert| alert["kind"] == "quarantined").unwrap();
    assert_eq!(quarantined["count"], 1, "told of three times, it counts once");
}

#[tokio::test]
async fn an_entry_of_a_type_that_is_not_known_is_linked_and_put_aside_and_holds_up_nobody() {
    let house = House::open().await;
    let mut function = fanout(&house.engine).await;
    function.tell(&json!({ "Records": [expiry(1)] })).await;
    let mut unknown = house.subject(&format!("user#{OWNER}")).await.remove(0);
    let id = "0190f3a1-7b2c-7def-8123-456789abcdef";
    for (name, value) in [("eventType", "conversation_forgotten"), ("logId", id), ("actor", "kim"), ("about", OWNER)] {
        unknown[name] = json!({ "S": value });
    }
    house.engine.call("PutItem", &json!({ "TableName": "cmz-audit", "Item": unknown })).await;
    eventually("the link", async || house.linked().await.contains(&id.to_owned()).then_some(())).await;
    assert_eq!(house.subject("quarantine").await.len(), 1);
    assert!(house.alerts().await.iter().any(|alert| alert["kind"] == "quarantined"));
    for query in [format!("targetUserId={OWNER}"), "userId=kim".to_owned()] {
        let entries = house.entries(&query).await;
        assert!(entries.iter().all(|entry| entry["logId"] != id), "it is passed over: {entries:?}");
    }
}

#[tokio::test]
async fn what_no_stream_told_of_is_linked_when_a_minute_strikes() {
    let engine = Engine::without_streams().await;
    let mut function = fanout(&engine).await;
    let lost = expiry_at(1, now() - 20 * 60);
    assert_eq!(function.tell(&json!({ "Records": [lost, expiry(2)] })).await, nothing_failed());
    let in_table = async |subject: &str| {
        let items = engine.items("cmz-audit").await.into_iter();
        items.filter(|item| item["subject"]["S"] == subject).collect::<Vec<_>>()
    };
    assert_eq!(in_table("chain").await.len(), 0);
    assert_eq!(function.tell(&json!({})).await, nothing_failed());
    let blocks = in_table("chain").await;
    assert_eq!(blocks.len(), 1, "once, and what is young is left to the stream");
    let entries = in_table(&format!("user#{OWNER}")).await;
    let oldest = entries.iter().map(|entry| entry["logId"]["S"].as_str().unwrap()).min().unwrap();
    assert_eq!(blocks[0]["links"]["L"].as_array().unwrap().len(), 1);
    assert_eq!(blocks[0]["links"]["L"][0]["M"]["logId"]["S"], oldest);
}

#[tokio::test]
async fn an_alert_counts_two_hundred_and_no_more_however_often_it_is_told_of() {
    let house = House::open().await;
    let mut function = fanout(&house.engine).await;
    let records: Vec<_> = (0..230).map(|number| json!({ "number": number })).collect();
    for _ in 0..2 {
        assert_eq!(function.tell(&json!({ "Records": records })).await, nothing_failed());
    }
    assert_eq!(house.subject("quarantine").await.len(), 230);
    let alerts = house.subject("alert").await;
    let counted = alerts.iter().map(|alert| alert["entries"]["SS"].as_array().unwrap().len());
    assert!(counted.clone().all(|count| count <= 200) && counted.sum::<usize>() >= 200, "{alerts:?}");
    assert!(alerts.iter().all(|alert| alert["notifiedAt"]["S"].is_string()));
}

#[tokio::test]
async fn entries_told_of_three_times_by_two_consumers_are_linked_once() {
    let house = House::open().await;
    let mut function = fanout(&house.engine).await;
    function.tell(&json!({ "Records": [expiry(1), expiry(2)] })).await;
    let entries = house.subject(&format!("user#{OWNER}")).await;
    let records: Vec<_> = entries.iter().enumerate().map(|(number, entry)| told(number, entry)).collect();
    // The engine carries its own stream into a fan-out of its own meanwhile.
    for _ in 0..3 {
        let answer = function.tell(&json!({ "Records": records })).await;
        assert_eq!(answer, nothing_failed());
    }
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(house.linked().await.len(), 2);
    assert_eq!(house.administrator.get("/audit/verify").await.body["verified"], true);
}

#[tokio::test]
async fn records_of_no_known_form_do_not_hold_up_the_others() {
    let house = House::open().await;
    let mut function = fanout(&house.engine).await;
    let mut unknown = expiry(4);
    unknown["eventName"] = json!("RENAME");
    let records = json!([{}, "canary7291", { "eventID": 7, "dynamodb": [] }, unknown, expiry(3)]);
    let answer = function.tell(&json!({ "Records": records })).await;
    assert_eq!(answer, nothing_failed());
    assert_eq!(house.subject(&format!("user#{OWNER}")).await.len(), 1);
    let aside = house.subject("quarantine").await;
    assert_eq!(aside.len(), 4);
    assert!(!json!(aside).to_string().contains("canary7291"));
    let answer = function.tell(&json!({})).await;
    assert_eq!(answer, nothing_failed(), "a minute that strikes");
}

#[tokio::test]
async fn the_local_product_ends_when_its_streams_are_carried_to_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    let model = ScriptedModel::start([]).await;
    let arguments = ["--data", folder.path().to_str().unwrap(), "--port", "0", "--model-url", &model.url];
    let positions =
        || -> Value { serde_json::from_slice(&std::fs::read(folder.path().join("streams.json")).unwrap()).unwrap() };
    let program = Program::menagerie(&arguments).await;
    let child = Client::new(&program.url).sign_in(client::CHILD).await;
    for _ in 0..3 {
        child.ask("Hello Leo!").await;
    }
    assert!(program.interrupt().await.success());
    let kept = positions();
    assert!(kept["cmz-conversations"].is_string() && kept["cmz-audit"].is_string(), "{kept}");
    let program = Program::menagerie(&arguments).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(program.interrupt().await.success());
    // What starts writes into the trail's table; of messages nothing was left to tell.
    assert_eq!(positions()["cmz-conversations"], kept["cmz-conversations"]);
}

#[tokio::test]
async fn the_local_product_goes_on_where_it_was_and_tells_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let model = ScriptedModel::start([]).await;
    let arguments = ["--data", folder.path().to_str().unwrap(), "--port", "0", "--model-url", &model.url];
    for questions in 1..=3 {
        let program = Program::menagerie(&arguments).await;
        let client = Client::new(&program.url);
        let child = client.sign_in(client::CHILD).await;
        let administrator = client.with_token(client.administrator().await.text("token"));
        child.ask("Hello Leo!").await;
        let told = async || {
            let found = administrator.get("/audit?eventType=conversation_changed").await;
            Some(found.body["entries"].as_array()?.len()).filter(|told| *told >= 2 * questions)
        };
        assert_eq!(eventually("the entries", told).await, 2 * questions);
        let report = administrator.get("/audit/verify").await;
        assert_eq!(report.body["verified"], true, "{:?}", report.body);
        assert!(program.interrupt().await.success());
    }
    let kept = std::fs::read_to_string(folder.path().join("streams.json")).unwrap();
    assert!(kept.contains("cmz-conversations") && kept.contains("cmz-audit"), "{kept}");
}
