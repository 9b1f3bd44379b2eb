//! `POST /privacy/export/{userId}`: requirement document 000, ticket 12. All that is kept of somebody, and who gets it.

use super::File;
use crate::testkit::{
    Client, Engine, Proxy, Reply, ScriptedModel, Server,
    client::{self, Answer},
    proxy::{Fate, Refusal},
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const ANSWER: &str = "I eat **meat**. 牛肉和鸡肉";

async fn house() -> (Engine, Server) {
    let engine = Engine::start().await;
    let model = ScriptedModel::answering(|_| Reply::Text(vec![ANSWER])).await;
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    (engine, server)
}

fn path(user: &str) -> String {
    format!("/privacy/export/{user}")
}

async fn id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}

async fn take(client: &Client, user: &str) -> File {
    let response = client.request(Method::POST, &path(user)).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    File { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
}

async fn ask_for(client: &Client, user: &str, reason: Option<&str>) -> Answer {
    let request = client.request(Method::POST, &path(user));
    let request = if let Some(reason) = reason { request.header("x-access-reason", reason) } else { request };
    client::answer(request.send().await.unwrap()).await
}

fn document(file: &File) -> Value {
    assert_eq!(file.status, 200);
    serde_json::from_slice(&file.bytes).unwrap()
}

#[tokio::test]
async fn c000_12_3_an_export_holds_all_that_is_kept_of_a_child() {
    let (_engine, server) = house().await;
    let client = Client::new(&server.url);
    let (child, parent) = (client.sign_in(client::CHILD).await, client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let mut sessions = Vec::new();
    for number in 0..12 {
        let session = child.ask(&format!("Question {number}")).await.text("sessionId").to_owned();
        assert_eq!(child.ask_in(&session, "And then? 然后呢?").await.status, 200);
        sessions.push(session);
    }
    let file = take(&child, &me).await;
    let package = document(&file);
    assert_eq!((&package["format"], &package["formatVersion"]), (&json!("menagerie-personal-data"), &json!(1)));
    let day = package["exportedAt"].as_str().unwrap()[..10].to_owned();
    assert_eq!(
        file.headers["content-disposition"],
        format!("attachment; filename=\"menagerie-data-{day}.json\"").as_str()
    );
    assert_eq!(
        (&file.headers["content-type"], &file.headers["cache-control"]),
        (&"application/json".parse().unwrap(), &"no-store".parse().unwrap())
    );

    let account = child.get("/me").await.body;
    let profile = &package["profile"];
    for member in ["userId", "role", "displayName", "parentUserId"] {
        assert_eq!(profile[member], account[member], "{member}");
    }
    assert_eq!((&profile["signInName"], &profile["children"]), (&json!(client::CHILD), &json!([])));
    let consent = parent.get(&format!("/privacy/consent/{me}")).await.body;
    for member in ["scopes", "method", "noticeVersion", "changedAt"] {
        assert_eq!(profile["consent"][member], consent[member], "{member}");
    }
    assert_eq!(profile["consentChanges"].as_array().unwrap().len(), consent["history"].as_array().unwrap().len());
    assert_eq!(profile["controls"]["paused"], false);

    // Each conversation is what its own export is.
    let taken = package["conversations"].as_array().unwrap();
    assert_eq!(taken.len(), sessions.len());
    for (one, session) in taken.iter().zip(&sessions) {
        let mut alone = child.get(&format!("/conversations/history/{session}/export")).await.body;
        alone["exportedAt"] = one["exportedAt"].clone();
        assert_eq!(*one, alone);
    }
    assert_eq!(taken[0]["messages"][1]["content"], ANSWER);
}

#[tokio::test]
async fn a_guardians_names_its_children_and_holds_none_of_their_words() {
    let (_engine, server) = house().await;
    let client = Client::new(&server.url);
    let (child, parent) = (client.sign_in(client::CHILD).await, client.sign_in(client::PARENT).await);
    child.ask("A child's question").await;
    let package = document(&take(&parent, &id(&parent).await).await);
    let children: BTreeSet<_> =
        package["profile"]["children"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    let sibling = client.sign_in(client::SIBLING).await;
    assert!(children.is_superset(&BTreeSet::from([id(&child).await, id(&sibling).await])), "{children:?}");
    // Who never talked has nothing that was said.
    assert_eq!(package["conversations"], json!([]));
    assert!(package["profile"].get("consent").is_none());
}

#[tokio::test]
async fn who_may_take_it_and_that_it_is_written_down_with_what_was_given() {
    let (engine, server) = house().await;
    let client = Client::new(&server.url);
    let child = client.sign_in(client::CHILD).await;
    let me = id(&child).await;
    for _ in 0..2 {
        child.ask("Hello Leo!").await;
    }
    for other in [client::SIBLING, client::USER, client::VISITOR, "parent2@test.cmz.org", "keeper1@test.cmz.org"] {
        let other = client.sign_in(other).await;
        ask_for(&other, &me, Some("I am curious")).await.is_problem(403, "forbidden");
    }
    client.post(&path(&me), &json!({})).await.is_problem(401, "unauthorized");
    let administrator = client.with_token(client.administrator().await.text("token"));
    ask_for(&administrator, &me, None).await.is_problem(428, "reason_required");
    assert_eq!(ask_for(&administrator, &me, Some("A parent asked")).await.status, 200);
    for unknown in ["0190f3a1-7b2c-7def-8123-456789abcdef", "%23"] {
        ask_for(&child, unknown, None).await.is_problem(404, "not_found");
    }
    let parent = client.sign_in(client::PARENT).await;
    let file = take(&parent, &me).await;
    let digest: String = Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let by = id(&parent).await;
    let entries = engine.items("cmz-audit").await;
    let given = entries.iter().find(|entry| {
        entry["eventType"]["S"] == "conversation_exported"
            && entry["userId"]["S"] == by.as_str()
            && entry["targetUserId"]["S"] == me.as_str()
    });
    let given = given.expect("an entry");
    assert_eq!(given["action"]["S"], "export_data");
    let metadata = &given["metadata"]["M"];
    assert_eq!((&metadata["format"]["S"], &metadata["messages"]["N"]), (&json!("json"), &json!("4")));
    assert_eq!(metadata["sha256"]["S"], digest);
}

#[tokio::test]
async fn without_the_trail_nothing_is_given_and_of_what_is_erased_nothing_is_left_to_give() {
    let (engine, _server) = house().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let user = Client::new(&server.url).sign_in(client::USER).await;
    let me = id(&user).await;
    let (kept, deleted) = (user.ask("Hello Leo!").await, user.ask("canary7291").await);
    let gone = format!("/conversations/history/{}", deleted.text("sessionId"));
    assert_eq!(user.request(Method::DELETE, &gone).send().await.unwrap().status(), 204);
    let package = document(&take(&user, &me).await);
    assert_eq!(package["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(package["conversations"][0]["sessionId"], kept.text("sessionId"));
    assert!(!package.to_string().contains("canary7291"));
    proxy.rule(|call| match call.operation == "PutItem" && call.body["TableName"] == "cmz-audit" {
        true => Fate::Refuse(Refusal::Broken),
        false => Fate::Forward,
    });
    let refused = ask_for(&user, &me, None).await;
    refused.is_problem(503, "unavailable");
    assert!(!refused.body.to_string().contains("Hello Leo!"));
}
