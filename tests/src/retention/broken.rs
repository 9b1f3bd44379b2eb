//! Deletions that broke off.

use super::{Zoo, delete, id, sweep};
use crate::testkit::{
    Client, Proxy, ScriptedModel, Server, client,
    proxy::{Fate, Refusal},
};
use serde_json::json;

#[tokio::test]
async fn a_persons_deletion_that_broke_off_is_finished_and_stays_theirs() {
    let zoo = Zoo::open().await;
    let proxy = Proxy::start(&zoo.engine.program.url).await;
    let model = ScriptedModel::start([]).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    for (operation, table) in [("DeleteItem", "cmz-keys"), ("BatchWriteItem", "cmz-conversations")] {
        let user = Client::new(&server.url).sign_in(client::USER).await;
        let (me, session) = (id(&user).await, user.ask("Hello Leo!").await.text("sessionId").to_owned());
        proxy.rule(move |call| match call.operation == operation && call.tables().contains(&table) {
            true => Fate::Refuse(Refusal::Broken),
            false => Fate::Forward,
        });
        delete(&user, &session).await.is_problem(503, "unavailable");
        proxy.forward();
        zoo.age_deletion(&session).await;
        let (mut one, mut other) = (zoo.retention().await, zoo.retention().await);
        let event = sweep();
        tokio::join!(one.tell(&event), other.tell(&event));
        for table in ["cmz-conversations", "cmz-keys"] {
            assert!(!zoo.is_named(table, &session).await, "{table}");
        }
        assert!(zoo.is_marked(&session).await);
        for entry in zoo.removals(&session, 2).await {
            assert_eq!((&entry["eventType"]["S"], &entry["userId"]["S"]), (&json!("conversation_changed"), &json!(me)));
        }
        assert_eq!(zoo.entries(&session, "finish_deletion").await.len(), 0, "who deletes was written down");
    }
    zoo.is_calm().await;
}

/// Where nothing says who wanted it any more, retention says that it finishes it.
#[tokio::test]
async fn a_deletion_of_which_the_trail_tells_no_more_is_written_down_once() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    zoo.age_deletion(&session).await;
    let (mut one, mut other) = (zoo.retention().await, zoo.retention().await);
    let event = sweep();
    tokio::join!(one.tell(&event), other.tell(&event));
    assert!(!zoo.is_named("cmz-keys", &session).await && zoo.is_marked(&session).await);
    assert_eq!(zoo.entries(&session, "finish_deletion").await.len(), 1);
    for entry in zoo.removals(&session, 2).await {
        assert_eq!(entry["eventType"]["S"], "conversation_changed");
    }
    zoo.is_calm().await;
}
