//! What lies in the tables: requirement documents 000, ticket 3, and 004.

use crate::testkit::{Client, Engine, ScriptedModel, client};
use serde_json::Value;

fn text<'a>(item: &'a Value, attribute: &str) -> &'a str {
    item[attribute]["S"].as_str().unwrap_or_else(|| panic!("no {attribute} in {item}"))
}

#[tokio::test]
async fn c000_3_1_both_messages_of_a_turn_are_stored_under_the_guides_keys() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    let answer = client.ask("Hello Leo!").await;
    let (me, session) = (client.get("/me").await, answer.text("sessionId").to_owned());
    let mut items = engine.items("cmz-conversations").await;
    items.sort_by_key(|item| text(item, "sessionIdTimestamp").to_owned());
    assert_eq!(items.len(), 2);
    for (item, sender) in items.iter().zip(["user", "assistant"]) {
        assert_eq!(text(item, "userId"), me.text("userId"));
        assert_eq!(text(item, "parentUserId"), me.text("parentUserId"));
        assert_eq!(text(item, "sessionId"), session);
        assert!(text(item, "sessionIdTimestamp").starts_with(&format!("{session}#")));
        assert_eq!(text(item, "animalId"), "lion_001");
        assert_eq!(text(item, "messageType"), sender);
        assert!(item["content"]["B"].is_string(), "text is sealed");
        assert!(item["tokensUsed"]["N"].is_string());
    }
    assert_eq!(text(&items[1], "messageId"), answer.text("messageId"));
    assert_eq!(items[1]["metadata"]["M"]["model"]["S"], "gpt-4");
}

#[tokio::test]
async fn everything_of_a_session_expires_together_ninety_days_after_its_first_message() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    let session = client.ask("One").await.text("sessionId").to_owned();
    client.ask_in(&session, "Two").await;
    let sessions = engine.items("cmz-sessions").await;
    let ttl = &sessions[0]["ttl"];
    let start = client.history(&session).await;
    let days = ttl["N"].as_str().unwrap().parse::<i64>().unwrap() - seconds(start.text("startTime"));
    assert_eq!(days, 90 * 24 * 60 * 60);
    let messages = engine.items("cmz-conversations").await;
    assert_eq!(messages.len(), 4);
    assert!(messages.iter().all(|message| message["ttl"] == *ttl));
}

/// Seconds since 1970 of `2026-11-21T04:10:00.000Z`, by the days of the civil calendar.
fn seconds(time: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| time[range].parse::<i64>().unwrap();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let shifted = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * shifted.0 + shifted.0 / 4 - shifted.0 / 100 + shifted.0 / 400 + (153 * shifted.1 + 2) / 5 + day
        - 1
        - 719_468;
    days * 86_400 + part(11..13) * 3600 + part(14..16) * 60 + part(17..19)
}

#[tokio::test]
async fn names_and_addresses_and_texts_are_nowhere_in_the_clear() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    Client::new(&server.url).sign_in(client::CHILD).await.ask("canary7291 is my question").await;
    let tables = ["cmz-conversations", "cmz-sessions", "cmz-turns", "cmz-users", "cmz-keys", "cmz-tokens"];
    for table in tables {
        let items = serde_json::to_string(&engine.items(table).await).unwrap();
        assert!(items.len() > 2, "{table} is empty");
        for secret in ["canary7291", "Hello there", "student1", "test.cmz.org", "Sam", client::PASSWORD] {
            assert!(!items.contains(secret), "{secret} in {table}");
        }
    }
}

#[tokio::test]
async fn two_servers_on_one_engine_serve_one_conversation() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let (one, other) = (engine.serve(&model.url).await, engine.serve(&model.url).await);
    let client = Client::new(&one.url).sign_in(client::CHILD).await;
    let session = client.ask("One").await.text("sessionId").to_owned();
    // A token of one instance is good on the other.
    let account = client.open_account(client::CHILD).await;
    let elsewhere = Client::new(&other.url).with_token(account.text("token"));
    assert_eq!(elsewhere.ask_in(&session, "Two").await.status, 200);
    assert_eq!(client.history(&session).await.body["statistics"]["totalMessages"], 4);
}
