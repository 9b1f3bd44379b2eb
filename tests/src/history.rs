//! `GET /conversations/history/{sessionId}`: requirement document 000, tickets 5 and 6.

use crate::testkit::{Client, ScriptedModel, client, product};
use serde_json::Value;

async fn conversation(client: &Client, turns: usize) -> String {
    let session = client.ask("Question 0").await.text("sessionId").to_owned();
    for number in 1..turns {
        assert_eq!(client.ask_in(&session, &format!("Question {number}")).await.status, 200);
    }
    session
}

fn contents(page: &Value) -> Vec<&str> {
    page["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn c000_6_1_and_c000_3_2_all_messages_return_in_order() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    let session = conversation(&client, 3).await;
    let history = client.history(&session).await;
    let expected = ["Question 0", "Hello there!", "Question 1", "Hello there!", "Question 2", "Hello there!"];
    assert_eq!(contents(&history.body), expected);
    let senders: Vec<_> = history.body["messages"].as_array().unwrap().iter().map(|m| &m["sender"]).collect();
    assert_eq!(senders, ["user", "assistant", "user", "assistant", "user", "assistant"]);
}

#[tokio::test]
async fn c000_6_2_and_c000_5_2_the_owner_reads_the_whole_conversation() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::CHILD).await;
    let session = conversation(&client, 1).await;
    let history = client.history(&session).await;
    assert_eq!(history.status, 200);
    assert_eq!(history.text("animalName"), "Leo the Lion");
    assert_eq!(history.text("sessionId"), session);
    assert_eq!(history.body["userId"], client.get("/me").await.body["userId"]);
    assert!(history.text("startTime") <= history.text("endTime"));
    assert_eq!(history.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn c000_6_4_and_c000_5_3_somebody_elses_conversation_is_forbidden() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let session = conversation(&client.sign_in(client::CHILD).await, 1).await;
    for other in [client::SIBLING, client::USER, "parent2@test.cmz.org"] {
        client.sign_in(other).await.history(&session).await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn c000_6_5_a_session_that_does_not_exist_is_not_found() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    for unknown in ["0190f3a1-7b2c-7def-8123-456789abcdef", "nonsense", "%23", "%FF"] {
        client.history(unknown).await.is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn without_a_token_there_is_no_history() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let session = conversation(&client.sign_in(client::CHILD).await, 1).await;
    let refused = client.history(&session).await;
    refused.is_problem(401, "unauthorized");
    assert_eq!(refused.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn c000_6_6_a_large_conversation_comes_in_pages() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    let session = conversation(&client, 4).await;
    let whole = client.history(&session).await;
    assert_eq!(whole.body["pagination"]["hasMore"], false);
    for limit in [1, 3, 4, 8] {
        assert_eq!(paged(&client, &session, limit).await, contents(&whole.body), "limit {limit}");
    }
}

async fn paged(client: &Client, session: &str, limit: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = format!("/conversations/history/{session}?limit={limit}");
    loop {
        let page = client.get(&path).await;
        assert!(contents(&page.body).len() <= limit);
        found.extend(contents(&page.body).into_iter().map(str::to_owned));
        let Some(next) = page.body["pagination"]["nextToken"].as_str() else { return found };
        assert_eq!(page.body["pagination"]["hasMore"], true);
        path = format!("/conversations/history/{session}?limit={limit}&nextToken={next}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_conversation_only() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    let (one, other) = (conversation(&client, 2).await, conversation(&client, 2).await);
    let page = client.get(&format!("/conversations/history/{one}?limit=1")).await;
    let cursor = page.body["pagination"]["nextToken"].as_str().unwrap();
    let mut tampered = cursor.to_owned();
    tampered.replace_range(20..21, if &cursor[20..21] == "A" { "B" } else { "A" });
    for (session, cursor) in [(&other, cursor), (&one, &tampered), (&one, "x"), (&one, "")] {
        let answer = client.get(&format!("/conversations/history/{session}?nextToken={cursor}")).await;
        answer.is_problem(400, "bad_request");
    }
    for limit in ["0", "501", "-1", "abc", "1.5"] {
        let answer = client.get(&format!("/conversations/history/{one}?limit={limit}")).await;
        answer.is_problem(400, "bad_request");
    }
}

#[tokio::test]
async fn c000_6_7_the_statistics_are_exact() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    let session = conversation(&client, 3).await;
    let history = client.get(&format!("/conversations/history/{session}?limit=1")).await;
    let statistics = &history.body["statistics"];
    assert_eq!(statistics["totalMessages"], 6);
    assert_eq!(statistics["userMessages"], 3);
    assert_eq!(statistics["assistantMessages"], 3);
    assert_eq!(statistics["totalTokens"], 3 * 45);
    let all = client.history(&session).await;
    let latencies = all.body["messages"].as_array().unwrap().iter().filter_map(|m| m["metadata"]["latencyMs"].as_u64());
    assert_eq!(statistics["averageResponseTime"], latencies.sum::<u64>() / 3);
}
