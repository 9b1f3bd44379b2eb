//! While an animal talks its person's account is looked at, whatever does not answer meanwhile.

use super::{log_items, new_turn, question, sign_in, streaming};
use crate::testkit::{
    Client, Engine, Heard, Proxy, Reply, ScriptedModel, Server, client, hear,
    proxy::{Call, Fate, Then},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

/// From the withdrawal to the end of the stream.
const WITHIN: Duration = Duration::from_secs(2);
/// Two looks that are not answered, and what comes before and after.
const UNKNOWN_WITHIN: Duration = Duration::from_secs(5);

/// A server behind a proxy, and a child who asks there.
struct Scene {
    engine: Engine,
    proxy: Proxy,
    model: ScriptedModel,
    client: Client,
    id: String,
    _server: Server,
}

impl Scene {
    async fn open(model: ScriptedModel) -> Self {
        let engine = Engine::start().await;
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &model.url, &[]).await;
        let client = Client::new(&server.url).with_token(&sign_in(&server, client::CHILD).await);
        let id = client.get("/me").await.text("userId").to_owned();
        Self { engine, proxy, model, client, id, _server: server }
    }

    /// Asks, lets something happen while the animal talks, and gives what was heard and how long after that it ended.
    async fn while_it_talks(&self, turn: &str, event: impl Future<Output = ()>) -> (Heard, Duration) {
        let body = question(turn, "Tell me more");
        let stream = async { (hear(streaming(&self.client, &body)).await, Instant::now()) };
        let event = async {
            super::until("the model is asked", WITHIN, async || !self.model.requests().is_empty()).await;
            sleep(Duration::from_millis(1_300)).await;
            let began = Instant::now();
            event.await;
            began
        };
        let ((heard, ended), began) = tokio::join!(stream, event);
        let ends = heard.events.iter().filter(|event| ["complete", "error"].contains(&event.name.as_str()));
        assert_eq!(ends.count(), 1, "{heard:?}");
        (heard, ended.saturating_duration_since(began))
    }

    /// Every call that is about a table is never answered.
    fn is_silent(&self, table: &'static str) {
        self.proxy.rule(move |call| if call.tables().contains(&table) { silence() } else { Fate::Forward });
    }

    async fn withdraw(&self) {
        let body = json!({
            "TableName": "cmz-users",
            "Key": { "userKey": { "S": format!("user#{}", self.id) } },
            "UpdateExpression": "SET consent.thirdParty = :no",
            "ExpressionAttributeValues": { ":no": { "BOOL": false } },
        });
        self.engine.call("UpdateItem", &body).await;
    }
}

fn silence() -> Fate {
    Fate::Happen(Then::BeforeCommit, Box::pin(async {}))
}

fn is_a_look(call: &Call) -> bool {
    call.operation == "GetItem" && call.tables() == ["cmz-users"]
}

fn told(heard: &Heard) -> (&str, u64, bool, &Value) {
    let data = &heard.terminal().data;
    let code = data["code"].as_str().unwrap_or(&heard.terminal().name);
    (code, data["status"].as_u64().unwrap_or(200), data["retryable"] == true, &data["lastId"])
}

#[tokio::test]
async fn consent_that_is_taken_back_ends_an_answer_in_time_while_the_table_of_turns_is_silent() {
    let model = ScriptedModel::start([Reply::Paced(400, Duration::from_millis(50))]).await;
    let scene = Scene::open(model).await;
    let withdrawal = async {
        scene.is_silent("cmz-turns");
        scene.withdraw().await;
    };
    let (heard, after) = scene.while_it_talks(&new_turn(), withdrawal).await;
    assert_eq!(told(&heard), ("consent_required", 403, false, &json!(0)));
    assert!(after < WITHIN, "{after:?}");
}

#[tokio::test]
async fn an_answer_ends_when_it_is_not_known_any_more_whether_its_person_may_hear_it() {
    let model = ScriptedModel::start([Reply::Paced(400, Duration::from_millis(50))]).await;
    let scene = Scene::open(model).await;
    let turn = new_turn();
    let (heard, after) = scene.while_it_talks(&turn, async { scene.is_silent("cmz-users") }).await;
    assert_eq!(told(&heard), ("unavailable", 503, true, &json!(0)));
    assert!(after < UNKNOWN_WITHIN, "{after:?}");
    let item = super::turn_item(&scene.engine, &turn).await.expect("the turn's item");
    assert_eq!((&item["state"]["S"], &item["problem"]["S"]), (&json!("failed"), &json!("unavailable")));
}

#[tokio::test]
async fn one_look_that_is_not_answered_ends_nothing() {
    let model = ScriptedModel::start([Reply::Paced(80, Duration::from_millis(50))]).await;
    let scene = Scene::open(model).await;
    let once = async {
        let mut silenced = 0;
        scene.proxy.rule(move |call| {
            silenced += usize::from(is_a_look(call));
            if is_a_look(call) && silenced == 1 { silence() } else { Fate::Forward }
        });
    };
    let (heard, _) = scene.while_it_talks(&new_turn(), once).await;
    assert_eq!(told(&heard).0, "complete");
    let looks: Vec<_> = scene.proxy.records().into_iter().filter(|record| is_a_look(&record.call)).collect();
    assert!(looks.len() >= 2 && looks[0].is_disturbed, "{looks:?}");
}

#[tokio::test]
async fn words_are_not_even_logged_once_consent_is_taken_back() {
    let leave = Arc::new(Semaphore::new(2));
    let gate = Arc::clone(&leave);
    let model = ScriptedModel::answering(move |_| Reply::Stepped(8, Arc::clone(&gate))).await;
    let scene = Scene::open(model).await;
    let turn = new_turn();
    let withdrawal = async {
        assert_eq!(log_items(&scene.engine, &turn).await, 1);
        // The look of the next second comes later than its words.
        scene.proxy.rule(|call| match is_a_look(call) {
            true => Fate::Delay(Duration::from_millis(700)),
            false => Fate::Forward,
        });
        scene.withdraw().await;
        leave.add_permits(2);
    };
    let (heard, _) = scene.while_it_talks(&turn, withdrawal).await;
    assert_eq!(told(&heard), ("consent_required", 403, false, &json!(0)));
    assert!(heard.events.iter().filter(|event| event.name == "token").count() >= 3, "more was said: {heard:?}");
    assert_eq!(log_items(&scene.engine, &turn).await, 1);
}
