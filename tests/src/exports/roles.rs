//! Who gets a conversation as a file.

use super::{export, path};
use crate::testkit::{
    Client, Engine, ScriptedModel,
    client::{self, Answer},
    product,
};
use reqwest::Method;
use serde_json::json;

const KEEPER: &str = "keeper1@test.cmz.org";
const FORMATS: [&str; 3] = ["json", "txt", "pdf"];

async fn with_reason(client: &Client, path: &str, reason: &str) -> Answer {
    client::answer(client.request(Method::GET, path).header("x-access-reason", reason).send().await.unwrap()).await
}

#[tokio::test]
async fn a_child_and_its_guardian_export_its_conversation_and_no_other_family_does() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    for format in FORMATS {
        assert_eq!(export(&child, &session, format).await.status, 200, "{format}");
        assert_eq!(export(&client.sign_in(client::PARENT).await, &session, format).await.status, 200, "{format}");
        for other in [client::SIBLING, client::USER, client::VISITOR, "parent2@test.cmz.org"] {
            let other = client.sign_in(other).await;
            other.get(&path(&session, format)).await.is_problem(403, "forbidden");
            with_reason(&other, &path(&session, format), "I am curious").await.is_problem(403, "forbidden");
        }
        client.get(&path(&session, format)).await.is_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn keepers_export_their_own_and_nobody_elses_and_administrators_anybodys() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let childs = client.sign_in(client::CHILD).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let adults = client.sign_in(client::USER).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let keeper = client.sign_in(KEEPER).await;
    let own = keeper.ask("Hello Leo!").await.text("sessionId").to_owned();
    let administrator = client.with_token(client.administrator().await.text("token"));
    for format in FORMATS {
        assert_eq!(export(&keeper, &own, format).await.status, 200, "{format}");
        for session in [&childs, &adults] {
            keeper.get(&path(session, format)).await.is_problem(403, "forbidden");
            with_reason(&keeper, &path(session, format), "A parent asked").await.is_problem(403, "forbidden");
        }
        assert_eq!(export(&administrator, &adults, format).await.status, 200, "{format}");
        administrator.get(&path(&childs, format)).await.is_problem(428, "reason_required");
        with_reason(&administrator, &path(&childs, format), " ").await.is_problem(422, "invalid");
        assert_eq!(with_reason(&administrator, &path(&childs, format), "A parent asked").await.status, 200);
    }
}

#[tokio::test]
async fn what_is_not_there_any_more_is_not_found() {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let user = Client::new(&server.url).sign_in(client::USER).await;
    for unknown in ["0190f3a1-7b2c-7def-8123-456789abcdef", "nonsense", "%23", "%FF"] {
        user.get(&path(unknown, "json")).await.is_problem(404, "not_found");
    }
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let body = json!({
        "TableName": "cmz-sessions",
        "Key": { "sessionId": { "S": session } },
        "UpdateExpression": "SET expiresAt = :at",
        "ExpressionAttributeValues": { ":at": { "S": "2026-01-01T00:00:00.000Z" } },
    });
    engine.call("UpdateItem", &body).await;
    for format in FORMATS {
        user.get(&path(&session, format)).await.is_problem(404, "not_found");
    }
}
