//! What guardians set for their children: a pause, and a daily limit of questions.

use super::{House, KEEPER, OTHER_PARENT, send};
use crate::testkit::{
    Client, Engine, Proxy, Reply, ScriptedModel, Server,
    client::{self, Answer},
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, sleep};

async fn set(client: &Client, path: &str, body: &Value) -> Answer {
    send(client, Method::PUT, path, body).await
}

/// What is left of the day, by the header.
fn left_today(answer: &Answer) -> &str {
    let header = answer.headers["ratelimit"].to_str().unwrap();
    header.split("\"day\";r=").nth(1).unwrap().split(';').next().unwrap()
}

#[tokio::test]
async fn only_the_guardian_and_administrators_set_things_for_a_child() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let (child, child_id) = house.person(client::CHILD).await;
    let path = format!("/family/{family}/children/{child_id}/controls");
    assert_eq!(parent.get(&path).await.body, json!({ "paused": false, "dailyLimit": null }));
    let body = json!({ "paused": true, "dailyLimit": 7 });
    for email in [client::CHILD, client::SIBLING, OTHER_PARENT, client::USER, client::VISITOR, KEEPER] {
        let (stranger, _) = house.person(email).await;
        set(&stranger, &path, &body).await.is_problem(403, "forbidden");
        stranger.get(&path).await.is_problem(403, "forbidden");
    }
    for setter in [&parent, &house.administrator().await] {
        let answer = set(setter, &path, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &body));
        assert_eq!(parent.get(&path).await.body, body);
        assert_eq!(
            set(setter, &path, &json!({ "paused": false })).await.body,
            json!({ "paused": false, "dailyLimit": null })
        );
    }
    for bad in [
        json!({}),
        json!({ "paused": "yes" }),
        json!({ "paused": false, "dailyLimit": 0 }),
        json!({ "paused": false, "dailyLimit": 1001 }),
        json!({ "paused": false, "dailyLimit": -1 }),
        json!({ "paused": false, "dailyLimit": 1.5 }),
    ] {
        set(&parent, &path, &bad).await.is_problem(422, "invalid");
    }
    let (_, others) = house.person(client::CHILD_WITHOUT_CONSENT).await;
    for not_theirs in [others.as_str(), family.as_str(), "nobody"] {
        parent.get(&format!("/family/{family}/children/{not_theirs}/controls")).await.is_problem(404, "not_found");
    }
    assert_eq!(child.ask("Hello Leo!").await.status, 200, "nothing was set by those who may not");
}

#[tokio::test]
async fn a_pause_acts_on_the_next_question_and_ends_an_answer_under_way() {
    let endless = |asked: &str| if asked.contains("story") { Reply::Endless } else { Reply::Text(vec!["Hi!"]) };
    let house = House::with(ScriptedModel::answering(endless).await).await;
    let (parent, family) = house.person(client::PARENT).await;
    let (child, child_id) = house.person(client::CHILD).await;
    let path = format!("/family/{family}/children/{child_id}/controls");
    let mut stream = child.stream(&json!({ "animalId": "lion_001", "message": "Tell me a long story" })).await;
    assert_eq!(stream.next().await.unwrap().name, "start");
    assert_eq!(stream.next().await.unwrap().name, "token");
    assert_eq!(set(&parent, &path, &json!({ "paused": true })).await.status, 200);
    let paused = Instant::now();
    let events = stream.rest().await;
    let last = events.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["code"]), ("error", &json!("chat_paused")));
    assert!(paused.elapsed() < Duration::from_secs(4), "{:?}", paused.elapsed());
    let asked = house.model.requests().len();
    let refused = child.ask("Hello?").await;
    refused.is_problem(403, "chat_paused");
    assert!(refused.text("title").contains("grown-up"), "{refused:?}");
    let streamed = json!({ "animalId": "lion_001", "message": "Hello?" });
    child.post("/convo_turn/stream", &streamed).await.is_problem(403, "chat_paused");
    assert_eq!(house.model.requests().len(), asked, "no model is asked");
    assert_eq!(house.client.sign_in(client::SIBLING).await.ask("Hello!").await.status, 200, "the sibling still talks");
    assert_eq!(set(&parent, &path, &json!({ "paused": false })).await.status, 200);
    assert_eq!(child.ask("Hello!").await.status, 200);
}

#[tokio::test]
async fn of_many_questions_at_once_exactly_as_many_are_answered_as_the_guardian_allows() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let (child, child_id) = house.person(client::CHILD).await;
    let path = format!("/family/{family}/children/{child_id}/controls");
    set(&parent, &path, &json!({ "paused": false, "dailyLimit": 3 })).await;
    let answers = join_all((0..12).map(|number| {
        let child = child.clone();
        async move { child.ask(&format!("Question {number}")).await }
    }))
    .await;
    let (admitted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((admitted.len(), refused.len(), house.model.requests().len()), (3, 9, 3));
    for answer in refused {
        answer.is_problem(429, "too_many_requests");
        assert!(answer.text("detail").contains("tomorrow"), "{answer:?}");
        assert_eq!(left_today(answer), "0");
        assert!(answer.headers["ratelimit-policy"].to_str().unwrap().contains("\"day\";q=3;"));
        assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 86_400);
    }
    let usage = child.get("/usage").await;
    assert_eq!((&usage.body["day"]["requests"], &usage.body["day"]["requestsLimit"]), (&json!(3), &json!(3)));
    // One more is one more, and the same question again is none.
    set(&parent, &path, &json!({ "paused": false, "dailyLimit": 4 })).await;
    let turn =
        json!({ "animalId": "lion_001", "message": "One more", "turnId": "0190f3a1-7b2c-7def-8123-0000000000aa" });
    let first = child.post("/convo_turn", &turn).await;
    assert_eq!((first.status.as_u16(), left_today(&first)), (200, "0"));
    child.ask("And another").await.is_problem(429, "too_many_requests");
    let again = child.post("/convo_turn", &turn).await;
    assert_eq!((again.status.as_u16(), again.text("messageId")), (200, first.text("messageId")));
    assert_eq!(left_today(&again), "0");
    let (sibling, _) = house.person(client::SIBLING).await;
    assert_eq!(sibling.ask("Hello!").await.status, 200);
}

/// The calls of one question, by operation.
async fn calls(proxy: &Proxy, child: &Client) -> BTreeMap<String, usize> {
    proxy.forward();
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    // What follows the answer is over as well.
    sleep(Duration::from_millis(300)).await;
    let mut calls = BTreeMap::new();
    for record in proxy.records() {
        *calls.entry(record.call.operation).or_insert(0) += 1;
    }
    calls
}

#[tokio::test]
async fn a_limit_and_a_pause_cost_a_turn_no_call() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let client = Client::new(&server.url);
    let child = client.open_account(client::CHILD).await;
    let parent = client.open_account(client::PARENT).await;
    let [family, child_id] = [&parent, &child].map(|answer| answer.body["user"]["userId"].as_str().unwrap().to_owned());
    let (parent, child) = (client.with_token(parent.text("token")), client.with_token(child.text("token")));
    // The first question makes keys and accounts of limits.
    calls(&proxy, &child).await;
    let without = calls(&proxy, &child).await;
    let path = format!("/family/{family}/children/{child_id}/controls");
    assert_eq!(set(&parent, &path, &json!({ "paused": false, "dailyLimit": 50 })).await.status, 200);
    assert_eq!(calls(&proxy, &child).await, without);
}
