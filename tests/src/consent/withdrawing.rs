//! Consent is taken back: from the next request on, and while an animal talks or is about to.

use super::{House, agree, nothing, put, scopes};
use crate::testkit::{Heard, Reply, ScriptedModel, client, hear, model::said};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// From the answer to whoever takes it back to the end of the stream.
const WITHIN: Duration = Duration::from_secs(2);

/// Asks with this model, takes everything back once the turn is under way, and gives what was heard and how
/// long after that.
async fn withdrawn_under_way(model: ScriptedModel) -> (House, Heard, Duration, String) {
    let house = House::open(model).await;
    let (child, id) = house.person(client::CHILD).await;
    let (parent, _) = house.person(client::PARENT).await;
    let before = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let question = json!({ "animalId": "lion_001", "message": "Tell me more", "sessionId": before });
    let stream = async {
        let heard = hear(child.request(Method::POST, "/convo_turn/stream").json(&question)).await;
        (heard, Instant::now())
    };
    let withdraw = async {
        while house.model.requests().len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
        sleep(Duration::from_millis(1_300)).await;
        let began = Instant::now();
        assert_eq!(put(&parent, &id, &nothing()).await.status, 200);
        began
    };
    let ((heard, ended), began) = tokio::join!(stream, withdraw);
    child.ask("Hello?").await.is_problem(403, "consent_required");
    let kept = parent.history(&before).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let kept: Vec<_> =
        kept.body["messages"].as_array().unwrap().iter().map(|message| message["sender"].clone()).collect();
    assert_eq!(kept, ["user", "assistant", "user"], "what was stored before is there, of the answer nothing");
    (house, heard, ended.saturating_duration_since(began), before)
}

fn is_told(heard: &Heard) {
    let terminals: Vec<_> =
        heard.events.iter().filter(|event| ["complete", "error"].contains(&event.name.as_str())).collect();
    assert_eq!(terminals.len(), 1, "{:?}", heard.events);
    let data = &heard.terminal().data;
    assert_eq!((heard.terminal().name.as_str(), data["code"].as_str()), ("error", Some("consent_required")));
    assert_eq!((&data["status"], &data["retryable"], &data["lastId"]), (&json!(403), &json!(false), &json!(0)));
}

#[tokio::test]
async fn consent_that_is_taken_back_ends_an_answer_that_is_being_given() {
    let model = ScriptedModel::start([Reply::Text(vec!["Hello there!"]), Reply::Paced(200, Duration::from_millis(50))]);
    let (house, heard, after, _) = withdrawn_under_way(model.await).await;
    assert!(after < WITHIN, "{after:?}");
    is_told(&heard);
    assert!(heard.events.iter().any(|event| event.name == "token"), "words had come");
    let turns = house.engine.items("cmz-turns").await;
    let failed: Vec<_> = turns.iter().filter(|turn| turn["state"]["S"] == "failed").collect();
    assert_eq!(failed.len(), 1);
    assert!(!house.engine.everything().await.contains(&said(3)), "nothing lies open");
}

#[tokio::test]
async fn consent_that_is_taken_back_ends_an_answer_that_has_not_begun() {
    let model = ScriptedModel::start([Reply::Text(vec!["Hello there!"]), Reply::Silent]).await;
    let (_, heard, after, _) = withdrawn_under_way(model).await;
    assert!(after < WITHIN, "{after:?}");
    is_told(&heard);
    assert!(heard.events.iter().all(|event| event.name != "token"));
}

#[tokio::test]
async fn sharing_that_is_taken_back_ends_a_childs_links_and_nothing_else() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (child, id) = house.person(client::CHILD).await;
    let (parent, _) = house.person(client::PARENT).await;
    let (reader, _) = house.person(client::USER).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let shares = format!("/conversations/history/{session}/shares");
    parent.post(&shares, &json!({})).await.is_problem(403, "consent_required");
    agree(&parent, &id, scopes(true, true, true)).await;
    let link = parent.post(&shares, &json!({})).await;
    let secret = link.text("link").split_once("#share=").unwrap().1.to_owned();
    let follow = async || -> Value {
        let request = reader.request(Method::GET, &format!("/conversations/history/{session}"));
        json!(request.header("x-share", &secret).send().await.unwrap().status().as_u16())
    };
    assert_eq!(follow().await, 200);
    agree(&parent, &id, scopes(true, true, false)).await;
    assert_eq!(follow().await, 403);
    assert_eq!(child.ask_in(&session, "Still there?").await.status, 200);
    assert_eq!(
        (parent.history(&session).await.status, child.history(&session).await.status.as_u16()),
        (reqwest::StatusCode::OK, 200)
    );
}
