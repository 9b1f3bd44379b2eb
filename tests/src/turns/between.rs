//! What changes between what a turn reads and what it writes: a guardian, a deletion that has begun.

use super::{all_items, new_turn, question, question_in, sign_in};
use crate::testkit::{
    Client, Engine, Proxy, Reply, ScriptedModel, Server,
    client::{self, Answer},
    proxy::Fate,
};
use serde_json::{Value, json};
use std::time::Duration;

const HELD_FOR: Duration = Duration::from_millis(700);
/// The transactions of a turn whose answer comes at once.
const CLAIM: usize = 1;
const COMPLETION: usize = 2;

/// A server behind a proxy, and somebody who asks there.
struct Scene {
    engine: Engine,
    proxy: Proxy,
    client: Client,
    id: String,
    _server: Server,
    _model: ScriptedModel,
}

impl Scene {
    async fn open(email: &str) -> Self {
        let engine = Engine::start().await;
        let model = ScriptedModel::answering(|_| Reply::Words(2)).await;
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &model.url, &[]).await;
        let client = Client::new(&server.url).with_token(&sign_in(&server, email).await);
        let id = client.get("/me").await.text("userId").to_owned();
        Self { engine, proxy, client, id, _server: server, _model: model }
    }

    /// Asks, and while this transaction of the turn is on its way, something else happens.
    async fn meanwhile(&self, body: &Value, transaction: usize, change: impl Future<Output = ()>) -> Answer {
        let mut seen = 0;
        self.proxy.rule(move |call| {
            seen += usize::from(call.operation == "TransactWriteItems");
            let is_held = call.operation == "TransactWriteItems" && seen == transaction;
            if is_held { Fate::Delay(HELD_FOR) } else { Fate::Forward }
        });
        let is_on_its_way = async || self.proxy.records().iter().any(|record| record.is_disturbed);
        let change = async {
            super::until("the transaction is on its way", Duration::from_secs(5), is_on_its_way).await;
            change.await;
        };
        let (answer, ()) = tokio::join!(self.client.post("/convo_turn", body), change);
        self.proxy.forward();
        answer
    }

    async fn session(&self) -> String {
        self.client.ask("Hello Leo!").await.text("sessionId").to_owned()
    }

    async fn update(&self, table: &str, key: Value, expression: &str, values: Value) {
        let mut update = json!({ "TableName": table, "Key": key, "UpdateExpression": expression });
        if !values.is_null() {
            update["ExpressionAttributeValues"] = values;
        }
        self.engine.call("UpdateItem", &update).await;
    }

    /// As a family is joined; what was agreed to is left as it is where nothing is said of it.
    async fn joins(&self, guardian: &str, consent: Option<Value>) {
        let mut values = json!({ ":guardian": { "S": guardian } });
        let mut expression = "SET parentUserId = :guardian".to_owned();
        if let Some(consent) = consent {
            values[":consent"] = consent;
            expression.push_str(", consent = :consent");
        }
        self.update("cmz-users", self.key(), &expression, values).await;
    }

    async fn leaves(&self) {
        self.update("cmz-users", self.key(), "REMOVE parentUserId", Value::Null).await;
    }

    /// A deletion begins on a machine whose clock is an hour ahead.
    async fn is_being_deleted(&self, session: &str) {
        let key = json!({ "sessionId": { "S": session } });
        let ahead = json!({ ":ahead": { "S": in_an_hour() } });
        self.update("cmz-sessions", key, "SET expiresAt = :ahead, deletionBegunAt = :ahead", ahead).await;
    }

    fn key(&self) -> Value {
        json!({ "userKey": { "S": format!("user#{}", self.id) } })
    }

    async fn stored(&self, session: &str) -> usize {
        let items = all_items(&self.engine, "cmz-conversations").await;
        items.iter().filter(|item| item["sessionId"]["S"] == session).count()
    }
}

#[expect(clippy::disallowed_methods, reason = "a clock that is ahead of this one")]
fn in_an_hour() -> String {
    let time = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    format!("{time:.3}")
}

fn nothing() -> Value {
    let no = json!({ "BOOL": false });
    json!({ "M": { "collect": no, "thirdParty": no, "sharing": no } })
}

#[tokio::test]
async fn whoever_becomes_a_child_meanwhile_needs_consent_at_each_write() {
    let scene = Scene::open(client::USER).await;
    let before = scene.session().await;
    let joins = || scene.joins("somebody", Some(nothing()));
    let first = question(&new_turn(), "A first question");
    scene.meanwhile(&first, CLAIM, joins()).await.is_problem(403, "consent_required");
    scene.leaves().await;
    let further = question_in(&before, &new_turn(), "A further question");
    scene.meanwhile(&further, CLAIM, joins()).await.is_problem(403, "consent_required");
    scene.leaves().await;
    assert_eq!(all_items(&scene.engine, "cmz-conversations").await.len(), 2, "neither is stored");

    let answered = question_in(&before, &new_turn(), "One that is answered");
    scene.meanwhile(&answered, COMPLETION, joins()).await.is_problem(403, "consent_required");
    scene.leaves().await;
    assert_eq!(scene.stored(&before).await, 3, "the question, asked while nobody had to agree");
    scene.meanwhile(&answered, CLAIM, joins()).await.is_problem(403, "consent_required");
    scene.leaves().await;
    assert_eq!(scene.client.post("/convo_turn", &answered).await.status, 200);
}

#[tokio::test]
async fn what_was_asked_in_one_family_is_not_answered_in_another() {
    let scene = Scene::open(client::CHILD).await;
    let before = scene.session().await;
    let body = question_in(&before, &new_turn(), "Who is my guardian?");
    scene.meanwhile(&body, COMPLETION, scene.joins("somebody-else", None)).await.is_problem(403, "forbidden");
    assert_eq!(scene.stored(&before).await, 3);
}

#[tokio::test]
async fn a_session_whose_deletion_has_begun_takes_nothing_more_whatever_the_clocks_say() {
    let scene = Scene::open(client::USER).await;
    let session = scene.session().await;
    let body = question_in(&session, &new_turn(), "Still there?");
    scene.meanwhile(&body, CLAIM, scene.is_being_deleted(&session)).await.is_problem(410, "erased");
    assert_eq!(scene.stored(&session).await, 2);

    let session = scene.session().await;
    let body = question_in(&session, &new_turn(), "Still there?");
    scene.meanwhile(&body, COMPLETION, scene.is_being_deleted(&session)).await.is_problem(403, "forbidden");
    assert_eq!(scene.stored(&session).await, 3, "the question, asked before the deletion");

    // One that failed is answered anew.
    let session = scene.session().await;
    let turn = new_turn();
    let body = question_in(&session, &turn, "Still there?");
    scene
        .meanwhile(&body, COMPLETION, scene.joins("somebody", Some(nothing())))
        .await
        .is_problem(403, "consent_required");
    scene.leaves().await;
    let again = scene.meanwhile(&body, CLAIM, scene.is_being_deleted(&session)).await;
    assert!([404, 410].contains(&again.status.as_u16()), "{again:?}");
    assert_eq!(scene.stored(&session).await, 3);
}
