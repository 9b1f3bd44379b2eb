//! 410: what was erased is not what never was, on every route and every server, from the first request on.

use super::{due::status_of, *};
use crate::testkit::{
    Proxy, hear,
    proxy::{Fate, Refusal},
};
use std::time::Duration;

/// Every route that names a session, as its owner asks.
async fn is_gone(client: &Client, session: &str, status: u16, code: &str) {
    let history = format!("/conversations/history/{session}");
    for path in [history.clone(), format!("{history}/export?format=txt"), format!("/convo_history?sessionId={session}")]
    {
        client.get(&path).await.is_problem(status, code);
    }
    call(client, Method::DELETE, &history, None).await.is_problem(status, code);
    client.ask_in(session, "Still there?").await.is_problem(status, code);
    let body = json!({ "animalId": "lion_001", "message": "Still there?", "sessionId": session });
    let heard = hear(client.request(Method::POST, "/convo_turn/stream").json(&body)).await;
    assert_eq!((heard.status, heard.problem["code"].as_str()), (status, Some(code)));
}

#[tokio::test]
async fn c000_12_1_what_was_erased_is_410_on_every_route_and_on_a_warm_server_too() {
    let house = House::open().await;
    let warm = Server::start(&house.engine.program.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let (me, there) = (id(&user).await, user.at(&warm.url));
    let session = there.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(there.history(&session).await.status, 200);
    // Its keys are in the memory of both.
    assert_eq!(user.history(&session).await.status, 200);
    assert_eq!(erase(&user, &me, wish()).await.status, 200);
    for client in [&there, &user] {
        is_gone(client, &session, 410, "erased").await;
        let shares = format!("/conversations/history/{session}/shares");
        client.post(&shares, &json!({})).await.is_problem(410, "erased");
        call(client, Method::DELETE, &shares, None).await.is_problem(410, "erased");
    }
    for other in [client::SIBLING, OTHER_PARENT] {
        is_gone(&house.client.sign_in(other).await, &session, 403, "forbidden").await;
    }
    house.client.sign_in(KEEPER).await.history(&session).await.is_problem(410, "erased");
    let mark = house.engine.items("cmz-sessions").await;
    let names: std::collections::BTreeSet<_> = mark[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["erasedAt", "sessionId", "ttl", "userId"].into());
    assert_eq!(mark.len(), 1);
}

#[tokio::test]
async fn from_the_first_moment_on_nothing_is_opened_though_everything_still_lies_there() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let erasing = Server::start(&proxy.url, &house.model.url, &[("ERASURE_ANSWER_SECONDS", "1")]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(user.history(&session).await.status, 200);
    // The generation has risen, and not a key is destroyed.
    proxy.rule(|call| match call.operation == "DeleteItem" && call.tables().contains(&"cmz-keys") {
        true => Fate::Delay(Duration::from_secs(30)),
        false => Fate::Forward,
    });
    let begun = erase(&user.at(&erasing.url), &me, wish()).await;
    assert_eq!((begun.status.as_u16(), &begun.body["status"]), (202, &json!("running")), "{:?}", begun.body);
    assert!(!conversations_left(&house.engine, &me).await.is_empty());
    is_gone(&user, &session, 410, "erased").await;
    assert_eq!(user.get("/conversations/sessions").await.body["sessions"], json!([]));
    assert_eq!(user.get("/conversations/sessions?q=hello").await.body["sessions"], json!([]));
    // The person goes on meanwhile, and loses nothing of that.
    let anew = user.ask("Hello again!").await;
    assert_eq!(anew.status, 200, "{:?}", anew.body);
    let running = receipt(&user, begun.text("receiptId")).await;
    assert_eq!((&running.body["status"], &running.body["receipt"]), (&json!("running"), &Value::Null));
    due_now(&house.engine, begun.text("receiptId")).await;
    status_of(&user, begun.text("receiptId"), "completed").await;
    assert_eq!(user.history(anew.text("sessionId")).await.body["statistics"]["totalMessages"], 2);
    is_gone(&user, &session, 410, "erased").await;
    proxy.forward();
}

#[tokio::test]
async fn an_erasure_that_meets_trouble_is_not_lost() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let erasing = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    for number in 0..40 {
        assert_eq!(user.ask(&format!("Question {number}")).await.status, 200);
    }
    proxy.rule(|call| match call.operation.as_str() {
        "BatchWriteItem" => Fate::Partial,
        "Sign" => Fate::Refuse(Refusal::Broken),
        _ => Fate::Forward,
    });
    let begun = erase(&user.at(&erasing.url), &me, wish()).await;
    assert_eq!((begun.status.as_u16(), &begun.body["status"]), (202, &json!("running")), "{:?}", begun.body);
    assert_eq!(conversations_left(&house.engine, &me).await, Vec::<String>::new());
    let done = erase(&user, &me, wish()).await;
    let claims = verified(&house.client, done.text("receipt")).await;
    // What was counted is what there was, whoever finished it.
    assert_eq!(claims["counts"], json!({ "messages": 80, "sessions": 40, "turns": 40, "keys": 41 }));
}

#[tokio::test]
async fn a_mark_is_there_until_the_session_would_have_expired() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(erase(&user, &id(&user).await, wish()).await.status, 200);
    user.history(&session).await.is_problem(410, "erased");
    let update = json!({
        "TableName": "cmz-sessions",
        "Key": { "sessionId": { "S": session } },
        "UpdateExpression": "SET #ttl = :past",
        "ExpressionAttributeNames": { "#ttl": "ttl" },
        "ExpressionAttributeValues": { ":past": { "N": "1000" } },
    });
    house.engine.call("UpdateItem", &update).await;
    is_gone(&user, &session, 404, "not_found").await;
}

#[tokio::test]
async fn a_key_of_the_next_generation_opens_nothing_of_the_one_before() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    // As whoever read the session before an erasure finds it who reads the key after the next question.
    for key in house.engine.items("cmz-keys").await {
        if key["ownerId"]["S"] != me.as_str() || key["keyId"]["S"] != "conversations" {
            continue;
        }
        let update = json!({
            "TableName": "cmz-keys",
            "Key": { "ownerId": key["ownerId"], "keyId": key["keyId"] },
            "UpdateExpression": "ADD generation :one",
            "ExpressionAttributeValues": { ":one": { "N": "1" } },
        });
        house.engine.call("UpdateItem", &update).await;
    }
    let history = format!("/conversations/history/{session}");
    for path in [history.clone(), format!("{history}/export?format=txt")] {
        user.get(&path).await.is_problem(410, "erased");
    }
    let listed = user.get("/conversations/sessions").await;
    assert_eq!(listed.status, 200, "{listed:?}");
    assert_eq!(listed.body["sessions"][0]["sessionId"], session.as_str());
    assert!(!listed.body.to_string().contains("Hello Leo!"), "{listed:?}");
    let found = user.get("/conversations/sessions?q=hello").await;
    assert_eq!((found.status.as_u16(), &found.body["sessions"]), (200, &json!([])));
}
