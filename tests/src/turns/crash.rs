//! A server that dies at any of its calls to the engine: what was acknowledged is there, nothing is
//! there twice, and the turn ends.

use super::{House, all_items, count_of, log_items, messages, new_turn, question, resuming, sign_in, streaming, until};
use crate::testkit::{
    Client, Engine, Heard, Proxy, Reply, ScriptedModel, Server, client, hear,
    model::said,
    proxy::{Fate, Then},
};
use futures_util::{FutureExt, StreamExt, future::join_all, stream};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// Long enough for the log to be written while the answer comes.
const WORDS: usize = 6;
const PAUSE: Duration = Duration::from_millis(220);
/// Servers that are killed at the same time.
const AT_ONCE: usize = 4;
const OVER: [&str; 5] = ["completed", "interrupted", "failed", "cancelled", "blocked"];

/// An engine, a server that lives, and a person who has talked before.
struct Scene {
    engine: Engine,
    model: ScriptedModel,
    survivor: Server,
    token: String,
}

/// A turn whose server was killed.
struct Casualty {
    call: usize,
    turn: String,
    heard: Heard,
}

impl Scene {
    async fn open() -> Self {
        let engine = Engine::start().await;
        let model = ScriptedModel::answering(|_| Reply::Paced(WORDS, PAUSE)).await;
        let survivor = Server::start(&engine.program.url, &model.url, &[]).await;
        let token = sign_in(&survivor, client::CHILD).await;
        let scene = Self { engine, model, survivor, token };
        hear(streaming(&scene.client(), &question(&new_turn(), "Hello Leo!"))).await.terminal();
        scene
    }

    fn client(&self) -> Client {
        Client::new(&self.survivor.url).with_token(&self.token)
    }

    /// How many calls a turn makes on a server that has just started.
    async fn calls(&self) -> usize {
        let proxy = Proxy::start(&self.engine.program.url).await;
        let server = Server::start(&proxy.url, &self.model.url, &[]).await;
        proxy.forward();
        let client = Client::new(&server.url).with_token(&self.token);
        hear(streaming(&client, &question(&new_turn(), "Hello Leo!"))).await.terminal();
        let calls = proxy.records();
        println!("{:?}", calls.iter().map(|record| record.call.operation.as_str()).collect::<Vec<_>>());
        calls.len()
    }

    /// A turn on a server of its own that dies at this call, before or after the engine did it.
    async fn killed_at(&self, call: usize, then: Then) -> Casualty {
        let proxy = Proxy::start(&self.engine.program.url).await;
        let server = Server::start(&proxy.url, &self.model.url, &[]).await;
        let victim = server.clone();
        proxy.rule(move |seen| {
            let victim = victim.clone();
            match seen.number == call {
                true => Fate::Happen(then, async move { victim.kill().await }.boxed()),
                false => Fate::Forward,
            }
        });
        let client = Client::new(&server.url).with_token(&self.token);
        let turn = new_turn();
        let heard = hear(streaming(&client, &question(&turn, &format!("Question {turn}")))).await;
        // A turn of fewer calls came through; its server dies just the same.
        server.kill().await;
        Casualty { call, turn, heard }
    }

    /// What the person finds who comes back.
    async fn recovers(&self, casualty: &Casualty) {
        let (client, turn) = (self.client(), &casualty.turn);
        let asked = format!("Question {turn}");
        let case = format!("killed at call {}", casualty.call);
        if let Some(start) = casualty.heard.start() {
            let found = messages(&client, start["sessionId"].as_str().unwrap()).await;
            assert_eq!(found.iter().filter(|message| message["content"] == asked).count(), 1, "{case}: {found:?}");
        }
        let again = hear(streaming(&client, &question(turn, &asked))).await;
        assert_eq!(again.status, 200, "{case}: {again:?}");
        again.terminal();
        let session = again.start().expect("a start")["sessionId"].as_str().unwrap();
        if let Some(start) = casualty.heard.start() {
            assert_eq!(start["sessionId"], session, "{case}");
        }
        self.is_sound(&client, session, &again, &case).await;
        let item = super::turn_item(&self.engine, turn).await.expect("the turn's item");
        assert!(OVER.contains(&item["state"]["S"].as_str().unwrap()), "{case}: {item}");
        // From now on it is the same every time.
        assert_eq!(hear(resuming(&client, turn, None)).await.text, again.text, "{case}");
    }

    /// A session of one question, and at most one answer, which is what was heard.
    async fn is_sound(&self, client: &Client, session: &str, heard: &Heard, case: &str) {
        let found = messages(client, session).await;
        assert_eq!(count_of(&found, "user"), 1, "{case}: {found:?}");
        assert!(count_of(&found, "assistant") <= 1, "{case}: {found:?}");
        let answer = found.get(1).map(|answer| answer["content"].as_str().unwrap()).unwrap_or_default();
        assert_eq!(answer, heard.kept(), "{case}");
        let statistics = client.history(session).await.body["statistics"].clone();
        assert_eq!(statistics["totalMessages"], found.len(), "{case}");
        assert_eq!(statistics["userMessages"], 1, "{case}");
    }
}

#[tokio::test]
async fn a_server_killed_before_any_of_its_calls_loses_nothing_and_doubles_nothing() {
    killed_at_every_call(Then::BeforeCommit).await;
}

#[tokio::test]
async fn a_server_killed_after_any_of_its_calls_loses_nothing_and_doubles_nothing() {
    killed_at_every_call(Then::AfterCommit).await;
}

async fn killed_at_every_call(then: Then) {
    let scene = Scene::open().await;
    let calls = scene.calls().await;
    assert!(calls >= 8, "{calls} calls are too few for a turn");
    let killed = (1..=calls).map(|call| scene.killed_at(call, then));
    let casualties: Vec<_> = stream::iter(killed).buffered(AT_ONCE).collect().await;
    let acknowledged = casualties.iter().filter(|casualty| casualty.heard.start().is_some()).count();
    assert!(acknowledged > 0 && acknowledged < calls, "{acknowledged} of {calls} were acknowledged");
    join_all(casualties.iter().map(|casualty| scene.recovers(casualty))).await;
    // The turns before the killed ones too: each has one session, and each session one question.
    let sessions = all_items(&scene.engine, "cmz-sessions").await;
    assert_eq!(sessions.len(), calls + 2);
    let messages = all_items(&scene.engine, "cmz-conversations").await;
    let questions = messages.iter().filter(|message| message["messageType"]["S"] == "user").count();
    assert_eq!(questions, calls + 2);
    let counted = |item: &Value| item["messageCount"]["N"].as_str().unwrap().parse::<usize>().unwrap();
    assert_eq!(sessions.iter().map(counted).sum::<usize>(), messages.len());
}

#[tokio::test]
async fn c000_2_2_a_turn_whose_server_died_is_ended_by_its_next_reader() {
    let leave = Arc::new(Semaphore::new(5));
    let gate = Arc::clone(&leave);
    let model = ScriptedModel::answering(move |_| Reply::Stepped(50, Arc::clone(&gate)));
    let house = House::open(model.await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let dying = async {
        let patience = Duration::from_secs(5);
        until("words are in the log", patience, async || log_items(&house.engine, &turn).await > 0).await;
        // These are heard, but the log does not have them yet.
        leave.add_permits(3);
        tokio::time::sleep(Duration::from_millis(200)).await;
        house.one.kill().await;
        Instant::now()
    };
    let body = question(&turn, "Hello Leo!");
    let (heard, died) = tokio::join!(hear(streaming(&one, &body)), dying);
    assert!(!heard.is_ended && heard.events.len() > 4, "{heard:?}");
    let readers = join_all((0..3).map(|_| hear(resuming(&two, &turn, None)))).await;
    assert!(died.elapsed() < Duration::from_secs(15), "{:?}", died.elapsed());
    println!("ended after {:?}", died.elapsed());
    let reader = &readers[0];
    for other in &readers[1..] {
        assert_eq!(other.text, reader.text);
    }
    let terminal = reader.terminal();
    assert_eq!(terminal.name, "error");
    let code = terminal.data["code"].as_str().unwrap();
    assert!(["interrupted", "upstream_unavailable"].contains(&code), "{code}");
    // The fifth word waited for what would come after it.
    assert!(said(8).starts_with(&reader.kept()) && reader.kept().contains("word004"), "{:?}", reader.kept());

    let stored = messages(&two, reader.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!((stored.len(), &stored[1]["content"]), (2, &Value::from(reader.kept())));
    assert_eq!(stored[1]["metadata"]["finishReason"], "interrupted");
    // A client that heard more than was kept drops the rest.
    let last = heard.events.last().unwrap().id;
    let resumed = hear(resuming(&two, &turn, Some(last))).await;
    assert_eq!(resumed.terminal(), terminal);
    assert_eq!(hear(streaming(&two, &body)).await.text, reader.text);
}
