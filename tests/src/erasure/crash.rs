//! A server that dies at any of the calls of an erasure: whoever goes on with it brings it to its end, and the receipt
//! says the same.

use super::*;
use crate::testkit::{
    Proxy,
    proxy::{Fate, Then},
};
use futures_util::{FutureExt, StreamExt, stream};

/// Servers that are killed at the same time.
const AT_ONCE: usize = 3;

#[tokio::test]
async fn c000_12_1_an_erasure_killed_before_any_of_its_calls_is_brought_to_its_end() {
    killed_at_every_call(Then::BeforeCommit).await;
}

#[tokio::test]
async fn c000_12_1_an_erasure_killed_after_any_of_its_calls_is_brought_to_its_end() {
    killed_at_every_call(Then::AfterCommit).await;
}

#[tokio::test]
async fn a_withdrawal_killed_at_any_of_its_calls_stands_in_the_way_of_no_other_wish() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let server = Server::start(&proxy.url, &house.model.url, &[]).await;
    let waiting = erase(&parent, &me, wish()).await;
    proxy.forward();
    assert_eq!(withdraw(&parent.at(&server.url), waiting.text("receiptId")).await.status, 204);
    let calls = proxy.records().len();
    assert!(calls >= 4, "{calls} calls are too few");
    for (then, at) in
        [Then::BeforeCommit, Then::AfterCommit].into_iter().flat_map(|then| (1..=calls).map(move |at| (then, at)))
    {
        let case = format!("killed {then:?} at call {at}");
        let waiting = erase(&parent, &me, wish()).await;
        assert_eq!(waiting.body["status"], "pending", "{case}: {:?}", waiting.body);
        let server = Server::start(&proxy.url, &house.model.url, &[]).await;
        kill_at(&proxy, &server, at, then);
        let path = format!("/privacy/receipts/{}", waiting.text("receiptId"));
        drop(parent.at(&server.url).request(Method::DELETE, &path).send().await);
        server.kill().await;
        let withdrawn = withdraw(&parent, waiting.text("receiptId")).await;
        assert!([204, 404].contains(&withdrawn.status.as_u16()), "{case}: {:?}", withdrawn.body);
        let users = house.engine.items("cmz-users").await;
        let account = users.iter().find(|item| item["userKey"]["S"] == format!("user#{me}")).unwrap();
        assert_eq!(account["erasingConversations"], Value::Null, "{case}");
    }
}

/// Kills a server at one of the calls from now on.
fn kill_at(proxy: &Proxy, server: &Server, at: usize, then: Then) {
    let victim = server.clone();
    proxy.rule(move |seen| {
        let victim = victim.clone();
        match seen.number == at {
            true => Fate::Happen(then, async move { victim.kill().await }.boxed()),
            false => Fate::Forward,
        }
    });
}

async fn killed_at_every_call(then: Then) {
    // A child for each call, and all talk from one address.
    let many = [("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "10000")];
    let house = House::with(ScriptedModel::start([]).await, &many).await;
    let parent = house.client.sign_in(client::PARENT).await;
    let calls = house.calls(&parent).await;
    assert!(calls >= 25, "{calls} calls are too few for an account");
    println!("{calls} calls");
    let killed = (1..=calls).map(|call| house.killed_at(&parent, call, then));
    stream::iter(killed).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

impl House {
    /// A child of a guardian's that has talked twice.
    async fn child(&self, parent: &Client, name: &str) -> String {
        let family = format!("/family/{}", id(parent).await);
        let new = json!({ "displayName": "Little", "username": name, "password": client::PASSWORD });
        let made = parent.post(&format!("{family}/children"), &new).await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        let child = made.text("userId").to_owned();
        let path = format!("/privacy/consent/{child}");
        let version = parent.get(&path).await.text("currentNoticeVersion").to_owned();
        let scopes = json!({ "collect": true, "third_party": true, "sharing": true });
        let agreed = json!({ "scopes": scopes, "method": "payment", "noticeVersion": version });
        assert_eq!(call(parent, Method::PUT, &path, Some(&agreed)).await.status, 200);
        let signed_in = self.client.post("/auth", &json!({ "username": name, "password": client::PASSWORD })).await;
        let client = self.client.with_token(signed_in.text("token"));
        for message in ["Hello Leo!", "Hello once more!"] {
            assert_eq!(client.ask(message).await.status, 200);
        }
        child
    }

    /// How many calls an erasure of an account makes on a server that has just started.
    async fn calls(&self, parent: &Client) -> usize {
        let child = self.child(parent, "number0").await;
        let proxy = Proxy::start(&self.engine.program.url).await;
        let server = Server::start(&proxy.url, &self.model.url, &[]).await;
        proxy.forward();
        let done = erase_account(&parent.at(&server.url), &child, at_once()).await;
        assert_eq!(done.status, 200, "{:?}", done.body);
        let calls = proxy.records();
        println!("{:?}", calls.iter().map(|record| record.call.operation.as_str()).collect::<Vec<_>>());
        calls.len()
    }

    async fn killed_at(&self, parent: &Client, at: usize, then: Then) {
        let case = format!("killed at call {at}");
        let child = self.child(parent, &format!("number{at}")).await;
        let proxy = Proxy::start(&self.engine.program.url).await;
        let server = Server::start(&proxy.url, &self.model.url, &[]).await;
        kill_at(&proxy, &server, at, then);
        let request = parent.at(&server.url).request(Method::DELETE, &format!("/users/{child}")).json(&at_once());
        drop(request.send().await);
        server.kill().await;
        // Who asked asks again, at a server that lives.
        let done = erase_account(parent, &child, at_once()).await;
        assert!([200, 410].contains(&done.status.as_u16()), "{case}: {:?}", done.body);
        let users = self.engine.items("cmz-users").await;
        let record = users.iter().find(|item| item["subject"]["S"] == child.as_str());
        let record = record.unwrap_or_else(|| panic!("{case}: no erasure"));
        let shown = receipt(&self.client, record["receiptId"]["S"].as_str().unwrap()).await;
        let claims = verified(&self.client, shown.text("receipt")).await;
        assert_eq!(claims["counts"]["messages"], 4, "{case}: {claims}");
        assert_eq!(claims["counts"]["sessions"], 2, "{case}: {claims}");
        assert_eq!(leftovers(&self.engine, &child).await, Vec::<String>::new(), "{case}");
        let mark = users.iter().find(|item| item["userKey"]["S"] == format!("user#{child}")).unwrap();
        assert_eq!((&mark["status"]["S"], &mark["generation"]["N"]), (&json!("erased"), &json!("1")), "{case}");
        let open = users.iter().filter(|item| item["subject"]["S"] == child.as_str()).count();
        assert_eq!(open, 1, "{case}: one wish is one erasure");
    }
}
