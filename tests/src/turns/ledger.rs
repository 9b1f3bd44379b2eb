//! Some hundred faults at random, and a client that writes down what it was promised: its own book
//! decides, not the server's view.

use super::{TALKERS, all_items, from, messages, new_turn, place, question, question_in, resuming, sign_in, streaming};
use crate::testkit::{
    Client, Engine, Heard, Proxy, Reply, ScriptedModel, Server, hear, hear_until,
    model::said,
    proxy::{Fate, Refusal},
};
use futures_util::{StreamExt, future::join, stream};
use reqwest::RequestBuilder;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

const SEED: u64 = 20_261_121;
const TURNS: usize = 150;
const AT_ONCE: usize = 8;
/// Of a hundred calls so many fail.
const FAULTS: u8 = 12;
const ATTEMPTS: usize = 15;
const WORDS: usize = 8;

/// What a client was told of one turn.
struct Entry {
    asked: String,
    session: String,
    text: String,
}

/// Faults by chance, counted.
fn by_chance(proxy: &Proxy, seed: u64, counted: &Arc<AtomicUsize>) {
    let (mut chance, counted) = (fastrand::Rng::with_seed(seed), Arc::clone(counted));
    proxy.rule(move |call| {
        if chance.u8(0..100) >= FAULTS {
            return Fate::Forward;
        }
        counted.fetch_add(1, Ordering::Relaxed);
        match chance.u8(0..7) {
            _ if call.operation == "BatchWriteItem" => Fate::Partial,
            0 => Fate::Refuse(Refusal::Throttled),
            1 => Fate::Refuse(Refusal::ThroughputExceeded),
            2 => Fate::Refuse(Refusal::Conflict),
            3 => Fate::Refuse(Refusal::Broken),
            4 => Fate::LoseAnswer,
            5 => Fate::LoseCall,
            _ => Fate::Delay(Duration::from_millis(100)),
        }
    });
}

#[tokio::test]
async fn hundreds_of_faults_lose_no_message_and_double_none() {
    let engine = Engine::start().await;
    let model = ScriptedModel::answering(|_| Reply::Words(WORDS)).await;
    let proxies = [Proxy::start(&engine.program.url).await, Proxy::start(&engine.program.url).await];
    let servers =
        [Server::start(&proxies[0].url, &model.url, &[]).await, Server::start(&proxies[1].url, &model.url, &[]).await];
    let mut people = Vec::new();
    for email in TALKERS {
        let token = sign_in(&servers[0], email).await;
        people.push(servers.each_ref().map(|server| Client::new(&server.url).with_token(&token)));
    }
    let faults = Arc::new(AtomicUsize::new(0));
    for (proxy, seed) in proxies.iter().zip(SEED..) {
        by_chance(proxy, seed, &faults);
    }
    let entries = (0..TURNS).map(|number| talk(&people[number % people.len()], number));
    let entries: Vec<_> = stream::iter(entries).buffered(AT_ONCE).collect().await;
    proxies.iter().for_each(Proxy::forward);
    let faults = faults.load(Ordering::Relaxed);
    println!("{faults} faults in {TURNS} turns, seed {SEED}");
    assert!(faults >= 100, "{faults} faults");
    audit(&engine, &people, entries).await;
}

/// One turn, from a client that does not give up: however often it takes, the same id.
async fn talk(clients: &[Client; 2], number: usize) -> Entry {
    let mut chance = fastrand::Rng::with_seed(SEED + number as u64);
    let (turn, asked) = (new_turn(), format!("Question {number}"));
    let body = question(&turn, &asked);
    let place = place(u8::try_from(1 + number % 4).unwrap());
    let mut session: Option<String> = None;
    for _ in 0..ATTEMPTS {
        let (client, other) = (&clients[number % 2], &clients[chance.usize(0..2)]);
        let heard = match chance.u8(0..3) {
            0 => hear(from(&place, streaming(client, &body))).await,
            1 => twice([client, other].map(|client| from(&place, streaming(client, &body)))).await,
            _ => {
                let request = from(&place, streaming(client, &body));
                cut_off(request, 1 + chance.usize(0..WORDS), |last| resuming(other, &turn, Some(last))).await
            }
        };
        if let Some(start) = heard.start() {
            let found = start["sessionId"].as_str().unwrap().to_owned();
            assert_eq!(*session.get_or_insert_with(|| found.clone()), found, "turn {number} changed its session");
        }
        if let Some(text) = ended(&heard) {
            return Entry { asked, session: session.expect("a session"), text };
        }
        sleep(Duration::from_millis(200)).await;
    }
    panic!("turn {number} did not end in {ATTEMPTS} attempts (seed {SEED})");
}

/// What is promised to be kept; nothing where the turn failed and is to be tried again.
fn ended(heard: &Heard) -> Option<String> {
    if heard.status != 200 {
        assert!(matches!(heard.status, 0 | 500 | 503), "{heard:?}");
        return None;
    }
    if !heard.is_ended {
        return None;
    }
    let terminal = heard.terminal();
    (terminal.name == "complete" || terminal.data["lastId"] != 0).then(|| heard.kept())
}

/// A double click: both hear the same.
async fn twice([first, second]: [RequestBuilder; 2]) -> Heard {
    let (first, second) = join(hear(first), hear(second)).await;
    match (ended(&first), ended(&second)) {
        (Some(text), Some(same)) => {
            assert_eq!(text, same);
            first
        }
        (Some(_), None) => first,
        (None, _) => second,
    }
}

/// A connection that breaks after some events, and is taken up on some server.
async fn cut_off(request: RequestBuilder, after: usize, resume: impl Fn(u64) -> RequestBuilder) -> Heard {
    let mut heard = hear_until(request, |events| events.len() >= after).await;
    let Some(last) = heard.events.last() else { return heard };
    if last.name != "start" && last.name != "token" {
        heard.is_ended = true;
        return heard;
    }
    let rest = hear(resume(last.id)).await;
    assert_ne!(rest.status, 404, "an acknowledged turn is there");
    heard.is_ended = rest.is_ended && rest.status == 200;
    heard.events.extend(rest.events);
    heard
}

/// Compares the clients' books with what is stored.
async fn audit(engine: &Engine, people: &[[Client; 2]], entries: Vec<Entry>) {
    let mut asked = BTreeMap::new();
    for (number, entry) in entries.into_iter().enumerate() {
        let stored = messages(&people[number % people.len()][0], &entry.session).await;
        let texts: Vec<_> = stored.iter().map(|message| message["content"].as_str().unwrap()).collect();
        assert_eq!(texts, [&entry.asked, &entry.text], "turn {number}");
        assert!(said(WORDS).starts_with(&entry.text), "{}", entry.text);
        *asked.entry(entry.session).or_insert(0) += 1;
    }
    assert_eq!(asked.len(), TURNS, "each turn opened one session");
    assert_eq!(all_items(engine, "cmz-sessions").await.len(), TURNS);
    assert_eq!(all_items(engine, "cmz-conversations").await.len(), 2 * TURNS);
    still_replayed(people).await;
}

/// With the faults gone, a session goes on as if there had been none.
async fn still_replayed(people: &[[Client; 2]]) {
    for [one, two] in people {
        let first = hear(streaming(one, &question(&new_turn(), "One"))).await;
        let session = first.start().unwrap()["sessionId"].as_str().unwrap();
        let second = hear(streaming(two, &question_in(session, &new_turn(), "Two"))).await;
        assert_eq!(second.terminal().data["finishReason"], "stop");
        assert_eq!(messages(one, session).await.len(), 4);
    }
}
