//! A session that was silent for a day, or is a week old, goes on in a new one.

use super::{House, messages, new_turn, question_in, streaming};
use crate::testkit::{Client, Engine, ScriptedModel, client, hear};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Moves a time of a session back.
async fn move_back(engine: &Engine, session: &str, attribute: &str, hours: i64) {
    let sessions = super::all_items(engine, "cmz-sessions").await;
    let item = sessions.iter().find(|item| item["sessionId"]["S"] == session).expect("the session");
    let time: Timestamp = item[attribute]["S"].as_str().expect("a time").parse().unwrap();
    let earlier = format!("{:.3}", time - SignedDuration::from_hours(hours));
    let update = json!({
        "TableName": "cmz-sessions",
        "Key": { "sessionId": { "S": session } },
        "UpdateExpression": "SET #a = :t",
        "ExpressionAttributeNames": { "#a": attribute },
        "ExpressionAttributeValues": { ":t": { "S": earlier } },
    });
    engine.call("UpdateItem", &update).await;
}

async fn ask_in(client: &Client, session: &str, message: &str) -> String {
    let answer = client.ask_in(session, message).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.text("sessionId").to_owned()
}

#[tokio::test]
async fn c000_1_3_a_session_silent_for_a_day_goes_on_in_a_new_one_that_remembers() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let old = one.ask("My lion is called Simba").await.text("sessionId").to_owned();
    assert_eq!(ask_in(&one, &old, "And yours?").await, old);
    move_back(&house.engine, &old, "lastActivity", 25).await;

    let new = ask_in(&two, &old, "What was its name?").await;
    assert_ne!(new, old);
    assert_eq!(
        house.model.last_messages()[1..],
        [
            "user: My lion is called Simba",
            "assistant: Hello there!",
            "user: And yours?",
            "assistant: Hello there!",
            "user: What was its name?",
        ]
    );
    // A page that was left open goes on asking in the old one.
    for number in 0..3 {
        assert_eq!(ask_in(&one, &old, &format!("Question {number}")).await, new);
        let heard = hear(streaming(&two, &question_in(&old, &new_turn(), "And now?"))).await;
        assert_eq!(heard.start().unwrap()["sessionId"], new.as_str());
    }
    assert_eq!(ask_in(&one, &new, "Goodbye").await, new);
    assert_eq!(messages(&one, &old).await.len(), 4, "the old one stays as it was");
    assert_eq!(messages(&one, &new).await.len(), 2 * 8);
    assert_eq!(super::all_items(&house.engine, "cmz-sessions").await.len(), 2);
}

#[tokio::test]
async fn a_session_lasts_a_week_at_most() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let old = one.ask("One").await.text("sessionId").to_owned();
    move_back(&house.engine, &old, "startTime", 6 * 24).await;
    assert_eq!(ask_in(&one, &old, "Two").await, old, "not yet");
    move_back(&house.engine, &old, "startTime", 2 * 24).await;
    let new = ask_in(&two, &old, "Three").await;
    assert_ne!(new, old);
    assert!(house.model.last_messages().contains(&"user: One".to_owned()));
    assert_eq!(ask_in(&one, &old, "Four").await, new);
    assert_eq!(one.history(&new).await.body["statistics"]["totalMessages"], 4);
}

#[tokio::test]
async fn a_turn_that_rolled_over_is_replayed_where_it_went() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let old = one.ask("One").await.text("sessionId").to_owned();
    move_back(&house.engine, &old, "lastActivity", 25).await;
    let (turn, other) = (new_turn(), new_turn());
    let first = hear(streaming(&one, &question_in(&old, &turn, "Two"))).await;
    assert_eq!(first.terminal().name, "complete");
    assert_eq!(hear(streaming(&two, &question_in(&old, &turn, "Two"))).await.text, first.text);
    let new = first.start().unwrap()["sessionId"].as_str().unwrap();
    let second = hear(streaming(&two, &question_in(&old, &other, "Three"))).await;
    assert_eq!(second.start().unwrap()["sessionId"], new);
    assert_eq!(messages(&one, new).await.len(), 4);
}
