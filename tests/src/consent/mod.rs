//! What guardians agree to for children, and that nothing happens without it: COPPA, requirement document
//! 000, ticket 12.

mod giving;
mod history;
mod notice;
mod withdrawing;

use crate::testkit::{
    Client, Engine, ScriptedModel, Server,
    client::{self, Answer},
};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER_PARENT: &str = "parent2@test.cmz.org";
const KEEPER: &str = "keeper1@test.cmz.org";

/// One engine, one model, and a server on them.
struct House {
    engine: Engine,
    model: ScriptedModel,
    server: Server,
    client: Client,
}

/// Scopes as they stand on the wire.
fn scopes(collect: bool, third_party: bool, sharing: bool) -> Value {
    json!({ "collect": collect, "third_party": third_party, "sharing": sharing })
}

fn nothing() -> Value {
    json!({ "scopes": scopes(false, false, false) })
}

impl House {
    async fn open(model: ScriptedModel) -> Self {
        let engine = Engine::start().await;
        let server = Server::start(&engine.program.url, &model.url, &[]).await;
        let client = Client::new(&server.url);
        Self { engine, model, server, client }
    }

    /// Somebody, and their id.
    async fn person(&self, email: &str) -> (Client, String) {
        let answer = match email {
            "admin@cmz.org" => self.client.administrator().await,
            email => self.client.open_account(email).await,
        };
        (self.client.with_token(answer.text("token")), answer.body["user"]["userId"].as_str().unwrap().to_owned())
    }

    /// What is stored of conversations.
    async fn conversations(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for table in ["cmz-conversations", "cmz-sessions", "cmz-turns"] {
            all.extend(self.engine.items(table).await);
        }
        all
    }
}

fn path(child: &str) -> String {
    format!("/privacy/consent/{child}")
}

async fn get(client: &Client, child: &str) -> Answer {
    client.get(&path(child)).await
}

async fn put(client: &Client, child: &str, body: &Value) -> Answer {
    client::answer(client.request(Method::PUT, &path(child)).json(body).send().await.unwrap()).await
}

/// Agrees to these, under the notice of now.
async fn agree(guardian: &Client, child: &str, scopes: Value) -> Answer {
    let shown = get(guardian, child).await;
    let version = shown.text("currentNoticeVersion");
    put(guardian, child, &json!({ "scopes": scopes, "method": "signed_form", "noticeVersion": version })).await
}

/// The scopes of each change, the latest first.
fn history(answer: &Answer) -> Vec<Value> {
    let history = answer.body["history"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    history.iter().map(|change| change["scopes"].clone()).collect()
}
