//! Items that no call can wrap anew, and wrapping keys that an operator takes back.

use super::{Talk, rotate, rotate_to_the_end, settle, text, wrapped, wrappers};
use crate::testkit::{Engine, ScriptedModel, Server, client};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// A call of the key service.
async fn kms(engine: &Engine, operation: &str, body: &Value) -> Value {
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.post(engine.program.line["keysUrl"].as_str().unwrap());
    let request = request.header("x-amz-target", format!("TrentService.{operation}")).body(body.to_string());
    let text = request.send().await.unwrap().text().await.unwrap();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

async fn put(engine: &Engine, item: &Value) {
    engine.call("PutItem", &json!({ "TableName": "cmz-keys", "Item": item })).await;
}

async fn begin(url: &str) -> Value {
    rotate(url, &["--begin"], &[]).await
}

#[tokio::test]
async fn what_no_key_opens_any_more_keeps_no_other_wrapping_key_from_ending() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let url = &engine.program.url;
    let copy = wrapped(&engine).await.into_iter().find(|item| text(item, "keyId") == "profile").unwrap();
    begin(url).await;
    assert_eq!(rotate_to_the_end(url).await["ended"], json!([1]));
    // One of before the first key ended, and one that is no wrapped key at all, of people who are gone.
    let (mut old, mut broken) = (copy.clone(), copy);
    old["ownerId"] = json!({ "S": "0190f3a1-7b2c-7def-8123-456789abcde1" });
    broken["ownerId"] = json!({ "S": "0190f3a1-7b2c-7def-8123-456789abcde2" });
    broken["wrapped"] = json!({ "B": BASE64_STANDARD.encode([7; 80]) });
    for item in [&old, &broken] {
        put(&engine, item).await;
    }
    begin(url).await;
    let ended = rotate_to_the_end(url).await;
    assert_eq!((&ended["ended"], &ended["stranded"], &ended["failed"]), (&json!([2]), &json!(1), &json!(1)));
    child.goes_on(&Server::start(url, &model.url, &[]).await).await;
}

#[tokio::test]
async fn a_wrapping_key_that_is_taken_back_late_is_emptied_and_ends_again() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let url = &engine.program.url;
    let lost = wrapped(&engine).await.into_iter().find(|item| text(item, "keyId") == "conversations").unwrap();
    let old = text(&lost, "wrappedBy").to_owned();
    begin(url).await;
    rotate_to_the_end(url).await;
    put(&engine, &lost).await;
    for operation in ["CancelKeyDeletion", "EnableKey"] {
        kms(&engine, operation, &json!({ "KeyId": old })).await;
    }
    // By what was written down, its time is over.
    let body = json!({
        "TableName": "cmz-keys",
        "Key": { "ownerId": { "S": "zoo" }, "keyId": { "S": "epoch#000001" } },
        "UpdateExpression": "SET endsAt = :past",
        "ConditionExpression": "attribute_exists(endsAt)",
        "ExpressionAttributeValues": { ":past": { "S": "2026-01-01T00:00:00.000Z" } },
    });
    engine.call("UpdateItem", &body).await;
    assert_eq!(rotate(url, &[], &[]).await["rewrapped"], 1);
    assert_eq!(rotate_to_the_end(url).await["ended"], json!([1]));
    let state = kms(&engine, "DescribeKey", &json!({ "KeyId": old })).await;
    assert_eq!(state["KeyMetadata"]["KeyState"], "PendingDeletion");
    assert_eq!(wrappers(&engine).await.len(), 1);
    child.goes_on(&Server::start(url, &model.url, &[]).await).await;
    settle(url).await;
}

#[tokio::test]
async fn a_new_wrapping_key_is_not_used_before_every_role_may() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    Talk::begin(&server, client::CHILD).await;
    let (url, hour) = (&engine.program.url, [("WRAPPING_KEY_REST_MINUTES", "60")]);
    let (before, count) = (wrappers(&engine).await, wrapped(&engine).await.len());
    for arguments in [&["--begin"][..], &[]] {
        let resting = rotate(url, arguments, &hour).await;
        assert_eq!((&resting["rewrapped"], &resting["waiting"], &resting["ended"]), (&json!(0), &json!(1), &json!([])));
        Talk::begin(&server, client::USER).await;
        assert_eq!(wrappers(&engine).await, before, "whoever comes now gets a key under the old one");
    }
    assert!(wrapped(&engine).await.len() > count);
    assert_eq!(rotate(url, &[], &[]).await["rewrapped"], wrapped(&engine).await.len());
}
