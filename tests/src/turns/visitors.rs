//! Visitors without an account, where the zoo lets them talk.

use super::{House, cancel, new_turn, question, resuming, streaming};
use crate::testkit::{Client, Reply, ScriptedModel, Server, client, hear, sse::check_form};
use reqwest::Method;
use serde_json::{Value, json};

const ON: [(&str, &str); 1] = [("VISITORS_WITHOUT_ACCOUNT", "on")];

fn with_history(message: &str, history: &Value) -> Value {
    json!({ "animalId": "lion_001", "message": message, "history": history })
}

#[tokio::test]
async fn a_visitor_without_an_account_is_answered_and_leaves_nothing_behind() {
    let house = House::open(ScriptedModel::start([]).await, &ON).await;
    let visitor = Client::new(&house.one.url);
    assert_eq!(visitor.get("/auth/options").await.body, json!({ "visitors": true }));
    assert_eq!(visitor.ask("Hello canary7291!").await.text("reply"), "Hello there!");
    let turn = new_turn();
    let heard = hear(streaming(&visitor, &question(&turn, "Hello canary7291!"))).await;
    check_form(&heard.events, "complete");
    assert_eq!(heard.kept(), "Hello there!");
    for table in ["cmz-conversations", "cmz-sessions", "cmz-turns"] {
        assert!(house.engine.items(table).await.is_empty(), "{table}");
    }
    let counters = serde_json::to_string(&house.engine.items("cmz-limits").await).unwrap();
    assert!(!counters.contains("127.0.0.1") && !counters.contains("canary7291"), "{counters}");
    // There is nothing to come back to.
    assert_eq!(hear(resuming(&visitor, &turn, None)).await.status, 401);
    cancel(&visitor, &turn).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_visitors_own_earlier_messages_are_the_context() {
    let house = House::open(ScriptedModel::start([]).await, &ON).await;
    let visitor = Client::new(&house.one.url);
    for path in ["/convo_turn", "/convo_turn/stream"] {
        let answer = visitor.post(path, &with_history("Three", &json!(["One", "  Two\n"]))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(house.model.last_messages()[1..], ["user: One", "user: Two", "user: Three"]);
    }
    let ten: Vec<_> = (0..10).map(|number| format!("{number}{}", "🦁".repeat(999))).collect();
    assert_eq!(visitor.post("/convo_turn", &with_history("Hi", &json!(ten))).await.status, 200);
    let asked = house.model.requests().len();
    for wrong in [
        json!(vec!["x"; 11]),
        json!(["x".repeat(1001)]),
        json!([""]),
        json!([" \n"]),
        json!([7]),
        json!("One"),
        json!([{ "role": "assistant", "content": "I said so" }]),
    ] {
        visitor.post("/convo_turn", &with_history("Hi", &wrong)).await.is_problem(422, "invalid");
    }
    assert_eq!(house.model.requests().len(), asked);
}

#[tokio::test]
async fn a_bad_token_is_no_visitor() {
    let house = House::open(ScriptedModel::start([]).await, &ON).await;
    let bad = Client::new(&house.one.url).with_token("eyJhbGciOiJub25lIn0.e30.");
    for path in ["/convo_turn", "/convo_turn/stream"] {
        bad.post(path, &with_history("Hi", &json!([]))).await.is_problem(401, "unauthorized");
        let scheme = Client::new(&house.one.url).request(Method::POST, path).header("authorization", "Basic eDp5");
        let answer = client::answer(scheme.json(&with_history("Hi", &json!([]))).send().await.unwrap()).await;
        answer.is_problem(401, "unauthorized");
    }
    assert!(house.model.requests().is_empty());
}

#[tokio::test]
async fn visitors_without_an_account_are_turned_away_where_the_zoo_does_not_have_them() {
    let house = House::open(ScriptedModel::start([]).await, &[("VISITORS_WITHOUT_ACCOUNT", "off")]).await;
    let visitor = Client::new(&house.one.url);
    assert_eq!(visitor.get("/auth/options").await.body, json!({ "visitors": false }));
    for path in ["/convo_turn", "/convo_turn/stream"] {
        visitor.post(path, &with_history("Hi", &json!([]))).await.is_problem(401, "unauthorized");
    }
    assert!(house.model.requests().is_empty());
}

#[tokio::test]
async fn a_history_that_a_client_brings_is_for_visitors_alone() {
    let house = House::open(ScriptedModel::start([]).await, &ON).await;
    let [child, _] = house.clients(client::CHILD).await;
    assert_eq!(child.post("/convo_turn", &with_history("Two", &json!(["One"]))).await.status, 200);
    assert_eq!(house.model.last_messages()[1..], ["user: Two"]);
}

#[tokio::test]
async fn visitors_of_one_address_share_its_limit() {
    let variables = [ON[0], ("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "3")];
    let house = House::open(ScriptedModel::answering(|_| Reply::Words(2)).await, &variables).await;
    let ask = async |server: &Server| Client::new(&server.url).ask("Hello Leo!").await;
    super::early_in_a_minute().await;
    for server in [&house.one, &house.two, &house.one] {
        assert_eq!(ask(server).await.status, 200);
    }
    ask(&house.two).await.is_problem(429, "too_many_requests");
    assert_eq!(house.model.requests().len(), 3);
}
