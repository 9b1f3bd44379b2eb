//! Failed sign-ins: the pauses grow, for names that nobody has as well.

use crate::testkit::{Client, Engine, Program, ScriptedModel, client, client::Answer};
use serde_json::{Value, json};

async fn zoo() -> (Engine, Program, Client) {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url);
    (engine, server, client)
}

async fn attempt(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/auth", &json!({ "email": email, "password": password })).await
}

async fn failures(engine: &Engine) -> Vec<Value> {
    let items = engine.items("cmz-limits").await;
    items.into_iter().filter(|item| item["kind"]["S"] == "signin").collect()
}

/// Makes the last failure so many milliseconds older.
async fn pass(engine: &Engine, millis: i64) {
    for item in failures(engine).await {
        let change = json!({
            "TableName": "cmz-limits",
            "Key": { "principal": item["principal"], "kind": item["kind"] },
            "UpdateExpression": "SET lastAt = lastAt - :millis",
            "ExpressionAttributeValues": { ":millis": { "N": millis.to_string() } },
        });
        engine.call("UpdateItem", &change).await;
    }
}

#[tokio::test]
async fn from_the_fifth_failure_on_each_further_attempt_waits_twice_as_long() {
    let (engine, _server, client) = zoo().await;
    for email in [client::CHILD, "nobody@cmz.org"] {
        for _ in 0..5 {
            attempt(&client, email, "wrong").await.is_problem(401, "invalid_credentials");
        }
        for pause in [1_i64, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let refused = attempt(&client, email, "wrong").await;
            refused.is_problem(429, "too_many_requests");
            assert_eq!(refused.headers["retry-after"], pause.to_string().as_str(), "{email}");
            // Neither the right password nor another spelling of the name is a way around.
            attempt(&client, &email.to_uppercase(), client::PASSWORD).await.is_problem(429, "too_many_requests");
            pass(&engine, pause * 1000).await;
            attempt(&client, email, "wrong").await.is_problem(401, "invalid_credentials");
        }
    }
    let kept = failures(&engine).await;
    assert_eq!(kept.len(), 2);
    assert!(!serde_json::to_string(&kept).unwrap().contains('@'));
    for item in kept {
        let number = |name: &str| item[name]["N"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!(number("failures"), 17);
        assert!(number("ttl") > number("lastAt") / 1000 + 23 * 3600);
    }
    assert_eq!(attempt(&client, client::SIBLING, client::PASSWORD).await.status, 200, "others are not held up");
}

#[tokio::test]
async fn a_success_forgets_the_failures() {
    let (engine, _server, client) = zoo().await;
    for _ in 0..3 {
        for _ in 0..4 {
            attempt(&client, client::CHILD, "wrong").await.is_problem(401, "invalid_credentials");
        }
        assert_eq!(attempt(&client, client::CHILD, client::PASSWORD).await.status, 200);
        assert!(failures(&engine).await.is_empty());
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_count_one_after_the_other() {
    let (engine, server, client) = zoo().await;
    let other = engine.serve(&ScriptedModel::start([]).await.url).await;
    let clients = [client.clone(), Client::new(&other.url)];
    let guesses = (0..20).map(|at| attempt(&clients[at % 2], client::CHILD, "wrong"));
    let answers = futures_util::future::join_all(guesses).await;
    let told = answers.iter().filter(|answer| answer.status == 401).count();
    // A second may pass on a slow machine, and with it one further guess.
    assert!((5..=6).contains(&told), "{told} guesses were answered");
    drop(server);
}

#[tokio::test]
async fn many_devices_sign_in_at_the_same_time() {
    let (_engine, _server, client) = zoo().await;
    let answers = futures_util::future::join_all((0..20).map(|_| attempt(&client, client::CHILD, client::PASSWORD)));
    assert!(answers.await.iter().all(|answer| answer.status == 200));
}
