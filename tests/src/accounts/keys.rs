//! The signing key changes while tokens of the one before are still about.

use crate::testkit::{Client, Engine, Proxy, ScriptedModel, Server, client};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn published(client: &Client) -> BTreeSet<String> {
    let keys = client.get("/.well-known/jwks.json").await.body["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn servers_with_different_signing_keys_accept_each_others_tokens() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let before = Server::start(&engine.program.url, &model.url, &[]).await;
    let client = Client::new(&before.url);
    let old = client.open_account(client::CHILD).await.text("token").to_owned();
    let next = [("SIGNING_KEY_ID", "alias/cmz-signing-next")];
    let after = Server::start(&engine.program.url, &model.url, &next).await;
    let other = Client::new(&after.url);
    let new = other.open_account(client::CHILD).await.text("token").to_owned();
    assert_ne!(kid(&old), kid(&new));
    for client in [&client, &other] {
        for token in [&old, &new] {
            assert_eq!(client.with_token(token).get("/me").await.status, 200);
            assert_eq!(client.with_token(token).ask("Hello Leo!").await.status, 200);
        }
        assert_eq!(published(client).await, [kid(&old), kid(&new)].into());
    }
    before.kill().await;
    end(&engine, &kid(&old)).await;
    assert_eq!(published(&other).await, [kid(&new)].into(), "a key whose last token has ended leaves the set");
}

/// Lets the time go by until which a key is needed.
async fn end(engine: &Engine, kid: &str) {
    let key: Value = json!({ "ownerId": { "S": "zoo" }, "keyId": { "S": format!("signing#{kid}") } });
    let change = json!({
        "TableName": "cmz-keys",
        "Key": key,
        "UpdateExpression": "SET neededUntil = :then",
        "ExpressionAttributeValues": { ":then": { "S": "2026-01-01T00:00:00.000Z" } },
    });
    engine.call("UpdateItem", &change).await;
}

#[tokio::test]
async fn only_signing_in_and_renewing_it_signs_and_a_conversation_signs_nothing() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let signatures = || proxy.records().iter().filter(|record| record.call.operation == "Sign").count();
    let client = Client::new(&server.url);
    proxy.forward();
    let account = client.open_account(client::CHILD).await;
    assert_eq!(signatures(), 1);
    let renewed = client.post("/auth/refresh", &json!({ "refreshToken": account.text("refreshToken") })).await;
    assert_eq!((renewed.status.as_u16(), signatures()), (200, 2));
    proxy.forward();
    let child = client.with_token(renewed.text("token"));
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(child.ask_in(&session, "And now?").await.status, 200);
    assert_eq!(child.streamed("Hello again!").await.last().unwrap().name, "complete");
    let history = format!("/conversations/history/{session}");
    for path in ["/me", "/conversations/sessions", &history, &format!("{history}/export?format=txt")] {
        assert_eq!(child.get(path).await.status, 200, "{path}");
    }
    assert!(proxy.records().len() > 20, "all of it passed");
    assert_eq!(signatures(), 0);
}
