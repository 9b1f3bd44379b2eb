//! `DELETE /conversations/history/{sessionId}`: gone means gone.

use crate::testkit::{
    Client, Engine, Proxy, ScriptedModel, Server,
    client::{self, Answer},
    proxy::{Fate, Refusal},
};
use reqwest::Method;
use serde_json::Value;

const KEEPER: &str = "keeper1@test.cmz.org";
/// Messages of a session of several batches.
const TURNS: usize = 40;

async fn delete(client: &Client, session: &str) -> Answer {
    let request = client.request(Method::DELETE, &format!("/conversations/history/{session}"));
    client::answer(request.send().await.unwrap()).await
}

async fn house() -> (Engine, Proxy, Server, Client) {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let client = Client::new(&server.url);
    (engine, proxy, server, client)
}

/// Whether any table but those of turns still names a session, apart from the mark that it was erased.
async fn is_named(engine: &Engine, session: &str) -> bool {
    let mut items = Vec::new();
    for table in ["cmz-conversations", "cmz-sessions", "cmz-keys"] {
        items.extend(engine.items(table).await.into_iter().filter(|item| item["erasedAt"].is_null()));
    }
    Value::from(items).to_string().contains(session)
}

#[tokio::test]
async fn a_deleted_session_is_gone_with_its_key_and_its_messages_though_batches_stay_unfinished() {
    let (engine, proxy, _server, client) = house().await;
    let user = client.sign_in(client::USER).await;
    let session = user.ask("Question 0").await.text("sessionId").to_owned();
    for number in 1..TURNS {
        assert_eq!(user.ask_in(&session, &format!("Question {number}")).await.status, 200);
    }
    let kept = user.ask("Another session").await.text("sessionId").to_owned();
    proxy.rule(|_| Fate::Partial);
    assert_eq!(delete(&user, &session).await.status, 204);
    proxy.forward();
    assert!(!is_named(&engine, &session).await);
    user.history(&session).await.is_problem(410, "erased");
    user.ask_in(&session, "Still there?").await.is_problem(410, "erased");
    delete(&user, &session).await.is_problem(410, "erased");
    assert_eq!(user.history(&kept).await.body["statistics"]["totalMessages"], 2);
    let listed = user.get("/conversations/sessions").await.body["sessions"].to_string();
    assert!(listed.contains(&kept) && !listed.contains(&session));
}

#[tokio::test]
async fn a_deletion_that_breaks_off_closes_the_session_and_is_finished_by_asking_again() {
    let (engine, proxy, _server, client) = house().await;
    let user = client.sign_in(client::USER).await;
    for (operation, table) in
        [("DeleteItem", "cmz-keys"), ("BatchWriteItem", "cmz-conversations"), ("PutItem", "cmz-sessions")]
    {
        let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
        proxy.rule(move |call| match call.operation == operation && call.tables().contains(&table) {
            true => Fate::Refuse(Refusal::Broken),
            false => Fate::Forward,
        });
        delete(&user, &session).await.is_problem(503, "unavailable");
        proxy.forward();
        assert!(is_named(&engine, &session).await, "{operation} on {table} was in the way");
        user.history(&session).await.is_problem(410, "erased");
        user.ask_in(&session, "Still there?").await.is_problem(410, "erased");
        client.sign_in(KEEPER).await.history(&session).await.is_problem(410, "erased");
        assert_eq!(delete(&user, &session).await.status, 204);
        assert!(!is_named(&engine, &session).await);
    }
}

#[tokio::test]
async fn a_child_asks_and_the_guardian_confirms() {
    let (engine, _proxy, _server, client) = house().await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(delete(&child, &session).await.status, 202);
    assert_eq!(delete(&child, &session).await.status, 202, "asked twice is asked once");
    assert_eq!(child.history(&session).await.status, 200, "nothing is gone yet");
    for other in [client::SIBLING, client::USER, "parent2@test.cmz.org", KEEPER] {
        delete(&client.sign_in(other).await, &session).await.is_problem(403, "forbidden");
    }
    delete(&client.sign_in(client::VISITOR).await, &session).await.is_problem(403, "forbidden");
    assert_eq!(delete(&client.sign_in(client::PARENT).await, &session).await.status, 204);
    child.history(&session).await.is_problem(410, "erased");
    assert!(!is_named(&engine, &session).await);
}

#[tokio::test]
async fn an_administrator_deletes_anybodys() {
    let (engine, _proxy, _server, client) = house().await;
    let session = client.sign_in(client::CHILD).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let administrator = client.with_token(client.administrator().await.text("token"));
    assert_eq!(delete(&administrator, &session).await.status, 204);
    assert!(!is_named(&engine, &session).await);
}
