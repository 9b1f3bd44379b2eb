//! A rotation whose process ends at any of its calls, before or after it is carried out.

use super::{Talk, rotating, settle, wrappers};
use crate::testkit::{
    Engine, Proxy, ScriptedModel, Server, client,
    proxy::{Fate, Then},
};
use std::{future::pending, sync::Arc};
use tokio::sync::Notify;

#[tokio::test]
async fn a_rotation_that_breaks_off_before_any_call_is_taken_up() {
    breaks_off_everywhere(Then::BeforeCommit).await;
}

#[tokio::test]
async fn a_rotation_that_breaks_off_after_any_call_is_taken_up() {
    breaks_off_everywhere(Then::AfterCommit).await;
}

async fn breaks_off_everywhere(then: Then) {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let mut calls = 0;
    while breaks_off_at(&proxy, calls + 1, then).await {
        calls += 1;
        proxy.forward();
        // Whatever is half done, people go on.
        let fresh = Server::start(&engine.program.url, &model.url, &[]).await;
        child.goes_on(&fresh).await;
        fresh.kill().await;
        settle(&engine.program.url).await;
        assert_eq!(wrappers(&engine).await.len(), 1, "broken off at call {calls}");
    }
    assert!(calls > 12, "a rotation has more calls than {calls}");
    settle(&engine.program.url).await;
    child.goes_on(&server).await;
}

/// Ends a rotation at a call; whether it had that many.
async fn breaks_off_at(proxy: &Proxy, number: usize, then: Then) -> bool {
    let reached = Arc::new(Notify::new());
    let signal = Arc::clone(&reached);
    proxy.rule(move |call| {
        if call.number < number {
            return Fate::Forward;
        }
        let signal = Arc::clone(&signal);
        Fate::Happen(
            then,
            Box::pin(async move {
                signal.notify_one();
                pending::<()>().await;
            }),
        )
    });
    let mut rotation = rotating(&proxy.url, &["--begin"], &[]);
    tokio::select! {
        () = reached.notified() => {
            rotation.kill().await.unwrap();
            true
        }
        ended = rotation.wait() => {
            assert!(ended.unwrap().success());
            false
        }
    }
}
