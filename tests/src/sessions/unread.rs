//! `unread`: what a guardian has not opened yet.

use super::{House, KEEPER, days_ago, rows, user_id};
use crate::testkit::{
    Client, client,
    proxy::{Fate, Refusal},
};
use serde_json::{Value, json};

async fn unread(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/conversations/sessions{query}")).await;
    rows(&page).iter().map(|row| row["unread"].clone()).collect()
}

#[tokio::test]
async fn what_a_child_says_is_unread_until_the_guardian_opens_it() {
    let house = House::open().await;
    let (child, parent) = (house.client(client::CHILD).await, house.client(client::PARENT).await);
    let session = house.session(&child, "lion_001", "Hello", &days_ago(0, -3_600_000)).await;
    house.session(&parent, "lion_001", "Hello", &days_ago(2, 0)).await;
    assert_eq!(unread(&parent, "").await, [json!(true), json!(false)]);
    assert_eq!(unread(&child, "").await, [json!(false)]);
    let keeper = house.client(KEEPER).await;
    let of_child = format!("?userId={}", user_id(&child).await);
    assert_eq!(unread(&keeper, &of_child).await, [Value::Null]);
    assert_eq!(unread(&keeper, "").await, [Value::Null, Value::Null]);

    let history = format!("/conversations/history/{session}");
    child.get(&history).await;
    let request = keeper.request(reqwest::Method::GET, &history).header("x-access-reason", "a report");
    assert_eq!(client::answer(request.send().await.unwrap()).await.status, 200);
    parent.get("/conversations/sessions?q=hello").await;
    assert_eq!(unread(&parent, &of_child).await, [json!(true)], "only the guardian's opening counts");
    let before = house.engine.items("cmz-sessions").await;
    assert_eq!(parent.get(&format!("{history}?limit=1")).await.status, 200);
    assert_eq!(unread(&parent, &of_child).await, [json!(false)]);
    let mut after = house.engine.items("cmz-sessions").await;
    for item in &mut after {
        item.as_object_mut().unwrap().remove("guardianReadTo");
    }
    assert_eq!(after, before, "nothing else of it changes");

    assert_eq!(child.ask_in(&session, "One more").await.status, 200);
    assert_eq!(unread(&parent, &of_child).await, [json!(true)]);
    parent.get(&format!("/convo_history?sessionId={session}")).await;
    assert_eq!(unread(&parent, &of_child).await, [json!(false)]);
}

#[tokio::test]
async fn a_note_that_fails_or_hangs_does_not_fail_the_reading() {
    let house = House::open().await;
    let (child, parent) = (house.client(client::CHILD).await, house.client(client::PARENT).await);
    let session = child.ask("Hello").await.text("sessionId").to_owned();
    for is_silent in [false, true] {
        house.proxy.rule(move |call| match (call.operation.as_str(), is_silent) {
            ("UpdateItem", false) => Fate::Refuse(Refusal::Broken),
            ("UpdateItem", true) => Fate::Delay(std::time::Duration::from_secs(30)),
            _ => Fate::Forward,
        });
        let history = parent.history(&session).await;
        assert_eq!((history.status.as_u16(), &history.body["statistics"]["totalMessages"]), (200, &json!(2)));
    }
    house.proxy.forward();
    assert_eq!(unread(&parent, "").await, [json!(true)]);
    // Of what is read already nothing is written.
    for writes in [1, 0] {
        house.proxy.forward();
        assert_eq!(parent.history(&session).await.status, 200);
        let updates = house.proxy.records().iter().filter(|record| record.call.operation == "UpdateItem").count();
        assert_eq!(updates, writes);
    }
}
