//! What whoever asks is told, also where something breaks off.

use super::*;
use crate::testkit::{
    Proxy,
    proxy::{Fate, Refusal, Then},
};
use futures_util::FutureExt;

#[tokio::test]
async fn a_wish_that_meets_one_under_way_is_also_about_what_was_said_since() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let dying = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    user.ask("Hello Leo!").await;
    let victim = dying.clone();
    proxy.rule(move |call| {
        let victim = victim.clone();
        match call.operation == "BatchWriteItem" {
            true => Fate::Happen(Then::AfterCommit, async move { victim.kill().await }.boxed()),
            false => Fate::Forward,
        }
    });
    let path = format!("/privacy/conversations/{me}");
    let request = user.at(&dying.url).request(Method::DELETE, &path).json(&wish());
    assert!(request.send().await.is_err(), "the server died");
    let open = user.get(&format!("/privacy/erasures/{me}")).await;
    assert_eq!(open.body["erasures"][0]["status"], "running", "{:?}", open.body);
    let since = user.ask("Hello again!").await.text("sessionId").to_owned();
    assert_eq!(user.history(&since).await.status, 200);
    let done = erase(&user, &me, wish()).await;
    assert_eq!((done.status.as_u16(), &done.body["deleted"]), (200, &json!(1)), "{:?}", done.body);
    assert_ne!(done.body["receiptId"], open.body["erasures"][0]["receiptId"]);
    assert_eq!(verified(&house.client, done.text("receipt")).await["generation"], 1);
    user.history(&since).await.is_problem(410, "erased");
    assert_eq!(conversations_left(&house.engine, &me).await, Vec::<String>::new());
    let first = receipt(&user, open.body["erasures"][0]["receiptId"].as_str().unwrap()).await;
    assert_eq!(first.body["status"], "completed", "{:?}", first.body);
}

#[tokio::test]
async fn what_is_done_is_answered_with_its_receipt_although_the_trail_cannot_be_told() {
    let house = House::open().await;
    let proxy = Proxy::start(&house.engine.program.url).await;
    let server = Server::start(&proxy.url, &house.model.url, &[]).await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    user.ask("Hello Leo!").await;
    proxy.rule(|call| match call.body.to_string().contains("erasure_completed") {
        true => Fate::Refuse(Refusal::Broken),
        false => Fate::Forward,
    });
    let done = erase_account(&user.at(&server.url), &me, wish()).await;
    assert!(proxy.records().iter().any(|record| record.is_disturbed));
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_eq!(verified(&house.client, done.text("receipt")).await["what"], "account");
}

#[tokio::test]
async fn a_name_of_an_erasure_that_is_none_stands_in_nobodys_way() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    for ask in [false, true] {
        let ask =
            async |wish| if ask { erase(&parent, &me, wish).await } else { erase_account(&parent, &me, wish).await };
        let lost = ask(wish()).await;
        let key = json!({ "userKey": { "S": format!("erasure#{}", lost.text("receiptId")) } });
        house.engine.call("DeleteItem", &json!({ "TableName": "cmz-users", "Key": key })).await;
        let anew = ask(wish()).await;
        assert_eq!((anew.status.as_u16(), &anew.body["status"]), (202, &json!("pending")), "{:?}", anew.body);
        assert_ne!(anew.body["receiptId"], lost.body["receiptId"]);
    }
}
