//! `GET /usage`: what somebody has used, and what the zoo has.

use super::{House, question, streaming};
use crate::testkit::{Reply, ScriptedModel, client, hear};
use serde_json::{Value, json};

#[tokio::test]
async fn everybody_sees_their_own_usage() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let me = one.get("/me").await.text("userId").to_owned();
    let nothing = two.get("/usage").await.body;
    assert_eq!((&nothing["userId"], &nothing["day"]["requests"]), (&json!(me), &json!(0)));
    let mut last = 0;
    for (count, client) in [&one, &two, &one].into_iter().enumerate() {
        let heard = hear(streaming(client, &question(&super::new_turn(), "Hello Leo!"))).await;
        assert_eq!(heard.terminal().name, "complete");
        let usage = two.get("/usage").await.body;
        assert_eq!(usage["day"]["requests"], count + 1, "{usage}");
        assert_eq!(usage["month"]["requests"], count + 1, "{usage}");
        let tokens = usage["day"]["tokens"].as_u64().unwrap();
        assert!(tokens > last, "{usage}");
        assert_eq!(usage["month"]["tokens"], tokens, "{usage}");
        last = tokens;
    }
    let usage = one.get("/usage").await.body;
    assert_eq!(usage["day"]["requestsLimit"], 100_000);
    assert_eq!(
        (&usage["day"]["tokensLimit"], &usage["month"]["tokensLimit"]),
        (&json!(100_000_000), &json!(100_000_000))
    );
    let (date, month) = (usage["day"]["date"].as_str().unwrap(), usage["month"]["month"].as_str().unwrap());
    assert!(date.len() == 10 && date.starts_with(month), "{usage}");
}

#[tokio::test]
async fn an_answer_without_a_model_uses_no_tokens() {
    let house = House::open(ScriptedModel::answering(|_| Reply::Status(400, None)).await, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    assert_eq!(one.ask("Hello Leo!").await.text("finishReason"), "fallback");
    let usage = one.get("/usage").await.body;
    assert_eq!((&usage["day"]["requests"], &usage["day"]["tokens"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn others_usage_is_for_administrators() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [child, _] = house.clients(client::CHILD).await;
    let [sibling, _] = house.clients(client::SIBLING).await;
    let [parent, _] = house.clients(client::PARENT).await;
    let [keeper, _] = house.clients("keeper1@test.cmz.org").await;
    let [_, administrator] = house.clients("admin@cmz.org").await;
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    let me = child.get("/me").await.text("userId").to_owned();
    let usage = administrator.get(&format!("/usage?userId={me}")).await;
    assert_eq!((usage.status.as_u16(), usage.text("userId")), (200, me.as_str()));
    assert_eq!(usage.body, child.get("/usage").await.body);
    for other in [&sibling, &parent, &keeper] {
        other.get(&format!("/usage?userId={me}")).await.is_problem(403, "forbidden");
        other.get("/usage?scope=zoo&startDate=2026-11-01&endDate=2026-11-30").await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn administrators_see_the_zoos_days() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [child, _] = house.clients(client::CHILD).await;
    let [_, administrator] = house.clients("admin@cmz.org").await;
    for _ in 0..3 {
        assert_eq!(child.ask("Hello Leo!").await.status, 200);
    }
    let today = child.get("/usage").await.body["day"]["date"].as_str().unwrap().to_owned();
    let zoo = administrator.get(&format!("/usage?scope=zoo&startDate={today}&endDate={today}")).await;
    assert_eq!(zoo.status, 200, "{:?}", zoo.body);
    let counted = json!([{ "date": today, "turns": 3, "promptTokens": 120, "completionTokens": 15 }]);
    assert_eq!(zoo.body["days"], counted);
    for wrong in [
        "startDate=2026-11-30&endDate=2026-11-01",
        "startDate=2026-11-31&endDate=2026-12-01",
        "startDate=x&endDate=2026-12-01",
        "startDate=2026-01-01&endDate=2026-12-01",
    ] {
        let answer = administrator.get(&format!("/usage?scope=zoo&{wrong}")).await;
        answer.is_problem(400, "bad_request");
    }
    let empty = administrator.get("/usage?scope=zoo&startDate=2020-01-01&endDate=2020-01-02").await;
    let turns = |day: &Value| day["turns"].as_u64().unwrap();
    assert!(empty.body["days"].as_array().unwrap().iter().all(|day| turns(day) == 0), "{:?}", empty.body);
}
