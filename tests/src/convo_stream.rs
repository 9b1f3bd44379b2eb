//! `POST /convo_turn/stream`: requirement document 000, ticket 2.

use crate::testkit::{
    Client, Program, Reply, ScriptedModel, client, product,
    sse::{answer_of, check_form},
};
use futures_util::future::join_all;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, time::sleep};

#[tokio::test]
async fn c000_2_1_the_first_token_arrives_before_the_last_leaves_the_model() {
    let gate = Arc::new(Notify::new());
    let reply = Reply::Gated(vec!["Hello ", "my "], Arc::clone(&gate), vec!["friend!"]);
    let model = ScriptedModel::start([reply]).await;
    let (_program, client) = product(&model).await;
    let body = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
    let mut stream = client.sign_in(client::CHILD).await.stream(&body).await;
    assert_eq!(stream.next().await.unwrap().name, "start");
    // The gate is shut: a stream that is buffered anywhere would wait here for ever.
    let first = stream.next().await.unwrap();
    assert_eq!(first.data["content"].as_str().unwrap().trim(), "Hello");
    gate.notify_one();
    let events = [vec![first], stream.rest().await].concat();
    assert_eq!(answer_of(&events), "Hello my friend!");
    assert_eq!(events.last().unwrap().name, "complete");
}

#[tokio::test]
async fn c000_2_3_a_client_that_leaves_takes_nothing_with_it() {
    let gate = Arc::new(Notify::new());
    let reply = Reply::Gated(vec!["Hello ", "my "], Arc::clone(&gate), vec!["friend!"]);
    let model = ScriptedModel::start([reply]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let mut stream = client.stream(&json!({ "animalId": "lion_001", "message": "Hello Leo!" })).await;
    let start = stream.next().await.unwrap();
    stream.next().await.unwrap();
    drop(stream);
    gate.notify_one();
    let session = start.data["sessionId"].as_str().unwrap();
    let stored = stored_answer(&client, session).await;
    assert_eq!(stored, "Hello my friend!");
}

async fn stored_answer(client: &Client, session: &str) -> String {
    for _ in 0..200 {
        let history = client.history(session).await;
        if let Some(answer) = history.body["messages"][1]["content"].as_str() {
            return answer.to_owned();
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the answer was not stored");
}

#[tokio::test]
async fn c000_2_4_words_split_by_the_model_arrive_whole() {
    let pieces = vec!["I ca", "n", "'", "t w", "ait! 狮子会", "吼叫。 Na", "ïve 3", ".", "14"];
    let model = ScriptedModel::start([Reply::Text(pieces.clone())]).await;
    let (_program, client) = product(&model).await;
    let events = client.sign_in(client::CHILD).await.streamed("Hello Leo!").await;
    let words: Vec<_> = events
        .iter()
        .filter(|event| event.name == "token")
        .map(|event| event.data["content"].as_str().unwrap())
        .collect();
    assert_eq!(words.concat(), pieces.concat());
    for word in ["can't", "wait", "Naïve", "3.14"] {
        assert!(words.iter().any(|found| found.contains(word)), "{word} in {words:?}");
    }
}

#[tokio::test]
async fn c000_2_5_the_complete_event_ends_the_stream_and_names_what_is_stored() {
    let model = ScriptedModel::start([Reply::Text(vec!["Rr", "rroar! I am ", "Leo."])]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let events = client.streamed("Hello Leo!").await;
    check_form(&events, "complete");
    let (start, complete) = (&events[0].data, &events.last().unwrap().data);
    assert_eq!(complete["messageId"], start["messageId"]);
    assert_eq!(complete["finishReason"], "stop");
    assert_eq!(complete["tokensUsed"], 45);
    let history = client.history(start["sessionId"].as_str().unwrap()).await;
    let stored = &history.body["messages"][1];
    assert_eq!(stored["content"], answer_of(&events));
    assert_eq!(stored["messageId"], complete["messageId"]);
}

#[tokio::test]
async fn c000_2_6_an_answer_that_breaks_off_ends_in_an_error_event_and_is_kept() {
    let model = ScriptedModel::start([Reply::Breaks(vec!["Half an ", "answer "])]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let events = client.streamed("Hello Leo!").await;
    check_form(&events, "error");
    let error = &events.last().unwrap().data;
    assert_eq!(error["code"], "upstream_unavailable");
    assert_eq!(error["retryable"], true);
    let history = client.history(events[0].data["sessionId"].as_str().unwrap()).await;
    assert_eq!(history.body["messages"][1]["content"], "Half an answer ");
    assert_eq!(history.body["messages"][1]["metadata"]["finishReason"], "interrupted");
}

#[tokio::test]
async fn a_model_that_says_nothing_is_covered_by_a_kind_answer() {
    let model = ScriptedModel::start(std::iter::repeat_with(|| Reply::Status(503, None)).take(3)).await;
    let (_program, client) = product(&model).await;
    let events = client.sign_in(client::CHILD).await.streamed("Hello Leo!").await;
    check_form(&events, "complete");
    assert_eq!(events.last().unwrap().data["finishReason"], "fallback");
    assert!(answer_of(&events).contains("Leo the Lion"));
}

#[tokio::test]
async fn the_providers_rate_limit_is_an_error_event_that_may_be_repeated() {
    let model = ScriptedModel::start([Reply::Status(429, Some(3))]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let events = client.streamed("Hello Leo!").await;
    check_form(&events, "error");
    assert_eq!(events[1].data["code"], "rate_limited");
    let history = client.history(events[0].data["sessionId"].as_str().unwrap()).await;
    assert_eq!(history.body["statistics"]["totalMessages"], 1, "the question is kept");
}

#[tokio::test]
async fn c000_2_7_streams_at_the_same_time_do_not_touch_each_other() {
    let program = Program::menagerie(&["--memory", "--port", "0", "--model-pace", "2"]).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    let session = client.ask("Hello Leo!").await.text("sessionId").to_owned();
    let questions = ["What do you eat?", "How loud is your roar?", "How much do you sleep?", "Where do you live?"];
    let one = |question: &'static str| {
        let (client, session) = (client.clone(), session.clone());
        async move {
            let body = json!({ "animalId": "lion_001", "message": question, "sessionId": session });
            client.stream(&body).await.rest().await
        }
    };
    let streams = join_all(questions.map(one)).await;
    let history = client.history(&session).await;
    let messages = history.body["messages"].as_array().unwrap();
    assert_eq!(history.body["statistics"]["totalMessages"], 10);
    for events in streams {
        check_form(&events, "complete");
        let id = &events[0].data["messageId"];
        let stored = messages.iter().find(|message| message["messageId"] == *id).unwrap();
        assert_eq!(stored["content"], answer_of(&events));
    }
}

#[tokio::test]
async fn a_token_costs_at_most_seventy_bytes_on_the_wire() {
    let program = Program::menagerie(&["--memory", "--port", "0", "--model-pace", "0"]).await;
    let client = Client::new(&program.url).sign_in(client::CHILD).await;
    let body = json!({ "animalId": "lion_001", "message": "What do you eat?" });
    let response = client.request(reqwest::Method::POST, "/convo_turn/stream").json(&body).send().await.unwrap();
    let text = response.text().await.unwrap();
    let tokens: Vec<_> = text.split_inclusive("\n\n").filter(|event| event.contains("event: token")).collect();
    let bytes: usize = tokens.iter().map(|event| event.len()).sum();
    assert!(tokens.len() > 20);
    assert!(bytes <= 70 * tokens.len(), "{bytes} bytes for {} tokens", tokens.len());
}
