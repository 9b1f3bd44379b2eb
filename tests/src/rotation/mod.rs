//! Wrapping keys change: everybody goes on, and what was copied before opens nothing.

mod breaking_off;
mod overtaking;
mod staying;

use crate::testkit::{Client, Engine, ScriptedModel, Server, client, program::command};
use serde_json::{Value, json};
use std::{collections::BTreeSet, process::Stdio, time::Duration};
use tokio::process::Child;

/// Nothing has to rest, so that two calls are a rotation.
const AT_ONCE: (&str, &str) = ("WRAPPING_KEY_REST_MINUTES", "0");
/// A process that forgets unwrapped keys soon, as others do after five minutes.
const FORGETFUL: [(&str, &str); 1] = [("VAULT_CACHE_SECONDS", "1")];

fn rotating(engine_url: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Child {
    let mut command = command("menagerie");
    command.args(["rotate", "--engine", engine_url]).args(arguments).envs([AT_ONCE]).envs(variables.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// One call; what it says it did.
pub(crate) async fn rotate(engine_url: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    let output = rotating(engine_url, arguments, variables).wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("one line of JSON: {said}"))
}

/// Calls until an old key was ended.
pub(crate) async fn rotate_to_the_end(engine_url: &str) -> Value {
    for _ in 0..5 {
        let report = rotate(engine_url, &[], &[]).await;
        if report["ended"] != json!([]) {
            return report;
        }
    }
    panic!("no wrapping key ends");
}

/// Calls until there is nothing to do, which may be at once.
pub(crate) async fn settle(engine_url: &str) {
    for _ in 0..5 {
        let report = rotate(engine_url, &[], &[]).await;
        if report["ended"] == json!([]) && report["rewrapped"] == 0 && report["waiting"] == 0 {
            return;
        }
    }
    panic!("there is always something to do");
}

/// The keys that the key service wraps.
async fn wrapped(engine: &Engine) -> Vec<Value> {
    let mut items = engine.items("cmz-keys").await;
    items.retain(|item| item["wrapped"]["B"].is_string() && !text(item, "keyId").starts_with("session#"));
    items
}

/// What wraps them.
async fn wrappers(engine: &Engine) -> BTreeSet<String> {
    wrapped(engine).await.iter().map(|item| text(item, "wrappedBy").to_owned()).collect()
}

fn text<'a>(item: &'a Value, attribute: &str) -> &'a str {
    item[attribute]["S"].as_str().unwrap_or_else(|| panic!("no {attribute} in {item}"))
}

/// Opens a wrapped key as whoever has a copy of it and may ask the key service: its status, and its error.
async fn open(engine: &Engine, item: &Value) -> (u16, String) {
    let purpose = match text(item, "keyId") {
        "conversations" => format!("conversations#{}", item["generation"]["N"].as_str().unwrap()),
        other => other.to_owned(),
    };
    let body = json!({
        "CiphertextBlob": item["wrapped"]["B"],
        "EncryptionContext": { "owner": text(item, "ownerId"), "key": purpose },
    });
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.post(engine.program.line["keysUrl"].as_str().unwrap());
    let answer = request.header("x-amz-target", "TrentService.Decrypt").body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (status, answer["__type"].as_str().unwrap_or_default().to_owned())
}

/// Somebody's conversation of one turn.
struct Talk {
    client: Client,
    session: String,
}

impl Talk {
    async fn begin(server: &Server, email: &str) -> Self {
        let client = Client::new(&server.url).sign_in(email).await;
        let session = client.ask("Before").await.text("sessionId").to_owned();
        assert_eq!(client.history(&session).await.status, 200);
        Self { client, session }
    }

    /// At a server, all that was said is there, and one may go on, here and in a new conversation.
    async fn goes_on(&self, server: &Server) {
        let client = self.client.at(&server.url);
        let messages = async || client.history(&self.session).await.body["messages"].as_array().map_or(0, Vec::len);
        let before = messages().await;
        assert!(before >= 2, "the history is there");
        assert_eq!(client.ask_in(&self.session, "After").await.status, 200);
        assert_eq!(messages().await, before + 2);
        assert_eq!(client.ask("Something new").await.status, 200);
        assert_eq!(client.get("/me").await.status, 200);
        assert_eq!(client.get("/conversations/sessions").await.status, 200);
    }
}

#[tokio::test]
async fn warm_and_fresh_servers_go_on_and_a_copy_from_before_opens_nothing() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let serve = async |variables: &[(&str, &str)]| Server::start(&engine.program.url, &model.url, variables).await;
    let (warm, forgetful) = (serve(&[]).await, serve(&FORGETFUL).await);
    let (child, user) = (Talk::begin(&warm, client::CHILD).await, Talk::begin(&forgetful, client::USER).await);
    let before = wrapped(&engine).await;
    let old = wrappers(&engine).await;
    assert_eq!(old.len(), 1);
    let begun = rotate(&engine.program.url, &["--begin"], &[]).await;
    assert_eq!((&begun["isBegun"], &begun["epoch"]), (&json!(true), &json!(2)));
    assert_eq!(
        (&begun["rewrapped"], &begun["ended"]),
        (&json!(before.len()), &json!([])),
        "nothing ends in the same call"
    );
    assert_eq!(rotate(&engine.program.url, &[], &[]).await["ended"], json!([1]));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let fresh = serve(&[]).await;
    for server in [&warm, &forgetful, &fresh] {
        child.goes_on(server).await;
        user.goes_on(server).await;
    }
    // Whoever comes for the first time gets a key under the new one.
    Talk::begin(&warm, client::PARENT).await;
    let new = wrappers(&engine).await;
    assert!(new.len() == 1 && new != old, "{new:?}");
    assert!(wrapped(&engine).await.len() > before.len());
    for item in &before {
        assert_eq!(open(&engine, item).await, (400, "KMSInvalidStateException".to_owned()));
    }
    for item in wrapped(&engine).await {
        assert_eq!(open(&engine, &item).await.0, 200, "{item}");
    }
    assert_eq!(rotate(&engine.program.url, &[], &[]).await["ended"], json!([]), "nothing is left to do");
}

#[tokio::test]
async fn a_copy_from_before_that_is_put_back_is_neither_opened_nor_wrapped_anew() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &FORGETFUL).await;
    let child = Talk::begin(&server, client::CHILD).await;
    let copy = wrapped(&engine).await.into_iter().find(|item| text(item, "keyId") == "conversations").unwrap();
    rotate(&engine.program.url, &["--begin"], &[]).await;
    rotate_to_the_end(&engine.program.url).await;
    engine.call("PutItem", &json!({ "TableName": "cmz-keys", "Item": copy })).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    child.client.history(&child.session).await.is_problem(503, "unavailable");
    child.client.ask("Do you know me?").await.is_problem(503, "unavailable");
    let report = rotate(&engine.program.url, &[], &[]).await;
    assert_eq!((&report["stranded"], &report["rewrapped"]), (&json!(1), &json!(0)));
    assert_eq!(open(&engine, &copy).await.0, 400);
}

#[tokio::test]
async fn a_wrapping_key_changes_when_it_is_old_enough_and_ends_when_it_has_rested() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let url = &engine.program.url;
    let young = rotate(url, &[], &[]).await;
    assert_eq!((&young["epoch"], &young["isBegun"]), (&json!(1), &json!(false)));
    let days = ("WRAPPING_KEY_DAYS", "0");
    assert_eq!(rotate(url, &[], &[days]).await["epoch"], 2);
    let resting = rotate(url, &[], &[("WRAPPING_KEY_REST_MINUTES", "60")]).await;
    assert_eq!((&resting["ended"], &resting["waiting"], &resting["rewrapped"]), (&json!([]), &json!(1), &json!(0)));
    assert_eq!(rotate(url, &[], &[]).await["ended"], json!([1]));
    // Another one: each epoch has one key, and of all but the newest none can be used.
    assert_eq!(rotate(url, &[], &[days]).await["epoch"], 3);
    assert_eq!(rotate_to_the_end(url).await["ended"], json!([2]));
    Talk::begin(&server, client::CHILD).await;
    assert_eq!(wrappers(&engine).await.len(), 1);
}

#[tokio::test]
async fn keys_of_before_there_were_epochs_are_wrapped_anew_as_well() {
    let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let child = Talk::begin(&server, client::CHILD).await;
    for mut item in wrapped(&engine).await {
        item.as_object_mut().unwrap().remove("wrappedBy");
        engine.call("PutItem", &json!({ "TableName": "cmz-keys", "Item": item })).await;
    }
    let fresh = Server::start(&engine.program.url, &model.url, &[]).await;
    child.goes_on(&fresh).await;
    let count = wrapped(&engine).await.len();
    assert_eq!(rotate(&engine.program.url, &["--begin"], &[]).await["rewrapped"], count);
    rotate_to_the_end(&engine.program.url).await;
    assert_eq!(wrappers(&engine).await.len(), 1);
    child.goes_on(&Server::start(&engine.program.url, &model.url, &[]).await).await;
}
