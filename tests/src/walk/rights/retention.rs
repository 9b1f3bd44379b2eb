//! The function that no route leads to: everything there is for it to do, done once.

use super::judge;
use crate::{
    retention::{Zoo, id},
    testkit::{Proxy, client},
};
use serde_json::json;
use std::collections::BTreeMap;

/// Of 2024, as every entry of it is over for a year.
const OLD_ENTRY: &str = "018cc251-f400-7000-8000-000000000000";

#[tokio::test]
async fn retention_may_do_what_it_does_and_nothing_else() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(user.ask("Hello Leo!").await.text("sessionId").to_owned());
    }
    zoo.expire(&me, &sessions[0]).await;
    zoo.orphan(&me, &sessions[1]).await;
    zoo.age_deletion(&sessions[2]).await;
    let mut slow = Vec::new();
    for email in [client::CHILD, client::SIBLING] {
        let doomed = zoo.another_server().await;
        slow.push(zoo.slow_turn(&doomed, email).await);
        doomed.kill().await;
    }
    for turn in &slow {
        zoo.age_turn(&turn.turn, 20 * 60).await;
    }
    let key = json!({ "sessionId": { "S": slow[1].session } });
    zoo.engine.call("DeleteItem", &json!({ "TableName": "cmz-sessions", "Key": key })).await;
    let entry = json!({
        "subject": { "S": "user#sam" }, "logId": { "S": OLD_ENTRY }, "eventType": { "S": "conversation_viewed" },
    });
    zoo.engine.call("PutItem", &json!({ "TableName": "cmz-audit", "Item": entry })).await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    let report = zoo.retention_at(&proxy.url).await.tell(&json!({})).await;
    let wanted = json!({
        "abandonedTurns": { "turns": 2 }, "brokenDeletions": { "sessions": 1 },
        "expiredSessions": { "orphanedKeys": 1, "sessions": 1 },
        "archive": { "blocks": 0, "checkpoints": 0, "days": 1, "entries": 1 },
    });
    assert_eq!(report["tasks"], wanted);
    judge(&BTreeMap::from([("retention".to_owned(), proxy)]));
}
