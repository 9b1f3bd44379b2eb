//! `GET /conversations/sessions`: requirement document 000, tickets 4 and 7.

mod bad_input;
mod cost;
mod list;
mod search;
mod sort;
mod totals;
mod unread;
mod validators;

use crate::testkit::{Client, Engine, Proxy, ScriptedModel, Server, client::Answer};
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";

/// A server behind a proxy, and an engine to look into.
struct House {
    engine: Engine,
    proxy: Proxy,
    server: Server,
}

impl House {
    async fn open() -> Self {
        Self::on(Engine::start().await).await
    }

    async fn on(engine: Engine) -> Self {
        let model = ScriptedModel::start([]).await;
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &model.url, &[]).await;
        Self { engine, proxy, server }
    }

    async fn client(&self, email: &str) -> Client {
        Client::new(&self.server.url).sign_in(email).await
    }

    /// Opens a session and moves its last activity, so that lists have an order to keep.
    async fn session(&self, client: &Client, animal: &str, question: &str, last_activity: &str) -> String {
        let answer = client.post("/convo_turn", &json!({ "animalId": animal, "message": question })).await;
        let session = answer.text("sessionId").to_owned();
        self.move_to(&session, last_activity).await;
        session
    }

    async fn move_to(&self, session: &str, last_activity: &str) {
        let body = json!({
            "TableName": "cmz-sessions",
            "Key": { "sessionId": { "S": session } },
            "UpdateExpression": "SET lastActivity = :at, #month = :month",
            "ExpressionAttributeNames": { "#month": "month" },
            "ExpressionAttributeValues": { ":at": { "S": last_activity }, ":month": { "S": &last_activity[..7] } },
        });
        self.engine.call("UpdateItem", &body).await;
    }

    /// Puts sessions into the table like the one there is, each a second older; no key opens them.
    async fn plant(&self, count: usize) {
        let one = self.engine.items("cmz-sessions").await.remove(0);
        let older: Vec<_> = (0..count)
            .map(|number| {
                let mut item = one.clone();
                item["sessionId"] = json!({ "S": format!("00000000-0000-4000-8000-{number:012x}") });
                item["lastActivity"] = json!({ "S": days_ago(3, -i64::try_from(number).unwrap() * 1000) });
                item
            })
            .collect();
        self.put_all("cmz-sessions", &older).await;
    }

    async fn put_all(&self, table: &str, items: &[Value]) {
        let puts: Vec<_> = items.iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
        for batch in puts.chunks(25) {
            let body = json!({ "RequestItems": { (table): batch } });
            self.engine.call("BatchWriteItem", &body).await;
        }
    }
}

/// A day of this month or the last, such as a list looks into without being asked.
#[expect(clippy::disallowed_methods, reason = "sessions are as old as the clock says")]
fn days_ago(days: i64, millis: i64) -> String {
    let now = jiff::Timestamp::now().as_millisecond();
    let at = jiff::Timestamp::from_millisecond(now - days * 86_400_000 + millis).unwrap();
    format!("{at:.3}")
}

fn rows(page: &Answer) -> &Vec<Value> {
    assert_eq!(page.status, 200, "{:?}", page.body);
    page.body["sessions"].as_array().unwrap()
}

fn ids(page: &Answer) -> Vec<String> {
    rows(page).iter().map(|session| session["sessionId"].as_str().unwrap().to_owned()).collect()
}

fn next(page: &Answer) -> Option<&str> {
    page.body["pagination"]["nextToken"].as_str()
}

/// All pages of a list, put together.
async fn pages(client: &Client, query: &str) -> Vec<String> {
    let (mut all, mut behind) = (Vec::new(), String::new());
    for _ in 0..50 {
        let page = client.get(&format!("/conversations/sessions?{query}{behind}")).await;
        all.extend(ids(&page));
        assert_eq!(page.body["pagination"]["hasMore"], next(&page).is_some());
        match next(&page) {
            Some(token) => behind = format!("&nextToken={token}"),
            None => return all,
        }
    }
    panic!("a list without an end");
}

async fn user_id(client: &Client) -> String {
    client.get("/me").await.text("userId").to_owned()
}
