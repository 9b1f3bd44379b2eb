//! Nobody's words are seen without an entry in the audit trail: architecture, "Audit"; requirement
//! document 000, ticket 11.

use crate::testkit::{
    Client, Engine, Proxy, ScriptedModel, Server,
    client::{self, Answer},
    contract_routes,
    proxy::{Fate, Refusal},
};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Words that nothing but the child's conversation has.
const CANARY: &str = "periwinkle";
const READERS: usize = 32;

struct House {
    engine: Engine,
    proxy: Proxy,
    _server: Server,
    client: Client,
}

async fn house() -> House {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let proxy = Proxy::start(&engine.program.url).await;
    let server = Server::start(&proxy.url, &model.url, &[]).await;
    let client = Client::new(&server.url);
    House { engine, proxy, _server: server, client }
}

/// All who may read a child's conversation: the child, its guardian, a keeper, an administrator.
async fn readers(client: &Client) -> [Client; 4] {
    let administrator = client.with_token(client.administrator().await.text("token"));
    let keeper = client.sign_in("keeper1@test.cmz.org").await;
    [client.sign_in(client::CHILD).await, client.sign_in(client::PARENT).await, keeper, administrator]
}

/// Every route of the contract that may show something, but a person's own turn, with its parameters.
fn reading_routes(session: &str, child: &str) -> Vec<String> {
    let is_reading = |method: &str, path: &str| method == "GET" && !path.starts_with("/convo_turn");
    let routes = contract_routes().into_iter().filter(|route| is_reading(&route.method, &route.path));
    let paths = routes.map(|route| route.path.replace("{sessionId}", session).replace("{userId}", child));
    let queries = [
        format!("sessionId={session}&animalId=lion_001&userId={child}"),
        format!("sessionId={session}&userId={child}&q={CANARY}"),
        format!("sessionId={session}&format=txt"),
        format!("sessionId={session}"),
    ];
    paths.flat_map(|path| queries.clone().map(|query| format!("{path}?{query}"))).collect()
}

/// Every field of ticket 11; a list or a search is of no one session.
fn is_complete(entry: &Value) -> bool {
    let texts = ["logId", "timestamp", "eventType", "action", "userId", "role", "targetUserId"];
    let is_list =
        ["conversations_listed", "conversation_searched"].contains(&entry["eventType"]["S"].as_str().unwrap());
    texts.iter().all(|name| entry[name]["S"].is_string())
        && entry["result"]["S"] == "success"
        && ["ipAddress", "userAgent", "accessReason"].iter().all(|name| entry[name]["B"].is_string())
        && entry["sessionId"]["S"].is_string() != is_list
}

async fn look(reader: &Client, path: &str) -> Answer {
    let request = reader.request(Method::GET, path).header("x-access-reason", "A parent asked us to");
    client::answer(request.header("user-agent", "a browser").send().await.unwrap()).await
}

fn shows_words(answer: &Answer) -> bool {
    answer.body.to_string().contains(CANARY)
}

/// The entries about somebody's conversations, by who acted. That messages were stored and deleted is
/// told by the table's stream, in its time.
async fn entries(engine: &Engine, child: &str, reader: &str) -> Vec<Value> {
    let is_theirs = |entry: &Value| {
        let is_of_stream = entry["eventType"]["S"] == "conversation_changed";
        entry["targetUserId"]["S"] == child && entry["userId"]["S"] == reader && !is_of_stream
    };
    engine.items("cmz-audit").await.into_iter().filter(is_theirs).collect()
}

/// Those that words were seen by, and not only the trail.
fn looks(entries: Vec<Value>) -> Vec<Value> {
    let is_look =
        |entry: &Value| entry["eventType"]["S"].as_str().is_some_and(|event| event.starts_with("conversation"));
    entries.into_iter().filter(is_look).collect()
}

#[tokio::test]
async fn c000_11_1_no_route_shows_words_without_an_entry_and_none_does_when_the_trail_fails() {
    let House { engine, proxy, client, _server } = house().await;
    let readers = readers(&client).await;
    let session = readers[0].ask(&format!("Do you like {CANARY}?")).await.text("sessionId").to_owned();
    let child = readers[0].get("/me").await.text("userId").to_owned();
    let mut shown = 0;
    for reader in &readers {
        let who = reader.get("/me").await.text("userId").to_owned();
        for path in reading_routes(&session, &child) {
            proxy.forward();
            let before = looks(entries(&engine, &child, &who).await).len();
            let answer = look(reader, &path).await;
            if !shows_words(&answer) {
                continue;
            }
            shown += 1;
            let after = looks(entries(&engine, &child, &who).await);
            assert!(after.len() > before, "{path} shows words and leaves no entry");
            // Keepers read a child's words and are refused their export.
            let granted = |entry: &&Value| entry["eventType"]["S"] != "unauthorized_access_attempt";
            assert!(after.iter().filter(granted).all(is_complete), "{after:?}");
            proxy.rule(|call| match call.tables().contains(&"cmz-audit") {
                true => Fate::Refuse(Refusal::Broken),
                false => Fate::Forward,
            });
            let answer = look(reader, &path).await;
            answer.is_problem(503, "unavailable");
            assert!(!shows_words(&answer), "{path} shows words that nobody will know were seen");
        }
    }
    assert!(shown >= 4 * 3, "the words were seen {shown} times only: do the routes still take these parameters?");
}

#[tokio::test]
async fn a_refused_look_is_written_down_with_who_whose_and_why() {
    let House { engine, client, proxy: _proxy, _server } = house().await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let owner = child.get("/me").await.text("userId").to_owned();
    for email in [client::USER, "parent2@test.cmz.org", client::VISITOR] {
        let other = client.sign_in(email).await;
        let who = other.get("/me").await.text("userId").to_owned();
        let paths = [
            format!("/conversations/history/{session}"),
            format!("/convo_history?sessionId={session}"),
            format!("/conversations/sessions?userId={owner}"),
        ];
        for path in paths {
            look(&other, &path).await.is_problem(403, "forbidden");
        }
        let found = entries(&engine, &owner, &who).await;
        // A visitor is refused lists of any kind before it is asked whose.
        assert_eq!(found.len(), if email == client::VISITOR { 2 } else { 3 });
        for entry in found {
            let of = |name: &str| entry[name]["S"].as_str().unwrap_or_default().to_owned();
            let told = (of("eventType"), of("result"), of("reason"));
            assert_eq!(told, ("unauthorized_access_attempt".into(), "failure".into(), "forbidden".into()));
            assert!(["read_history", "list_sessions"].contains(&&*of("action")));
            let is_sealed = |name: &str| entry[name]["B"].is_string() && entry[name]["S"].is_null();
            assert!(is_sealed("ipAddress") && entry["accessReason"].is_null(), "{entry}");
        }
    }
}

#[tokio::test]
async fn a_deletion_is_written_down_before_anything_is_gone() {
    let House { engine, proxy, client, _server } = house().await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let owner = child.get("/me").await.text("userId").to_owned();
    let parent = client.sign_in(client::PARENT).await;
    let guardian = parent.get("/me").await.text("userId").to_owned();
    let delete = async |who: &Client| {
        let request = who.request(Method::DELETE, &format!("/conversations/history/{session}"));
        client::answer(request.send().await.unwrap()).await
    };
    assert_eq!(delete(&child).await.status, 202);
    assert_eq!(entries(&engine, &owner, &owner).await[0]["eventType"]["S"], "deletion_requested");
    proxy.rule(|call| match call.tables().contains(&"cmz-audit") {
        true => Fate::Refuse(Refusal::Broken),
        false => Fate::Forward,
    });
    delete(&parent).await.is_problem(503, "unavailable");
    proxy.forward();
    assert_eq!(child.history(&session).await.status, 200, "nothing is gone");
    assert_eq!(delete(&parent).await.status, 204);
    let found = entries(&engine, &owner, &guardian).await;
    assert_eq!((found.len(), &found[0]["eventType"]["S"]), (1, &Value::from("conversation_deleted")));
}

#[tokio::test]
async fn many_readers_of_one_conversation_write_nothing_that_another_one_writes() {
    let House { engine, proxy, client, _server } = house().await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let owner = child.get("/me").await.text("userId").to_owned();
    let parent = client.sign_in(client::PARENT).await;
    // The key that seals the reader's address is made by their first look.
    assert_eq!(parent.history(&session).await.status, 200);
    proxy.forward();
    let looks = (0..READERS).map(|_| parent.history(&session));
    for answer in futures_util::future::join_all(looks).await {
        assert_eq!(answer.status, 200);
    }
    let reads = ["GetItem", "Query", "BatchGetItem", "Decrypt"];
    let writes: Vec<_> =
        proxy.records().into_iter().filter(|record| !reads.contains(&&*record.call.operation)).collect();
    let mut ids: Vec<_> = writes.iter().map(|write| write.call.body["Item"]["logId"]["S"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((writes.len(), ids.len()), (READERS, READERS), "one entry each, and nothing else is written");
    assert!(writes.iter().all(|write| write.call.operation == "PutItem" && write.call.tables() == ["cmz-audit"]));
    let guardian = parent.get("/me").await.text("userId").to_owned();
    assert_eq!(entries(&engine, &owner, &guardian).await.len(), READERS + 1);
}

#[tokio::test]
async fn links_are_written_down_when_they_are_made_used_and_revoked() {
    let House { engine, client, proxy: _proxy, _server } = house().await;
    let owner = client.sign_in(client::USER).await;
    let session = owner.ask("Hello Leo!").await.text("sessionId").to_owned();
    let id = owner.get("/me").await.text("userId").to_owned();
    let path = format!("/conversations/history/{session}");
    let made = owner.post(&format!("{path}/shares"), &serde_json::json!({})).await;
    let secret = made.text("link").split_once("#share=").unwrap().1.to_owned();
    let reader = client.sign_in(client::PARENT).await;
    let who = reader.get("/me").await.text("userId").to_owned();
    let seen = reader.request(Method::GET, &path).header("x-share", &secret).send().await.unwrap();
    assert_eq!(seen.status(), 200);
    let revoked = owner.request(Method::DELETE, &format!("{path}/shares")).send().await.unwrap();
    assert_eq!(revoked.status(), 204);
    let by_owner = entries(&engine, &id, &id).await;
    let mut events: Vec<_> = by_owner.iter().filter_map(|entry| entry["eventType"]["S"].as_str()).collect();
    events.sort_unstable();
    assert_eq!(events, ["conversation_shared", "share_revoked"]);
    let told = Value::from(by_owner).to_string();
    assert!(told.contains(made.text("shareId")) && !told.contains(&secret));
    let by_reader = entries(&engine, &id, &who).await;
    assert_eq!((by_reader.len(), &by_reader[0]["eventType"]["S"]), (1, &Value::from("conversation_viewed")));
}

#[tokio::test]
async fn c000_11_3_an_export_is_written_down_with_its_format_its_count_and_its_digest() {
    let House { engine, proxy, client, _server } = house().await;
    let owner = client.sign_in(client::USER).await;
    let session = owner.ask("Hello Leo!").await.text("sessionId").to_owned();
    let id = owner.get("/me").await.text("userId").to_owned();
    for format in ["json", "txt", "pdf"] {
        let path = format!("/conversations/history/{session}/export?format={format}");
        let file = owner.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
        let found = entries(&engine, &id, &id).await;
        let is_this = |entry: &&Value| entry["metadata"]["M"]["format"]["S"] == format;
        let entry = found.iter().find(is_this).expect("an entry of the export");
        assert_eq!(entry["eventType"]["S"], "conversation_exported");
        assert_eq!(entry["metadata"]["M"]["messages"]["N"], "2");
        let digest: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(entry["metadata"]["M"]["sha256"]["S"], digest.as_str());
    }
    // The second entry of an export is its own: without it no byte is given.
    let mut puts = 0;
    proxy.rule(move |call| {
        puts += usize::from(call.tables().contains(&"cmz-audit") && call.operation == "PutItem");
        if puts >= 2 { Fate::Refuse(Refusal::Broken) } else { Fate::Forward }
    });
    owner.get(&format!("/conversations/history/{session}/export?format=json")).await.is_problem(503, "unavailable");
}
