//! Canaries: what a child says, its name and its sign-in name. After the erasure none of them is in any file, log or
//! table, and nothing of a copy that was made before opens with any key that still exists.

use super::*;
use crate::testkit::{Program, program::command};
use aws_lc_rs::{
    cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tokio::io::{AsyncBufReadExt, BufReader};

const SAID: &str = "quetzal7291canary";
const NAME: &str = "Canarina7291";
const SIGN_IN_NAME: &str = "canary.bird.7291";
/// The sealed bytes begin with their form and a nonce, and end with a tag.
const NONCE: std::ops::Range<usize> = 1..13;
const TAG: usize = 16;

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
        (child, sessions)
    }

    /// Everything sealed in the tables of which there are backups.
    async fn sealed(&self) -> Vec<Vec<u8>> {
        let tables = self.engine.call("ListTables", &json!({})).await;
        let mut sealed = Vec::new();
        for table in tables["TableNames"].as_array().unwrap().iter().filter_map(Value::as_str) {
            if is_backed_up(table) {
                self.engine.items(table).await.iter().for_each(|item| gather(item, &mut sealed));
            }
        }
        sealed
    }

    /// All keys that exist here: those that the key service unwraps, and those that these unwrap.
    async fn keys(&self) -> Vec<[u8; 32]> {
        let items = self.engine.items("cmz-keys").await;
        let (mut keys, mut of_conversations) = (Vec::new(), BTreeMap::new());
        let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap().to_owned();
        let wrapped = |item: &Value| item["wrapped"]["B"].as_str().map(|text| BASE64_STANDARD.decode(text).unwrap());
        for item in &items {
            let (owner, mut name) = (text(item, "ownerId"), text(item, "keyId"));
            let Some(bytes) = wrapped(item).filter(|_| !name.starts_with("session#")) else { continue };
            if name == "conversations" {
                name = format!("conversations#{}", item["generation"]["N"].as_str().unwrap());
            }
            let key = self.unwrap(&bytes, &owner, &name).await;
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

    async fn unwrap(&self, wrapped: &[u8], owner: &str, key: &str) -> [u8; 32] {
        let url = self.engine.program.line["keysUrl"].as_str().unwrap();
        let body = json!({
            "KeyId": "alias/cmz-vault",
            "CiphertextBlob": BASE64_STANDARD.encode(wrapped),
            "EncryptionContext": { "owner": owner, "key": key },
        });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(url).header("x-amz-target", "TrentService.Decrypt").body(body.to_string());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let plain = answer["Plaintext"].as_str().unwrap_or_else(|| panic!("{owner} {key}: {answer}"));
        BASE64_STANDARD.decode(plain).unwrap().try_into().expect("32 bytes")
    }
}

/// Whether a copy of a table exists on AWS. `cmz-keys` has no point-in-time recovery, no stream and no backup: there a
/// copy of the tables is one without it.
///
/// **For the rotation of wrapping keys**: once the wrapping key of the copy's time is destroyed, this may say yes to
/// `cmz-keys` as well, the copy's own keys be tried ([`Zoo::keys`] of the copy), and every assertion here has to hold.
fn is_backed_up(table: &str) -> bool {
    table != "cmz-keys"
}

/// All bytes in an item.
fn gather(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "B") {
                    Some(text) => found.push(BASE64_STANDARD.decode(text).unwrap()),
                    None => gather(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, found)),
        _ => {}
    }
}

/// What a key makes of sealed bytes, whatever they were sealed for: without looking at the tag, so that no mistake about
/// the place they belong to hides that they open.
fn opened(key: &[u8; 32], sealed: &[u8]) -> Vec<u8> {
    let mut counter = [0; 16];
    counter[..12].copy_from_slice(&sealed[NONCE]);
    // GCM encrypts with the counter from 2 on (NIST SP 800-38D, section 7.1).
    counter[15] = 2;
    let mut body = sealed[NONCE.end..sealed.len() - TAG].to_vec();
    let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).unwrap()).unwrap();
    let context = DecryptionContext::Iv128(FixedLength::from(counter));
    key.decrypt(&mut body, context).unwrap().to_vec()
}

/// Which of the words some key opens somewhere.
fn found<'a>(sealed: &[Vec<u8>], keys: &[[u8; 32]], words: &[&'a str]) -> Vec<&'a str> {
    let long = sealed.iter().filter(|bytes| bytes.len() > NONCE.end + TAG);
    let all: Vec<Vec<u8>> = long.flat_map(|bytes| keys.iter().map(|key| opened(key, bytes))).collect();
    words.iter().copied().filter(|word| all.iter().any(|plain| holds(plain, word))).collect()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The files under a folder that hold a word.
fn files_with(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files_with(&entry.path(), word)),
            false if holds(&std::fs::read(entry.path()).unwrap(), word) => {
                found.push(entry.path().display().to_string());
            }
            false => {}
        }
    }
    found
}

/// How much there was to read: a look that finds nothing has to have looked at something.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => bytes_in(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}

#[tokio::test]
async fn c000_12_6_after_an_erasure_no_copy_and_no_file_gives_anything_back() {
    let (live, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = ScriptedModel::start([]).await;
    let zoo = Zoo::open(live.path(), &model).await;
    let parent = zoo.client.sign_in(client::PARENT).await;
    let (child, sessions) = zoo.child(&parent).await;
    let said = [0, 1].map(|number| format!("{SAID}{number}"));
    let words = [said[0].as_str(), said[1].as_str(), NAME, SIGN_IN_NAME];
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
    let copied = of_the_copy.sealed().await;
    assert_eq!(found(&copied, &zoo.keys().await, &words), words[1..]);
    assert_eq!(found(&zoo.sealed().await, &zoo.keys().await, &words), words[1..]);

    // All conversations go, and then the account.
    assert_eq!(erase(&parent, &child, at_once()).await.status, 200);
    assert_eq!(found(&copied, &zoo.keys().await, &words), words[2..]);
    let done = erase_account(&parent, &child, at_once()).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let left: [&str; 0] = [];
    assert_eq!(found(&copied, &zoo.keys().await, &words), left);
    assert_eq!(found(&zoo.sealed().await, &zoo.keys().await, &words), left);
    assert!(zoo.keys().await.len() >= 9, "there are other people's keys, and they are of no use");
    let everything = zoo.engine.everything().await;
    for word in words {
        assert!(!everything.contains(word), "{word} is in a table");
    }
    verified(&zoo.client, done.text("receipt")).await;
    zoo.close().await;
    of_the_copy.close().await;
    for folder in [live.path(), backup.path()] {
        assert!(bytes_in(&folder.join("data")) > 100_000 && bytes_in(folder) > bytes_in(&folder.join("data")));
        for word in [SAID, NAME, SIGN_IN_NAME] {
            assert_eq!(files_with(folder, word), Vec::<String>::new(), "{word}");
        }
    }
}
