//! `GET /audit`.

use super::{House, KEEPER, eventually, id, look};
use crate::testkit::client;
use serde_json::{Value, json};

/// That somebody looked at the trail is in the trail.
fn without_own_looks(entries: Vec<Value>) -> Vec<Value> {
    entries.into_iter().filter(|entry| entry["eventType"] != "audit_viewed").collect()
}

#[tokio::test]
async fn c000_11_4_administrators_find_entries_by_each_filter_and_page_by_page() {
    let house = House::open().await;
    let (child, keeper) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(KEEPER).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    for _ in 0..3 {
        assert_eq!(look(&keeper, &session).await.status, 200);
    }
    child.history(&session).await;
    look(&house.client.sign_in(client::USER).await, &session).await.is_problem(403, "forbidden");
    let (sam, kim) = (id(&child).await, id(&keeper).await);
    for (query, wanted) in [
        (format!("userId={kim}"), 3),
        (format!("targetUserId={sam}"), 5),
        (format!("targetUserId={sam}&userId={kim}"), 3),
        (format!("sessionId={session}&eventType=conversation_viewed"), 4),
        (format!("eventType=unauthorized_access_attempt&targetUserId={sam}"), 1),
        ("eventType=unauthorized_access_attempt".to_owned(), 1),
        (format!("userId={kim}&startDate=2020-01-01&endDate=2020-12-31"), 0),
        (format!("userId={kim}&startDate=2020-01-01"), 3),
        (format!("userId={kim}&endDate=2020-01-01"), 0),
    ] {
        let found = house.entries(&query).await;
        assert_eq!(without_own_looks(found).len(), wanted, "{query}");
    }
    let all = without_own_looks(house.entries(&format!("targetUserId={sam}")).await);
    let times: Vec<_> = all.iter().map(|entry| entry["timestamp"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "the latest first: {times:?}");
    let (mut paged, mut token) = (Vec::new(), String::new());
    loop {
        let page = house.administrator.get(&format!("/audit?targetUserId={sam}&limit=2&nextToken={token}")).await;
        paged.extend(page.body["entries"].as_array().unwrap().clone());
        let Some(next) = page.body["pagination"]["nextToken"].as_str() else { break };
        token = next.to_owned();
        keeper.get(&format!("/audit?targetUserId={sam}&limit=2&nextToken={token}")).await.is_problem(403, "forbidden");
        let other = house.administrator.get(&format!("/audit?userId={kim}&nextToken={token}")).await;
        other.is_problem(400, "bad_request");
    }
    assert_eq!(without_own_looks(paged), all);
    let viewed = house.entries("eventType=audit_viewed").await;
    assert!(viewed.len() > 5 && viewed.iter().all(|entry| entry["by"] == "you"), "looking at the trail leaves a trace");
}

#[tokio::test]
async fn administrators_see_from_where_and_why_until_it_is_erased() {
    let house = House::open().await;
    let (child, keeper) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(KEEPER).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    look(&keeper, &session).await;
    let kim = id(&keeper).await;
    let query = format!("userId={kim}");
    let entry = house.entries(&query).await.remove(0);
    assert_eq!((&entry["ipAddress"], &entry["accessReason"]), (&json!("127.0.0.1"), &json!("A parent asked us to")));
    assert_eq!((&entry["by"], &entry["userId"]), (&json!("a zookeeper"), &json!(kim)));
    let key = json!({ "ownerId": { "S": kim }, "keyId": { "S": "audit" } });
    house.engine.call("DeleteItem", &json!({ "TableName": "cmz-keys", "Key": key })).await;
    let entry = house.entries(&query).await.remove(0);
    assert!(entry["ipAddress"].is_null() && entry["accessReason"].is_null() && entry["userAgent"].is_null());
    let report = house.administrator.get("/audit/verify").await;
    assert_eq!(report.body["verified"], true, "the chain does not notice: {:?}", report.body);
    // Whoever acts again has a key again, which opens what was sealed since and nothing before.
    look(&keeper, &session).await;
    let entries = house.entries(&query).await;
    assert_eq!(entries[0]["accessReason"], "A parent asked us to");
    assert!(entries[1]["ipAddress"].is_null() && entries[1]["accessReason"].is_null(), "{entries:?}");
}

#[tokio::test]
async fn a_strangers_words_are_not_kept_and_reach_no_child() {
    let house = House::open().await;
    let (child, user) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::USER).await);
    let (parent, sam) = (house.client.sign_in(client::PARENT).await, id(&child).await);
    let list = async |whose: &str| {
        let request = user.request(reqwest::Method::GET, &format!("/conversations/sessions?userId={whose}"));
        let answer = request.header("x-access-reason", "canary7291, meet me at the gate").send().await.unwrap();
        client::answer(answer).await.is_problem(403, "forbidden");
    };
    list(&sam).await;
    for reader in [&child, &parent, &house.administrator] {
        let found = reader.get("/audit?eventType=unauthorized_access_attempt").await;
        assert_eq!(found.body["entries"][0]["targetUserId"], json!(sam), "that somebody tried is there");
        assert!(!found.body.to_string().contains("canary7291"), "{:?}", found.body);
    }
    let refused = house.subject(&format!("user#{sam}")).await.remove(0);
    assert!(refused["ipAddress"]["B"].is_string() && refused["accessReason"].is_null(), "{refused}");
}

#[tokio::test]
async fn a_refusal_names_nobody_where_nobody_is() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    for path in ["/conversations/sessions?userId=canary7291", "/audit?targetUserId=canary7291"] {
        user.get(path).await.is_problem(403, "forbidden");
    }
    assert_eq!(house.subject("user#canary7291").await, [] as [Value; 0]);
    assert_eq!(house.entries("eventType=unauthorized_access_attempt").await.len(), 2, "who tried is written down");
}

#[tokio::test]
async fn child_and_parent_read_who_read_their_chat_and_not_who_of_the_staff() {
    let house = House::open().await;
    let (child, keeper) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(KEEPER).await);
    let parent = house.client.sign_in(client::PARENT).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    look(&keeper, &session).await;
    look(&parent, &session).await;
    child.history(&session).await;
    let seen = async |reader: &client::Client| -> Vec<Value> {
        reader.get("/audit?eventType=conversation_viewed").await.body["entries"].as_array().unwrap().clone()
    };
    let by =
        |entries: &[Value]| entries.iter().map(|entry| entry["by"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (childs, parents) = (seen(&child).await, seen(&parent).await);
    assert_eq!(by(&childs), ["you", "your guardian", "a zookeeper"]);
    assert_eq!(by(&parents), ["your child", "you", "a zookeeper"]);
    for entries in [childs, parents] {
        let staff = &entries[2];
        assert_eq!((&staff["accessReason"], &staff["role"]), (&json!("A parent asked us to"), &json!("zookeeper")));
        assert!(staff["userId"].is_null() && staff["ipAddress"].is_null() && staff["userAgent"].is_null());
        let own = entries.iter().find(|entry| entry["by"] == "you").unwrap();
        assert_eq!(own["ipAddress"], "127.0.0.1");
    }
    let (kim, sam) = (id(&keeper).await, id(&child).await);
    parent.get(&format!("/audit?userId={kim}")).await.is_problem(403, "forbidden");
    let other = house.client.sign_in("parent2@test.cmz.org").await;
    other.get(&format!("/audit?targetUserId={sam}")).await.is_problem(403, "forbidden");
    assert_eq!(other.get(&format!("/audit?sessionId={session}")).await.body["entries"], json!([]));
    assert_eq!(parent.get(&format!("/audit?targetUserId={sam}")).await.status, 200);
    house.client.sign_in(client::VISITOR).await.get("/audit").await.is_problem(403, "forbidden");
    house.client.get("/audit").await.is_problem(401, "unauthorized");
    for reader in [&parent, &keeper] {
        reader.get("/audit/verify").await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let house = House::open().await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "eventType=nonsense",
        "startDate=yesterday",
        "sessionId=x",
        "userId=a%23b",
        "startDate=2026-02-01&endDate=2026-01-01",
        "nextToken=abc",
    ] {
        house.administrator.get(&format!("/audit?{query}")).await.is_problem(400, "bad_request");
    }
    house.administrator.get("/alerts?nextToken=abc").await.is_problem(400, "bad_request");
}

#[tokio::test]
async fn what_a_turn_stores_and_a_deletion_takes_is_told_once_and_by_whom() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let (sam, pat) = (id(&child).await, id(&parent).await);
    let query = format!("sessionId={session}&eventType=conversation_changed");
    let changes = eventually("the turn's entries", async || Some(house.entries(&query).await).filter(|e| e.len() == 2));
    for change in changes.await {
        let told = [&change["action"], &change["userId"], &change["targetUserId"]];
        assert_eq!(told, [&json!("insert"), &json!(sam), &json!(sam)]);
        assert!(change["metadata"]["messageId"].is_string());
    }
    let path = format!("/conversations/history/{session}");
    let deleted = parent.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    let changes =
        eventually("the deletion's entries", async || Some(house.entries(&query).await).filter(|e| e.len() == 4));
    // A stream tells times to the second: within one, entries are in any order.
    let changes = changes.await;
    let removed: Vec<_> = changes.iter().filter(|change| change["action"] == "remove").collect();
    assert_eq!(removed.len(), 2);
    assert!(removed.iter().all(|change| change["userId"] == json!(pat)), "{removed:?}");
    let alone = house.entries(&format!("targetUserId={sam}")).await;
    assert!(alone.iter().all(|entry| entry["eventType"] != "conversation_changed"), "routine is no news");
    let of_person = house.entries(&format!("targetUserId={sam}&eventType=conversation_changed")).await;
    assert_eq!(of_person.len(), 4);
    assert_eq!(house.entries("eventType=unattributed_change").await, [] as [Value; 0]);
}
