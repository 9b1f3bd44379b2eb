//! Turns that are answered anew: nothing of a failed answer gets into the next one.

use super::{House, all_items, cancel, new_turn, question, resuming, streaming, until};
use crate::testkit::{Reply, ScriptedModel, client, hear, hear_until, model::said};
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

const WORDS: usize = 40;

#[tokio::test]
async fn nothing_of_a_failed_answer_gets_into_the_one_that_is_given_anew() {
    let anew = "Completely other words, which nobody has heard before, in one go and to the end.";
    let model = ScriptedModel::start([Reply::Paced(WORDS, Duration::from_millis(80)), Reply::Chopped(anew, 7)]).await;
    let house = House::open(model, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let key = format!("user#{}", one.get("/me").await.text("userId"));
    let turn = new_turn();
    let body = question(&turn, "Hello Leo!");
    let withdraw = async {
        until("words are logged", Duration::from_secs(10), async || super::log_items(&house.engine, &turn).await > 1)
            .await;
        set_consent(&house, &key, false).await;
    };
    let (failed, ()) = tokio::join!(hear(streaming(&one, &body)), withdraw);
    assert_eq!(failed.terminal().data["code"], "consent_required");
    set_consent(&house, &key, true).await;

    let (live, follower) = tokio::join!(hear(streaming(&one, &body)), async {
        sleep(Duration::from_millis(30)).await;
        hear(streaming(&two, &body)).await
    });
    for heard in [&live, &follower] {
        assert_eq!((heard.terminal().name.as_str(), heard.kept().as_str()), ("complete", anew));
    }
    for seen in 0..live.events.len() as u64 {
        let rest = hear(resuming(&two, &turn, Some(seen))).await;
        let tokens = rest.events.iter().filter(|event| event.name == "token");
        let expected = live.events.iter().filter(|event| event.name == "token" && event.id > seen);
        assert!(tokens.eq(expected), "behind {seen}");
    }
    let history = one.history(live.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!(history.body["messages"].as_array().unwrap().len(), 2);
    assert_eq!(history.body["messages"][1]["content"], anew);
}

async fn set_consent(house: &House, key: &str, is_given: bool) {
    let body = json!({
        "TableName": "cmz-users",
        "Key": { "userKey": { "S": key } },
        "UpdateExpression": "SET consent.thirdParty = :given",
        "ExpressionAttributeValues": { ":given": { "BOOL": is_given } },
    });
    house.engine.call("UpdateItem", &body).await;
}

#[tokio::test]
async fn a_client_that_leaves_while_its_turn_begins_leaves_a_whole_turn_or_none() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turns: Vec<_> = (0..40).map(|_| new_turn()).collect();
    let leave = turns.iter().enumerate().map(|(number, turn)| {
        let request = streaming(&one, &question(turn, "Hello Leo!"));
        let after = Duration::from_millis(number as u64);
        async move { drop(tokio::time::timeout(after, hear_until(request, |_| false)).await) }
    });
    join_all(leave).await;
    let is_open = async || {
        let items = all_items(&house.engine, "cmz-turns").await;
        items.iter().filter(|item| item["state"]["S"] == "claimed" || item["state"]["S"] == "streaming").count()
    };
    // Sooner than a dead producer would be found.
    until("every turn that began is over", Duration::from_secs(6), async || is_open().await == 0).await;
    for item in all_items(&house.engine, "cmz-turns").await {
        assert_eq!(item["state"]["S"], "completed");
    }
    for turn in &turns {
        let heard = hear(streaming(&two, &question(turn, "Hello Leo!"))).await;
        assert_eq!((heard.terminal().name.as_str(), heard.kept().as_str()), ("complete", "Hello there!"));
    }
    assert_eq!(house.model.requests().len(), turns.len());
}

#[tokio::test]
async fn a_cancelled_turn_whose_server_dies_is_cancelled_all_the_same() {
    let house = House::open(ScriptedModel::answering(|_| Reply::StallsAfter(5)).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let dies = async {
        until("words are logged", Duration::from_secs(10), async || super::log_items(&house.engine, &turn).await > 0)
            .await;
        house.one.kill().await;
        assert_eq!(cancel(&two, &turn).await.status, 202);
    };
    tokio::join!(hear(streaming(&one, &question(&turn, "Hello Leo!"))), dies);
    let heard = hear(resuming(&two, &turn, None)).await;
    let terminal = heard.terminal();
    assert_eq!((terminal.name.as_str(), &terminal.data["finishReason"]), ("complete", &json!("cancelled")));
    assert!(said(5).starts_with(heard.kept().trim_end()) && !heard.kept().is_empty(), "{heard:?}");
}
