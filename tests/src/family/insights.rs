//! How much the children talked, when, with whom and about what.

use super::{House, KEEPER, OTHER_PARENT};
use crate::testkit::{Client, Engine, Proxy, ScriptedModel, Server, client, client::Answer};
use serde_json::{Value, json};

async fn ask(client: &Client, animal: &str, question: &str) -> String {
    let answer = client.post("/convo_turn", &json!({ "animalId": animal, "message": question })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text("sessionId").to_owned()
}

/// Moves all messages of a session to another time.
async fn move_to(house: &House, session: &str, at: &str) {
    let messages = house.engine.items("cmz-conversations").await;
    for message in messages.iter().filter(|message| message["sessionId"]["S"] == session) {
        let body = json!({
            "TableName": "cmz-conversations",
            "Key": { "userId": message["userId"], "sessionIdTimestamp": message["sessionIdTimestamp"] },
            "UpdateExpression": "SET #timestamp = :at",
            "ExpressionAttributeNames": { "#timestamp": "timestamp" },
            "ExpressionAttributeValues": { ":at": { "S": at } },
        });
        house.engine.call("UpdateItem", &body).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "days are the clock's")]
fn days_ago(days: i64) -> String {
    let now = jiff::Timestamp::now().as_millisecond();
    jiff::Timestamp::from_millisecond(now - days * 86_400_000).unwrap().to_string()[..10].to_owned()
}

fn child<'a>(insights: &'a Answer, id: &str) -> &'a Value {
    let children = insights.body["children"].as_array().unwrap_or_else(|| panic!("{insights:?}"));
    children.iter().find(|child| child["userId"] == id).unwrap()
}

fn numbers(of: &Value) -> [u64; 3] {
    ["messages", "questions", "minutes"].map(|name| of[name].as_u64().unwrap())
}

#[tokio::test]
async fn a_guardian_sees_numbers_animals_and_topics_of_each_child_by_day() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let ((sam, sam_id), (mia, mia_id)) = (house.person(client::CHILD).await, house.person(client::SIBLING).await);
    let (other_child, other_id) = house.person(client::CHILD_WITHOUT_CONSENT).await;
    house.agree(&other_id).await;
    ask(&other_child, "lion_001", "What do you eat?").await;
    let earlier = ask(&sam, "lion_001", "What do you eat for breakfast?").await;
    move_to(&house, &earlier, &format!("{}T12:00:00.000Z", days_ago(2))).await;
    let old = ask(&sam, "lion_001", "How loud is your roar?").await;
    move_to(&house, &old, &format!("{}T12:00:00.000Z", days_ago(9))).await;
    ask(&sam, "lion_001", "What do you eat?").await;
    ask(&mia, "macaw_001", "Hello!").await;
    let gone = ask(&mia, "lion_001", "Forget this").await;
    let path = format!("/conversations/history/{gone}");
    assert_eq!(super::delete(&parent, &path).await.status, 204);
    let path = format!("/family/{family}/insights");
    let insights = parent.get(&path).await;
    assert_eq!((insights.text("startDate"), insights.text("endDate")), (days_ago(6).as_str(), days_ago(0).as_str()));
    assert_eq!((insights.body.get("countedFrom"), &insights.body["topicsComplete"]), (None, &json!(true)));
    let sams = child(&insights, &sam_id);
    assert_eq!((sams["displayName"].as_str(), numbers(sams)), (Some("Sam"), [4, 2, 2]), "{insights:?}");
    let days = sams["days"].as_array().unwrap();
    assert_eq!(days.len(), 7);
    assert_eq!((days[4]["date"].as_str(), numbers(&days[4])), (Some(days_ago(2).as_str()), [2, 1, 1]));
    assert_eq!((numbers(&days[5]), numbers(&days[6])), ([0, 0, 0], [2, 1, 1]));
    assert_eq!(sams["animals"], json!([{ "animalId": "lion_001", "name": "Leo the Lion", "questions": 2 }]));
    let food = sams["topics"].as_array().unwrap().iter().find(|topic| topic["questions"] == 2);
    let food = food.unwrap_or_else(|| panic!("{insights:?}"));
    assert!(food["topics"].as_array().unwrap().contains(&json!("eat")), "{food}");
    assert!(!insights.body.to_string().contains("breakfast"), "no word of a question is told");
    let mias = child(&insights, &mia_id);
    assert_eq!((numbers(mias), &mias["topics"]), ([2, 1, 1], &json!([])));
    assert_eq!(insights.body["animals"][0]["questions"], 2);
    assert!(!insights.body.to_string().contains(&other_id));
    // That questions were looked through is in the trail, once for each child.
    let entries = house.engine.items("cmz-audit").await;
    let of = |id: &str| {
        entries
            .iter()
            .filter(|entry| entry["targetUserId"]["S"] == id && entry["eventType"]["S"] == "conversation_searched")
            .count()
    };
    assert_eq!((of(&sam_id), of(&mia_id), of(&other_id)), (1, 1, 0));
    let wide = parent.get(&format!("{path}?startDate={}&endDate={}", days_ago(30), days_ago(0))).await;
    assert_eq!(numbers(child(&wide, &sam_id)), [6, 3, 3]);
}

#[tokio::test]
async fn staff_see_numbers_without_topics_and_nobody_else_sees_any() {
    let house = House::open().await;
    let (_, family) = house.person(client::PARENT).await;
    let (sam, sam_id) = house.person(client::CHILD).await;
    ask(&sam, "lion_001", "What do you eat?").await;
    let path = format!("/family/{family}/insights");
    let keepers = house.person(KEEPER).await.0.get(&path).await;
    let administrators = house.administrator().await.get(&path).await;
    for insights in [&keepers, &administrators] {
        assert_eq!(numbers(child(insights, &sam_id)), [2, 1, 1]);
        assert!(!insights.body.to_string().contains("topics"), "{insights:?}");
    }
    assert!(keepers.body.to_string().find("displayName").is_none());
    assert_eq!(child(&administrators, &sam_id)["displayName"], "Sam");
    for email in [client::CHILD, OTHER_PARENT, client::USER, client::VISITOR] {
        house.person(email).await.0.get(&path).await.is_problem(403, "forbidden");
    }
    let (parent, _) = house.person(client::PARENT).await;
    for query in [
        "startDate=2026-02-30",
        "startDate=x",
        "startDate=2026-03-02&endDate=2026-03-01",
        "startDate=2026-01-01&endDate=2026-04-03",
    ] {
        parent.get(&format!("{path}?{query}")).await.is_problem(400, "bad_request");
    }
    for query in ["startDate=2026-01-01&endDate=2026-04-02", "startDate=9999-12-30&endDate=9999-12-30"] {
        assert_eq!(parent.get(&format!("{path}?{query}")).await.status, 200, "{query}");
    }
    house.person(KEEPER).await.0.get("/family/nobody/insights").await.is_problem(404, "not_found");
}

#[tokio::test]
async fn numbers_take_one_query_of_an_index_and_topics_another_and_a_few_reads() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let client = Client::new(&server.url);
    let parent = client.open_account(client::PARENT).await;
    let keeper = client.sign_in(KEEPER).await;
    let child = client.sign_in(client::CHILD).await;
    let session = ask(&child, "lion_001", "What do you eat?").await;
    for number in 1..25 {
        assert_eq!(child.ask_in(&session, &format!("And what else, number {number}?")).await.status, 200);
    }
    let path = format!("/family/{}/insights", parent.body["user"]["userId"].as_str().unwrap());
    let parent = client.with_token(parent.text("token"));
    proxy.count_capacity();
    for (reader, queries) in [(&keeper, 1), (&parent, 2)] {
        // Keys and animals are in memory from then on.
        assert_eq!(reader.get(&path).await.status, 200);
        proxy.forward();
        let insights = reader.get(&path).await;
        assert_eq!(insights.body["children"][0]["messages"].as_u64(), Some(50), "{insights:?}");
        let records = proxy.records();
        let of = |operation: &str, table: &str| {
            let is_one = |record: &&crate::testkit::proxy::Record| {
                record.call.operation == operation && record.call.tables().contains(&table)
            };
            records.iter().filter(is_one).collect::<Vec<_>>()
        };
        let messages = of("Query", "cmz-conversations");
        assert_eq!(messages.len(), queries);
        assert!(messages.iter().all(|record| record.call.body["IndexName"] == "ParentUserIndex"));
        assert!(messages.iter().all(|record| record.read_units <= 10.0), "50 messages");
        assert_eq!(of("GetItem", "cmz-sessions").len(), queries - 1, "one session, and none for numbers");
        assert!(records.iter().all(|record| record.call.operation != "Scan"));
        assert_eq!(of("GetItem", "cmz-conversations").len(), 0);
    }
}
