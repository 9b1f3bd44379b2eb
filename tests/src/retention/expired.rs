//! Sessions whose time is over.

use super::{Zoo, id, sweep};
use crate::testkit::{
    Proxy, client,
    proxy::{Fate, Record, Refusal},
};
use serde_json::{Value, json};

const TABLES: [&str; 3] = ["cmz-conversations", "cmz-sessions", "cmz-keys"];

#[tokio::test]
async fn c000_12_2_when_the_job_runs_what_is_past_its_retention_period_is_gone_and_two_runs_at_once_are_one() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(user.ask("Hello Leo!").await.text("sessionId").to_owned());
    }
    let [over, also_over, orphaned, alive] = sessions.as_slice() else { panic!("four") };
    zoo.expire(&me, over).await;
    zoo.expire(&me, also_over).await;
    zoo.orphan(&me, orphaned).await;
    let (mut one, mut other) = (zoo.retention().await, zoo.retention().await);
    let event = sweep();
    tokio::join!(one.tell(&event), other.tell(&event));
    for session in [over, also_over, orphaned] {
        for table in TABLES {
            assert!(!zoo.is_named(table, session).await, "{table}");
        }
        let removed = zoo.removals(session, 2).await;
        assert_eq!(removed.len(), 2);
        for entry in removed {
            assert_eq!((&entry["eventType"]["S"], &entry["userId"]), (&json!("conversation_expired"), &Value::Null));
        }
        let written = zoo.entries(session, "expire_session").await;
        assert_eq!(written.len(), 1, "nothing is twice in the trail");
        assert_eq!(written[0]["targetUserId"]["S"], me);
    }
    zoo.is_calm().await;
    assert_eq!(user.history(alive).await.body["statistics"]["totalMessages"], 2);
    let listed = user.get("/conversations/sessions").await;
    assert_eq!(listed.body["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(listed.body["pagination"]["totalSessions"], 1, "{}", listed.body);
    let tasks = &one.tell(&event).await["tasks"];
    assert_eq!(tasks, &json!({ "abandonedTurns": {}, "brokenDeletions": {}, "expiredSessions": {} }));
}

#[tokio::test]
async fn each_run_leaves_a_report_of_numbers_and_of_nobody() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let (me, session) = (id(&user).await, user.ask("Hello Leo!").await.text("sessionId").to_owned());
    zoo.expire(&me, &session).await;
    zoo.retention().await.tell(&json!({})).await;
    let items = zoo.engine.items("cmz-audit").await;
    let reports: Vec<_> = items.iter().filter(|item| item["subject"]["S"] == "retention").collect();
    assert_eq!(reports.len(), 1);
    let tasks = &reports[0]["tasks"]["M"];
    assert_eq!(tasks["expiredSessions"]["M"], json!({ "sessions": { "N": "1" } }));
    assert_eq!(tasks.as_object().unwrap().len(), 6, "{tasks}");
    assert!(reports[0]["failed"]["L"].as_array().unwrap().is_empty() && reports[0]["ttl"]["N"].is_string());
    let text = reports[0].to_string();
    assert!(!text.contains(&me) && !text.contains(&session));
}

#[tokio::test]
async fn a_key_goes_first_and_a_run_that_breaks_off_fails_at_its_end_and_is_finished_by_another() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let (me, session) = (id(&user).await, user.ask("Hello Leo!").await.text("sessionId").to_owned());
    zoo.expire(&me, &session).await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    proxy.rule(|call| match call.operation == "BatchWriteItem" {
        true => Fate::Refuse(Refusal::Broken),
        false => Fate::Forward,
    });
    let mut function = zoo.retention_at(&proxy.url).await;
    let failure = function.try_tell(&sweep()).await.unwrap_err();
    assert!(failure.contains("failed: expiredSessions"), "{failure}");
    assert!(!zoo.is_named("cmz-keys", &session).await, "copies of it are dead");
    assert!(zoo.is_named("cmz-conversations", &session).await && zoo.is_named("cmz-sessions", &session).await);
    let items = zoo.engine.items("cmz-audit").await;
    let report = items.iter().find(|item| item["subject"]["S"] == "retention").expect("a report all the same");
    assert_eq!(report["failed"]["L"], json!([{ "S": "expiredSessions" }]));
    assert!(report["tasks"]["M"]["brokenDeletions"]["M"].is_object(), "the next task ran");
    proxy.forward();
    assert_eq!(function.tell(&sweep()).await["tasks"]["brokenDeletions"], json!({}), "somebody may still be at it");
    zoo.age_deletion(&session).await;
    assert_eq!(function.tell(&sweep()).await["tasks"]["brokenDeletions"], json!({ "sessions": 1 }));
    for table in TABLES {
        assert!(!zoo.is_named(table, &session).await, "{table}");
    }
    let removed = zoo.removals(&session, 2).await;
    assert!(removed.iter().all(|entry| entry["eventType"]["S"] == "conversation_expired"));
    zoo.is_calm().await;
}

#[tokio::test]
async fn a_key_says_when_it_is_over_and_other_keys_do_not() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let (keys, sessions) = (zoo.engine.items("cmz-keys").await, zoo.engine.items("cmz-sessions").await);
    let (of_sessions, others): (Vec<_>, Vec<_>) =
        keys.iter().partition(|key| key["keyId"]["S"].as_str().unwrap().starts_with("session#"));
    assert_eq!(of_sessions.len(), 1);
    let key = of_sessions[0];
    assert_eq!(key["expiresAt"], sessions[0]["expiresAt"]);
    assert!(session.ends_with(key["expiryShard"]["S"].as_str().unwrap()));
    let seconds = |item: &Value| item["ttl"]["N"].as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(seconds(key) - seconds(&sessions[0]), 7 * 86_400, "DynamoDB comes to it only if nobody did");
    assert!(others.len() > 1 && others.iter().all(|key| key["ttl"].is_null() && key["expiresAt"].is_null()));
}

/// DynamoDB's own deletion comes to the session and its messages first, here the engine's each minute.
#[tokio::test]
async fn c000_13_4_c000_3_5_what_is_over_disappears_by_itself_and_the_key_that_is_left_is_destroyed() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let (me, session) = (id(&user).await, user.ask("Hello Leo!").await.text("sessionId").to_owned());
    let alive = user.ask("Hello again!").await.text("sessionId").to_owned();
    zoo.expire(&me, &session).await;
    let over = json!({ "N": "1700000000" });
    zoo.set("cmz-sessions", &json!({ "sessionId": { "S": session } }), "ttl", &over).await;
    for message in zoo.engine.items("cmz-conversations").await {
        if message["sessionId"]["S"] == session {
            let key = json!({ "userId": message["userId"], "sessionIdTimestamp": message["sessionIdTimestamp"] });
            zoo.set("cmz-conversations", &key, "ttl", &over).await;
        }
    }
    let within = std::time::Duration::from_secs(75);
    let began = tokio::time::Instant::now();
    while zoo.is_named("cmz-sessions", &session).await || zoo.is_named("cmz-conversations", &session).await {
        assert!(began.elapsed() < within, "nothing disappears");
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    assert!(zoo.is_named("cmz-keys", &session).await);
    let report = zoo.retention().await.tell(&sweep()).await;
    assert_eq!(report["tasks"]["expiredSessions"], json!({ "orphanedKeys": 1 }));
    assert!(!zoo.is_named("cmz-keys", &session).await);
    assert_eq!(zoo.removals(&session, 2).await.len(), 2);
    assert_eq!(user.history(&alive).await.status, 200);
}

/// What is written of it in ADR 0025.
#[tokio::test]
async fn a_run_with_nothing_to_do_costs_next_to_nothing_and_a_session_that_goes_a_few_units() {
    let zoo = Zoo::open().await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    proxy.count_capacity();
    let mut function = zoo.retention_at(&proxy.url).await;
    let mut cost = async || {
        proxy.forward();
        function.tell(&sweep()).await;
        let records = proxy.records();
        let units = |of: fn(&Record) -> f64| records.iter().map(of).sum::<f64>();
        (units(|record| record.read_units), units(|record| record.write_units))
    };
    let idle = cost().await;
    let user = zoo.client.sign_in(client::USER).await;
    let me = id(&user).await;
    for _ in 0..10 {
        let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
        zoo.expire(&me, &session).await;
    }
    let busy = cost().await;
    let each = ((busy.0 - idle.0) / 10.0, (busy.1 - idle.1) / 10.0);
    println!("idle: {idle:?}, each session: {each:?}");
    assert!(idle.0 <= 9.0 && idle.1 <= 1.0, "{idle:?}");
    assert!(each.0 <= 3.0 && each.1 <= 27.0, "{each:?}");
}
