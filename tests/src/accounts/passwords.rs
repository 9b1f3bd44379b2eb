//! New passwords: by who knows the old one, and by a link that is good once.

use crate::testkit::{
    Client, Engine, Proxy, ScriptedModel, Server, client,
    client::Answer,
    program::command,
    proxy::{Fate, Refusal, Service},
};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
};

const NEW: &str = "a new and long password";

/// A server whose letters a test reads: they are lines of its standard output.
struct Zoo {
    engine: Engine,
    client: Client,
    lines: Lines<BufReader<ChildStdout>>,
    _server: Child,
}

async fn zoo() -> Zoo {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let arguments = ["serve", "--engine", &engine.program.url, "--port", "0", "--model-url", &model.url];
    let mut server = command("menagerie").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    Zoo { engine, client: Client::new(line["url"].as_str().unwrap()), lines, _server: server }
}

impl Zoo {
    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.client.post("/auth", &json!({ "email": email, "password": password })).await
    }

    async fn refresh(&self, signed_in: &Answer) -> Answer {
        self.client.post("/auth/refresh", &json!({ "refreshToken": signed_in.text("refreshToken") })).await
    }

    async fn ask_for_link(&self, email: &str) {
        let answer = self.client.post("/auth/password/reset", &json!({ "email": email })).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (202, Some("")));
    }

    /// What the link of the next letter carries.
    async fn letter(&mut self) -> String {
        let line = self.lines.next_line().await.unwrap().unwrap();
        assert!(line.starts_with("A link to set a new password: http://127.0.0.1:"), "{line}");
        line.split_once("/reset-password#").unwrap().1.to_owned()
    }

    async fn confirm(&self, token: &str, password: &str) -> Answer {
        self.client.post("/auth/password/reset/confirm", &json!({ "token": token, "newPassword": password })).await
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sign_ins() {
    let zoo = zoo().await;
    let (here, elsewhere) = (zoo.client.open_account(client::USER).await, zoo.client.open_account(client::USER).await);
    let me = zoo.client.with_token(here.text("token"));
    let change = |current: &str, new: &str| {
        let (me, body) = (me.clone(), json!({ "currentPassword": current, "newPassword": new }));
        async move { me.post("/auth/password", &body).await }
    };
    for (current, new) in
        [("wrong", NEW), ("", NEW), (client::PASSWORD, "ninechars"), (client::PASSWORD, &"x".repeat(129))]
    {
        change(current, new).await.is_problem(422, "invalid");
    }
    me.post("/auth/password", &json!({ "newPassword": NEW })).await.is_problem(422, "invalid");
    let body = json!({ "currentPassword": client::PASSWORD, "newPassword": NEW });
    zoo.client.post("/auth/password", &body).await.is_problem(401, "unauthorized");
    assert_eq!(zoo.refresh(&elsewhere).await.status, 200, "nothing has changed yet");
    assert_eq!(change(client::PASSWORD, NEW).await.status, 204);
    zoo.refresh(&elsewhere).await.is_problem(401, "unauthorized");
    assert_eq!(zoo.refresh(&here).await.status, 200, "the one it was changed with goes on");
    zoo.sign_in(client::USER, client::PASSWORD).await.is_problem(401, "invalid_credentials");
    assert_eq!(zoo.sign_in(client::USER, NEW).await.status, 200);
}

#[tokio::test]
async fn the_current_password_cannot_be_guessed_by_who_has_a_token() {
    let zoo = zoo().await;
    let me = zoo.client.sign_in(client::USER).await;
    let guess = json!({ "currentPassword": "wrong", "newPassword": NEW });
    for _ in 0..5 {
        me.post("/auth/password", &guess).await.is_problem(422, "invalid");
    }
    me.post("/auth/password", &guess).await.is_problem(429, "too_many_requests");
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_all_sign_ins() {
    let mut zoo = zoo().await;
    let before = zoo.client.open_account(client::USER).await;
    zoo.ask_for_link("USER1@test.cmz.org").await;
    zoo.ask_for_link(client::USER).await;
    let (token, other) = (zoo.letter().await, zoo.letter().await);
    let kept = serde_json::to_string(&zoo.engine.items("cmz-tokens").await).unwrap();
    assert!(!kept.contains(&token) && !kept.contains('@'));
    zoo.confirm(&token, "ninechars").await.is_problem(422, "invalid");
    zoo.confirm(&format!("{token}x"), NEW).await.is_problem(422, "link_expired");
    let answers = tokio::join!(zoo.confirm(&token, NEW), zoo.confirm(&token, NEW));
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 422]);
    zoo.confirm(&other, "yet another password").await.is_problem(422, "link_expired");
    zoo.refresh(&before).await.is_problem(401, "unauthorized");
    zoo.sign_in(client::USER, client::PASSWORD).await.is_problem(401, "invalid_credentials");
    assert_eq!(zoo.sign_in(client::USER, NEW).await.status, 200);
}

#[tokio::test]
async fn a_link_is_good_for_thirty_minutes() {
    let mut zoo = zoo().await;
    zoo.ask_for_link(client::USER).await;
    let token = zoo.letter().await;
    let item = zoo.engine.items("cmz-tokens").await.remove(0);
    let change = json!({
        "TableName": "cmz-tokens",
        "Key": { "tokenKey": item["tokenKey"] },
        "UpdateExpression": "SET expiresAt = :then",
        "ExpressionAttributeValues": { ":then": { "S": "2026-01-01T00:00:00.000Z" } },
    });
    zoo.engine.call("UpdateItem", &change).await;
    zoo.confirm(&token, NEW).await.is_problem(422, "link_expired");
    assert_eq!(zoo.sign_in(client::USER, client::PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_address_that_nobody_has_is_answered_alike_and_gets_no_letter() {
    let mut zoo = zoo().await;
    zoo.ask_for_link("nobody@cmz.org").await;
    for body in [json!({}), json!({ "email": "" }), json!({ "email": 7 }), json!({ "email": "x".repeat(2000) })] {
        zoo.client.post("/auth/password/reset", &body).await.is_problem(422, "invalid");
    }
    // Whoever asks on and on gets five letters at first.
    futures_util::future::join_all((0..9).map(|_| zoo.ask_for_link(client::USER))).await;
    assert_eq!(zoo.engine.items("cmz-tokens").await.len(), 1 + 5);
    let admin = zoo.client.with_token(zoo.client.administrator().await.text("token"));
    let silent = json!({ "email": "silent@cmz.org", "displayName": "Si", "role": "zookeeper" });
    assert_eq!(admin.post("/users", &silent).await.status, 201);
    for _ in 0..5 {
        zoo.letter().await;
    }
    let token = zoo.letter().await;
    assert_eq!(zoo.confirm(&token, NEW).await.status, 204, "a new account's own letter");
    assert_eq!(zoo.sign_in("silent@cmz.org", NEW).await.status, 200);
}

#[tokio::test]
async fn an_address_that_somebody_has_is_answered_alike_when_its_key_cannot_be_used() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let client = Client::new(&server.url);
    let ask = async |email: &str| client.post("/auth/password/reset", &json!({ "email": email })).await.status.as_u16();
    assert_eq!(ask("nobody@cmz.org").await, 202);
    proxy.rule(|call| {
        let is_profile = call.service == Service::Keys && call.body["EncryptionContext"]["key"] == "profile";
        if is_profile { Fate::Refuse(Refusal::Broken) } else { Fate::Forward }
    });
    assert_eq!((ask("nobody@cmz.org").await, ask(client::USER).await), (202, 202));
    assert!(proxy.records().iter().any(|record| record.call.service == Service::Keys), "the key was asked for");
}
