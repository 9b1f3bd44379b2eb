//! Who saw what, whether the trail is whole, and what gives alarm: requirement document 000, ticket 11.

mod archive;
mod chain;
mod entries;
mod inbox;
mod streams;

use crate::testkit::{Client, Engine, Program, ScriptedModel, client};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const KEEPER: &str = "keeper1@test.cmz.org";
/// How long the streams may take.
const SECONDS: u32 = 20;

/// An engine, a server on it, and its people.
struct House {
    engine: Engine,
    client: Client,
    administrator: Client,
    _server: Program,
}

impl House {
    async fn open() -> Self {
        let engine = Engine::start().await;
        let server = engine.serve(&ScriptedModel::start([]).await.url).await;
        let client = Client::new(&server.url);
        let administrator = client.with_token(client.administrator().await.text("token"));
        Self { engine, client, administrator, _server: server }
    }

    /// What the trail has under a subject.
    async fn subject(&self, subject: &str) -> Vec<Value> {
        let query = json!({
            "TableName": "cmz-audit",
            "KeyConditionExpression": "subject = :subject",
            "ExpressionAttributeValues": { ":subject": { "S": subject } },
        });
        self.engine.call("Query", &query).await["Items"].as_array().unwrap().clone()
    }

    /// The ids of all entries that are linked, as often as they are.
    async fn linked(&self) -> Vec<String> {
        let blocks = self.subject("chain").await;
        let links = blocks.iter().flat_map(|block| block["links"]["L"].as_array().unwrap());
        links.map(|link| link["M"]["logId"]["S"].as_str().unwrap().to_owned()).collect()
    }

    async fn entries(&self, query: &str) -> Vec<Value> {
        let found = self.administrator.get(&format!("/audit?{query}")).await;
        assert_eq!(found.status, 200, "{:?}", found.body);
        found.body["entries"].as_array().unwrap().clone()
    }

    async fn alerts(&self) -> Vec<Value> {
        self.administrator.get("/alerts").await.body["alerts"].as_array().unwrap().clone()
    }
}

/// Waits for something that the streams bring.
async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..SECONDS * 5 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{what} did not come within {SECONDS} seconds");
}

async fn id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}

/// Opens a history as staff do.
async fn look(reader: &Client, session: &str) -> client::Answer {
    let request = reader.request(reqwest::Method::GET, &format!("/conversations/history/{session}"));
    client::answer(request.header("x-access-reason", "A parent asked us to").send().await.unwrap()).await
}
