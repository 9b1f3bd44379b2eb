//! Turns that are under way while their conversations are erased: none brings anything back.

use super::*;
use crate::testkit::{
    Proxy, Reply, engine, hear,
    proxy::{Fate, Then},
};
use futures_util::FutureExt;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

fn question(message: &str) -> Value {
    json!({ "animalId": "lion_001", "message": message })
}

#[tokio::test]
async fn an_answer_under_way_commits_nothing_and_its_stream_ends_once() {
    for is_account in [false, true] {
        let leave = Arc::new(Semaphore::new(2));
        let gate = Arc::clone(&leave);
        let model = ScriptedModel::answering(move |_| Reply::Stepped(8, Arc::clone(&gate))).await;
        let house = House::with(model, &[]).await;
        let email = if is_account { OTHER_PARENT } else { client::USER };
        let user = house.client.sign_in(email).await;
        let me = id(&user).await;
        let body = question("Hello Leo!");
        let listening = hear(user.request(Method::POST, "/convo_turn/stream").json(&body));
        let erasing = async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            let done =
                if is_account { erase_account(&user, &me, wish()).await } else { erase(&user, &me, wish()).await };
            leave.add_permits(20);
            done
        };
        let (heard, done) = if is_account {
            // Noa's guardian is not free to go: the child has to leave first.
            let noa = house.client.sign_in(client::CHILD_WITHOUT_CONSENT).await;
            assert_eq!(erase_account(&user, &id(&noa).await, at_once()).await.status, 200);
            tokio::join!(listening, erasing)
        } else {
            tokio::join!(listening, erasing)
        };
        assert_eq!(done.status, 200, "{:?}", done.body);
        assert_eq!(heard.terminal().name, "error", "{heard:?}");
        assert_eq!(heard.terminal().data["code"], "forbidden");
        tokio::time::sleep(Duration::from_millis(500)).await;
        let left =
            if is_account { leftovers(&house.engine, &me).await } else { conversations_left(&house.engine, &me).await };
        assert_eq!(left, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_question_whose_claim_comes_too_late_opens_no_session() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let asking = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let child = house.client.sign_in(client::CHILD).await;
    let parent = house.client.sign_in(client::PARENT).await;
    child.ask("Hello Leo!").await;
    // What was read before the erasure meets the claim after it.
    for (client, by, subject) in [(&user, &user, me), (&child, &parent, id(&child).await)] {
        proxy.rule(|call| match call.operation == "TransactWriteItems" {
            true => Fate::Delay(Duration::from_millis(1_500)),
            false => Fate::Forward,
        });
        let (there, body) = (client.at(&asking.url), question("Is anybody there?"));
        let asked = there.post("/convo_turn", &body);
        let erasing = async {
            tokio::time::sleep(Duration::from_millis(600)).await;
            let done = erase(by, &subject, at_once()).await;
            proxy.forward();
            done
        };
        let (asked, done) = tokio::join!(asked, erasing);
        assert_eq!(done.status, 200, "{:?}", done.body);
        // It was asked anew in the next generation, and nothing of the one before came back.
        assert_eq!(asked.status, 200, "{:?}", asked.body);
        for key in house.engine.items("cmz-keys").await {
            let of_conversations = key["ownerId"]["S"] == subject.as_str()
                && key["keyId"]["S"] != "profile"
                && key["keyId"]["S"] != "audit";
            assert!(!of_conversations || key["generation"]["N"] == "1", "{key}");
        }
        for message in house.engine.items("cmz-conversations").await {
            assert!(message["userId"]["S"] != subject.as_str() || message["generation"]["N"] == "1", "{message}");
        }
        assert_eq!(client.history(asked.text("sessionId")).await.body["statistics"]["totalMessages"], 2);
    }
}

#[tokio::test]
async fn a_question_of_an_account_that_goes_leaves_nothing() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let asking = Server::start(&proxy.url, &house.model.url, &[]).await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    proxy.rule(|call| match call.operation == "TransactWriteItems" {
        true => Fate::Delay(Duration::from_millis(1_500)),
        false => Fate::Forward,
    });
    let (there, body) = (child.at(&asking.url), question("Is anybody there?"));
    let erasing = async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        let done = erase_account(&parent, &me, at_once()).await;
        proxy.forward();
        done
    };
    let (asked, done) = tokio::join!(there.post("/convo_turn", &body), erasing);
    assert_eq!(done.status, 200, "{:?}", done.body);
    asked.is_problem(403, "forbidden");
    assert_eq!(leftovers(&house.engine, &me).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_piece_of_a_log_that_comes_after_the_turns_went_is_seen_before_the_receipt_is_signed() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let erasing = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    user.ask("Hello Leo!").await;
    let (url, mut queries) = (house.engine.program.url.clone(), 0);
    let piece = json!({
        "userId": { "S": me },
        "turnKey": { "S": "0190f3a1-7b2c-7def-8123-000000000001#somebody#000001" },
    });
    // They are counted, deleted, and then looked for.
    proxy.rule(move |call| {
        queries += usize::from(call.operation == "Query" && call.tables() == ["cmz-turns"]);
        let is_looked_for = call.operation == "Query" && call.tables() == ["cmz-turns"] && queries == 3;
        let (url, put) = (url.clone(), json!({ "TableName": "cmz-turns", "Item": piece }));
        match is_looked_for {
            true => {
                Fate::Happen(Then::BeforeCommit, async move { drop(engine::call(&url, "PutItem", &put).await) }.boxed())
            }
            false => Fate::Forward,
        }
    });
    let done = erase(&user.at(&erasing.url), &me, wish()).await;
    assert_eq!((done.status.as_u16(), done.body["receipt"].is_string()), (200, true), "{done:?}");
    assert!(proxy.records().iter().any(|record| record.is_disturbed), "a piece came");
    assert_eq!(conversations_left(&house.engine, &me).await, Vec::<String>::new());
}
