//! Links by which others read a conversation: requirement document 000, ticket 8, and of ticket 11 what
//! happens to links when accounts change.

mod making;
mod reading;
mod revoking;

use crate::testkit::{
    Client, Engine, Program, ScriptedModel,
    client::{self, Answer},
};
use reqwest::Method;
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";
const OTHER_PARENT: &str = "parent2@test.cmz.org";

/// A zoo whose tables a test can see into and change.
struct Zoo {
    engine: Engine,
    client: Client,
    _server: Program,
}

async fn zoo() -> Zoo {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    Zoo { client: Client::new(&server.url), engine, _server: server }
}

impl Zoo {
    async fn administrator(&self) -> Client {
        self.client.with_token(self.client.administrator().await.text("token"))
    }

    /// Sets a member of somebody's account behind the product's back.
    async fn set_account(&self, id: &str, path: &str, value: &Value) {
        let key = json!({ "userKey": { "S": format!("user#{id}") } });
        self.set("cmz-users", &key, path, value).await;
    }

    /// Sets an attribute of an item; names with dots lead into maps.
    async fn set(&self, table: &str, key: &Value, path: &str, value: &Value) {
        let parts: Vec<_> = path.split('.').collect();
        let names: serde_json::Map<_, _> =
            parts.iter().enumerate().map(|(at, part)| (format!("#{at}"), json!(part))).collect();
        let path: Vec<_> = (0..parts.len()).map(|at| format!("#{at}")).collect();
        let change = json!({
            "TableName": table,
            "Key": key,
            "UpdateExpression": format!("SET {} = :value", path.join(".")),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": { ":value": value },
        });
        self.engine.call("UpdateItem", &change).await;
    }

    async fn agree_to_sharing(&self, child: &Client, agrees: bool) {
        self.set_account(&id(child).await, "consent.sharing", &json!({ "BOOL": agrees })).await;
    }

    /// The shares as they lie in the table.
    async fn shares(&self) -> Vec<Value> {
        let mut items = self.engine.items("cmz-tokens").await;
        items.retain(|item| item["tokenKey"]["S"].as_str().unwrap().starts_with("share#"));
        items
    }

    /// A child's session that its guardian has shared, with child, guardian and secret.
    async fn shared_childs(&self) -> (Client, Client, String, String) {
        let child = self.client.sign_in(client::CHILD).await;
        self.agree_to_sharing(&child, true).await;
        let session = session(&child).await;
        let parent = self.client.sign_in(client::PARENT).await;
        let secret = shared(&parent, &session).await;
        (child, parent, session, secret)
    }
}

async fn id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}

async fn session(client: &Client) -> String {
    client.ask("Hello Leo!").await.text("sessionId").to_owned()
}

async fn share(client: &Client, session: &str, body: &Value) -> Answer {
    client.post(&format!("/conversations/history/{session}/shares"), body).await
}

/// Shares a session and gives the secret of the link.
async fn shared(client: &Client, session: &str) -> String {
    let answer = share(client, session, &json!({})).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    secret(&answer)
}

fn secret(answer: &Answer) -> String {
    answer.text("link").split_once("#share=").expect("a fragment").1.to_owned()
}

async fn revoke(client: &Client, session: &str) -> Answer {
    let path = format!("/conversations/history/{session}/shares");
    client::answer(client.request(Method::DELETE, &path).send().await.unwrap()).await
}

async fn with_share(client: &Client, method: Method, path: &str, secret: &str) -> Answer {
    client::answer(client.request(method, path).header("x-share", secret).send().await.unwrap()).await
}

async fn read(client: &Client, session: &str, secret: &str) -> Answer {
    with_share(client, Method::GET, &format!("/conversations/history/{session}"), secret).await
}
