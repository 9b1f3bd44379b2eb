//! Clients that leave: their turns finish, and nothing of them stays behind in the server.

use super::{House, TALKERS, forget_limits, from, messages, new_turn, place, question, question_in, streaming, until};
use crate::testkit::{Client, Reply, ScriptedModel, Server, hear_until, model::said};
use futures_util::future::join_all;
use std::time::Duration;

const STREAMS: usize = 1_000;
const AT_ONCE: usize = 50;
/// Streams after which the server has grown to what it needs for so many at once.
const WARM: usize = 200;
/// Connections to engine and model that may be kept for later, more than before: a leak of one in
/// eight streams is more.
const MORE_CONNECTIONS: usize = 2 * AT_ONCE;
/// Memory that may be gained after that, in KiB: a leak of 40 KiB with each stream is more.
const MORE_MEMORY: u64 = 32 * 1024;
const WORDS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server holds when nobody talks to it.
#[derive(Debug)]
struct Footprint {
    connections: usize,
    threads: u64,
    memory: u64,
}

#[tokio::test]
async fn c000_2_3_a_thousand_clients_that_leave_take_nothing_with_them_and_leave_nothing_behind() {
    let model = ScriptedModel::answering(|_| Reply::Paced(WORDS, Duration::from_millis(25))).await;
    let house = House::open(model, &[]).await;
    let mut sessions = Vec::new();
    for email in TALKERS {
        let [client, _] = house.clients(email).await;
        // The connection that this takes does not outlive it.
        let request = from(&place(200), streaming(&client, &question(&new_turn(), "Hello Leo!")));
        let opened = hear_until(request, |_| false).await;
        let session = opened.start().unwrap()["sessionId"].as_str().unwrap().to_owned();
        sessions.push((client, session));
    }
    leave(&house, &sessions, 0..WARM).await;
    let before = settled(&house).await;
    leave(&house, &sessions, WARM..STREAMS).await;
    let after = settled(&house).await;
    println!("before {before:?}, after {after:?}");

    assert_eq!(house.one.clients(), 0, "connections of clients");
    assert!(after.connections <= before.connections + MORE_CONNECTIONS, "{before:?} {after:?}");
    assert!(after.threads <= before.threads + 2, "{before:?} {after:?}");
    assert!(after.memory <= before.memory + MORE_MEMORY, "{before:?} {after:?}");
    assert_eq!(house.model.answers().abandoned(), 0, "every answer was heard to its end");
    assert_eq!(house.model.requests().len(), STREAMS + TALKERS.len());
    all_stored(&sessions).await;
}

/// Begins turns, so many at once, and leaves each after a while: before its first event, after
/// `start`, after some tokens.
async fn leave(house: &House, sessions: &[(Client, String)], numbers: std::ops::Range<usize>) {
    let numbers: Vec<_> = numbers.collect();
    for batch in numbers.chunks(AT_ONCE) {
        // So many at once are more than anybody may ask in a minute.
        forget_limits(&house.engine).await;
        // A client of its own for each batch: its connections end with it.
        let place = place(u8::try_from(1 + batch[0] / AT_ONCE).unwrap());
        let streams = batch.iter().map(|number| {
            let (client, session) = &sessions[number % sessions.len()];
            let body = question_in(session, &new_turn(), &format!("Question {number}"));
            let (request, enough) = (from(&place, streaming(client, &body)), 1 + number % 4);
            hear_until(request, move |events| events.len() >= enough)
        });
        for heard in join_all(streams).await {
            assert_eq!(heard.status, 200, "{heard:?}");
        }
    }
}

/// What the server holds when its turns are over and its clients have left.
async fn settled(house: &House) -> Footprint {
    let server: &Server = &house.one;
    until("every answer is heard", PATIENCE, async || house.model.answers().open() == 0).await;
    until("every turn is over", PATIENCE, async || unfinished(house).await == 0).await;
    until("no client is connected", PATIENCE, async || server.clients() == 0).await;
    Footprint { connections: server.connections().len(), threads: server.threads(), memory: server.memory() }
}

async fn unfinished(house: &House) -> usize {
    let items = super::all_items(&house.engine, "cmz-turns").await;
    let is_open = |state: &str| state == "claimed" || state == "streaming";
    items.iter().filter(|item| item["state"]["S"].as_str().is_some_and(is_open)).count()
}

async fn all_stored(sessions: &[(Client, String)]) {
    let mut answers = 0;
    for (client, session) in sessions {
        let messages = messages(client, session).await;
        for pair in messages.chunks(2).skip(1) {
            assert_eq!((&pair[0]["sender"], &pair[1]["sender"]), (&"user".into(), &"assistant".into()));
            assert_eq!(pair[1]["content"], said(WORDS));
            answers += 1;
        }
        let statistics = client.history(session).await.body["statistics"].clone();
        assert_eq!(statistics["totalMessages"], messages.len(), "{statistics}");
    }
    assert_eq!(answers, STREAMS);
}
