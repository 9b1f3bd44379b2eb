//! Families: who belongs together, how one becomes family, what guardians set for their children and see of
//! their talks. Requirement document 000, ticket 10, and document 001, `/family_list`.

mod controls;
mod families;
mod insights;
mod invitations;

use crate::testkit::{
    Client, Engine, ScriptedModel, Server,
    client::{self, Answer},
};
use reqwest::Method;
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";
const OTHER_PARENT: &str = "parent2@test.cmz.org";
const PASSWORD: &str = "a long enough password";

struct House {
    engine: Engine,
    model: ScriptedModel,
    _server: Server,
    client: Client,
}

impl House {
    async fn open() -> Self {
        Self::with(ScriptedModel::start([]).await).await
    }

    async fn with(model: ScriptedModel) -> Self {
        let engine = Engine::start().await;
        let server = Server::start(&engine.program.url, &model.url, &[]).await;
        let client = Client::new(&server.url);
        Self { engine, model, _server: server, client }
    }

    async fn person(&self, email: &str) -> (Client, String) {
        let answer = match email {
            "admin@cmz.org" => self.client.administrator().await,
            email => self.client.open_account(email).await,
        };
        (self.client.with_token(answer.text("token")), answer.body["user"]["userId"].as_str().unwrap().to_owned())
    }

    async fn administrator(&self) -> Client {
        self.person("admin@cmz.org").await.0
    }

    /// A new account of its own.
    async fn account(&self, email: &str, role: &str) -> (Client, String) {
        let account = json!({ "email": email, "displayName": "Newcomer", "role": role, "password": PASSWORD });
        let made = self.administrator().await.post("/users", &account).await;
        assert_eq!(made.status, 201, "{made:?}");
        let answer = self.client.post("/auth", &json!({ "email": email, "password": PASSWORD })).await;
        (self.client.with_token(answer.text("token")), made.text("userId").to_owned())
    }

    /// Gives consent for a child behind the product's back, as its guardian under this notice.
    async fn agree(&self, child: &str) {
        let notice = self.client.get("/privacy/notice").await;
        let consent = json!({ "M": { "collect": { "BOOL": true }, "thirdParty": { "BOOL": true }, "sharing": { "BOOL": false }, "noticeVersion": { "S": notice.text("version") } } });
        let body = json!({
            "TableName": "cmz-users",
            "Key": { "userKey": { "S": format!("user#{child}") } },
            "UpdateExpression": "SET consent = :consent",
            "ExpressionAttributeValues": { ":consent": consent },
        });
        self.engine.call("UpdateItem", &body).await;
    }

    /// An account as it lies in the table.
    async fn stored(&self, user: &str) -> Value {
        let key = json!({ "TableName": "cmz-users", "Key": { "userKey": { "S": format!("user#{user}") } } });
        self.engine.call("GetItem", &key).await["Item"].clone()
    }
}

async fn send(client: &Client, method: Method, path: &str, body: &Value) -> Answer {
    client::answer(client.request(method, path).json(body).send().await.unwrap()).await
}

async fn delete(client: &Client, path: &str) -> Answer {
    client::answer(client.request(Method::DELETE, path).send().await.unwrap()).await
}

async fn bare_post(client: &Client, path: &str) -> Answer {
    client::answer(client.request(Method::POST, path).send().await.unwrap()).await
}

/// The ids of a family's children.
fn children(family: &Answer) -> Vec<String> {
    let members = family.body["members"].as_array().unwrap_or_else(|| panic!("{family:?}"));
    let children = members.iter().filter(|member| member["role"] == "child");
    children.map(|member| member["userId"].as_str().unwrap().to_owned()).collect()
}
