//! `GET /conversations/sessions`: requirement document 000, ticket 4.

use super::{House, KEEPER, days_ago, ids, pages};
use crate::testkit::{Client, client};
use serde_json::json;

const SIBLINGS: [&str; 2] = [client::CHILD, client::SIBLING];

#[tokio::test]
async fn c000_4_1_and_c000_3_3_and_c000_4_6_all_sessions_of_a_user_return_page_by_page_the_latest_first() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let mut expected = Vec::new();
    for number in 0..7 {
        // Two of them at the very same time.
        let at = days_ago(number / 2 + 1, -(number / 2) * 1000);
        expected.push((at.clone(), house.session(&user, "lion_001", &format!("Question {number}"), &at).await));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let expected: Vec<_> = expected.into_iter().map(|(_, session)| session).collect();
    for limit in [1, 2, 3, 7, 20] {
        let found = pages(&user, &format!("limit={limit}")).await;
        let mut sorted = found.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((sorted.len(), found.len()), (7, 7), "limit {limit}");
    }
    let all = user.get("/conversations/sessions").await;
    assert_eq!(ids(&all).len(), 7);
    let times: Vec<_> =
        all.body["sessions"].as_array().unwrap().iter().map(|row| row["lastActivity"].clone()).collect();
    assert!(times.windows(2).all(|pair| pair[0].as_str() >= pair[1].as_str()), "{times:?}");
    let row = &all.body["sessions"][0];
    assert_eq!((&row["animalName"], &row["messageCount"]), (&json!("Leo the Lion"), &json!(2)));
    assert_eq!((row["firstMessage"].as_str(), row["displayName"].as_str()), (row["lastMessage"].as_str(), Some("Uma")));
    assert_eq!(ids(&all).into_iter().collect::<std::collections::BTreeSet<_>>(), expected.into_iter().collect());
}

#[tokio::test]
async fn c000_4_2_and_c000_4_3_dates_and_animals_filter() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let lion = house.session(&user, "lion_001", "One", &days_ago(1, 0)).await;
    let macaw = house.session(&user, "macaw_001", "Two", &days_ago(2, 0)).await;
    let old = house.session(&user, "lion_001", "Three", &days_ago(9, 0)).await;
    assert_eq!(pages(&user, "animalId=lion_001").await, [lion.clone(), old.clone()]);
    assert_eq!(pages(&user, "animalId=lion_001&animalId=macaw_001&limit=1").await, [&*lion, &*macaw, &*old]);
    let (from, to) = (days_ago(3, 0), days_ago(2, 1));
    assert_eq!(pages(&user, &format!("startDate={}", &from[..10])).await, [&*lion, &*macaw]);
    assert_eq!(pages(&user, &format!("startDate={from}&endDate={to}")).await, [macaw]);
    assert_eq!(pages(&user, &format!("endDate={}", &days_ago(8, 0)[..10])).await, [old]);
}

#[tokio::test]
async fn c000_4_5_no_sessions_are_an_empty_list_of_the_same_form() {
    let house = House::open().await;
    let found = house.client(client::USER).await.get("/conversations/sessions").await;
    assert_eq!(
        found.body,
        json!({ "sessions": [], "pagination": { "limit": 20, "hasMore": false, "totalSessions": 0 } })
    );
}

#[tokio::test]
async fn c000_4_4_and_c000_3_4_a_parent_sees_the_childrens_sessions_among_the_own_and_a_cursor_is_its_callers() {
    let house = House::open().await;
    let parent = house.client(client::PARENT).await;
    let mut expected = Vec::new();
    for (number, email) in [client::PARENT, client::CHILD, client::SIBLING].into_iter().cycle().take(9).enumerate() {
        let at = days_ago(1 + i64::try_from(number).unwrap() / 4, -i64::try_from(number).unwrap() * 1000);
        let talker = house.client(email).await;
        expected.push(house.session(&talker, "lion_001", &format!("Question {number}"), &at).await);
    }
    for limit in [1, 2, 4, 9, 20] {
        assert_eq!(pages(&parent, &format!("limit={limit}")).await, expected, "limit {limit}");
    }
    let page = parent.get("/conversations/sessions?limit=4").await;
    let names: Vec<_> =
        page.body["sessions"].as_array().unwrap().iter().map(|row| row["displayName"].clone()).collect();
    assert_eq!(names, [json!("Pat"), json!("Sam"), json!("Mia"), json!("Pat")]);

    let token = page.body["pagination"]["nextToken"].as_str().unwrap();
    let stolen = format!("/conversations/sessions?limit=4&nextToken={token}");
    house.client(client::USER).await.get(&stolen).await.is_problem(400, "bad_request");
    parent.get(&format!("{stolen}&animalId=lion_001")).await.is_problem(400, "bad_request");
    parent.get(&stolen[..stolen.len() - 3]).await.is_problem(400, "bad_request");
}

#[tokio::test]
async fn who_may_see_whose_sessions() {
    let house = House::open().await;
    let mut of = std::collections::BTreeMap::new();
    for email in [client::CHILD, client::SIBLING, client::USER] {
        let talker = house.client(email).await;
        let session = house.session(&talker, "lion_001", "A secret of mine", &days_ago(1, 0)).await;
        of.insert(email, (talker.get("/me").await.text("userId").to_owned(), session));
    }
    let child = house.client(client::CHILD).await;
    let ask = |client: Client, email: &str| {
        let path = format!("/conversations/sessions?userId={}", of[email].0);
        async move { client.get(&path).await }
    };
    assert_eq!(ids(&ask(child.clone(), client::CHILD).await), [of[client::CHILD].1.clone()]);
    ask(child, client::SIBLING).await.is_problem(403, "forbidden");
    for email in SIBLINGS {
        assert_eq!(ids(&ask(house.client(client::PARENT).await, email).await), [of[email].1.clone()]);
        ask(house.client("parent2@test.cmz.org").await, email).await.is_problem(403, "forbidden");
    }
    let keeper = house.client(KEEPER).await;
    let all = keeper.get("/conversations/sessions").await;
    assert_eq!(ids(&all).len(), 3);
    let one = ask(keeper, client::CHILD).await;
    assert_eq!(ids(&one), [of[client::CHILD].1.clone()]);
    for page in [all, one] {
        assert!(!page.body.to_string().contains("secret"), "staff see no text in lists");
    }
    house.client(client::VISITOR).await.get("/conversations/sessions").await.is_problem(403, "forbidden");
    Client::new(&house.server.url).get("/conversations/sessions").await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn an_expired_session_is_in_no_list() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let session = house.session(&user, "lion_001", "One", &days_ago(1, 0)).await;
    let body = json!({
        "TableName": "cmz-sessions",
        "Key": { "sessionId": { "S": session } },
        "UpdateExpression": "SET expiresAt = :at",
        "ExpressionAttributeValues": { ":at": { "S": days_ago(0, 0) } },
    });
    house.engine.call("UpdateItem", &body).await;
    assert_eq!(pages(&user, "").await, Vec::<String>::new());
    assert_eq!(pages(&house.client(KEEPER).await, "").await, Vec::<String>::new());
}
