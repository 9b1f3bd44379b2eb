//! Requests that are malformed, oversized or mistyped: each gets a problem, and nothing is stored.

use crate::testkit::{Client, Engine, ScriptedModel, client};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_bad_turn_gets_its_problem_and_nothing_is_stored() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    let lion = |extra: Value| {
        let mut body = json!({ "animalId": "lion_001", "message": "Hi" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body.to_string()
    };
    let cases = [
        (lion(json!({ "message": "" })), 422, "invalid"),
        (lion(json!({ "message": " \n\t\u{2003}" })), 422, "invalid"),
        (lion(json!({ "message": "x".repeat(1001) })), 422, "invalid"),
        (lion(json!({ "message": 7 })), 422, "invalid"),
        (lion(json!({ "message": null })), 422, "invalid"),
        (lion(json!({ "animalId": "lion#001" })), 422, "invalid"),
        (lion(json!({ "animalId": "nobody_001" })), 404, "not_found"),
        (lion(json!({ "sessionId": "x" })), 422, "invalid"),
        (lion(json!({ "turnId": "x" })), 422, "invalid"),
        (lion(json!({ "filler": "x".repeat(65 * 1024) })), 413, "payload_too_large"),
        ("{}".to_owned(), 422, "invalid"),
        ("[]".to_owned(), 422, "invalid"),
        ("{\"animalId\":".to_owned(), 400, "bad_request"),
        (String::new(), 400, "bad_request"),
    ];
    for path in ["/convo_turn", "/convo_turn/stream"] {
        for (body, status, code) in &cases {
            let request = client.request(Method::POST, path).header("content-type", "application/json");
            let answer = client::answer(request.body(body.clone()).send().await.unwrap()).await;
            answer.is_problem(*status, code);
            assert!(!answer.body.to_string().contains("xxx"), "the problem repeats what was sent");
        }
        for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let request = client.request(Method::POST, path).header("content-type", content_type);
            let answer = client::answer(request.body(lion(json!({}))).send().await.unwrap()).await;
            answer.is_problem(415, "unsupported_media_type");
        }
    }
    assert!(model.requests().is_empty());
    for table in ["cmz-conversations", "cmz-sessions", "cmz-turns"] {
        assert!(engine.items(table).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_thousand_characters_are_a_message_and_unknown_fields_are_passed_over() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let client = Client::new(&server.url).sign_in(client::CHILD).await;
    let message = format!("  {}\n", "🦁".repeat(1000));
    let body = json!({ "animalId": "lion_001", "message": message, "volume": 11 });
    let answer = client.post("/convo_turn", &body).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let history = client.history(answer.text("sessionId")).await;
    assert_eq!(history.body["messages"][0]["content"], message.trim());
}

#[tokio::test]
async fn every_bad_sign_in_gets_its_problem() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = crate::testkit::product(&model).await;
    for (path, body, status, code) in [
        ("/auth", json!({ "password": "x" }), 422, "invalid"),
        ("/auth", json!({ "email": "x" }), 422, "invalid"),
        ("/auth", json!({ "email": ["x"], "password": "x" }), 422, "invalid"),
        ("/auth", json!({ "email": "x", "password": "x".repeat(2000) }), 422, "invalid"),
        ("/auth/refresh", json!({}), 422, "invalid"),
        ("/auth/refresh", json!({ "refreshToken": "" }), 401, "unauthorized"),
        ("/auth/refresh", json!({ "refreshToken": "a#b.c" }), 401, "unauthorized"),
    ] {
        client.post(path, &body).await.is_problem(status, code);
    }
}
