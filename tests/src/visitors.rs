//! Visitors: they talk, and nothing of it is kept.

use crate::testkit::{Client, Engine, ScriptedModel, client, sse::check_form};

#[tokio::test]
async fn a_visitor_is_answered_and_leaves_nothing_behind() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let visitor = Client::new(&server.url).sign_in(client::VISITOR).await;
    assert_eq!(visitor.ask("Hello Leo!").await.text("reply"), "Hello there!");
    check_form(&visitor.streamed("Hello Leo!").await, "complete");
    for table in ["cmz-conversations", "cmz-sessions", "cmz-turns"] {
        assert!(engine.items(table).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn c000_5_1_a_visitor_has_no_history() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let client = Client::new(&server.url);
    let session = client.sign_in(client::CHILD).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let visitor = client.sign_in(client::VISITOR).await;
    let own = visitor.ask("Hello Leo!").await.text("sessionId").to_owned();
    for session in [session, own, "0190f3a1-7b2c-7def-8123-456789abcdef".to_owned()] {
        visitor.history(&session).await.is_problem(403, "forbidden");
    }
}
