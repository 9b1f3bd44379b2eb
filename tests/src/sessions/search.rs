//! `q`: what was said.

use super::{House, KEEPER, days_ago, ids, next, pages, rows, user_id};
use crate::testkit::{Client, client, client::Answer};
use reqwest::Method;
use serde_json::{Value, json};

async fn search(client: &Client, query: &str) -> Answer {
    client.get(&format!("/conversations/sessions?{query}")).await
}

async fn search_for_a_reason(client: &Client, query: &str) -> Answer {
    let request = client.request(Method::GET, &format!("/conversations/sessions?{query}"));
    client::answer(request.header("x-access-reason", "a report").send().await.unwrap()).await
}

#[tokio::test]
async fn what_was_said_is_found_however_it_is_written() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let german = house.session(&user, "lion_001", "Magst du die große STRASSE?", &days_ago(1, 0)).await;
    let kana = house.session(&user, "macaw_001", "ライオンは好き？", &days_ago(2, 0)).await;
    let other = house.session(&user, "lion_001", "Caf\u{e9}!", &days_ago(3, 0)).await;
    for (q, found) in [
        ("stra%C3%9Fe", vec![&german]),
        ("GRO%C3%9FE+strasse", vec![&german]),
        // Half-width katakana.
        ("%EF%BE%97%EF%BD%B2%EF%BD%B5%EF%BE%9D", vec![&kana]),
        ("%20CAFE%CC%81%20", vec![&other]),
        ("cafe", vec![]),
        // Said by the animal.
        ("hello+there", vec![&german, &kana, &other]),
        ("hello+there&animalId=macaw_001", vec![&kana]),
        ("tiger", vec![]),
    ] {
        assert_eq!(pages(&user, &format!("q={q}")).await.iter().collect::<Vec<_>>(), found, "{q}");
    }
    let page = search(&user, "q=strasse").await;
    let row = &rows(&page)[0];
    let history = user.history(&german).await;
    let message = &history.body["messages"][0];
    let found = json!({
        "messageId": message["messageId"],
        "sender": "user",
        "timestamp": message["timestamp"],
        "excerpt": "Magst du die große STRASSE?",
    });
    assert_eq!((&row["match"], &row["firstMessage"]), (&found, &message["content"]));
    assert_eq!(rows(&search(&user, "q=hello").await)[0]["match"]["sender"], "assistant");
    assert!(rows(&search(&user, "").await).iter().all(|row| row["match"].is_null()));
    let dates = format!("q=hello&startDate={}&endDate={}", days_ago(2, -3_600_000), days_ago(2, 3_600_000));
    assert_eq!(pages(&user, &dates).await, [&*kana]);
    for limit in [1, 2, 3] {
        assert_eq!(pages(&user, &format!("q=hello&limit={limit}")).await, [&*german, &*kana, &*other]);
    }
}

#[tokio::test]
async fn the_newest_of_several_messages_is_shown_with_the_words_around_it() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let session = user.ask("Needle one").await.text("sessionId").to_owned();
    let long = format!("{} needle two {}", "before ".repeat(40), "🦁".repeat(200));
    user.ask_in(&session, &long).await;
    user.ask_in(&session, "Nothing").await;
    let page = search(&user, "q=NEEDLE").await;
    let found = rows(&page)[0]["match"]["excerpt"].as_str().unwrap();
    assert!(found.starts_with('…') && found.ends_with('…') && found.contains(" needle two 🦁"), "{found}");
    assert_eq!(found.chars().count(), 82);
}

#[tokio::test]
async fn who_may_search_what_was_said_by_whom() {
    let house = House::open().await;
    let mut ids_of = std::collections::BTreeMap::new();
    for email in [client::CHILD, client::SIBLING, client::PARENT, client::USER] {
        let talker = house.client(email).await;
        let session = house.session(&talker, "lion_001", "A secret of mine", &days_ago(1, 0)).await;
        ids_of.insert(email, (user_id(&talker).await, session));
    }
    let of = |email: &str| format!("q=secret&userId={}", ids_of[email].0);
    let parent = house.client(client::PARENT).await;
    assert_eq!(ids(&search(&parent, "q=secret").await).len(), 3, "one's own and one's children's");
    assert_eq!(ids(&search(&parent, &of(client::CHILD)).await), [ids_of[client::CHILD].1.clone()]);
    assert_eq!(ids(&search(&house.client(client::CHILD).await, "q=secret").await).len(), 1);
    for (who, whose) in [
        (client::CHILD, client::SIBLING),
        (client::CHILD, client::PARENT),
        (client::PARENT, client::USER),
        ("parent2@test.cmz.org", client::CHILD),
        (client::USER, client::CHILD),
    ] {
        search_for_a_reason(&house.client(who).await, &of(whose)).await.is_problem(403, "forbidden");
    }
    search(&house.client(client::VISITOR).await, "q=secret").await.is_problem(403, "forbidden");
    let administrator = Client::new(&house.server.url);
    let administrator = administrator.with_token(administrator.administrator().await.text("token"));
    for staff in [house.client(KEEPER).await, administrator] {
        let nobody = search_for_a_reason(&staff, "q=secret").await;
        nobody.is_problem(422, "invalid");
        assert!(nobody.text("detail").contains("userId"), "{:?}", nobody.body);
        search(&staff, &of(client::CHILD)).await.is_problem(428, "reason_required");
        let found = search_for_a_reason(&staff, &of(client::CHILD)).await;
        let row = &rows(&found)[0];
        assert_eq!(row["match"]["excerpt"], "A secret of mine");
        let absent = ["firstMessage", "lastMessage", "displayName", "unread"].map(|name| row[name].clone());
        assert_eq!(absent, [Value::Null, Value::Null, Value::Null, Value::Null]);
        assert_eq!(ids(&search(&staff, &of(client::USER)).await), [ids_of[client::USER].1.clone()]);
    }
}

#[tokio::test]
async fn a_page_looks_at_fifty_sessions_and_may_be_empty_though_more_follow() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let oldest = house.session(&user, "lion_001", "The needle", &days_ago(9, 0)).await;
    for number in 0..55 {
        house.session(&user, "lion_001", "Hay", &days_ago(1, -number * 1000)).await;
    }
    house.proxy.forward();
    let page = search(&user, "q=needle").await;
    let looks = house.proxy.records().iter().filter(|record| record.call.tables() == ["cmz-conversations"]).count();
    assert_eq!((ids(&page).len(), &page.body["pagination"]["hasMore"], looks), (0, &json!(true), 50));
    let token = next(&page).unwrap();
    assert_eq!(ids(&search(&user, &format!("q=needle&nextToken={token}")).await), [oldest]);
}

/// Asks until a session has so many messages.
async fn talk_at_length(house: &House, user: &Client, first: &str, messages: usize) -> String {
    let session = user.ask(first).await.text("sessionId").to_owned();
    let principal = format!("user#{}", user_id(user).await);
    for number in 1..messages / 2 {
        // Nobody asks so fast; what was asked is forgotten.
        if number % 50 == 0 {
            for item in house.engine.items("cmz-limits").await {
                let key = json!({ "principal": item["principal"], "kind": item["kind"] });
                house.engine.call("DeleteItem", &json!({ "TableName": "cmz-limits", "Key": key })).await;
            }
        }
        assert_eq!(user.ask_in(&session, "Hay").await.status, 200, "{principal}");
    }
    session
}

#[tokio::test]
async fn a_page_looks_at_a_thousand_messages_and_the_next_goes_on_within_the_session() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let session = talk_at_length(&house, &user, "The needle", 1_100).await;
    house.proxy.forward();
    let page = search(&user, "q=needle").await;
    assert_eq!((ids(&page).len(), &page.body["pagination"]["hasMore"]), (0, &json!(true)));
    let limits = house
        .proxy
        .records()
        .iter()
        .filter(|record| record.call.tables() == ["cmz-conversations"])
        .map(|record| record.call.body["Limit"].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(limits, 1_000);
    house.proxy.forward();
    let page = search(&user, &format!("q=needle&nextToken={}", next(&page).unwrap())).await;
    assert_eq!((ids(&page), &page.body["pagination"]["hasMore"]), (vec![session], &json!(false)));
    let looks = house.proxy.records().iter().filter(|record| record.call.tables() == ["cmz-conversations"]).count();
    assert_eq!(looks, 1, "what was looked at is not looked at again");
}
