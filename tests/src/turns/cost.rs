//! What a turn costs at the database, by the engine's own count: the table in the README.

use super::{new_turn, question, question_in, sign_in, streaming};
use crate::testkit::{
    Client, Engine, Proxy, Reply, ScriptedModel, Server, client, hear,
    model::said,
    proxy::{Fate, Record, Service, depth},
    root,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

const README: &str = "README.md";
const MARKS: [&str; 2] = ["<!-- cost:begin -->\n", "<!-- cost:end -->"];
/// What each call takes longer, so that calls made at once are seen to be.
const WIRE: Duration = Duration::from_millis(40);
/// Short messages of somebody without a guardian: ten of them, and the sixteen that are read of more,
/// are both two units to read. Longer ones cost a unit or two more, whatever there is in the table.
const WORDS: usize = 2;
const ASKED: &str = "Hi Leo";
/// Of an answer that takes some seconds.
const SLOW_WORDS: usize = 12;
/// What a server that has just started may need before the model: the keys of tokens, and then the
/// four of a turn whose keys are not in memory.
const COLD: usize = 5;
const PLANTED: usize = 10_000;

/// What a turn, or a part of it, costs.
#[derive(Debug, Clone, PartialEq)]
struct Cost {
    operations: BTreeMap<String, usize>,
    key_calls: usize,
    read_units: f64,
    write_units: f64,
    /// Calls one after the other before the model is asked, and after.
    depth: [usize; 2],
}

fn cost_of(records: &[Record], asked: Instant) -> Cost {
    let mut operations = BTreeMap::new();
    for record in records.iter().filter(|record| record.call.service == Service::Database) {
        *operations.entry(record.call.operation.clone()).or_insert(0) += 1;
    }
    let (before, after): (Vec<_>, Vec<_>) = records.iter().cloned().partition(|record| record.began < asked);
    Cost {
        operations,
        key_calls: records.iter().filter(|record| record.call.service == Service::Keys).count(),
        read_units: records.iter().map(|record| record.read_units).sum(),
        write_units: records.iter().map(|record| record.write_units).sum(),
        depth: [depth(&before), depth(&after)],
    }
}

/// A server behind a proxy that counts.
struct Counted {
    proxy: Proxy,
    client: Client,
    server: Server,
}

impl Counted {
    async fn start(engine: &Engine, model: &ScriptedModel, token: Option<&str>) -> Self {
        let proxy = Proxy::start(&engine.program.url).await;
        let server = Server::start(&proxy.url, &model.url, &[]).await;
        let token = match token {
            Some(token) => token.to_owned(),
            None => sign_in(&server, client::USER).await,
        };
        proxy.count_capacity();
        Self { proxy, client: Client::new(&server.url).with_token(&token), server }
    }

    /// A session of five questions and their answers.
    async fn session(&self) -> String {
        let opened = hear(streaming(&self.client, &question(&new_turn(), ASKED))).await;
        let session = opened.start().unwrap()["sessionId"].as_str().unwrap().to_owned();
        for _ in 1..5 {
            hear(streaming(&self.client, &question_in(&session, &new_turn(), ASKED))).await.terminal();
        }
        session
    }

    /// What one question costs.
    async fn measure(&self, model: &ScriptedModel, body: &Value) -> Cost {
        self.proxy.rule(|_| Fate::Delay(WIRE));
        let began = Instant::now();
        let heard = hear(streaming(&self.client, body)).await;
        assert_eq!((heard.terminal().name.as_str(), heard.kept()), ("complete", said(WORDS)));
        assert!(began.elapsed() < Duration::from_millis(900), "before the log is written");
        // What is settled beside the completion is counted, too.
        sleep(Duration::from_millis(300)).await;
        let cost = cost_of(&self.proxy.records(), model.last_asked());
        self.proxy.forward();
        cost
    }
}

/// Puts messages into a session that are older than its own.
async fn plant(engine: &Engine, session: &str) {
    let items = super::all_items(engine, "cmz-conversations").await;
    let of_session = |item: &&Value| item["sessionId"]["S"] == session;
    let (question, answer) = (
        items.iter().filter(of_session).find(|item| item["messageType"]["S"] == "user").unwrap(),
        items.iter().filter(of_session).find(|item| item["messageType"]["S"] == "assistant").unwrap(),
    );
    let planted = (0..PLANTED).map(|number| {
        let mut item = if number % 2 == 0 { question.clone() } else { answer.clone() };
        let turn = format!("00000000-0000-4000-8000-{:012x}", number / 2);
        let time = format!("2020-01-01T00:00:00.{:03}Z", number / 2 % 1000);
        item["sessionIdTimestamp"] = json!({ "S": format!("{session}#{time}#{turn}#{}", number % 2) });
        item["turnId"] = json!({ "S": turn });
        json!({ "PutRequest": { "Item": item } })
    });
    let planted: Vec<_> = planted.collect();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for batch in planted.chunks(25) {
        let body = json!({ "RequestItems": { "cmz-conversations": batch } });
        let written = http
            .post(&engine.program.url)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "DynamoDB_20120810.BatchWriteItem")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
            .header("x-amz-date", "20260101T000000Z")
            .body(body.to_string());
        let written = client::answer(written.send().await.unwrap()).await;
        assert_eq!((written.status.as_u16(), &written.body["UnprocessedItems"]), (200, &json!({})));
    }
}

/// What a second of an answer costs in which words come, by two of them.
async fn log(engine: &Engine, leave: &Semaphore, counted: &Counted, model: &ScriptedModel, session: &str) -> Cost {
    counted.proxy.forward();
    let body = question_in(session, &new_turn(), "slowly");
    let writes = || counted.proxy.records().iter().filter(|r| r.call.operation == "TransactWriteItems").count();
    let writing = async {
        leave.add_permits(4);
        for seconds in 1..=2 {
            // The claim comes before the log.
            super::until("the log is written", Duration::from_secs(5), async || writes() > seconds).await;
            if seconds == 1 {
                leave.add_permits(4);
            }
        }
        sleep(Duration::from_millis(200)).await;
        let now = Instant::now();
        leave.add_permits(SLOW_WORDS);
        now
    };
    let (heard, last_words) = tokio::join!(hear(streaming(&counted.client, &body)), writing);
    assert_eq!(heard.terminal().name, "complete");
    let turn = heard.start().unwrap()["turnId"].as_str().unwrap();
    assert_eq!(super::log_items(engine, turn).await, 2);
    let ticks = |record: &Record| record.began > model.last_asked() && record.began < last_words;
    let records: Vec<_> = counted.proxy.records().into_iter().filter(ticks).collect();
    let mut cost = cost_of(&records, model.last_asked());
    assert!(cost.operations.values().all(|count| count % 2 == 0), "{cost:?}");
    cost.operations.values_mut().for_each(|count| *count /= 2);
    (cost.read_units, cost.write_units) = (cost.read_units / 2.0, cost.write_units / 2.0);
    cost.depth[1] /= 2;
    cost
}

#[tokio::test]
async fn the_readmes_table_is_what_a_turn_costs_and_costs_stay_the_same_in_long_conversations() {
    let engine = Engine::without_streams().await;
    let leave = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&leave);
    let model = ScriptedModel::answering(move |asked| match asked {
        "slowly" => Reply::Stepped(SLOW_WORDS, Arc::clone(&gate)),
        _ => Reply::Words(WORDS),
    });
    let model = model.await;
    let warm = Counted::start(&engine, &model, None).await;
    let token = sign_in(&warm.server, client::USER).await;
    let sessions = [warm.session().await, warm.session().await];
    plant(&engine, &sessions[1]).await;

    let mut rows = Vec::new();
    let mut costs = Vec::new();
    // Once a minute the version of the animals is read again: not between these.
    warm.session().await;
    for (session, stored) in sessions.iter().zip(["10", "10,000"]) {
        let cost = warm.measure(&model, &question_in(session, &new_turn(), ASKED)).await;
        rows.push((format!("warm, {stored} messages in the session"), cost.clone()));
        costs.push(cost);
    }
    for (session, stored) in sessions.iter().zip(["10", "10,000"]) {
        let cold = Counted::start(&engine, &model, Some(&token)).await;
        let cost = cold.measure(&model, &question_in(session, &new_turn(), ASKED)).await;
        rows.push((format!("cold, {stored} messages in the session"), cost.clone()));
        costs.push(cost);
    }
    rows.push(("warm, first of a session".to_owned(), warm.measure(&model, &question(&new_turn(), ASKED)).await));
    rows.push((
        "each second of an answer, its log".to_owned(),
        log(&engine, &leave, &warm, &model, &sessions[0]).await,
    ));
    let table = table(&rows);
    println!("{table}");

    assert_eq!(costs[0], costs[1], "a warm turn costs the same in a long conversation");
    assert_eq!(costs[2], costs[3], "a cold turn costs the same in a long conversation");
    assert_eq!((costs[0].depth, costs[0].key_calls), ([2, 1], 0));
    assert!(costs[2].depth[0] <= COLD && costs[2].depth[1] == 1, "{:?}", costs[2]);
    the_readme_has(&table);
}

const HEAD: &str = "| a streamed turn | database calls | read units | write units | key service calls | \
                    one after the other before the model, and after |\n|---|---|--:|--:|--:|--:|\n";

fn table(rows: &[(String, Cost)]) -> String {
    let rows = rows.iter().map(|(name, cost)| {
        let count = cost.operations.values().sum::<usize>();
        let each: Vec<_> = cost.operations.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let [before, after] = cost.depth;
        let depth = if before == 0 { format!("{after}, beside the answer") } else { format!("{before} and {after}") };
        let Cost { read_units, write_units, key_calls, .. } = cost;
        format!("| {name} | {count}: {} | {read_units} | {write_units} | {key_calls} | {depth} |\n", each.join(", "))
    });
    HEAD.to_owned() + &rows.collect::<String>()
}

/// The table stands in the README; with `UPDATE_README=1` it is written there.
fn the_readme_has(table: &str) {
    let readme = crate::testkit::read(README);
    let (head, rest) = readme.split_once(MARKS[0]).expect("a mark where the table begins");
    let (found, tail) = rest.split_once(MARKS[1]).expect("a mark where the table ends");
    #[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether it may write")]
    let may_write = std::env::var_os("UPDATE_README").is_some_and(|value| value == "1");
    if may_write && found != table {
        let [begin, end] = MARKS;
        std::fs::write(root().join(README), format!("{head}{begin}{table}{end}{tail}")).unwrap();
        return;
    }
    assert_eq!(found, table, "UPDATE_README=1 writes what was measured");
}
