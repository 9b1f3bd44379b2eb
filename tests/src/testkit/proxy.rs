//! A wire between a server and the engine on which a test may do what networks, DynamoDB and KMS
//! do on bad days. It stands in for the engine: the database on one port, the key service on the
//! next.

mod call;
mod fate;
mod wire;

pub(crate) use call::{Call, Record, Service, depth};
pub(crate) use fate::{Fate, Refusal, Then};

use fate::Verdict;
use serde_json::{Value, json};
use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};
use wire::{Request, Response, Wire};

type Rule = dyn FnMut(&Call) -> Fate + Send;
type Records = Arc<Mutex<Vec<Record>>>;

/// A running proxy. As long as no rule is set it only forwards.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    /// The engine's database and its key service.
    engine: [String; 2],
    rule: Mutex<Box<Rule>>,
    /// A rule has records of its own; calls under way belong to the one before.
    records: Mutex<Records>,
    counts_capacity: AtomicBool,
}

impl Proxy {
    /// A proxy before the engine whose database has this address.
    pub(crate) async fn start(engine_url: &str) -> Self {
        let (host, port) = engine_url.rsplit_once(':').unwrap();
        let keys = format!("{host}:{}", port.parse::<u16>().unwrap() + 1);
        let (database_listener, keys_listener) = neighbours().await;
        let url = format!("http://{}", database_listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            engine: [engine_url.to_owned(), keys],
            rule: Mutex::new(Box::new(|_| Fate::Forward)),
            records: Mutex::default(),
            counts_capacity: AtomicBool::new(false),
        });
        listen(database_listener, Service::Database, &shared);
        listen(keys_listener, Service::Keys, &shared);
        Self { url, shared }
    }

    /// From now on each call is numbered anew, from 1, and meets the fate that the rule says.
    pub(crate) fn rule(&self, rule: impl FnMut(&Call) -> Fate + Send + 'static) {
        let mut current = self.shared.rule.lock().unwrap();
        *current = Box::new(rule);
        *self.shared.records.lock().unwrap() = Arc::default();
    }

    /// From now on each call is numbered anew, from 1, and forwarded.
    pub(crate) fn forward(&self) {
        self.rule(|_| Fate::Forward);
    }

    /// From now on the database is asked with each call what it costs.
    pub(crate) fn count_capacity(&self) {
        self.shared.counts_capacity.store(true, Ordering::SeqCst);
    }

    /// The calls since the rule was set, in the order in which they came.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.shared.records.lock().unwrap().lock().unwrap().clone()
    }
}

/// Two listeners on neighbouring ports.
async fn neighbours() -> (TcpListener, TcpListener) {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let next = first.local_addr().unwrap().port().checked_add(1);
        let Some(next) = next else { continue };
        if let Ok(second) = TcpListener::bind(("127.0.0.1", next)).await {
            return (first, second);
        }
    }
    panic!("no two neighbouring ports are free");
}

#[expect(clippy::disallowed_methods, reason = "a test's proxy ends with the test")]
fn listen(listener: TcpListener, service: Service, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(converse(connection, service, Arc::clone(&shared)));
        }
    });
}

/// One connection, kept alive until a fate or the server ends it.
async fn converse(connection: TcpStream, service: Service, shared: Arc<Shared>) {
    let mut wire = Wire::new(connection);
    while let Some(request) = wire.read().await {
        let Some(response) = shared.answer(service, request).await else { return };
        if !wire.write(&response).await {
            return;
        }
    }
}

impl Shared {
    /// The answer to a call; `None` where the connection breaks instead.
    async fn answer(&self, service: Service, mut request: Request) -> Option<Response> {
        if service == Service::Database && self.counts_capacity.load(Ordering::SeqCst) {
            request.body["ReturnConsumedCapacity"] = json!("TOTAL");
        }
        let (call, fate, records) = self.begin(service, &request);
        let response = self.meet(&call, request, fate).await;
        let record = &mut records.lock().unwrap()[call.number - 1];
        record.ended = Some(Instant::now());
        record.count(response.as_ref().map_or(&Value::Null, |response| &response.body));
        response
    }

    fn begin(&self, service: Service, request: &Request) -> (Call, Fate, Records) {
        // The rule's lock keeps numbers in the order in which rules see calls.
        let mut rule = self.rule.lock().unwrap();
        let shared = Arc::clone(&self.records.lock().unwrap());
        let mut records = shared.lock().unwrap();
        let call = Call::new(records.len() + 1, service, request);
        let fate = rule(&call);
        records.push(Record::begin(call.clone(), !matches!(fate, Fate::Forward)));
        drop(records);
        (call, fate, shared)
    }

    async fn meet(&self, call: &Call, request: Request, fate: Fate) -> Option<Response> {
        match fate.verdict(call) {
            Verdict::Forward { after } => {
                sleep(after).await;
                self.forward(call, &request).await
            }
            Verdict::Answer(response) => Some(response),
            Verdict::Lose { forwarded } => {
                if forwarded {
                    self.forward(call, &request).await;
                }
                None
            }
            Verdict::Partial => self.forward_half(call, request).await,
            Verdict::Run { forwarded, action } => {
                if forwarded {
                    self.forward(call, &request).await;
                }
                action.await;
                pending().await
            }
        }
    }

    /// The engine's answer; none where it is gone, at the end of a test.
    async fn forward(&self, call: &Call, request: &Request) -> Option<Response> {
        let url = match call.service {
            Service::Database => &self.engine[0],
            Service::Keys => &self.engine[1],
        };
        let mut forwarded = self.http.post(url).body(request.body.to_string());
        for (name, value) in &request.headers {
            forwarded = forwarded.header(name, value);
        }
        let response = forwarded.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some(Response { status, body: serde_json::from_str(&text).unwrap_or_default() })
    }

    /// Passes the first half of a batch on and gives the rest back as not processed.
    async fn forward_half(&self, call: &Call, mut request: Request) -> Option<Response> {
        let is_read = call.operation == "BatchGetItem";
        let mut rest = json!({});
        for (table, wanted) in request.body["RequestItems"].as_object_mut().expect("a batch") {
            let items = if is_read { &mut wanted["Keys"] } else { &mut *wanted };
            let items = items.as_array_mut().expect("items of a batch");
            let second = items.split_off(items.len().div_ceil(2));
            if !second.is_empty() {
                rest[table] = if is_read { json!({ "Keys": second, "ConsistentRead": true }) } else { second.into() };
            }
        }
        let mut response = self.forward(call, &request).await?;
        response.body[if is_read { "UnprocessedKeys" } else { "UnprocessedItems" }] = rest;
        Some(response)
    }
}
