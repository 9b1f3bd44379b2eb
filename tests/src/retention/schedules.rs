//! What the schedules call for that is not a sweep: erasures whose time has come, and wrapping keys that change.

use super::{Zoo, id};
use crate::{
    erasure::{due_now, erase, receipt, verified, wish},
    testkit::client,
};
use serde_json::json;

/// Nothing rests, so that two calls are a rotation.
const NO_REST: (&str, &str) = ("WRAPPING_KEY_REST_MINUTES", "0");

#[tokio::test]
async fn c000_12_1_when_the_days_of_grace_are_over_the_schedule_carries_it_out() {
    let zoo = Zoo::open().await;
    let (child, parent) = (zoo.client.sign_in(client::CHILD).await, zoo.client.sign_in(client::PARENT).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let waiting = erase(&parent, &id(&child).await, wish()).await;
    let waiting = waiting.text("receiptId");
    let (mut one, mut other) = (zoo.retention().await, zoo.retention().await);
    let event = json!({ "job": "erase" });
    assert_eq!(one.tell(&event).await["tasks"], json!({ "erasures": {} }), "nothing is due yet");
    assert_eq!(zoo.runs().await, 0, "a look that finds nothing leaves nothing");
    due_now(&zoo.engine, waiting).await;
    let (first, second) = tokio::join!(one.tell(&event), other.tell(&event));
    let completed = [first, second].map(|report| report["tasks"]["erasures"]["completed"].as_u64().unwrap_or(0));
    assert!(completed.iter().sum::<u64>() >= 1, "{completed:?}");
    assert!(zoo.runs().await >= 1);
    verified(&zoo.client, receipt(&parent, waiting).await.text("receipt")).await;
    child.history(&session).await.is_problem(410, "erased");
}

#[tokio::test]
async fn a_key_that_came_back_from_a_copy_fails_each_run_until_somebody_has_seen_to_it() {
    let zoo = Zoo::open().await;
    let child = zoo.client.sign_in(client::CHILD).await;
    let me = id(&child).await;
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    let keys = zoo.engine.items("cmz-keys").await;
    let copy =
        keys.into_iter().find(|item| item["ownerId"]["S"] == me.as_str() && item["keyId"]["S"] == "conversations");
    let (impatient, settling) = ([("WRAPPING_KEY_DAYS", "0"), NO_REST], [NO_REST]);
    let rotate = json!({ "job": "rotate" });
    zoo.retention_with(&zoo.engine.program.url, &impatient).await.tell(&rotate).await;
    let mut function = zoo.retention_with(&zoo.engine.program.url, &settling).await;
    assert_eq!(function.tell(&rotate).await["tasks"]["wrappingKeys"], json!({ "ended": 1 }));
    assert_eq!(function.tell(&rotate).await["tasks"]["wrappingKeys"], json!({}), "and that was all");
    zoo.engine.call("PutItem", &json!({ "TableName": "cmz-keys", "Item": copy.expect("a key") })).await;
    let failed = function.try_tell(&rotate).await.expect_err("somebody has to see it");
    assert!(failed.contains("wrappingKeys"), "{failed}");
}
