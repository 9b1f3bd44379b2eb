//! What is not a list that can be asked for.

use super::{House, KEEPER, days_ago, next};
use crate::testkit::client;

const MALFORMED: [&str; 26] = [
    "limit=0",
    "limit=-1",
    "limit=101",
    "limit=abc",
    "limit=",
    "limit=1.5",
    "limit=99999999999999999999",
    "startDate=yesterday",
    "startDate=",
    "startDate=2026-11-2",
    "startDate=%00%00%00%00-%00%00-%00%00",
    "endDate=2026-13-01",
    "endDate=2026-11-21T25:00:00Z",
    "endDate=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
    "startDate=2026-02-02&endDate=2026-02-01",
    "animalId=a%23b",
    "animalId=",
    "nextToken=abc",
    "nextToken=",
    "nextToken=%00",
    "userId=a%2Fb",
    "userId=",
    "userId=%F0%9F%A6%81",
    "sort=",
    "sort=name",
    "sort=lastactivity",
];

#[tokio::test]
async fn c000_4_7_bad_parameters_are_refused() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for query in MALFORMED {
        user.get(&format!("/conversations/sessions?{query}")).await.is_problem(400, "bad_request");
    }
    let long = format!("q={}", "a".repeat(101));
    for query in ["q=", "q=%20%E3%80%80", &long, "q=lion&sort=animal", "q=lion&sort=messageCount"] {
        user.get(&format!("/conversations/sessions?{query}")).await.is_problem(422, "invalid");
    }
    let keeper = house.client(KEEPER).await;
    for query in ["q=lion", "sort=animal", "sort=messageCount"] {
        keeper.get(&format!("/conversations/sessions?{query}")).await.is_problem(422, "invalid");
    }
    user.get("/conversations/sessions?userId=nobody").await.is_problem(403, "forbidden");
    keeper.get("/conversations/sessions?userId=nobody").await.is_problem(404, "not_found");
    let good = format!("limit=100&q={}&sort=lastActivity&unknown=1", "a".repeat(100));
    assert_eq!(user.get(&format!("/conversations/sessions?{good}")).await.status, 200);
}

#[tokio::test]
async fn a_cursor_that_was_changed_in_any_place_or_is_of_another_list_is_refused() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for day in 1..=3 {
        house.session(&user, "lion_001", "Hello", &days_ago(day, 0)).await;
    }
    let lists = ["limit=1", "limit=1&q=hello", "limit=1&sort=animal", "limit=1&sort=messageCount"];
    let mut tokens = Vec::new();
    for list in lists {
        let page = user.get(&format!("/conversations/sessions?{list}")).await;
        tokens.push(next(&page).expect("a next page").to_owned());
    }
    for (at, list) in lists.iter().enumerate() {
        for (of, token) in tokens.iter().enumerate() {
            let answer = user.get(&format!("/conversations/sessions?{list}&nextToken={token}")).await;
            assert_eq!(answer.status.as_u16(), if at == of { 200 } else { 400 }, "{list} with the token of {of}");
        }
    }
    let token = &tokens[0];
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let answer = user.get(&format!("/conversations/sessions?limit=1&nextToken={changed}")).await;
        // The last letter of base64 may have bits that say nothing; then it is not base64.
        answer.is_problem(400, "bad_request");
    }
    for query in [format!("q=hell&nextToken={}", tokens[1]), format!("animalId=lion_001&nextToken={token}")] {
        user.get(&format!("/conversations/sessions?limit=1&{query}")).await.is_problem(400, "bad_request");
    }
    for other in [client::CHILD, KEEPER] {
        let stolen = format!("/conversations/sessions?limit=1&nextToken={token}");
        house.client(other).await.get(&stolen).await.is_problem(400, "bad_request");
    }
}
