//! Who decides about a wish while it waits: each decision holds for what it was made about, and the last one counts.

use super::{due::status_of, *};
use crate::{
    retention::Zoo,
    testkit::{
        Proxy,
        proxy::{Fate, Then},
    },
};
use futures_util::FutureExt;
use std::time::Duration;

/// Loses the first write to `cmz-users` that says this. It is written anew two seconds later: long enough for somebody
/// else's request to come in between.
fn hold(proxy: &Proxy, words: &'static str) {
    let mut is_held = false;
    proxy.rule(move |call| {
        let is_write = ["TransactWriteItems", "DeleteItem"].contains(&call.operation.as_str());
        let is_it = is_write && call.tables().contains(&"cmz-users") && call.body.to_string().contains(words);
        match is_it && !std::mem::replace(&mut is_held, true) {
            true => Fate::Happen(Then::BeforeCommit, async {}.boxed()),
            false => Fate::Forward,
        }
    });
}

async fn held(proxy: &Proxy) {
    for _ in 0..600 {
        if proxy.records().iter().any(|record| record.is_disturbed) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing is held");
}

async fn change_family(administrator: &Client, guardian: &str, change: Value) {
    let changed = call(administrator, Method::PATCH, &format!("/family/{guardian}"), Some(&change)).await;
    assert_eq!(changed.status, 200, "{:?}", changed.body);
}

#[tokio::test]
async fn a_wish_is_in_the_name_of_whoever_confirmed_it_last() {
    let house = House::open().await;
    let administrator = house.administrator().await;
    let (parent, other) = (house.client.sign_in(client::PARENT).await, house.client.sign_in(OTHER_PARENT).await);
    let (guardian, next) = (id(&parent).await, id(&other).await);
    let child = house.client.sign_in(client::CHILD).await;
    let me = id(&child).await;
    let waiting = erase(&parent, &me, wish()).await;
    change_family(&administrator, &guardian, json!({ "releaseChildren": [me] })).await;
    change_family(&administrator, &next, json!({ "addChildren": [me] })).await;
    let confirmed = erase(&other, &me, wish()).await;
    assert_eq!(confirmed.body, waiting.body, "no later than the first said");
    due_now(&house.engine, waiting.text("receiptId")).await;
    let done = status_of(&other, waiting.text("receiptId"), "completed").await;
    verified(&house.client, done.text("receipt")).await;

    // Who is nobody's child any more decides alone, and waits for nothing.
    let grown = house.client.sign_in(client::SIBLING).await;
    let me = id(&grown).await;
    let waiting = erase(&parent, &me, wish()).await;
    change_family(&administrator, &guardian, json!({ "releaseChildren": [me] })).await;
    let done = erase(&grown, &me, wish()).await;
    assert_eq!((done.status.as_u16(), &done.body["receiptId"]), (200, &waiting.body["receiptId"]), "{:?}", done.body);
}

#[tokio::test]
async fn a_child_takes_back_no_wish_that_its_guardian_confirms_at_the_same_time() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let slow = Server::start(&proxy.url, &house.model.url, &[]).await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let asked = erase(&child, &me, wish()).await;
    hold(&proxy, "erasure#");
    let there = child.at(&slow.url);
    let confirming = async {
        held(&proxy).await;
        erase(&parent, &me, wish()).await
    };
    let (taken_back, confirmed) = tokio::join!(withdraw(&there, asked.text("receiptId")), confirming);
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["status"]), (202, &json!("pending")));
    taken_back.is_problem(403, "forbidden");
    assert_eq!(receipt(&parent, asked.text("receiptId")).await.body["status"], "pending");
}

#[tokio::test]
async fn the_job_drops_no_wish_that_a_guardian_confirms_at_the_same_time() {
    let zoo = Zoo::open().await;
    let (child, parent) = (zoo.client.sign_in(client::CHILD).await, zoo.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let asked = erase(&child, &me, wish()).await;
    let key = json!({ "userKey": { "S": format!("erasure#{}", asked.text("receiptId")) } });
    zoo.set("cmz-users", &key, "dueAt", &json!({ "S": "2026-01-01T00:00:00.000Z" })).await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    let mut job = zoo.retention_at(&proxy.url).await;
    hold(&proxy, "erasure#");
    let confirming = async {
        held(&proxy).await;
        erase(&parent, &me, wish()).await
    };
    let erasing = json!({ "job": "erase" });
    let (report, confirmed) = tokio::join!(job.tell(&erasing), confirming);
    assert_eq!(confirmed.body["status"], "pending", "{:?}", confirmed.body);
    assert_eq!(report["tasks"]["erasures"], json!({}));
    assert_eq!(receipt(&parent, asked.text("receiptId")).await.body["status"], "pending");
    due_now(&zoo.engine, asked.text("receiptId")).await;
    assert_eq!(job.tell(&erasing).await["tasks"]["erasures"], json!({ "completed": 1 }));
}

#[tokio::test]
async fn a_child_that_leaves_while_its_account_is_about_to_go_stays() {
    // Nobody but who asked is at it.
    let zoo = Zoo::open().await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    let slow = zoo.another_server_at(&proxy.url).await;
    let administrator = zoo.client.with_token(zoo.client.administrator().await.text("token"));
    let (child, parent) = (zoo.client.sign_in(client::CHILD).await, zoo.client.sign_in(client::PARENT).await);
    let (me, guardian) = (id(&child).await, id(&parent).await);
    hold(&proxy, "\"running\"");
    let there = parent.at(&slow.url);
    let leaving = async {
        held(&proxy).await;
        change_family(&administrator, &guardian, json!({ "releaseChildren": [me] })).await;
    };
    let (done, ()) = tokio::join!(erase_account(&there, &me, at_once()), leaving);
    done.is_problem(404, "not_found");
    assert_eq!(child.get("/me").await.status, 200);
    let users = zoo.engine.items("cmz-users").await;
    let account = users.iter().find(|item| item["userKey"]["S"] == format!("user#{guardian}")).unwrap();
    assert_eq!(account["childCount"]["N"], "1", "who left is counted once");
    assert!(users.iter().all(|item| item["subject"]["S"] != me.as_str()), "the wish came to nothing");
}

/// An administrator who asked for a child's conversations to be erased, and was switched off since.
async fn wished_by_somebody_switched_off(zoo: &Zoo, child: &str, email: &str) -> String {
    let administrator = zoo.client.with_token(zoo.client.administrator().await.text("token"));
    let password = "a password of ten";
    let account = json!({ "email": email, "displayName": "Al", "role": "administrator", "password": password });
    let made = administrator.post("/users", &account).await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    let signed_in = zoo.client.post("/auth", &json!({ "email": email, "password": password })).await;
    let other = zoo.client.with_token(signed_in.text("token"));
    let request = other.request(Method::DELETE, &format!("/privacy/conversations/{child}"));
    let request = request.header("x-access-reason", "The guardian wrote to us").json(&wish());
    let waiting = client::answer(request.send().await.unwrap()).await;
    assert_eq!((waiting.status.as_u16(), &waiting.body["status"]), (202, &json!("pending")), "{:?}", waiting.body);
    let path = format!("/users/{}", made.text("userId"));
    let off = call(&administrator, Method::PATCH, &path, Some(&json!({ "status": "disabled" }))).await;
    assert_eq!(off.status, 200, "{:?}", off.body);
    due_now(&zoo.engine, waiting.text("receiptId")).await;
    waiting.text("receiptId").to_owned()
}

#[tokio::test]
async fn nothing_is_erased_in_the_name_of_somebody_who_is_switched_off() {
    let zoo = Zoo::open().await;
    let child = zoo.client.sign_in(client::CHILD).await;
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    wished_by_somebody_switched_off(&zoo, &me, "first.admin@zoo.example").await;
    let mut job = zoo.retention().await;
    assert_eq!(job.tell(&json!({ "job": "erase" })).await["tasks"]["erasures"], json!({ "withdrawn": 1 }));
    // Nor does it happen because the child asks, whose own wish waits for its guardian.
    let waiting = wished_by_somebody_switched_off(&zoo, &me, "second.admin@zoo.example").await;
    let asked = erase(&child, &me, wish()).await;
    assert_eq!((asked.status.as_u16(), &asked.body["status"]), (202, &json!("asked")), "{:?}", asked.body);
    assert_ne!(asked.text("receiptId"), waiting);
    assert_eq!(child.history(&session).await.status, 200);
}
