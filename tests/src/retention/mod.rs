//! The function `retention`, its own binary under Lambda's runtime: what is over goes, what was left is ended,
//! and each run says so in numbers.

mod broken;
mod clock;
mod expired;
mod local;
mod schedules;
mod turns;

use crate::testkit::{Client, Engine, Reply, ScriptedModel, Server, client, hear_until, lambda::Function};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// What is asked where the answer comes word by word, as the test lets it.
const SLOWLY: &str = "slowly";
const SLOW_WORDS: usize = 30;

/// The function on a database, whose key service is on the next port.
pub(crate) async fn function(database: &str, folder: &Path, more: &[(&str, &str)]) -> Function {
    let (host, port) = database.rsplit_once(':').unwrap();
    let keys = format!("{host}:{}", port.parse::<u16>().unwrap() + 1);
    let variables = [
        ("CONVERSATION_TABLE_REGION", "us-west-2"),
        ("DYNAMODB_ENDPOINT_URL", database),
        ("KMS_ENDPOINT_URL", keys.as_str()),
        ("SIGNING_KEY_ID", "alias/cmz-signing"),
        ("TOKEN_AUDIENCE", "menagerie"),
        ("TOKEN_ISSUER", "menagerie-local"),
        ("VAULT_KEY_ID", "alias/cmz-vault"),
        ("AUDIT_ARCHIVE_DIR", folder.to_str().unwrap()),
    ];
    Function::start("retention", &[&variables, more].concat()).await
}

/// A time so many seconds from now.
#[expect(clippy::disallowed_methods, reason = "what is over is over by the functions' own clock")]
pub(crate) fn from_now(seconds: i64) -> String {
    format!("{:.3}", Timestamp::now() + SignedDuration::from_secs(seconds))
}

/// A zoo whose sessions can be made to be over.
pub(crate) struct Zoo {
    pub(crate) engine: Engine,
    pub(crate) server: Server,
    pub(crate) client: Client,
    leave: Arc<Semaphore>,
    model: ScriptedModel,
    folder: tempfile::TempDir,
}

impl Zoo {
    /// Nothing in it happens at a time of its own.
    pub(crate) async fn open() -> Self {
        let engine = Engine::without_schedules().await;
        let leave = Arc::new(Semaphore::new(0));
        let gate = Arc::clone(&leave);
        let model = ScriptedModel::answering(move |asked| match asked {
            SLOWLY => Reply::Stepped(SLOW_WORDS, Arc::clone(&gate)),
            _ => Reply::Words(2),
        });
        let model = model.await;
        let server = Server::start(&engine.program.url, &model.url, &[]).await;
        let client = Client::new(&server.url);
        Self { engine, server, client, leave, model, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) async fn retention(&self) -> Function {
        self.retention_at(&self.engine.program.url).await
    }

    /// The function behind a proxy.
    pub(crate) async fn retention_at(&self, database: &str) -> Function {
        self.retention_with(database, &[]).await
    }

    /// The same with more of its variables.
    pub(crate) async fn retention_with(&self, database: &str, more: &[(&str, &str)]) -> Function {
        function(database, self.folder.path(), more).await
    }

    /// Sets an attribute behind the product's back.
    pub(crate) async fn set(&self, table: &str, key: &Value, name: &str, value: &Value) {
        let body = json!({
            "TableName": table, "Key": key, "UpdateExpression": "SET #name = :value",
            "ExpressionAttributeNames": { "#name": name }, "ExpressionAttributeValues": { ":value": value },
        });
        self.engine.call("UpdateItem", &body).await;
    }

    /// Makes a session over since some seconds.
    pub(crate) async fn expire(&self, owner: &str, session: &str) {
        let over = json!({ "S": from_now(-30) });
        let item = json!({ "sessionId": { "S": session } });
        self.set("cmz-sessions", &item, "expiresAt", &over).await;
        let ttl = over["S"].as_str().unwrap().parse::<Timestamp>().unwrap().as_second();
        self.set("cmz-sessions", &item, "ttl", &json!({ "N": ttl.to_string() })).await;
        let key = json!({ "ownerId": { "S": owner }, "keyId": { "S": format!("session#{session}") } });
        self.set("cmz-keys", &key, "expiresAt", &over).await;
    }

    /// Takes a session's item as DynamoDB's own deletion does, which may come to it before its messages.
    pub(crate) async fn orphan(&self, owner: &str, session: &str) {
        self.expire(owner, session).await;
        let key = json!({ "sessionId": { "S": session } });
        self.engine.call("DeleteItem", &json!({ "TableName": "cmz-sessions", "Key": key })).await;
    }

    /// Makes a deletion that broke off old enough to be taken for that.
    pub(crate) async fn age_deletion(&self, session: &str) {
        let key = json!({ "sessionId": { "S": session } });
        self.set("cmz-sessions", &key, "deletionBegunAt", &json!({ "S": from_now(-20 * 60) })).await;
    }

    /// A question whose answer comes slowly from this server; some words of it are logged when this returns.
    pub(crate) async fn slow_turn(&self, server: &Server, email: &str) -> Slow {
        let client = Client::new(&server.url).sign_in(email).await;
        let body = json!({ "animalId": "lion_001", "message": SLOWLY });
        self.leave.add_permits(4);
        let asked = client.request(Method::POST, "/convo_turn/stream").json(&body);
        let heard = hear_until(asked, |events| events.len() > 1).await;
        let start = heard.start().unwrap();
        let [turn, session] = ["turnId", "sessionId"].map(|name| start[name].as_str().unwrap().to_owned());
        for _ in 0..100 {
            if self.turn_items(&turn).await > 1 {
                return Slow { turn, session };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing was logged");
    }

    /// How many items a turn has: itself and its log.
    async fn turn_items(&self, turn: &str) -> usize {
        let items = self.engine.items("cmz-turns").await;
        items.iter().filter(|item| item["turnKey"]["S"].as_str().unwrap().starts_with(turn)).count()
    }

    pub(crate) async fn turn(&self, turn: &str) -> Value {
        let items = self.engine.items("cmz-turns").await;
        items.into_iter().find(|item| item["turnKey"]["S"] == turn).expect("the turn")
    }

    /// Makes a turn look as if it had been claimed so many seconds earlier.
    pub(crate) async fn age_turn(&self, turn: &str, seconds: i64) {
        let item = self.turn(turn).await;
        let key = json!({ "userId": item["userId"], "turnKey": item["turnKey"] });
        let claimed = json!({ "S": from_now(-seconds) });
        for name in ["underWay", "claimedAt"] {
            self.set("cmz-turns", &key, name, &claimed).await;
        }
    }

    /// A server of its own, to be killed.
    pub(crate) async fn another_server(&self) -> Server {
        self.another_server_at(&self.engine.program.url).await
    }

    /// The same behind a proxy.
    pub(crate) async fn another_server_at(&self, database: &str) -> Server {
        Server::start(database, &self.model.url, &[]).await
    }

    /// Whether a table names a session.
    pub(crate) async fn is_named(&self, table: &str, session: &str) -> bool {
        Value::from(self.engine.items(table).await).to_string().contains(session)
    }

    /// Whether of a session there is a mark, which holds nothing that was said.
    pub(crate) async fn is_marked(&self, session: &str) -> bool {
        let sessions = self.engine.items("cmz-sessions").await;
        let mark = sessions.iter().find(|item| item["sessionId"]["S"] == session);
        mark.is_some_and(|mark| mark.get("firstMessage").is_none() && mark.get("lastMessage").is_none())
    }

    /// How many runs have left a report.
    async fn runs(&self) -> usize {
        let items = self.engine.items("cmz-audit").await;
        items.iter().filter(|item| item["subject"]["S"] == "retention").count()
    }

    /// The trail's entries about a session, by what was wanted.
    async fn entries(&self, session: &str, action: &str) -> Vec<Value> {
        let items = self.engine.items("cmz-audit").await.into_iter();
        items.filter(|item| item["sessionId"]["S"] == session && item["action"]["S"] == action).collect()
    }

    /// Waits for the entries that the streams bring of messages that went.
    async fn removals(&self, session: &str, count: usize) -> Vec<Value> {
        for _ in 0..100 {
            let found = self.entries(session, "remove").await;
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the entries of removed messages did not come");
    }

    /// Nothing happened that nobody did, and the trail is whole.
    async fn is_calm(&self) {
        let administrator = self.client.with_token(self.client.administrator().await.text("token"));
        let alerts = administrator.get("/alerts").await;
        assert_eq!(alerts.body["alerts"], json!([]), "a sweep raises no alert");
        let found = administrator.get("/audit?eventType=unattributed_change").await;
        assert_eq!(found.body["entries"], json!([]));
        assert_eq!(administrator.get("/audit/verify").await.body["verified"], true);
    }
}

/// An answer under way.
pub(crate) struct Slow {
    pub(crate) turn: String,
    pub(crate) session: String,
}

pub(crate) async fn id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}

pub(crate) fn sweep() -> Value {
    json!({ "job": "sweep" })
}

/// Deletes a session as its owner does.
pub(crate) async fn delete(client: &Client, session: &str) -> client::Answer {
    let request = client.request(Method::DELETE, &format!("/conversations/history/{session}"));
    client::answer(request.send().await.unwrap()).await
}
