//! A database that fails at any call of a turn: no acknowledged message is lost, none is there
//! twice, the stream ends once.

use super::{count_of, messages, new_turn, question, question_in, sign_in, streaming};
use crate::testkit::{
    Client, Engine, Heard, Proxy, Reply, ScriptedModel, Server, client, hear,
    model::said,
    proxy::{Fate, Refusal},
};
use std::time::Duration;

/// With a second of answer the log is written, too.
const WORDS: usize = 5;
const PAUSE: Duration = Duration::from_millis(240);

#[tokio::test]
async fn a_throttled_call_is_tried_again() {
    each_call_fails(|| Fate::Refuse(Refusal::Throttled)).await;
}

#[tokio::test]
async fn a_call_beyond_the_tables_capacity_is_tried_again() {
    each_call_fails(|| Fate::Refuse(Refusal::ThroughputExceeded)).await;
}

#[tokio::test]
async fn a_call_that_met_another_transaction_is_tried_again() {
    each_call_fails(|| Fate::Refuse(Refusal::Conflict)).await;
}

#[tokio::test]
async fn a_call_that_broke_inside_the_database_is_tried_again() {
    each_call_fails(|| Fate::Refuse(Refusal::Broken)).await;
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_is_not_done_twice() {
    each_call_fails(|| Fate::LoseAnswer).await;
}

#[tokio::test]
async fn a_call_that_is_lost_is_made_again() {
    each_call_fails(|| Fate::LoseCall).await;
}

#[tokio::test]
async fn a_slow_call_is_waited_for() {
    each_call_fails(|| Fate::Delay(Duration::from_millis(300))).await;
}

/// A server behind a proxy, and a person who has talked before.
struct Scene {
    proxy: Proxy,
    model: ScriptedModel,
    client: Client,
    session: String,
    _engine: Engine,
    _server: Server,
}

impl Scene {
    async fn open() -> Self {
        let engine = Engine::start().await;
        let model = ScriptedModel::answering(|_| Reply::Paced(WORDS, PAUSE)).await;
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &model.url, &[]).await;
        let client = Client::new(&server.url).with_token(&sign_in(&server, client::CHILD).await);
        let opened = hear(streaming(&client, &question(&new_turn(), "Hello Leo!"))).await;
        let session = opened.start().unwrap()["sessionId"].as_str().unwrap().to_owned();
        Self { proxy, model, client, session, _engine: engine, _server: server }
    }

    /// A turn with this call disturbed; whether there was such a call.
    async fn disturbed(&self, call: usize, fate: fn() -> Fate, turns: &mut usize) -> bool {
        self.proxy.rule(move |seen| if seen.number == call { fate() } else { Fate::Forward });
        let asked = format!("Question {call}");
        let turn = new_turn();
        let heard = hear(streaming(&self.client, &question_in(&self.session, &turn, &asked))).await;
        let records = self.proxy.records();
        let met = records.get(call - 1).map(|record| (record.call.operation.clone(), record.call.tables().join(" ")));
        self.proxy.forward();
        *turns += 1;
        self.is_whole(&heard, &format!("call {call}: {met:?}")).await;
        // A turn that came through is the same again.
        let again = hear(streaming(&self.client, &question_in(&self.session, &turn, &asked))).await;
        assert_eq!(again.text, heard.text, "call {call}: {met:?}");
        let messages = messages(&self.client, &self.session).await;
        assert_eq!(messages.iter().filter(|message| message["content"] == asked).count(), 1, "{met:?}");
        assert_eq!((messages.len(), count_of(&messages, "user")), (2 * *turns, *turns), "{met:?}");
        assert_eq!(self.model.calls_for(&asked), 1, "{met:?}");
        met.is_some()
    }

    async fn is_whole(&self, heard: &Heard, case: &str) {
        assert_eq!(heard.status, 200, "{case}: {heard:?}");
        let terminal = heard.terminal();
        assert_eq!((terminal.name.as_str(), &terminal.data["finishReason"]), ("complete", &"stop".into()), "{case}");
        assert_eq!(heard.kept(), said(WORDS), "{case}");
        let stored = messages(&self.client, &self.session).await;
        let answer = stored.iter().find(|message| message["messageId"] == terminal.data["messageId"]);
        assert_eq!(answer.expect(case)["content"], heard.kept(), "{case}");
    }
}

async fn each_call_fails(fate: fn() -> Fate) {
    let scene = Scene::open().await;
    let (mut call, mut turns) = (1, 1);
    while scene.disturbed(call, fate, &mut turns).await {
        call += 1;
        assert!(call < 40, "a turn does not have so many calls");
    }
    assert!(call > 8, "{call} calls are too few for a turn");
    let statistics = scene.client.history(&scene.session).await.body["statistics"].clone();
    assert_eq!(statistics["totalMessages"], 2 * turns, "{statistics}");
}

#[tokio::test]
async fn c000_3_6_what_could_not_be_written_is_tried_again_with_pauses() {
    let scene = Scene::open().await;
    let (mut claims, mut completions) = (0, 0);
    scene.proxy.rule(move |call| {
        let items = call.body["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
        let tries = match (items.len(), items.iter().any(|item| item["Put"]["TableName"] == "cmz-turns")) {
            (4.., true) => &mut claims,
            (4.., false) => &mut completions,
            _ => return Fate::Forward,
        };
        *tries += 1;
        if *tries <= 3 { Fate::Refuse(Refusal::Conflict) } else { Fate::Forward }
    });
    let heard = hear(streaming(&scene.client, &question_in(&scene.session, &new_turn(), "Again?"))).await;
    scene.is_whole(&heard, "refused again and again").await;
    let writes: Vec<_> =
        scene.proxy.records().into_iter().filter(|record| record.call.operation == "TransactWriteItems").collect();
    assert_eq!(writes.iter().filter(|write| write.is_disturbed).count(), 6, "three of the claim, three of the end");
    let pauses = writes.windows(2).filter(|pair| pair[0].is_disturbed);
    let pauses: Duration = pauses.map(|pair| pair[1].began - pair[0].ended.unwrap()).sum();
    assert!(pauses > Duration::from_millis(10), "{pauses:?}");
}
