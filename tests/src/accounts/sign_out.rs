//! Refresh tokens: how a family goes on, and how it ends.

use crate::testkit::{Client, Engine, ScriptedModel, client, client::Answer};
use serde_json::json;

async fn refresh(client: &Client, token: &str) -> Answer {
    client.post("/auth/refresh", &json!({ "refreshToken": token })).await
}

async fn sign_out(client: &Client, token: &str) -> Answer {
    client.post("/auth/logout", &json!({ "refreshToken": token })).await
}

/// Puts the last exchange of every family so many seconds back.
async fn age(engine: &Engine, time: &str) {
    for item in engine.items("cmz-tokens").await {
        let change = json!({
            "TableName": "cmz-tokens",
            "Key": { "tokenKey": item["tokenKey"] },
            "UpdateExpression": "SET rotatedAt = :then",
            "ExpressionAttributeValues": { ":then": { "S": time } },
        });
        engine.call("UpdateItem", &change).await;
    }
}

#[tokio::test]
async fn signing_out_ends_the_family_and_is_answered_alike_for_any_token() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url);
    let here = client.open_account(client::CHILD).await;
    let elsewhere = client.open_account(client::CHILD).await;
    let next = refresh(&client, here.text("refreshToken")).await.text("refreshToken").to_owned();
    for token in [next.as_str(), next.as_str(), "unknown.token", "nonsense", ""] {
        let answer = sign_out(&client, token).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, Some("")), "{token}");
    }
    refresh(&client, &next).await.is_problem(401, "unauthorized");
    assert_eq!(refresh(&client, elsewhere.text("refreshToken")).await.status, 200, "the other device stays");
    client.post("/auth/logout", &json!({})).await.is_problem(422, "invalid");
    client.post("/auth/logout", &json!({ "refreshToken": 7 })).await.is_problem(422, "invalid");
    assert_eq!(engine.items("cmz-tokens").await.len(), 1);
}

#[tokio::test]
async fn two_tabs_that_exchange_one_token_at_once_both_go_on() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url);
    let mut token = client.open_account(client::CHILD).await.text("refreshToken").to_owned();
    for _ in 0..5 {
        let (one, other) = tokio::join!(refresh(&client, &token), refresh(&client, &token));
        assert_eq!(one.text("refreshToken"), other.text("refreshToken"));
        for tab in [&one, &other] {
            assert_eq!(client.with_token(tab.text("token")).get("/me").await.status, 200);
        }
        one.text("refreshToken").clone_into(&mut token);
    }
}

#[tokio::test]
async fn the_token_just_exchanged_ends_its_family_once_ten_seconds_are_over() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url);
    let first = client.open_account(client::CHILD).await.text("refreshToken").to_owned();
    let second = refresh(&client, &first).await.text("refreshToken").to_owned();
    assert_eq!(refresh(&client, &first).await.text("refreshToken"), second);
    age(&engine, "2026-01-01T00:00:00.000Z").await;
    refresh(&client, &first).await.is_problem(401, "unauthorized");
    refresh(&client, &second).await.is_problem(401, "unauthorized");
    assert!(engine.items("cmz-tokens").await.is_empty());
}
