//! What must disappear disappears: requirement document 000, ticket 12. Conversations and accounts, at once or after
//! days of grace, whoever is in the middle of what, and whatever breaks off.

mod accounts;
mod answers;
mod canary;
mod crash;
mod decisions;
mod due;
mod gone;
mod races;
mod wishes;

use crate::testkit::{
    Client, Engine, ScriptedModel, Server,
    client::{self, Answer},
};
use reqwest::Method;
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";
const OTHER_PARENT: &str = "parent2@test.cmz.org";

/// An engine, a server on it, and its people.
struct House {
    engine: Engine,
    model: ScriptedModel,
    _server: Server,
    client: Client,
}

impl House {
    async fn open() -> Self {
        Self::with(ScriptedModel::start([]).await, &[]).await
    }

    async fn with(model: ScriptedModel, variables: &[(&str, &str)]) -> Self {
        let engine = Engine::start().await;
        let server = Server::start(&engine.program.url, &model.url, variables).await;
        let client = Client::new(&server.url);
        Self { engine, model, _server: server, client }
    }

    async fn administrator(&self) -> Client {
        self.client.with_token(self.client.administrator().await.text("token"))
    }
}

async fn id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}

async fn call(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let request = client.request(method, path);
    let request = if let Some(body) = body { request.json(body) } else { request };
    client::answer(request.send().await.unwrap()).await
}

/// Asks for all of somebody's conversations to be erased.
pub(crate) async fn erase(client: &Client, user: &str, wish: Value) -> Answer {
    call(client, Method::DELETE, &format!("/privacy/conversations/{user}"), Some(&wish)).await
}

/// Asks for somebody's account to be erased.
pub(crate) async fn erase_account(client: &Client, user: &str, wish: Value) -> Answer {
    call(client, Method::DELETE, &format!("/users/{user}"), Some(&wish)).await
}

/// Makes something due that would be later.
pub(crate) async fn due_now(engine: &Engine, receipt: &str) {
    let update = json!({
        "TableName": "cmz-users",
        "Key": { "userKey": { "S": format!("erasure#{receipt}") } },
        "UpdateExpression": "SET dueAt = :past, destroyAt = :past",
        "ExpressionAttributeValues": { ":past": { "S": "2026-01-01T00:00:00.000Z" } },
    });
    engine.call("UpdateItem", &update).await;
}

async fn withdraw(client: &Client, receipt: &str) -> Answer {
    call(client, Method::DELETE, &format!("/privacy/receipts/{receipt}"), None).await
}

pub(crate) async fn receipt(client: &Client, receipt: &str) -> Answer {
    client.get(&format!("/privacy/receipts/{receipt}")).await
}

pub(crate) fn wish() -> Value {
    json!({ "reason": "We move away", "confirm": true })
}

fn at_once() -> Value {
    json!({ "reason": "We move away", "confirm": true, "immediate": true })
}

/// What a receipt says, after it was verified with the zoo's public keys.
pub(crate) async fn verified(client: &Client, receipt: &str) -> Value {
    let header = jsonwebtoken::decode_header(receipt).unwrap();
    assert_eq!(header.typ.as_deref(), Some("menagerie-erasure+jwt"));
    let keys = client.get("/.well-known/jwks.json").await;
    let keys = keys.body["keys"].as_array().unwrap().clone();
    let key = keys.iter().find(|key| key["kid"].as_str() == header.kid.as_deref()).expect("its key is published");
    let (x, y) = (key["x"].as_str().unwrap(), key["y"].as_str().unwrap());
    let key = jsonwebtoken::DecodingKey::from_ec_components(x, y).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(receipt, &key, &validation).unwrap().claims;
    // No byte of it can be another.
    let (body, signature) = receipt.rsplit_once('.').unwrap();
    let other = format!("{}A.{signature}", &body[..body.len() - 1]);
    assert!(jsonwebtoken::decode::<Value>(&other, &key, &validation).is_err() || other == receipt);
    claims
}

/// What still names somebody, besides the trail, what is counted, and the mark of the account.
async fn leftovers(engine: &Engine, user: &str) -> Vec<String> {
    let mut left = Vec::new();
    for table in ["cmz-conversations", "cmz-turns", "cmz-keys", "cmz-tokens", "cmz-sessions"] {
        for item in engine.items(table).await {
            let is_a_mark = table == "cmz-sessions" && item["erasedAt"].is_object();
            if !is_a_mark && item.to_string().contains(user) {
                left.push(format!("{table}: {item}"));
            }
        }
    }
    left
}

/// The same of conversations alone.
async fn conversations_left(engine: &Engine, user: &str) -> Vec<String> {
    let other = |item: &String| ["\"profile\"", "\"audit\"", "family#"].iter().any(|own| item.contains(own));
    leftovers(engine, user).await.into_iter().filter(|item| !other(item)).collect()
}
