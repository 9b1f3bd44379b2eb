//! The function that no route leads to: everything there is for it to do, done once.

use super::judge;
use crate::{
    erasure::{due_now, erase, erase_account, wish},
    retention::{Zoo, id},
    testkit::{
        Proxy, client,
        lambda::Function,
        proxy::{Fate, Then},
    },
};
use futures_util::FutureExt;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Of 2024, as every entry of it is over for a year.
const OLD_ENTRY: &str = "018cc251-f400-7000-8000-000000000000";
/// Nothing rests, so that two calls are a rotation.
const NO_REST: (&str, &str) = ("WRAPPING_KEY_REST_MINUTES", "0");

#[tokio::test]
async fn retention_may_do_what_it_does_and_nothing_else() {
    let zoo = Zoo::open().await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    leave_everything(&zoo).await;
    let mut function = zoo.retention_with(&proxy.url, &[NO_REST]).await;
    let wanted = json!({
        "erasures": {}, "wrappingKeys": {},
        "abandonedTurns": { "turns": 2 }, "brokenDeletions": { "sessions": 1 },
        "expiredSessions": { "orphanedKeys": 1, "sessions": 1 },
        "archive": { "blocks": 0, "checkpoints": 0, "days": 1, "entries": 1 },
    });
    assert_eq!(function.tell(&json!({})).await["tasks"], wanted);
    erasures(&zoo, &mut function).await;
    let mut impatient = zoo.retention_with(&proxy.url, &[NO_REST, ("WRAPPING_KEY_DAYS", "0")]).await;
    let begun = impatient.tell(&json!({ "job": "rotate" })).await;
    assert_eq!(begun["tasks"]["wrappingKeys"]["begun"], 1);
    let ended = function.tell(&json!({ "job": "rotate" })).await;
    assert_eq!(ended["tasks"], json!({ "wrappingKeys": { "ended": 1 } }));
    judge(&BTreeMap::from([("retention".to_owned(), proxy)]));
}

/// Something for each task that sweeps, and something old.
async fn leave_everything(zoo: &Zoo) {
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
}

/// A wish that nobody confirms, a child's conversations, to which its guardian has a link, and account, to the end of
/// their receipts; and accounts that others may need.
async fn erasures(zoo: &Zoo, function: &mut Function) {
    let (child, parent) = (zoo.client.sign_in(client::CHILD).await, zoo.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let asked = erase(&child, &me, wish()).await;
    assert_eq!(due(zoo, function, &[asked.text("receiptId")]).await, json!({ "withdrawn": 1 }));
    let asked = child.ask("Hello Leo!").await;
    let consent = format!("/privacy/consent/{me}");
    let version = parent.get(&consent).await.text("currentNoticeVersion").to_owned();
    let scopes = json!({ "collect": true, "third_party": true, "sharing": true });
    let agreed = json!({ "scopes": scopes, "method": "payment", "noticeVersion": version });
    assert_eq!(parent.request(Method::PUT, &consent).json(&agreed).send().await.unwrap().status(), 200);
    let shares = format!("/conversations/history/{}/shares", asked.text("sessionId"));
    assert_eq!(parent.post(&shares, &json!({})).await.status, 201);
    let conversations = erase(&parent, &me, wish()).await;
    let conversations = conversations.text("receiptId");
    assert_eq!(due(zoo, function, &[conversations]).await, json!({ "completed": 1 }));
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    let account = erase_account(&parent, &me, wish()).await;
    let account = account.text("receiptId");
    assert_eq!(due(zoo, function, &[account]).await, json!({ "completed": 1 }));
    assert_eq!(due(zoo, function, &[conversations, account]).await, json!({ "lookedAfter": 2 }));
    assert_eq!(due(zoo, function, &[conversations, account]).await, json!({ "forgotten": 2 }));
    for role in ["parent", "administrator"] {
        let going = leave_pending(zoo, role).await;
        assert_eq!(due(zoo, function, &[&going]).await, json!({ "completed": 1 }), "{role}");
    }
}

/// The account of somebody new who wants it erased, from a server that dies as soon as it has kept that.
async fn leave_pending(zoo: &Zoo, role: &str) -> String {
    let (email, password) = (format!("leaving.{role}@zoo.example"), "a password of ten");
    let account = json!({ "email": email, "displayName": "Lee", "role": role, "password": password });
    let administrator = zoo.client.with_token(zoo.client.administrator().await.text("token"));
    assert_eq!(administrator.post("/users", &account).await.status, 201);
    let signed_in = zoo.client.post("/auth", &json!({ "email": email, "password": password })).await;
    let leaver = zoo.client.with_token(signed_in.text("token"));
    let me = id(&leaver).await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    let dying = zoo.another_server_at(&proxy.url).await;
    let victim = dying.clone();
    proxy.rule(move |call| {
        let victim = victim.clone();
        match call.operation == "TransactWriteItems" {
            true => Fate::Happen(Then::AfterCommit, async move { victim.kill().await }.boxed()),
            false => Fate::Forward,
        }
    });
    let request = leaver.at(&dying.url).request(Method::DELETE, &format!("/users/{me}")).json(&wish());
    assert!(request.send().await.is_err(), "the server died");
    let users = zoo.engine.items("cmz-users").await;
    let open = users.iter().find(|item| item["subject"]["S"] == me.as_str()).expect("the wish");
    assert_eq!(open["state"]["S"], "pending");
    open["receiptId"]["S"].as_str().unwrap().to_owned()
}

/// What a look for erasures does, with some of them due.
async fn due(zoo: &Zoo, function: &mut Function, receipts: &[&str]) -> Value {
    for receipt in receipts {
        due_now(&zoo.engine, receipt).await;
    }
    let mut report = function.tell(&json!({ "job": "erase" })).await;
    report["tasks"]["erasures"].take()
}
