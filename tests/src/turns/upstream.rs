//! What a server brings to the model, and how often: keys, second endpoints, answers in memory.

use super::{House, TALKERS, new_turn, question, sign_in, streaming};
use crate::testkit::{Client, Engine, Reply, ScriptedModel, Server, client, hear, model::serve};
use axum::{Json, Router, http::HeaderMap, routing::post};
use serde_json::{Value, json};

const OFFERED: &str = "What do you eat?";

#[tokio::test]
async fn an_offered_question_is_answered_from_memory_where_the_zoo_switches_that_on() {
    let model = ScriptedModel::start([]).await;
    let house = House::open(model, &[("CHAT_ANSWER_CACHE", "on")]).await;
    offer(&house.engine).await;
    let mut answers = Vec::new();
    for email in TALKERS {
        let [client, _] = house.clients(email).await;
        answers.push(hear(streaming(&client, &question(&new_turn(), OFFERED))).await.kept());
        // What somebody typed is nobody else's, however alike it is.
        let typed = client.post("/convo_turn", &question(&new_turn(), &format!("{OFFERED}!"))).await;
        assert_eq!(typed.status, 200);
        // In a conversation the same question means something else.
        let again = client.ask_in(typed.text("sessionId"), OFFERED).await;
        assert_eq!(again.status, 200);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(house.model.requests().len(), 1 + 2 * TALKERS.len());
}

#[tokio::test]
async fn answers_are_not_kept_in_memory_unless_the_zoo_says_so() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    offer(&house.engine).await;
    let [one, _] = house.clients(client::CHILD).await;
    for _ in 0..2 {
        hear(streaming(&one, &question(&new_turn(), OFFERED))).await;
    }
    assert_eq!(house.model.requests().len(), 2);
}

/// Lets Leo offer the question, before any server has read the animals.
async fn offer(engine: &Engine) {
    let offered = json!({ ":offered": { "L": [{ "S": OFFERED }] } });
    engine.update_animal("lion_001", "SET suggestedQuestions = :offered", &offered).await;
}

#[tokio::test]
async fn a_second_endpoint_answers_where_the_first_does_not() {
    let first = ScriptedModel::answering(|_| Reply::Status(500, None)).await;
    let second = ScriptedModel::start([]).await;
    let engine = Engine::start().await;
    let endpoint = format!("{}/chat/completions", second.url);
    let variables = [("CHAT_FALLBACK_ENDPOINT", endpoint.as_str()), ("CHAT_FALLBACK_MODEL", "understudy")];
    let server = Server::start(&engine.program.url, &first.url, &variables).await;
    let client = Client::new(&server.url).with_token(&sign_in(&server, client::CHILD).await);
    let answer = client.ask("Hello Leo!").await;
    assert_eq!(answer.text("reply"), "Hello there!");
    assert_eq!(answer.text("finishReason"), "stop");
    assert_eq!(answer.body["metadata"]["model"], "understudy");
    assert_eq!(second.requests()[0]["model"], "understudy");
}

#[tokio::test]
async fn the_models_key_comes_from_the_secrets_keeper_and_goes_to_the_model_only() {
    let keeper = Router::new().route("/", post(secret));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let keeper_url = format!("http://{}", listener.local_addr().unwrap());
    serve(listener, keeper);
    let model = ScriptedModel::start([]).await;
    let engine = Engine::start().await;
    let variables = [("OPENAI_SECRET_NAME", "zoo/openai"), ("SECRETS_ENDPOINT_URL", keeper_url.as_str())];
    let server = Server::start(&engine.program.url, &model.url, &variables).await;
    let client = Client::new(&server.url).with_token(&sign_in(&server, client::CHILD).await);
    assert_eq!(client.ask("Hello Leo!").await.status, 200);
    assert_eq!(model.authorizations(), ["Bearer sk-canary-5512"]);
    for table in ["cmz-animals", "cmz-turns", "cmz-conversations", "cmz-limits", "cmz-keys"] {
        let items = super::all_items(&engine, table).await;
        assert!(!Value::from(items).to_string().contains("sk-canary-5512"), "{table}");
    }
}

async fn secret(headers: HeaderMap, body: String) -> Json<Value> {
    assert_eq!(headers["x-amz-target"], "secretsmanager.GetSecretValue");
    assert!(body.contains("zoo/openai"));
    Json(json!({ "Name": "zoo/openai", "SecretString": "sk-canary-5512" }))
}

#[tokio::test]
async fn consent_withdrawn_while_an_animal_talks_ends_its_answer_and_keeps_nothing_of_it() {
    let model = ScriptedModel::answering(|_| Reply::StallsAfter(3)).await;
    let house = House::open(model, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let withdraw = async {
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let key = format!("user#{}", one.get("/me").await.text("userId"));
        let body = json!({
            "TableName": "cmz-users",
            "Key": { "userKey": { "S": key } },
            "UpdateExpression": "SET consent.thirdParty = :no",
            "ExpressionAttributeValues": { ":no": { "BOOL": false } },
        });
        house.engine.call("UpdateItem", &body).await;
    };
    let began = tokio::time::Instant::now();
    let (heard, ()) = tokio::join!(hear(streaming(&one, &question(&turn, "Hello Leo!"))), withdraw);
    assert!(began.elapsed() < std::time::Duration::from_millis(5_500), "{:?}", began.elapsed());
    assert_eq!((heard.terminal().name.as_str(), &heard.terminal().data["code"]), ("error", &json!("consent_required")));
    assert_eq!(heard.terminal().data["lastId"], 0);
    let kept = super::all_items(&house.engine, "cmz-conversations").await;
    assert_eq!(kept.len(), 1, "the question, asked while it was allowed");
    one.post("/convo_turn", &question(&turn, "Hello Leo!")).await.is_problem(403, "consent_required");
}
