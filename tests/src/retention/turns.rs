//! Turns that nobody answers any more, and that nobody came back to.

use super::{Zoo, sweep};
use crate::testkit::client;
use serde_json::json;

#[tokio::test]
async fn a_turn_whose_producer_is_dead_is_ended_with_what_was_logged_and_a_living_one_goes_on() {
    let zoo = Zoo::open().await;
    let doomed = zoo.another_server().await;
    let dead = zoo.slow_turn(&doomed, client::CHILD).await;
    doomed.kill().await;
    let alive = zoo.slow_turn(&zoo.server, client::USER).await;
    // Older than the young, and no older than a turn may be: only the pulse tells them apart.
    for turn in [&dead.turn, &alive.turn] {
        zoo.age_turn(turn, 60).await;
    }
    let (mut one, mut other) = (zoo.retention().await, zoo.retention().await);
    let event = sweep();
    let (ran, also_ran) = tokio::join!(one.tell(&event), other.tell(&event));
    for report in [ran, also_ran] {
        assert_eq!(report["failed"], json!([]), "{report}");
    }
    let ended = zoo.turn(&dead.turn).await;
    assert_eq!((&ended["state"]["S"], &ended["underWay"]), (&json!("interrupted"), &json!(null)), "{ended}");
    let child = zoo.client.sign_in(client::CHILD).await;
    let history = child.history(&dead.session).await;
    let messages = history.body["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2, "one answer, though two ended it");
    assert_eq!(messages[1]["metadata"]["finishReason"], "interrupted");
    assert!(!messages[1]["content"].as_str().unwrap().is_empty());
    let going = zoo.turn(&alive.turn).await;
    assert_eq!((&going["state"]["S"], going["underWay"]["S"].is_string()), (&json!("streaming"), true), "{going}");
    assert_eq!(one.tell(&event).await["tasks"]["abandonedTurns"], json!({}));
}

#[tokio::test]
async fn a_turn_of_a_conversation_that_is_gone_fails() {
    let zoo = Zoo::open().await;
    let doomed = zoo.another_server().await;
    let dead = zoo.slow_turn(&doomed, client::CHILD).await;
    doomed.kill().await;
    zoo.age_turn(&dead.turn, 20 * 60).await;
    let key = json!({ "sessionId": { "S": dead.session } });
    zoo.engine.call("DeleteItem", &json!({ "TableName": "cmz-sessions", "Key": key })).await;
    assert_eq!(zoo.retention().await.tell(&sweep()).await["tasks"]["abandonedTurns"], json!({ "turns": 1 }));
    let ended = zoo.turn(&dead.turn).await;
    assert_eq!((&ended["state"]["S"], &ended["underWay"]), (&json!("failed"), &json!(null)), "{ended}");
}
