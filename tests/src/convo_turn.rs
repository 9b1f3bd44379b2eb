//! `POST /convo_turn`: requirement document 000, ticket 1.

use crate::testkit::{Client, Engine, Program, Reply, ScriptedModel, client, product};
use serde_json::{Value, json};

#[tokio::test]
async fn c000_1_1_a_message_calls_the_model_with_the_animals_personality() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    for (animal, name) in [("lion_001", "Leo"), ("macaw_001", "Ruby")] {
        let answer = client.post("/convo_turn", &json!({ "animalId": animal, "message": "Who are you?" })).await;
        assert_eq!(answer.text("reply"), "Hello there!");
        let messages = model.last_messages();
        assert!(messages[0].starts_with(&format!("system: You are {name}")), "{messages:?}");
        assert_eq!(messages.last().unwrap(), "user: Who are you?");
        let request = model.requests().pop().unwrap();
        assert_eq!(request["max_tokens"], 500);
        assert!((request["temperature"].as_f64().unwrap() - 0.7).abs() < 1e-6);
    }
}

#[tokio::test]
async fn the_answer_tells_what_it_cost() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let answer = client.sign_in(client::CHILD).await.ask("Hello Leo!").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text("finishReason"), "stop");
    assert_eq!(answer.body["metadata"]["tokensUsed"], 45);
    assert_eq!(answer.body["metadata"]["safety"]["action"], "allow");
    assert_eq!(answer.body["turn"]["tokensPrompt"], 40);
    assert_eq!(answer.body["turn"]["tokensCompletion"], 5);
    assert_eq!(answer.body["turn"]["convoTurnId"], answer.body["turnId"]);
}

#[tokio::test]
async fn c000_1_2_an_animals_own_endpoint_is_the_one_that_is_asked() {
    let engine = Engine::start().await;
    let (default, own) = (ScriptedModel::start([]).await, ScriptedModel::start([]).await);
    let server = engine.serve(&default.url).await;
    let endpoint = format!("{}/chat/completions", own.url);
    let values = json!({ ":e": { "S": endpoint }, ":m": { "S": "lion-1" } });
    engine.update_animal("lion_001", "SET chatConfig.endpoint = :e, chatConfig.model = :m", &values).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    assert_eq!(client.ask("Hello Leo!").await.status, 200);
    assert_eq!(own.requests()[0]["model"], "lion-1");
    assert!(default.requests().is_empty());
}

#[tokio::test]
async fn c000_1_3_the_last_ten_messages_are_the_context() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let first = client.ask("Question 0").await;
    let session = first.text("sessionId");
    for number in 1..=7 {
        assert_eq!(client.ask_in(session, &format!("Question {number}")).await.text("sessionId"), session);
    }
    let messages = model.last_messages();
    let expected: Vec<_> = (2..7)
        .flat_map(|number| [format!("user: Question {number}"), "assistant: Hello there!".to_owned()])
        .chain(["user: Question 7".to_owned()])
        .collect();
    assert_eq!(messages[1..], expected);
}

#[tokio::test]
async fn an_answer_that_broke_off_is_not_context() {
    let model = ScriptedModel::start([Reply::Breaks(vec!["Broken ", "answer "])]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let events = client.streamed("One").await;
    let session = events[0].data["sessionId"].as_str().unwrap().to_owned();
    client.ask_in(&session, "Two").await;
    assert_eq!(model.last_messages()[1..], ["user: One", "user: Two"]);
}

#[tokio::test]
async fn c000_1_4_a_model_that_fails_is_covered_by_a_kind_answer() {
    // Each question is tried three times before the animal speaks for itself.
    let refusals = std::iter::repeat_with(|| Reply::Status(500, None)).take(3);
    let breaks = std::iter::repeat_with(|| Reply::Breaks(vec![])).take(3);
    let model = ScriptedModel::start(refusals.chain(breaks)).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    for _ in 0..2 {
        let answer = client.ask("Hello Leo!").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text("finishReason"), "fallback");
        assert!(answer.text("reply").contains("Leo the Lion"), "{answer:?}");
        let history = client.history(answer.text("sessionId")).await;
        assert_eq!(history.body["messages"][1]["content"], answer.body["reply"]);
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_reached_is_covered_too() {
    let program = Program::menagerie(&["--memory", "--port", "0", "--model-url", "http://127.0.0.1:9/v1"]).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    assert_eq!(client.ask("Hello Leo!").await.text("finishReason"), "fallback");
}

#[tokio::test]
async fn c000_1_5_the_providers_rate_limit_is_a_429_with_retry_after() {
    // A long wait is the client's to wait; without one the question is tried three times.
    let refusals = std::iter::repeat_with(|| Reply::Status(429, None)).take(3);
    let model = ScriptedModel::start([Reply::Status(429, Some(7))].into_iter().chain(refusals)).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    for expected in ["7", "5"] {
        let answer = client.ask("Hello Leo!").await;
        answer.is_problem(429, "rate_limited");
        assert_eq!(answer.headers["retry-after"], expected);
    }
}

#[tokio::test]
async fn c000_1_6_an_animal_without_configuration_gives_a_friendly_answer() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    engine.update_animal("lion_001", "REMOVE chatConfig", &Value::Null).await;
    let answer = Client::new(&server.url).sign_in(client::CHILD).await.ask("Hello Leo!").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text("finishReason"), "fallback");
    assert!(answer.text("reply").contains("Leo the Lion"));
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn a_turn_id_in_body_and_header_is_one_and_the_same() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let turn = "0190f3a1-7b2c-7def-8123-456789abcdef";
    let body = json!({ "animalId": "lion_001", "message": "Hello Leo!", "turnId": turn });
    let first = client.post("/convo_turn", &body).await;
    assert_eq!(first.text("turnId"), turn);
    let header = client.request(reqwest::Method::POST, "/convo_turn").header("idempotency-key", turn);
    let other = json!({ "animalId": "lion_001", "message": "Hi", "turnId": turn.replace("0190", "0191") });
    client::answer(header.json(&other).send().await.unwrap()).await.is_problem(422, "invalid");
    let header = client.request(reqwest::Method::POST, "/convo_turn").header("idempotency-key", turn);
    let same = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
    assert_eq!(client::answer(header.json(&same).send().await.unwrap()).await.body, first.body);
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test]
async fn sessions_are_their_owners_and_one_animals() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let child = client.sign_in(client::CHILD).await;
    let answer = child.ask("Hello Leo!").await;
    let session = answer.text("sessionId");
    let sibling = client.sign_in(client::SIBLING).await;
    sibling.ask_in(session, "Hello Leo!").await.is_problem(403, "forbidden");
    let parent = client.sign_in(client::PARENT).await;
    parent.ask_in(session, "Hello Leo!").await.is_problem(403, "forbidden");
    let other = json!({ "animalId": "macaw_001", "message": "Hello!", "sessionId": session });
    child.post("/convo_turn", &other).await.is_problem(422, "other_animal");
    let unknown = "0190f3a1-7b2c-7def-8123-456789abcdef";
    child.ask_in(unknown, "Hello Leo!").await.is_problem(404, "not_found");
    assert_eq!(child.history(session).await.body["statistics"]["totalMessages"], 2);
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test]
async fn a_child_without_consent_is_neither_stored_nor_sent() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let child = Client::new(&server.url).sign_in(client::CHILD_WITHOUT_CONSENT).await;
    child.ask("Hello Leo!").await.is_problem(403, "consent_required");
    let streamed = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
    child.post("/convo_turn/stream", &streamed).await.is_problem(403, "consent_required");
    assert!(model.requests().is_empty());
    for table in ["cmz-conversations", "cmz-sessions", "cmz-turns"] {
        assert!(engine.items(table).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn the_offline_model_answers_in_character_and_differently_each_time() {
    let program = Program::menagerie(&["--memory", "--port", "0", "--model-pace", "0"]).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    let hello = client.ask("Hello Leo!").await;
    assert!(hello.text("reply").starts_with("Hello!"), "{hello:?}");
    let session = hello.text("sessionId");
    let first = client.ask_in(session, "What do you eat?").await;
    assert!(first.text("reply").contains("meat"), "{first:?}");
    let second = client.ask_in(session, "What do you eat?").await;
    assert_ne!(first.text("reply"), second.text("reply"));
    assert_eq!(first.body["metadata"]["model"], "menagerie-offline");
}
