//! The ends of a session's life, where nobody sweeps.

use super::{Zoo, from_now, id};
use crate::testkit::client;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_session_is_there_to_its_last_minute_and_from_the_first_after_it_to_nobody() {
    let zoo = Zoo::open().await;
    let child = zoo.client.sign_in(client::CHILD).await;
    let parent = zoo.client.sign_in(client::PARENT).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let key = json!({ "sessionId": { "S": session } });
    let expire = async |seconds| zoo.set("cmz-sessions", &key, "expiresAt", &json!({ "S": from_now(seconds) })).await;
    let export = format!("/conversations/history/{session}/export?format=json");
    let listed = async || {
        let list = child.get("/conversations/sessions").await;
        list.body["sessions"].to_string().contains(&session)
    };

    expire(59).await;
    for reader in [&child, &parent] {
        assert_eq!(reader.history(&session).await.status, 200);
        assert_eq!(reader.get(&export).await.status, 200);
    }
    assert!(listed().await);
    assert_eq!(child.ask_in(&session, "Still there?").await.status, 200);

    expire(-59).await;
    for reader in [&child, &parent] {
        reader.history(&session).await.is_problem(404, "not_found");
        reader.get(&export).await.is_problem(404, "not_found");
    }
    assert!(!listed().await);
    child.ask_in(&session, "Still there?").await.is_problem(404, "not_found");
    // Nobody has swept: only its time keeps it from everybody.
    let me = id(&child).await;
    for table in ["cmz-conversations", "cmz-sessions", "cmz-keys"] {
        assert!(zoo.is_named(table, &session).await && zoo.is_named(table, &me).await, "{table}");
    }
}

#[tokio::test]
async fn a_session_ends_while_somebody_looks() {
    let zoo = Zoo::open().await;
    let user = zoo.client.sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let key = json!({ "sessionId": { "S": session } });
    zoo.set("cmz-sessions", &key, "expiresAt", &json!({ "S": from_now(3) })).await;
    assert_eq!(user.history(&session).await.status, 200);
    tokio::time::sleep(Duration::from_secs(3)).await;
    user.history(&session).await.is_problem(404, "not_found");
}
