//! `pagination.totalSessions`.

use super::{House, KEEPER, days_ago, ids, next, user_id};
use crate::testkit::{
    Client,
    client::{self, Answer},
    proxy::{Fate, Refusal},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn total(client: &Client, query: &str) -> Value {
    let page = client.get(&format!("/conversations/sessions?limit=1{query}")).await;
    assert_eq!(page.status, 200, "{:?}", page.body);
    page.body["pagination"]["totalSessions"].clone()
}

async fn delete(client: &Client, session: &str) -> Answer {
    let request = client.request(Method::DELETE, &format!("/conversations/history/{session}"));
    client::answer(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_total_is_of_all_that_a_list_covers_whatever_its_filters_and_pages() {
    let house = House::open().await;
    let [parent, child, sibling] = [client::PARENT, client::CHILD, client::SIBLING].map(|email| house.client(email));
    let (parent, child, sibling) = (parent.await, child.await, sibling.await);
    for (talker, count) in [(&parent, 2), (&child, 3), (&sibling, 1)] {
        for number in 0..count {
            house.session(talker, "lion_001", "Hello", &days_ago(1 + number, 0)).await;
        }
    }
    assert_eq!(total(&parent, "").await, 6);
    assert_eq!(total(&parent, "&animalId=macaw_001").await, 6);
    assert_eq!(total(&parent, "&q=nothing%20such&sort=lastActivity").await, 6);
    let first = parent.get("/conversations/sessions?limit=1").await;
    assert_eq!(total(&parent, &format!("&nextToken={}", next(&first).unwrap())).await, 6);
    let of_child = format!("&userId={}", user_id(&child).await);
    assert_eq!((total(&child, "").await, total(&parent, &of_child).await), (json!(3), json!(3)));
    let keeper = house.client(KEEPER).await;
    assert_eq!(total(&keeper, &of_child).await, 3);
    assert_eq!(total(&keeper, "").await, Value::Null, "nobody counts everybody's");
}

#[tokio::test]
async fn a_deleted_session_is_counted_no_more_however_often_its_deletion_is_tried() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let mut sessions = Vec::new();
    for day in 1..=4 {
        sessions.push(house.session(&user, "lion_001", "Hello", &days_ago(day, 0)).await);
    }
    assert_eq!(total(&user, "").await, 4);
    // Its key stays for now; and of another the answer to the first write is lost.
    house.proxy.rule(|call| match call.operation == "DeleteItem" && call.tables().contains(&"cmz-keys") {
        true => Fate::Refuse(Refusal::Broken),
        false => Fate::Forward,
    });
    delete(&user, &sessions[0]).await.is_problem(503, "unavailable");
    assert_eq!(total(&user, "").await, 3);
    let mut lost = false;
    house.proxy.rule(move |call| match call.operation == "TransactWriteItems" && !lost {
        true => {
            lost = true;
            Fate::LoseAnswer
        }
        false => Fate::Forward,
    });
    assert_eq!(delete(&user, &sessions[1]).await.status, 204);
    house.proxy.forward();
    assert_eq!(delete(&user, &sessions[0]).await.status, 204);
    delete(&user, &sessions[0]).await.is_problem(410, "erased");
    assert_eq!(total(&user, "").await, 2);
    assert_eq!(ids(&user.get("/conversations/sessions").await), sessions[2..]);
}

#[tokio::test]
async fn a_session_is_counted_once_though_the_answer_to_its_claim_is_lost() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let mut lost = 0;
    house.proxy.rule(move |call| match call.operation == "TransactWriteItems" && lost < 2 {
        true => {
            lost += 1;
            if lost == 1 { Fate::LoseAnswer } else { Fate::Refuse(Refusal::Conflict) }
        }
        false => Fate::Forward,
    });
    let session = user.ask("Hello").await.text("sessionId").to_owned();
    house.proxy.forward();
    user.ask_in(&session, "Hello again").await;
    house.session(&user, "lion_001", "Another", &days_ago(1, 0)).await;
    assert_eq!(total(&user, "").await, 2);
}

#[tokio::test]
async fn days_that_are_past_do_not_count_and_go_when_a_session_begins() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for _ in 0..2 {
        user.ask("Hello").await;
    }
    let account = format!("user#{}", user_id(&user).await);
    let today = days_since_1970();
    let names = [today - 91, today - 90, today - 3].map(|day| format!("s{day}"));
    let body = json!({
        "TableName": "cmz-users",
        "Key": { "userKey": { "S": account } },
        "UpdateExpression": format!("SET {} = :seven, {} = :five, {} = :three", names[0], names[1], names[2]),
        "ExpressionAttributeValues": { ":seven": { "N": "7" }, ":five": { "N": "5" }, ":three": { "N": "3" } },
    });
    house.engine.call("UpdateItem", &body).await;
    // Those that began ninety days ago may still be there for an hour.
    assert_eq!(total(&user, "").await, 2 + 3 + 5);
    user.ask("Hello").await;
    assert_eq!(total(&user, "").await, 3 + 3 + 5);
    let items = house.engine.items("cmz-users").await;
    let item = items.iter().find(|item| item["userKey"]["S"] == account.as_str()).unwrap();
    assert_eq!((item.get(&names[0]), &item[&names[1]]["N"]), (None, &json!("5")));
    assert_eq!(item[format!("s{today}")]["N"], "3");
}

#[expect(clippy::disallowed_methods, reason = "sessions are as old as the clock says")]
fn days_since_1970() -> i64 {
    jiff::Timestamp::now().as_second() / 86_400
}
