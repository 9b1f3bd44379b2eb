//! The turn that never loses a word: sent twice, cut off, resumed, cancelled, left, killed, and
//! held to its limits. Mostly two servers on one engine.

mod anew;
mod between;
mod cancel;
mod cost;
mod crash;
mod disconnect;
mod faults;
mod idempotency;
mod ledger;
mod limits;
mod models;
mod resume;
mod rollover;
mod streams;
mod upstream;
mod usage;
mod visitors;
mod watched;

use crate::testkit::{Client, Engine, ScriptedModel, Server, client, client::Answer};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Accounts that may talk and have a history, apart from [`client::CHILD`].
const TALKERS: [&str; 6] =
    [client::SIBLING, client::PARENT, client::USER, "parent2@test.cmz.org", "keeper1@test.cmz.org", "admin@cmz.org"];

/// Two servers on one engine.
struct House {
    engine: Engine,
    model: ScriptedModel,
    one: Server,
    two: Server,
}

impl House {
    async fn open(model: ScriptedModel, variables: &[(&str, &str)]) -> Self {
        let engine = Engine::start().await;
        let one = Server::start(&engine.program.url, &model.url, variables).await;
        let two = Server::start(&engine.program.url, &model.url, variables).await;
        Self { engine, model, one, two }
    }

    /// Signs in once, and gives a client of each server.
    async fn clients(&self, email: &str) -> [Client; 2] {
        let token = sign_in(&self.one, email).await;
        [&self.one, &self.two].map(|server| Client::new(&server.url).with_token(&token))
    }
}

/// An access token of a demo account.
async fn sign_in(server: &Server, email: &str) -> String {
    let password = if email.starts_with("admin@") { "admin123" } else { client::PASSWORD };
    let answer = Client::new(&server.url).post("/auth", &json!({ "email": email, "password": password })).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.text("token").to_owned()
}

/// An id that no other turn of this test has.
fn new_turn() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("0190f3a1-7b2c-7def-8123-{:012x}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A question to Leo.
fn question(turn: &str, message: &str) -> Value {
    json!({ "animalId": "lion_001", "message": message, "turnId": turn })
}

/// A question to Leo in a session.
fn question_in(session: &str, turn: &str, message: &str) -> Value {
    json!({ "animalId": "lion_001", "message": message, "turnId": turn, "sessionId": session })
}

/// The same machine's other addresses: what is sent by the n-th comes from another place.
fn place(number: u8) -> reqwest::Client {
    let address = std::net::Ipv4Addr::new(127, 0, 1, number);
    reqwest::Client::builder().no_proxy().local_address(std::net::IpAddr::from(address)).build().unwrap()
}

/// A request as if made at another place.
fn from(place: &reqwest::Client, request: RequestBuilder) -> RequestBuilder {
    RequestBuilder::from_parts(place.clone(), request.build().unwrap())
}

fn streaming(client: &Client, body: &Value) -> RequestBuilder {
    client.request(Method::POST, "/convo_turn/stream").json(body)
}

/// Takes a turn up again, behind this event or from its beginning.
fn resuming(client: &Client, turn: &str, last: Option<u64>) -> RequestBuilder {
    let request = client.request(Method::GET, &format!("/convo_turn/stream/{turn}"));
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

async fn cancel(client: &Client, turn: &str) -> Answer {
    let request = client.request(Method::DELETE, &format!("/convo_turn/stream/{turn}"));
    client::answer(request.send().await.unwrap()).await
}

/// All messages of a session, page after page.
async fn messages(client: &Client, session: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/conversations/history/{session}?limit=500{next}")).await;
        assert_eq!(page.status, 200, "{:?}", page.body);
        all.extend(page.body["messages"].as_array().unwrap().iter().cloned());
        match page.body["pagination"]["nextToken"].as_str() {
            Some(token) => next = format!("&nextToken={token}"),
            None => return all,
        }
    }
}

/// How many of the messages are of this sender.
fn count_of(messages: &[Value], sender: &str) -> usize {
    messages.iter().filter(|message| message["sender"] == sender).count()
}

/// A turn's item as it lies in the table.
async fn turn_item(engine: &Engine, turn: &str) -> Option<Value> {
    all_items(engine, "cmz-turns").await.into_iter().find(|item| item["turnKey"]["S"] == turn)
}

/// How many pieces of log a turn has in the table.
async fn log_items(engine: &Engine, turn: &str) -> usize {
    let prefix = format!("{turn}#");
    let is_log = |item: &Value| item["turnKey"]["S"].as_str().unwrap().starts_with(&prefix);
    all_items(engine, "cmz-turns").await.iter().filter(|item| is_log(item)).count()
}

/// Waits where a minute is nearly over: the count of an address begins anew with the next one.
#[expect(clippy::disallowed_methods, reason = "the servers' minutes are the clock's")]
async fn early_in_a_minute() {
    let second = jiff::Timestamp::now().as_second().rem_euclid(60).unsigned_abs();
    if second > 35 {
        sleep(Duration::from_secs(61 - second)).await;
    }
}

/// Lets everybody begin anew with their limits.
async fn forget_limits(engine: &Engine) {
    for item in all_items(engine, "cmz-limits").await {
        let key = json!({ "principal": item["principal"], "kind": item["kind"] });
        engine.call("DeleteItem", &json!({ "TableName": "cmz-limits", "Key": key })).await;
    }
}

/// All items of a table, page after page.
async fn all_items(engine: &Engine, table: &str) -> Vec<Value> {
    let (mut items, mut start) = (Vec::new(), Value::Null);
    loop {
        let mut scan = json!({ "TableName": table, "ConsistentRead": true });
        if !start.is_null() {
            scan["ExclusiveStartKey"] = start;
        }
        let mut page = engine.call("Scan", &scan).await;
        items.append(page["Items"].as_array_mut().unwrap());
        start = page["LastEvaluatedKey"].take();
        if start.is_null() {
            return items;
        }
    }
}

/// Waits until something is so, for at most this long, and gives how long it took.
async fn until(what: &str, within: Duration, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < within, "within {within:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}
