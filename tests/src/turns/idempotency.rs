//! A turn sent twice is one turn: requirement document 000, tickets 1 and 2.

use super::{House, TALKERS, count_of, from, messages, new_turn, place, question, question_in, streaming};
use crate::testkit::{
    Client, Heard, Reply, ScriptedModel,
    client::{self, Answer},
    hear,
    model::said,
    sse,
};
use futures_util::{StreamExt, future::join, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Pairs under way at the same time: what two small processors can serve within the time that a
/// call to the database has.
const AT_ONCE: usize = 50;

#[tokio::test]
async fn c000_2_7_two_hundred_double_submits_are_two_hundred_turns() {
    let house = House::open(ScriptedModel::answering(|_| Reply::Paced(4, Duration::from_millis(20))).await, &[]).await;
    let pairs = pairs(&house, 200, |[one, two], place, body| async move {
        join(hear(from(&place, streaming(&one, &body))), hear(from(&place, streaming(&two, &body)))).await
    });
    for (turn, (first, second)) in pairs.await {
        for heard in [&first, &second] {
            assert_eq!(heard.status, 200, "{heard:?}");
            assert_eq!(heard.terminal().name, "complete", "{heard:?}");
            assert_eq!(heard.start().unwrap()["turnId"], turn);
        }
        assert_eq!(first.text, second.text);
    }
    assert_eq!(house.model.requests().len(), 200);
    stored_once(&house, 200).await;
}

#[tokio::test]
async fn double_submits_in_one_piece_are_one_turn_each_too() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let pairs = pairs(&house, 40, |[one, two], place, body| async move {
        let send = |client: Client| {
            let request = from(&place, client.request(Method::POST, "/convo_turn").json(&body));
            async move { client::answer(request.send().await.unwrap()).await }
        };
        join(send(one), send(two)).await
    });
    for (turn, (first, second)) in pairs.await {
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200), "{first:?} {second:?}");
        assert_eq!(first.text("turnId"), turn);
        assert_eq!(first.body, second.body);
    }
    stored_once(&house, 40).await;
}

/// Sends each of so many turns twice at once, each to both servers, from several accounts and
/// places.
async fn pairs<T, F: Future<Output = T>>(
    house: &House,
    number: usize,
    send: impl Fn([Client; 2], reqwest::Client, Value) -> F,
) -> Vec<(String, T)> {
    let mut people = Vec::new();
    for email in TALKERS {
        people.push(house.clients(email).await);
    }
    let places: Vec<_> = (1..=8).map(place).collect();
    let sent = (0..number).map(|number| {
        let turn = new_turn();
        let body = question(&turn, &format!("Question {number}"));
        let sent = send(people[number % people.len()].clone(), places[number % places.len()].clone(), body);
        async move { (turn, sent.await) }
    });
    stream::iter(sent).buffer_unordered(AT_ONCE).collect().await
}

/// Each question was asked once, and stored once with one answer.
async fn stored_once(house: &House, number: usize) {
    for number in 0..number {
        assert_eq!(house.model.calls_for(&format!("Question {number}")), 1, "question {number}");
    }
    let items = super::all_items(&house.engine, "cmz-conversations").await;
    assert_eq!(items.len(), 2 * number);
    assert_eq!(super::all_items(&house.engine, "cmz-sessions").await.len(), number);
}

#[tokio::test]
async fn a_finished_turn_is_replayed_to_the_byte_on_every_server() {
    let house = House::open(ScriptedModel::answering(|_| Reply::Words(12)).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let live = hear(streaming(&one, &question(&turn, "Hello Leo!"))).await;
    sse::check_form(&live.events, "complete");
    for client in [&one, &two] {
        let replayed = hear(streaming(client, &question(&turn, "Hello Leo!"))).await;
        assert_eq!((replayed.status, &replayed.text), (200, &live.text));
        let header = client.request(Method::POST, "/convo_turn/stream").header("idempotency-key", &turn);
        let body = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
        assert_eq!(hear(header.json(&body)).await.text, live.text);
    }
    assert_eq!(house.model.requests().len(), 1);
    stored_with(&one, &live, 1).await;
}

async fn stored_with(client: &Client, heard: &Heard, turns: usize) {
    let messages = messages(client, heard.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!((count_of(&messages, "user"), count_of(&messages, "assistant")), (turns, turns), "{messages:?}");
    assert_eq!(messages[1]["content"], heard.kept());
}

#[tokio::test]
async fn a_turn_that_was_streamed_can_be_had_in_one_piece_and_the_other_way_round() {
    let house = House::open(ScriptedModel::answering(|_| Reply::Words(5)).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let (streamed, whole) = (new_turn(), new_turn());
    let events = hear(streaming(&one, &question(&streamed, "One"))).await;
    let replayed = two.post("/convo_turn", &question(&streamed, "One")).await;
    same_answer(&events, &replayed);
    let answer = one.post("/convo_turn", &question(&whole, "Two")).await;
    same_answer(&hear(streaming(&two, &question(&whole, "Two"))).await, &answer);
    assert_eq!(two.post("/convo_turn", &question(&whole, "Two")).await.body, answer.body);
    assert_eq!(house.model.requests().len(), 2);
}

#[track_caller]
fn same_answer(heard: &Heard, answer: &Answer) {
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(answer.text("reply"), heard.kept());
    assert_eq!(answer.body["messageId"], heard.terminal().data["messageId"]);
    assert_eq!(answer.body["finishReason"], heard.terminal().data["finishReason"]);
    assert_eq!(answer.body["sessionId"], heard.start().unwrap()["sessionId"]);
}

#[tokio::test]
async fn a_known_turn_with_another_body_is_refused() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let first = one.post("/convo_turn", &question(&turn, "Hello Leo!")).await;
    let session = first.text("sessionId");
    let others = [
        question(&turn, "Hello Leo?"),
        json!({ "animalId": "macaw_001", "message": "Hello Leo!", "turnId": turn }),
        question_in(session, &turn, "Hello Leo!"),
    ];
    for other in others {
        for path in ["/convo_turn", "/convo_turn/stream"] {
            two.post(path, &other).await.is_problem(422, "turn_reused");
        }
    }
    assert_eq!(house.model.requests().len(), 1);
    assert_eq!(messages(&one, session).await.len(), 2);
}

#[tokio::test]
async fn another_persons_turn_of_the_same_id_is_their_own() {
    let house = House::open(ScriptedModel::answering(|asked| Reply::Text(vec![asked_of(asked)])).await, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    let [_, other] = house.clients(client::SIBLING).await;
    let turn = new_turn();
    let mine = hear(streaming(&one, &question(&turn, "my secret"))).await;
    let theirs = hear(streaming(&other, &question(&turn, "another question"))).await;
    assert_eq!((mine.kept().as_str(), theirs.kept().as_str()), ("A secret.", "Something else."));
    assert_ne!(mine.start().unwrap()["sessionId"], theirs.start().unwrap()["sessionId"]);
    assert_eq!(hear(streaming(&one, &question(&turn, "my secret"))).await.text, mine.text);
}

fn asked_of(question: &str) -> &'static str {
    if question == "my secret" { "A secret." } else { "Something else." }
}

#[tokio::test]
async fn a_turn_that_failed_is_answered_anew_under_its_id() {
    let is_busy = Arc::new(AtomicBool::new(true));
    let busy = Arc::clone(&is_busy);
    let model = ScriptedModel::answering(move |_| match busy.load(Ordering::SeqCst) {
        true => Reply::Status(429, Some(30)),
        false => Reply::Words(3),
    });
    let house = House::open(model.await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let failed = hear(streaming(&one, &question(&turn, "Hello Leo!"))).await;
    assert_eq!(failed.terminal().data["code"], "rate_limited");
    assert_eq!(failed.terminal().data["lastId"], 0);
    two.post("/convo_turn", &question(&turn, "Hello Leo!")).await.is_problem(429, "rate_limited");
    is_busy.store(false, Ordering::SeqCst);
    let asked = house.model.requests().len();
    let anew = hear(streaming(&two, &question(&turn, "Hello Leo!"))).await;
    assert_eq!(anew.kept(), said(3));
    assert_eq!(anew.start().unwrap()["sessionId"], failed.start().unwrap()["sessionId"]);
    stored_with(&one, &anew, 1).await;
    let replayed = hear(streaming(&one, &question(&turn, "Hello Leo!"))).await;
    assert_eq!(replayed.text, anew.text);
    assert_eq!(house.model.requests().len(), asked + 1);
    // Each attempt at it was a request.
    assert_eq!(one.get("/usage").await.body["day"]["requests"], 3);
}

#[tokio::test]
async fn a_replay_does_not_count_against_limits() {
    let house = House::open(ScriptedModel::start([]).await, &[("CHAT_RATE_LIMIT_PER_MINUTE", "2")]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let (first, second) = (new_turn(), new_turn());
    let answer = one.post("/convo_turn", &question(&first, "One")).await;
    for client in [&one, &two, &one, &two] {
        assert_eq!(client.post("/convo_turn", &question(&first, "One")).await.body, answer.body);
        assert_eq!(hear(streaming(client, &question(&first, "One"))).await.status, 200);
    }
    assert_eq!(two.post("/convo_turn", &question(&second, "Two")).await.status, 200);
    one.post("/convo_turn", &question(&new_turn(), "Three")).await.is_problem(429, "too_many_requests");
    // Nor does a limit that is reached stand in the way of one.
    assert_eq!(two.post("/convo_turn", &question(&first, "One")).await.body, answer.body);
    let usage = one.get("/usage").await;
    assert_eq!(usage.body["day"]["requests"], 2, "{:?}", usage.body);
}
