//! How often somebody may ask, and how many tokens they may use: requirement document 002.

use super::{House, TALKERS, from, messages, new_turn, place, question, streaming};
use crate::testkit::{
    Client, ScriptedModel,
    client::{self, Answer},
    hear,
    sse::check_form,
};
use futures_util::{StreamExt, stream};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

/// Of a thousand requests so many are under way at the same time: more of them would wait longer for
/// the engine on a small machine than a call to a database may take.
const AT_ONCE: usize = 64;

#[tokio::test]
async fn of_a_thousand_requests_at_once_exactly_twenty_are_admitted() {
    let variables = [("CHAT_RATE_LIMIT_PER_MINUTE", "20"), ("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "25")];
    let house = House::open(ScriptedModel::start([]).await, &variables).await;
    let clients = house.clients(client::CHILD).await;
    // From so many places that no address has asked too often.
    let places: Vec<_> = (1..=50).map(place).collect();
    let requests = (0..1_000).map(|number| {
        let body = json!({ "animalId": "lion_001", "message": format!("Question {number}") });
        let request = clients[number % 2].request(Method::POST, "/convo_turn").json(&body);
        let request = from(&places[number % places.len()], request);
        async move { client::answer(request.send().await.unwrap()).await }
    });
    let answers: Vec<_> = stream::iter(requests).buffer_unordered(AT_ONCE).collect().await;
    let (admitted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    let statuses: std::collections::BTreeSet<_> = refused.iter().map(|answer| answer.status).collect();
    assert_eq!((admitted.len(), refused.len()), (20, 980), "{statuses:?}");
    for answer in refused {
        // Who waited in line may have asked before those whose minute it is.
        is_refused(answer, "minute", 70);
    }
    for answer in admitted {
        assert_eq!(answer.headers["ratelimit-policy"], "\"minute\";q=20;w=60, \"day\";q=100000;w=86400");
    }
    assert_eq!(house.model.requests().len(), 20);
    assert_eq!(super::all_items(&house.engine, "cmz-conversations").await.len(), 40);
}

/// Checks a refusal and its headers: this limit is the one that is used up.
#[track_caller]
fn is_refused(answer: &Answer, limit: &str, window: u64) {
    answer.is_problem(429, "too_many_requests");
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=window).contains(&wait), "{wait}");
    assert_eq!(left(answer, limit), 0);
    assert!(answer.headers["ratelimit-policy"].to_str().unwrap().contains(&format!("\"{limit}\";q=")));
}

/// What is left of a limit, by the header.
#[track_caller]
fn left(answer: &Answer, limit: &str) -> u64 {
    let header = answer.headers["ratelimit"].to_str().unwrap();
    let item = header.split(", ").find_map(|item| item.strip_prefix(&format!("\"{limit}\";r=")));
    let (left, reset) = item.unwrap_or_else(|| panic!("no {limit} in {header}")).split_once(";t=").expect("a reset");
    reset.parse::<u64>().expect("seconds");
    left.parse().unwrap()
}

#[tokio::test]
async fn each_answer_says_what_is_left_on_both_routes() {
    let variables = [("CHAT_RATE_LIMIT_PER_MINUTE", "4"), ("CHAT_RATE_LIMIT_PER_DAY", "9")];
    let house = House::open(ScriptedModel::start([]).await, &variables).await;
    let [one, two] = house.clients(client::CHILD).await;
    for (count, client) in [&one, &two, &one, &two].into_iter().enumerate() {
        let path = if count < 2 { "/convo_turn" } else { "/convo_turn/stream" };
        let answer = client.post(path, &question(&new_turn(), "Hello Leo!")).await;
        assert_eq!(answer.status, 200);
        assert_eq!((left(&answer, "minute"), left(&answer, "day")), (3 - count as u64, 8 - count as u64));
        assert_eq!(answer.headers["ratelimit-policy"], "\"minute\";q=4;w=60, \"day\";q=9;w=86400");
    }
    for path in ["/convo_turn", "/convo_turn/stream"] {
        is_refused(&one.post(path, &question(&new_turn(), "Hello Leo!")).await, "minute", 60);
    }
    assert_eq!(house.clients(client::SIBLING).await[0].ask("Hello Leo!").await.status, 200, "others may go on");
}

#[tokio::test]
async fn a_day_has_its_own_limit() {
    let house = House::open(ScriptedModel::start([]).await, &[("CHAT_RATE_LIMIT_PER_DAY", "3")]).await;
    let [one, two] = house.clients(client::CHILD).await;
    for client in [&one, &two, &one] {
        assert_eq!(client.ask("Hello Leo!").await.status, 200);
    }
    is_refused(&two.ask("Hello Leo!").await, "day", 86_400);
    assert_eq!(house.model.requests().len(), 3);
}

#[tokio::test]
async fn an_address_has_a_limit_for_all_its_accounts_together() {
    let house = House::open(ScriptedModel::start([]).await, &[("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "10")]).await;
    super::early_in_a_minute().await;
    let mut admitted = 0;
    for round in 0..4 {
        for email in &TALKERS[..4] {
            let client = &house.clients(email).await[round % 2];
            let answer = client.ask("Hello Leo!").await;
            match answer.status.as_u16() {
                200 => admitted += 1,
                _ => answer.is_problem(429, "too_many_requests"),
            }
        }
    }
    assert_eq!(admitted, 10);
    let [elsewhere, _] = house.clients(client::CHILD).await;
    let request = elsewhere.request(Method::POST, "/convo_turn").json(&question(&new_turn(), "Hello Leo!"));
    let answer = client::answer(from(&place(9), request).send().await.unwrap()).await;
    assert_eq!(answer.status, 200, "another address may go on");
    let items = serde_json::to_string(&house.engine.items("cmz-limits").await).unwrap();
    assert!(items.contains("address#") && !items.contains("127.0."), "addresses are hashed: {items}");
}

#[tokio::test]
async fn the_viewers_address_counts_only_with_the_origins_secret() {
    let variables = [("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "2"), ("ORIGIN_SECRET", "s3cr3t-of-the-origin")];
    let house = House::open(ScriptedModel::start([]).await, &variables).await;
    let [one, _] = house.clients(client::CHILD).await;
    super::early_in_a_minute().await;
    let ask = |viewer: String, secret: Option<&str>| {
        let body = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
        let request = one.request(Method::POST, "/convo_turn").json(&body).header("cloudfront-viewer-address", viewer);
        status(match secret {
            Some(secret) => request.header("x-origin-secret", secret),
            None => request,
        })
    };
    for number in 0..6 {
        // Whoever has no secret, or a wrong one, is where the connection comes from.
        let secret = (number % 2 == 0).then_some("wrong");
        let expected = if number < 2 { 200 } else { 429 };
        assert_eq!(ask(format!("198.51.100.{number}:4711"), secret).await, expected, "{number}");
    }
    let secret = Some("s3cr3t-of-the-origin");
    for (viewer, expected) in [
        ("203.0.113.7:1", 200),
        ("203.0.113.7:2", 200),
        ("203.0.113.7:3", 429),
        ("203.0.113.8:3", 200),
        ("[2001:db8::1]:44", 200),
        ("2001:db8::2:44", 200),
    ] {
        assert_eq!(ask(viewer.to_owned(), secret).await, expected, "{viewer}");
    }
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn who_has_used_up_their_tokens_gets_a_kind_answer_without_the_model() {
    let house = House::open(ScriptedModel::start([]).await, &[("CHAT_MAX_TOKENS_PER_DAY", "1")]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let answer = one.post("/convo_turn", &question(&turn, "Hello Leo!")).await;
    assert_eq!((answer.status.as_u16(), answer.text("finishReason")), (200, "budget"));
    assert!(answer.text("reply").contains("Leo the Lion"), "{:?}", answer.body);
    assert_eq!(two.post("/convo_turn", &question(&turn, "Hello Leo!")).await.body, answer.body);
    let heard = hear(streaming(&two, &question(&new_turn(), "What do you eat?"))).await;
    check_form(&heard.events, "complete");
    assert_eq!(heard.terminal().data["finishReason"], "budget");
    assert!(house.model.requests().is_empty());
    let stored = messages(&one, heard.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!(
        (&stored[1]["content"], &stored[1]["metadata"]["finishReason"]),
        (&heard.kept().into(), &json!("budget"))
    );
}

#[tokio::test]
async fn tokens_are_reserved_before_and_settled_after_an_answer() {
    // Each answer may have 500 tokens, and has 5: what is not used is given back.
    let house = House::open(ScriptedModel::start([]).await, &[("CHAT_MAX_TOKENS_PER_DAY", "1200")]).await;
    let [one, two] = house.clients(client::CHILD).await;
    for client in [&one, &two, &one, &two, &one, &two] {
        let answer = client.ask("Hello Leo!").await;
        assert_eq!(answer.text("finishReason"), "stop", "{:?}", answer.body);
    }
    let usage = Client::get(&one, "/usage").await;
    let used = usage.body["day"]["tokens"].as_u64().unwrap();
    assert!((6 * 5..600).contains(&used), "{used}");
}
