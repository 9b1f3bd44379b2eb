//! `GET /alerts`.

use super::{House, KEEPER, eventually, id, look};
use crate::testkit::{Client, client};
use serde_json::{Value, json};

fn of_kind(alerts: Vec<Value>, kind: &str) -> Option<Value> {
    alerts.into_iter().find(|alert| alert["kind"] == kind)
}

#[tokio::test]
async fn c000_11_2_a_refused_access_gives_alarm_and_its_repeats_are_counted() {
    let house = House::open().await;
    let (child, user) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::USER).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    look(&user, &session).await.is_problem(403, "forbidden");
    let first = eventually("the alert", async || of_kind(house.alerts().await, "access_denied")).await;
    assert_eq!((&first["count"], &first["userId"]), (&json!(1), &json!(id(&user).await)));
    look(&user, &session).await.is_problem(403, "forbidden");
    let second = eventually("the repeat", async || {
        of_kind(house.alerts().await, "access_denied").filter(|alert| alert["count"] == 2)
    });
    let second = second.await;
    assert_eq!(second["alertId"], first["alertId"]);
    let entries = house.entries("eventType=unauthorized_access_attempt").await;
    let ids: Vec<_> = entries.iter().map(|entry| &entry["logId"]).collect();
    assert_eq!(second["entries"].as_array().unwrap().iter().collect::<Vec<_>>(), ids);
    let keeper = house.client.sign_in(KEEPER).await;
    assert!(of_kind(alerts_of(&keeper).await, "access_denied").is_some());
    for other in [&child, &user] {
        other.get("/alerts").await.is_problem(403, "forbidden");
    }
}

async fn alerts_of(reader: &Client) -> Vec<Value> {
    reader.get("/alerts").await.body["alerts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn c000_11_5_a_burst_of_refusals_gives_an_alarm_of_its_own() {
    let house = House::open().await;
    let (child, user) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::USER).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    for _ in 0..4 {
        look(&user, &session).await.is_problem(403, "forbidden");
    }
    let four = async || of_kind(house.alerts().await, "access_denied").filter(|alert| alert["count"] == 4);
    eventually("four refusals", four).await;
    assert_eq!(of_kind(house.alerts().await, "denial_burst"), None, "four are not a burst");
    look(&user, &session).await.is_problem(403, "forbidden");
    let burst = eventually("the burst", async || of_kind(house.alerts().await, "denial_burst")).await;
    assert_eq!((&burst["count"], &burst["role"]), (&json!(5), &json!("user")));
}

#[tokio::test]
async fn a_change_behind_the_products_back_gives_alarm() {
    let house = House::open().await;
    let child = house.client.sign_in(client::CHILD).await;
    child.ask("Hello Leo!").await;
    let message = house.engine.items("cmz-conversations").await.remove(0);
    let key = json!({ "userId": message["userId"], "sessionIdTimestamp": message["sessionIdTimestamp"] });
    let update = json!({
        "TableName": "cmz-conversations", "Key": key, "UpdateExpression": "SET tokensUsed = :n",
        "ExpressionAttributeValues": { ":n": { "N": "4711" } },
    });
    house.engine.call("UpdateItem", &update).await;
    // The same put once more changes nothing and is none.
    house.engine.call("UpdateItem", &update).await;
    let alert = eventually("the alert", async || of_kind(house.alerts().await, "unattributed_change")).await;
    assert_eq!(alert["count"], 1);
    let entry = house.entries("eventType=unattributed_change").await.remove(0);
    assert_eq!((&entry["action"], &entry["by"]), (&json!("modify"), &json!("nobody")));
    assert_eq!(entry["targetUserId"], json!(id(&child).await));
    house.engine.call("DeleteItem", &json!({ "TableName": "cmz-conversations", "Key": key })).await;
    let removed = async || {
        let entries = house.entries("eventType=unattributed_change").await;
        entries.into_iter().find(|entry| entry["action"] == "remove")
    };
    eventually("the removal", removed).await;
}
