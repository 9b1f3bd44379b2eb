//! The function `retention`, its own binary under Lambda's runtime, over entries that are older than a year.

use crate::testkit::{Engine, lambda::Function};
use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, path::Path};

/// Entries of the fullest day: more than a page of them.
const MANY: usize = 700;
const SEALED: &str = "c2VhbGVkIDcyOTE=";

/// A time of day so many days ago.
#[expect(clippy::disallowed_methods, reason = "what is old is old by the function's own clock")]
fn ago(days: i64, hour: i8, minute: i8) -> Timestamp {
    let day = Zoned::new(Timestamp::now(), TimeZone::UTC).checked_sub(days.days()).unwrap();
    day.with().time(jiff::civil::time(hour, minute, 30, 0)).build().unwrap().timestamp()
}

fn date(at: Timestamp) -> String {
    at.to_string()[..10].to_owned()
}

/// A `UUIDv7` of a time.
fn log_id(at: Timestamp, number: usize) -> String {
    let millis = format!("{:012x}", at.as_millisecond());
    format!("{}-{}-7000-8000-{number:012x}", &millis[..8], &millis[8..])
}

fn entry(at: Timestamp, number: usize) -> Value {
    let event = if number.is_multiple_of(2) { "conversation_changed" } else { "conversation_viewed" };
    json!({
        "subject": { "S": "user#sam" }, "logId": { "S": log_id(at, number) }, "timestamp": { "S": format!("{at:.3}") },
        "eventType": { "S": event }, "action": { "S": "read_history" }, "userId": { "S": "kim" },
        "targetUserId": { "S": "sam" }, "result": { "S": "success" }, "metadata": { "M": {} },
        "ipAddress": { "B": SEALED }, "ttl": { "N": (at.as_second() + 400 * 86_400).to_string() },
    })
}

/// A block, or the checkpoint of one.
fn numbered(subject: &str, number: u64, linked_at: Timestamp) -> Value {
    json!({
        "subject": { "S": subject }, "logId": { "S": format!("{number:020}") }, "number": { "N": number.to_string() },
        "linkedAt": { "S": format!("{linked_at:.3}") }, "ttl": { "N": (linked_at.as_second() + 730 * 86_400).to_string() },
    })
}

async fn put(engine: &Engine, items: &[Value]) {
    for items in items.chunks(25) {
        let puts: Vec<_> = items.iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
        engine.call("BatchWriteItem", &json!({ "RequestItems": { "cmz-audit": puts } })).await;
    }
}

async fn retention(engine: &Engine, folder: &Path) -> Function {
    crate::retention::function(&engine.program.url, folder, &[]).await
}

/// All files of an archive, by their keys.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(days) = std::fs::read_dir(folder.join("audit")) else { return BTreeMap::new() };
    let files = days.flat_map(|day| std::fs::read_dir(day.unwrap().path()).unwrap()).map(|file| file.unwrap().path());
    let named = files.map(|file| (file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), file));
    named.map(|(key, file)| (key, std::fs::read(file).unwrap())).collect()
}

/// The items of a day, from the object that its manifest names.
fn archived(files: &BTreeMap<String, Vec<u8>>, day: &str) -> (Value, Vec<Value>) {
    let manifest: Value = serde_json::from_slice(&files[&format!("audit/{day}/manifest.json")]).unwrap();
    let object = &files[manifest["object"].as_str().unwrap()];
    let digest: String = Sha256::digest(object).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((&manifest["sha256"], &manifest["day"]), (&json!(digest), &json!(day)));
    assert_eq!(manifest["bytes"], object.len());
    let lines = std::str::from_utf8(object).unwrap().lines();
    let items: Vec<_> = lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["Item"].take()).collect();
    assert_eq!(manifest["items"], items.len());
    (manifest, items)
}

fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_unstable_by_key(|item| (item["subject"].to_string(), item["logId"].to_string()));
    items
}

/// A trail of two old days, of the day that a year ago was not over, and of today.
struct Trail {
    engine: Engine,
    first: Vec<Value>,
    second: Vec<Value>,
}

impl Trail {
    async fn old() -> Self {
        let engine = Engine::without_streams().await;
        let (one, two, edge) = (ago(380, 8, 0), ago(366, 23, 59), ago(365, 0, 0));
        let mut first: Vec<_> = (0..MANY).map(|number| entry(one, number)).collect();
        first.extend([numbered("chain", 1, one), numbered("checkpoint", 1, one)]);
        let second = vec![entry(two, 1), numbered("chain", 2, two), numbered("chain", 3, two)];
        let second = [second, vec![numbered("checkpoint", 3, two)]].concat();
        let newer =
            [entry(edge, 1), entry(ago(2, 8, 0), 1), numbered("chain", 4, edge), numbered("checkpoint", 4, edge)];
        put(&engine, &[first.clone(), second.clone(), newer.to_vec()].concat()).await;
        Self { engine, first: sorted(first), second: sorted(second) }
    }

    fn is_archived(&self, folder: &Path) {
        let files = files(folder);
        let (one, two) = (date(ago(380, 8, 0)), date(ago(366, 8, 0)));
        assert_eq!(files.len(), 4, "an object and a manifest for each old day: {:?}", files.keys());
        let (manifest, items) = archived(&files, &one);
        assert_eq!((&manifest["entries"], &manifest["firstBlock"]), (&json!(MANY), &json!(1)));
        assert_eq!(sorted(items), self.first, "each once and as it is stored, sealed parts sealed");
        let (manifest, items) = archived(&files, &two);
        assert_eq!((&manifest["firstBlock"], &manifest["lastBlock"]), (&json!(2), &json!(3)));
        assert_eq!(sorted(items), self.second);
    }
}

/// Has old entries archived and gives what was counted.
async fn run(function: &mut Function) -> Value {
    function.tell(&json!({ "job": "archive" })).await["tasks"]["archive"].take()
}

fn report(days: u32, entries: usize, blocks: u32, checkpoints: u32) -> Value {
    json!({ "days": days, "entries": entries, "blocks": blocks, "checkpoints": checkpoints })
}

#[tokio::test]
async fn c000_11_7_entries_older_than_a_year_move_to_the_archive_once_and_newer_ones_do_not() {
    let (trail, folder) = (Trail::old().await, tempfile::tempdir().unwrap());
    let before = sorted(trail.engine.items("cmz-audit").await);
    let mut function = retention(&trail.engine, folder.path()).await;
    assert_eq!(run(&mut function).await, report(2, MANY + 1, 3, 2));
    trail.is_archived(folder.path());
    let archived = files(folder.path());
    assert_eq!(run(&mut function).await, json!({}), "nothing is left");
    assert_eq!(files(folder.path()), archived);
    let after = sorted(trail.engine.items("cmz-audit").await);
    let of_trail: Vec<_> = after
        .into_iter()
        .filter(|item| item["subject"]["S"].as_str().is_some_and(|of| !["archive", "retention"].contains(&of)))
        .collect();
    assert_eq!(of_trail, before, "the table's time to live deletes, nothing else does");
}

#[tokio::test]
async fn a_run_that_was_killed_and_two_at_once_archive_everything_once() {
    let (trail, folder) = (Trail::old().await, tempfile::tempdir().unwrap());
    let (mut one, mut other) =
        (retention(&trail.engine, folder.path()).await, retention(&trail.engine, folder.path()).await);
    tokio::join!(run(&mut one), run(&mut other));
    trail.is_archived(folder.path());
    let whole = files(folder.path());
    // Killed after an object and before its manifest, and before the table knew of either.
    let manifest = whole.keys().find(|key| key.ends_with("manifest.json")).unwrap();
    std::fs::remove_file(folder.path().join(manifest)).unwrap();
    let key = json!({ "subject": { "S": "archive" }, "logId": { "S": "progress" } });
    trail.engine.call("DeleteItem", &json!({ "TableName": "cmz-audit", "Key": key })).await;
    assert_eq!(run(&mut one).await, report(2, MANY + 1, 3, 2));
    assert_eq!(files(folder.path()), whole);
}
