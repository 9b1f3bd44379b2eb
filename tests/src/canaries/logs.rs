//! What the product says on standard output and standard error, at its most talkative.

use super::{Secrets, script};
use crate::testkit::{
    Client, Proxy, ScriptedModel,
    program::command,
    proxy::{Call, Fate, Refusal, Service},
};
use serde_json::{Value, json};
use std::{fs::File, path::Path, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{process::Child, time::sleep};

/// The most that settings let it say, by the product's own variable and by one that is usual.
pub(super) const TALKATIVE: [(&str, &str); 2] = [("LOG_LEVEL", "trace"), ("RUST_LOG", "trace")];
/// Limits that the script does not mean to meet.
const GENEROUS: [(&str, &str); 4] = [
    ("CHAT_RATE_LIMIT_PER_MINUTE", "100"),
    ("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "10000"),
    ("CHAT_MAX_TOKENS_PER_DAY", "100000000"),
    ("CHAT_MAX_TOKENS_PER_MONTH", "100000000"),
];

/// A process and all that it says.
struct Heard {
    line: Value,
    folder: TempDir,
    _child: Child,
}

impl Heard {
    async fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [output, errors] =
            ["output", "errors"].map(|name| Stdio::from(File::create(folder.path().join(name)).unwrap()));
        let mut command = command("menagerie");
        let child =
            command.args(arguments).envs(TALKATIVE).envs(GENEROUS).stdout(output).stderr(errors).spawn().unwrap();
        for _ in 0..600 {
            let said = read(folder.path(), "output");
            if let Some((line, _)) = said.split_once('\n') {
                return Self { line: serde_json::from_str(line).unwrap(), folder, _child: child };
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("it does not start: {}", read(folder.path(), "errors"));
    }

    fn url(&self) -> &str {
        self.line["url"].as_str().unwrap()
    }

    /// Everything it said; the letters, which are for whoever sits at this machine, counted and left out.
    fn said(&self) -> (String, usize) {
        let output = read(self.folder.path(), "output");
        let (letters, rest): (Vec<_>, Vec<_>) = output.lines().partition(|line| line.contains("/reset-password#"));
        (format!("{}{}", rest.join("\n"), read(self.folder.path(), "errors")), letters.len())
    }
}

fn read(folder: &Path, name: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(folder.join(name)).unwrap()).into_owned()
}

/// Nothing fails, or the key service, or every third call to the database, or all that writes.
fn fails(round: usize, call: &Call) -> Fate {
    let is_hit = match round {
        0 => false,
        1 => call.service == Service::Keys,
        2 => call.service == Service::Database && call.number.is_multiple_of(3),
        _ => call.service == Service::Database && call.operation != "GetItem" && call.operation != "Query",
    };
    if is_hit { Fate::Refuse(Refusal::Broken) } else { Fate::Forward }
}

/// A process of its own, with nothing in memory that would do without the service that fails.
async fn serve(engine: &Heard, model: &ScriptedModel, secrets: &mut Secrets, round: usize) -> Heard {
    let proxy = Proxy::start(engine.url()).await;
    let server = Heard::start(&["serve", "--engine", &proxy.url, "--port", "0", "--model-url", &model.url]).await;
    proxy.rule(move |call| fails(round, call));
    script::live(&Client::new(server.url()), secrets, round == 0).await;
    server
}

#[tokio::test]
async fn no_process_says_anything_of_anybody_at_any_level_whatever_fails() {
    let engine = Heard::start(&["engine", "--memory", "--port", "0"]).await;
    let model = ScriptedModel::answering(script::reply).await;
    let mut secrets = Secrets::default();
    let server = serve(&engine, &model, &mut secrets, 0).await;
    script::abuse(&Client::new(server.url()), &mut secrets).await;
    let mut others = [Secrets::default(), Secrets::default(), Secrets::default()];
    let [one, two, three] = &mut others;
    let failing =
        tokio::join!(serve(&engine, &model, one, 1), serve(&engine, &model, two, 2), serve(&engine, &model, three, 3));
    secrets.0.extend(others.into_iter().flat_map(|other| other.0));
    let processes = [server, failing.0, failing.1, failing.2];
    keys_of(&engine, &mut secrets).await;
    // The streams have been carried by then.
    sleep(Duration::from_secs(2)).await;
    let (said, letters) = processes[0].said();
    assert!(
        said.contains("POST /convo_turn/stream")
            && said.contains("\"level\":\"TRACE\"") | said.contains("\"level\":\"INFO\""),
        "{said}"
    );
    assert!(letters > 0, "a letter was written");
    for (number, process) in processes.iter().chain([&engine]).enumerate() {
        let (said, _) = process.said();
        for line in said.lines() {
            let found = secrets.found_in(line);
            assert!(found.is_empty(), "process {number} says {found:?}: {line}");
            assert!(!line.contains("eyJ"), "process {number} says a token: {line}");
        }
    }
}

/// The data keys in the clear, in the forms that a log may have them in.
async fn keys_of(engine: &Heard, secrets: &mut Secrets) {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let database = crate::testkit::engine::call(engine.url(), "Scan", &json!({ "TableName": "cmz-keys" })).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut count = 0;
    for item in database["Items"].as_array().unwrap().iter().filter(|item| item["wrappedBy"]["S"].is_string()) {
        let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
        let generation = item["generation"]["N"].as_str().unwrap();
        let key = if text("keyId") == "conversations" { format!("conversations#{generation}") } else { text("keyId") };
        let body = json!({ "CiphertextBlob": item["wrapped"]["B"], "EncryptionContext": { "owner": text("ownerId"), "key": key } });
        let request =
            http.post(engine.line["keysUrl"].as_str().unwrap()).header("x-amz-target", "TrentService.Decrypt");
        let opened: Value = request.body(body.to_string()).send().await.unwrap().json().await.unwrap();
        let plaintext = opened["Plaintext"].as_str().unwrap();
        let bytes = BASE64_STANDARD.decode(plaintext).unwrap();
        secrets.keep("key in base64", plaintext);
        secrets.keep("key in hexadecimal", &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        secrets.keep("key as numbers", &format!("{bytes:?}"));
        secrets.keep("wrapped key", item["wrapped"]["B"].as_str().unwrap());
        count += 1;
    }
    assert!(count > 9, "everybody has a key");
}
