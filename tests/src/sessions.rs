//! `GET /conversations/sessions`: requirement document 000, ticket 4.

use crate::testkit::{Client, Engine, Program, Proxy, ScriptedModel, Server, client, client::Answer};
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";
const SIBLINGS: [&str; 2] = [client::CHILD, client::SIBLING];

struct House {
    engine: Engine,
    server: Program,
}

impl House {
    async fn open() -> Self {
        let engine = Engine::start().await;
        let model = ScriptedModel::start([]).await;
        let server = engine.serve(&model.url).await;
        Self { engine, server }
    }

    async fn client(&self, email: &str) -> Client {
        Client::new(&self.server.url).sign_in(email).await
    }

    /// Opens a session and moves its last activity, so that lists have an order to keep.
    async fn session(&self, client: &Client, animal: &str, question: &str, last_activity: &str) -> String {
        let answer = client.post("/convo_turn", &json!({ "animalId": animal, "message": question })).await;
        let session = answer.text("sessionId").to_owned();
        let body = json!({
            "TableName": "cmz-sessions",
            "Key": { "sessionId": { "S": session } },
            "UpdateExpression": "SET lastActivity = :at, #month = :month",
            "ExpressionAttributeNames": { "#month": "month" },
            "ExpressionAttributeValues": { ":at": { "S": last_activity }, ":month": { "S": &last_activity[..7] } },
        });
        self.engine.call("UpdateItem", &body).await;
        session
    }
}

/// A day of this month or the last, such as a list looks into without being asked.
#[expect(clippy::disallowed_methods, reason = "sessions are as old as the clock says")]
fn days_ago(days: i64, millis: i64) -> String {
    let now = jiff::Timestamp::now().as_millisecond();
    let at = jiff::Timestamp::from_millisecond(now - days * 86_400_000 + millis).unwrap();
    format!("{at:.3}")
}

fn ids(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{:?}", page.body);
    let sessions = page.body["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["sessionId"].as_str().unwrap().to_owned()).collect()
}

/// All pages of a list, put together.
async fn pages(client: &Client, query: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), String::new());
    for _ in 0..50 {
        let page = client.get(&format!("/conversations/sessions?{query}{next}")).await;
        all.extend(ids(&page));
        match page.body["pagination"]["nextToken"].as_str() {
            Some(token) => next = format!("&nextToken={token}"),
            None => return all,
        }
    }
    panic!("a list without an end");
}

#[tokio::test]
async fn c000_4_1_and_c000_4_6_all_sessions_of_a_user_return_page_by_page_the_latest_first() {
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
    assert_eq!(found.body, json!({ "sessions": [], "pagination": { "limit": 20, "hasMore": false } }));
}

#[tokio::test]
async fn c000_4_4_a_parent_sees_the_childrens_sessions_among_the_own_and_a_cursor_is_its_callers() {
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

    let token = page.text_at("/pagination/nextToken");
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
async fn c000_4_7_bad_parameters_are_refused() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    for query in [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=abc",
        "startDate=yesterday",
        "endDate=2026-13-01",
        "animalId=a%23b",
        "startDate=2026-02-02&endDate=2026-02-01",
        "nextToken=abc",
        "nextToken=%00",
        "userId=a%2Fb",
    ] {
        let answer = user.get(&format!("/conversations/sessions?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {:?}", answer.body);
    }
    assert_eq!(user.get("/conversations/sessions?limit=100").await.status, 200);
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

impl Answer {
    fn text_at(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).expect("a text")
    }
}

/// What a page of twenty costs, by the engine's own count.
async fn cost_of_a_page(proxy: &Proxy, client: &Client) -> (usize, f64) {
    proxy.forward();
    proxy.count_capacity();
    let before = proxy.records().len();
    let page = client.get("/conversations/sessions?limit=20").await;
    assert_eq!(ids(&page).len(), 20);
    let records = proxy.records().split_off(before);
    let queries = records.iter().filter(|record| record.call.operation == "Query").count();
    assert!(records.iter().all(|record| record.call.operation != "Scan"));
    (queries, records.iter().map(|record| record.read_units).sum())
}

#[tokio::test]
async fn a_page_costs_the_same_among_twenty_sessions_and_among_five_thousand() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let user = Client::new(&server.url).sign_in(client::USER).await;
    for _ in 0..21 {
        assert_eq!(user.ask("Hello Leo!").await.status, 200);
    }
    // Keys and animals are in memory from here on.
    user.get("/conversations/sessions").await;
    let among_twenty = cost_of_a_page(&proxy, &user).await;
    let one = engine.items("cmz-sessions").await.remove(0);
    let older: Vec<_> = (0..5_000)
        .map(|number| {
            let mut item = one.clone();
            item["sessionId"] = json!({ "S": format!("00000000-0000-4000-8000-{number:012x}") });
            item["lastActivity"] = json!({ "S": days_ago(3, -number * 1000) });
            json!({ "PutRequest": { "Item": item } })
        })
        .collect();
    for batch in older.chunks(25) {
        engine.call("BatchWriteItem", &json!({ "RequestItems": { "cmz-sessions": batch } })).await;
    }
    assert_eq!(cost_of_a_page(&proxy, &user).await, among_twenty);
    assert_eq!(among_twenty.0, 1, "one query");
}
