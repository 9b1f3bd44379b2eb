//! Canaries: what a child says, its name, its sign-in name and its browser's. After the erasure none of them is in any
//! file, log or table, and nothing of a copy that was made before opens with any key that still exists: at once where
//! the copy is without `cmz-keys`, as all that AWS makes are, and with it once the wrapping keys have changed.

mod material;

use super::*;
use crate::{
    rotation::{rotate, rotate_to_the_end},
    testkit::{Program, program::command},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use material::{archived, bytes_in, copy, files_with, found, gather, opened};
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tokio::io::{AsyncBufReadExt, BufReader};

const SAID: &str = "quetzal7291canary";
const NAME: &str = "Canarina7291";
const SIGN_IN_NAME: &str = "canary.bird.7291";
const BROWSER: &str = "Canarowser/7291";
/// Of 2024: an entry of the trail that is old enough for the archive.
const OLD_ENTRY: &str = "018cc251-f400-7000-8000-000000000000";

/// Engine and server on a folder, their log in a file beside it.
struct Zoo {
    engine: Engine,
    client: Client,
    server: tokio::process::Child,
}

impl Zoo {
    async fn open(folder: &Path, model: &ScriptedModel) -> Self {
        let data = folder.join("data");
        let arguments = ["engine", "--port", "0", "--data", data.to_str().unwrap()];
        let engine = Engine { program: Program::menagerie(&arguments).await };
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
        std::fs::create_dir_all(folder.join("tmp")).unwrap();
        let mut server = command("menagerie")
            .args(["serve", "--engine", &engine.program.url, "--port", "0", "--model-url", &model.url])
            .env("LOG_LEVEL", "debug")
            .env("TMPDIR", folder.join("tmp"))
            .stderr(log)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        Self { engine, client: Client::new(line["url"].as_str().unwrap()), server }
    }

    async fn close(self) {
        let Self { engine, mut server, .. } = self;
        server.kill().await.unwrap();
        engine.program.interrupt().await;
    }

    /// A child with canaries that has said one in two sessions, and where.
    async fn child(&self, parent: &Client) -> (String, Vec<String>) {
        let family = format!("/family/{}", id(parent).await);
        let new = json!({ "displayName": NAME, "username": SIGN_IN_NAME, "password": client::PASSWORD });
        let child = parent.post(&format!("{family}/children"), &new).await.text("userId").to_owned();
        let path = format!("/privacy/consent/{child}");
        let version = parent.get(&path).await.text("currentNoticeVersion").to_owned();
        let scopes = json!({ "collect": true, "third_party": true, "sharing": true });
        let agreed = json!({ "scopes": scopes, "method": "payment", "noticeVersion": version });
        assert_eq!(call(parent, Method::PUT, &path, Some(&agreed)).await.status, 200);
        let credentials = json!({ "username": SIGN_IN_NAME, "password": client::PASSWORD });
        let signed_in = self.client.post("/auth", &credentials).await;
        let client = self.client.with_token(signed_in.text("token"));
        let mut sessions = Vec::new();
        for number in 0..2 {
            let asked = client.ask(&format!("Do you know {SAID}{number}?")).await;
            assert_eq!(asked.status, 200, "{:?}", asked.body);
            sessions.push(asked.text("sessionId").to_owned());
        }
        let look = client.request(Method::GET, &format!("/conversations/history/{}", sessions[0]));
        assert_eq!(look.header("user-agent", BROWSER).send().await.unwrap().status(), 200);
        self.age_an_entry(&child).await;
        (child, sessions)
    }

    /// Makes an old entry of the trail of somebody's last one.
    async fn age_an_entry(&self, who: &str) {
        let entries = self.engine.items("cmz-audit").await;
        let by = |entry: &&Value| entry["userId"]["S"] == who && entry["userAgent"].is_object();
        let mut entry = entries.iter().filter(by).max_by_key(|entry| entry["logId"].to_string()).expect("one").clone();
        entry["logId"] = json!({ "S": OLD_ENTRY });
        self.engine.call("PutItem", &json!({ "TableName": "cmz-audit", "Item": entry })).await;
    }

    /// Everything sealed in the tables, but for keys.
    async fn sealed(&self) -> Vec<Vec<u8>> {
        let tables = self.engine.call("ListTables", &json!({})).await;
        let mut sealed = Vec::new();
        for table in tables["TableNames"].as_array().unwrap().iter().filter_map(Value::as_str) {
            if table != "cmz-keys" {
                self.engine.items(table).await.iter().for_each(|item| gather(item, &mut sealed));
            }
        }
        sealed
    }

    /// All keys that exist here.
    async fn keys(&self) -> Vec<[u8; 32]> {
        self.keys_in(self.engine.items("cmz-keys").await).await
    }

    /// The keys that somebody gets who has these items and may ask the key service: those that it unwraps, and those
    /// that these unwrap.
    async fn keys_in(&self, items: Vec<Value>) -> Vec<[u8; 32]> {
        let (mut keys, mut of_conversations) = (Vec::new(), BTreeMap::new());
        let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap().to_owned();
        let wrapped = |item: &Value| item["wrapped"]["B"].as_str().map(|text| BASE64_STANDARD.decode(text).unwrap());
        for item in &items {
            let (owner, mut name) = (text(item, "ownerId"), text(item, "keyId"));
            let Some(bytes) = wrapped(item).filter(|_| !name.starts_with("session#")) else { continue };
            if name == "conversations" {
                name = format!("conversations#{}", item["generation"]["N"].as_str().unwrap());
            }
            let Some(key) = self.unwrap(&bytes, &owner, &name).await else { continue };
            if name.starts_with("conversations") {
                of_conversations.insert(owner, key);
            }
            keys.push(key);
        }
        for item in items.iter().filter(|item| text(item, "keyId").starts_with("session#")) {
            let Some(by) = of_conversations.get(&text(item, "ownerId")) else { continue };
            keys.push(opened(by, &wrapped(item).unwrap()).try_into().expect("a key"));
        }
        keys
    }

    /// What the key service makes of a wrapped key; none where it has no key for it any more.
    async fn unwrap(&self, wrapped: &[u8], owner: &str, key: &str) -> Option<[u8; 32]> {
        let url = self.engine.program.line["keysUrl"].as_str().unwrap();
        let body = json!({
            "CiphertextBlob": BASE64_STANDARD.encode(wrapped),
            "EncryptionContext": { "owner": owner, "key": key },
        });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(url).header("x-amz-target", "TrentService.Decrypt").body(body.to_string());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let Some(plain) = answer["Plaintext"].as_str() else {
            assert_eq!(answer["__type"], "KMSInvalidStateException", "{owner} {key}: {answer}");
            return None;
        };
        Some(BASE64_STANDARD.decode(plain).unwrap().try_into().expect("32 bytes"))
    }
}

#[tokio::test]
async fn c000_12_6_after_an_erasure_no_copy_and_no_file_gives_anything_back() {
    let (live, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = ScriptedModel::start([]).await;
    let zoo = Zoo::open(live.path(), &model).await;
    let parent = zoo.client.sign_in(client::PARENT).await;
    let (child, sessions) = zoo.child(&parent).await;
    let said = [0, 1].map(|number| format!("{SAID}{number}"));
    let words = [said[0].as_str(), said[1].as_str(), NAME, SIGN_IN_NAME, BROWSER];
    // With the keys of now all of it opens: what follows can fail.
    assert_eq!(found(&zoo.sealed().await, &zoo.keys().await, &words), words);
    zoo.close().await;
    copy(live.path(), backup.path());

    // One session goes: its words and no others.
    let zoo = Zoo::open(live.path(), &model).await;
    let parent = zoo.client.sign_in(client::PARENT).await;
    let deleted = call(&parent, Method::DELETE, &format!("/conversations/history/{}", sessions[0]), None).await;
    assert_eq!(deleted.status, 204);
    let of_the_copy = Zoo::open(backup.path(), &model).await;
    let copied = [of_the_copy.sealed().await, archived(backup.path()).await].concat();
    let copied_keys = of_the_copy.engine.items("cmz-keys").await;
    assert_eq!(found(&archived(live.path()).await, &zoo.keys().await, &words), [BROWSER]);
    assert_eq!(found(&copied, &zoo.keys().await, &words), words[1..]);
    assert_eq!(found(&zoo.sealed().await, &zoo.keys().await, &words), words[1..]);

    // All conversations go, and then the account.
    assert_eq!(erase(&parent, &child, at_once()).await.status, 200);
    assert_eq!(found(&copied, &zoo.keys().await, &words), words[2..]);
    let done = erase_account(&parent, &child, at_once()).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let left: [&str; 0] = [];
    assert_eq!(found(&copied, &zoo.keys().await, &words), left);
    let here = [zoo.sealed().await, archived(live.path()).await].concat();
    assert_eq!(found(&here, &zoo.keys().await, &words), left);
    assert!(zoo.keys().await.len() >= 9, "there are other people's keys, and they are of no use");

    // Whoever copied even the table of keys, and may ask the key service, reads until the wrapping keys have changed.
    assert_eq!(found(&copied, &zoo.keys_in(copied_keys.clone()).await, &words), words);
    rotate(&zoo.engine.program.url, &["--begin"], &[]).await;
    rotate_to_the_end(&zoo.engine.program.url).await;
    assert_eq!(zoo.keys_in(copied_keys).await.len(), 0);
    assert!(zoo.keys().await.len() >= 9, "everybody else goes on");
    let everything = zoo.engine.everything().await;
    for word in words {
        assert!(!everything.contains(word), "{word} is in a table");
    }
    verified(&zoo.client, done.text("receipt")).await;
    zoo.close().await;
    of_the_copy.close().await;
    for folder in [live.path(), backup.path()] {
        assert!(bytes_in(&folder.join("data")) > 100_000 && bytes_in(folder) > bytes_in(&folder.join("data")));
        for word in [SAID, NAME, SIGN_IN_NAME, BROWSER] {
            assert_eq!(files_with(folder, word), Vec::<String>::new(), "{word}");
        }
    }
}
