//! Others do something at the same time.

use super::{Talk, rotate, rotate_to_the_end, rotating, settle, text, wrapped, wrappers};
use crate::testkit::{
    Engine, Proxy, ScriptedModel, Server, client,
    proxy::{Fate, Service},
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

#[tokio::test]
async fn a_key_that_is_destroyed_while_it_is_wrapped_anew_stays_destroyed() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    Talk::begin(&server, client::CHILD).await;
    let doomed = wrapped(&engine).await.into_iter().find(|item| text(item, "keyId") == "conversations").unwrap();
    let key = json!({ "ownerId": doomed["ownerId"], "keyId": doomed["keyId"] });
    let proxy = Proxy::start(&engine.program.url).await;
    let (caught, seen) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let (signal, wanted) = (Arc::clone(&caught), key.clone());
    // Its new bytes are made and on their way into the table.
    proxy.rule(move |call| {
        let is_it = call.operation == "UpdateItem" && call.body["Key"] == wanted;
        if is_it && !seen.swap(true, Ordering::SeqCst) {
            signal.notify_one();
            return Fate::Delay(Duration::from_secs(1));
        }
        Fate::Forward
    });
    let url = proxy.url.clone();
    let (report, ()) = tokio::join!(rotate(&url, &["--begin"], &[]), async {
        caught.notified().await;
        engine.call("DeleteItem", &json!({ "TableName": "cmz-keys", "Key": key })).await;
    });
    assert_eq!(report["overtaken"], 1, "{report}");
    rotate_to_the_end(&engine.program.url).await;
    let found = engine.call("GetItem", &json!({ "TableName": "cmz-keys", "Key": key })).await;
    assert_eq!(found["Item"], Value::Null);
}

#[tokio::test]
async fn two_rotations_at_once_are_harmless() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let url = &engine.program.url;
    let three = [0; 3].map(|_| rotating(url, &["--begin"], &[]));
    for rotation in three {
        let output = rotation.wait_with_output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    settle(url).await;
    assert_eq!(wrappers(&engine).await.len(), 1);
    child.goes_on(&server).await;
    child.goes_on(&Server::start(url, &model.url, &[]).await).await;
}

#[tokio::test]
async fn people_talk_while_wrapping_keys_change() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &super::FORGETFUL).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let done = AtomicBool::new(false);
    let talking = async {
        while !done.load(Ordering::SeqCst) {
            assert_eq!(child.client.ask_in(&child.session, "Meanwhile").await.status, 200);
            assert_eq!(child.client.history(&child.session).await.status, 200);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let rotating = async {
        for _ in 0..3 {
            rotate(&engine.program.url, &["--begin"], &[]).await;
            // Nobody has a key in hand that was read before.
            tokio::time::sleep(Duration::from_millis(1500)).await;
            rotate_to_the_end(&engine.program.url).await;
        }
        done.store(true, Ordering::SeqCst);
    };
    tokio::join!(talking, rotating);
}

#[tokio::test]
async fn a_key_service_that_fails_now_and_then_loses_no_key() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let proxy = Proxy::start(&engine.program.url).await;
    proxy.rule(|call| {
        let is_hit = call.service == Service::Keys && call.operation == "ReEncrypt" && call.number.is_multiple_of(3);
        if is_hit { Fate::Refuse(crate::testkit::proxy::Refusal::Throttled) } else { Fate::Forward }
    });
    rotate(&proxy.url, &["--begin"], &[]).await;
    rotate_to_the_end(&proxy.url).await;
    assert_eq!(wrappers(&engine).await.len(), 1);
    child.goes_on(&Server::start(&engine.program.url, &model.url, &[]).await).await;
}
