//! What is due is carried out by whoever looks for it: here the engine, every few seconds.

use super::*;
use crate::testkit::{
    Proxy,
    proxy::{Fate, Then},
};
use futures_util::FutureExt;
use std::time::Duration;

pub(super) async fn status_of(client: &Client, id: &str, wanted: &str) -> Answer {
    for _ in 0..100 {
        let found = receipt(client, id).await;
        if found.body["status"] == wanted || (wanted == "gone" && found.status == 404) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it is not {wanted} within 20 seconds: {:?}", receipt(client, id).await.body);
}

#[tokio::test]
async fn c000_12_1_when_the_days_of_grace_are_over_it_happens_by_itself() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let waiting = erase(&parent, &me, wish()).await;
    assert_eq!(waiting.body["status"], "pending");
    due_now(&house.engine, waiting.text("receiptId")).await;
    let done = status_of(&parent, waiting.text("receiptId"), "completed").await;
    verified(&house.client, done.text("receipt")).await;
    child.history(&session).await.is_problem(410, "erased");
    assert_eq!(conversations_left(&house.engine, &me).await, Vec::<String>::new());
    // After a last look it is kept until its receipt is needed no more, and then forgotten.
    due_now(&house.engine, waiting.text("receiptId")).await;
    let key = format!("erasure#{}", waiting.text("receiptId"));
    let mut state = Value::Null;
    for _ in 0..100 {
        let users = house.engine.items("cmz-users").await;
        state = users.iter().find(|item| item["userKey"]["S"] == key.as_str()).unwrap()["state"]["S"].clone();
        if state == "closed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(state, "closed");
    assert_eq!(receipt(&parent, waiting.text("receiptId")).await.body["status"], "completed");
    due_now(&house.engine, waiting.text("receiptId")).await;
    status_of(&parent, waiting.text("receiptId"), "gone").await;
}

#[tokio::test]
async fn a_wish_that_nobody_confirmed_and_one_of_a_guardian_who_is_none_any_more_come_to_nothing() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let asked = erase(&child, &me, wish()).await;
    due_now(&house.engine, asked.text("receiptId")).await;
    status_of(&parent, asked.text("receiptId"), "gone").await;
    let waiting = erase(&parent, &me, wish()).await;
    let released = json!({ "releaseChildren": [me] });
    let family = format!("/family/{}", id(&parent).await);
    let changed = call(&house.administrator().await, Method::PATCH, &family, Some(&released)).await;
    assert_eq!(changed.status, 200, "{:?}", changed.body);
    withdraw(&parent, waiting.text("receiptId")).await.is_problem(403, "forbidden");
    due_now(&house.engine, waiting.text("receiptId")).await;
    status_of(&child, waiting.text("receiptId"), "gone").await;
    assert_eq!(child.history(&session).await.status, 200);
}

#[tokio::test]
async fn an_account_whose_erasure_broke_off_is_erased_to_the_end() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let dying = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    user.ask("Hello Leo!").await;
    let victim = dying.clone();
    proxy.rule(move |call| {
        let victim = victim.clone();
        match call.operation == "BatchWriteItem" {
            true => Fate::Happen(Then::AfterCommit, async move { victim.kill().await }.boxed()),
            false => Fate::Forward,
        }
    });
    let request = user.at(&dying.url).request(Method::DELETE, &format!("/users/{me}")).json(&wish());
    assert!(request.send().await.is_err(), "the server died");
    // Whose it was cannot sign in to ask; the job finds it.
    user.get("/me").await.is_problem(403, "forbidden");
    let users = house.engine.items("cmz-users").await;
    let open = users.iter().find(|item| item["subject"]["S"] == me.as_str()).expect("the erasure");
    let id = open["receiptId"]["S"].as_str().unwrap().to_owned();
    due_now(&house.engine, &id).await;
    let done = status_of(&house.client, &id, "completed").await;
    assert_eq!(verified(&house.client, done.text("receipt")).await["counts"]["messages"], 2);
    assert_eq!(leftovers(&house.engine, &me).await, Vec::<String>::new());
}
