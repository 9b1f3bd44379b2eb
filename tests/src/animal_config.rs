//! How an animal speaks, read and changed by those who look after it.

mod changes;
mod endpoints;

use crate::testkit::{Client, Engine, Program, ScriptedModel, client, client::Answer};
use reqwest::Method;
use serde_json::{Value, json};

const KEEPER: &str = "keeper1@test.cmz.org";
const LION: &str = "/animal_config?animalId=lion_001";

/// A zoo whose operator has listed hosts.
struct Zoo {
    engine: Engine,
    model: ScriptedModel,
    hosts: String,
    server: Program,
}

impl Zoo {
    async fn open(hosts: &str) -> Self {
        let (engine, model) = (Engine::start().await, ScriptedModel::start([]).await);
        let server = serve(&engine, &model, hosts).await;
        Self { engine, model, hosts: hosts.to_owned(), server }
    }

    fn visitor(&self) -> Client {
        Client::new(&self.server.url)
    }

    async fn keeper(&self) -> Client {
        self.visitor().sign_in(KEEPER).await
    }

    /// One more server, which has no animal in memory yet.
    async fn fresh_server(&self) -> Program {
        serve(&self.engine, &self.model, &self.hosts).await
    }

    /// What a child hears from Leo on a server that has just started.
    async fn asked_afresh(&self) -> Answer {
        let server = self.fresh_server().await;
        let answer = Client::new(&server.url).sign_in(client::CHILD).await.ask("Hello Leo!").await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer
    }

    /// Leo as he lies in the table.
    async fn stored_lion(&self) -> Value {
        let animals = self.engine.items("cmz-animals").await;
        animals.into_iter().find(|item| item["id"]["S"] == "lion_001").expect("a lion")
    }

    /// The version of all animals.
    async fn version(&self) -> u64 {
        let animals = self.engine.items("cmz-animals").await;
        let version = animals.iter().find(|item| item["kind"]["S"] == "version").expect("a version");
        version["version"]["N"].as_str().unwrap().parse().unwrap()
    }
}

async fn serve(engine: &Engine, model: &ScriptedModel, hosts: &str) -> Program {
    let arguments = ["serve", "--engine", &engine.program.url, "--port", "0", "--model-url", &model.url];
    Program::menagerie_with(&arguments, &[("CHAT_ENDPOINT_HOSTS", hosts)]).await
}

/// A change to Leo's configuration, made of this revision only where one is given.
async fn patch_of(client: &Client, revision: Option<&str>, body: &Value) -> Answer {
    let request = client.request(Method::PATCH, LION).json(body);
    let request = match revision {
        Some(revision) => request.header("if-match", revision),
        None => request,
    };
    client::answer(request.send().await.unwrap()).await
}

async fn patch(client: &Client, config: Value) -> Answer {
    patch_of(client, None, &json!({ "chatConfig": config })).await
}

/// A change that must be made; gives the configuration after it.
async fn patched(client: &Client, config: Value) -> Value {
    let answer = patch(client, config).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.body["chatConfig"].clone()
}

fn tag(answer: &Answer) -> &str {
    answer.headers["etag"].to_str().unwrap()
}

#[tokio::test]
async fn only_keepers_and_administrators_see_and_change_it() {
    let zoo = Zoo::open("").await;
    let visitor = zoo.visitor();
    let change = json!({ "temperature": 1.5 });
    visitor.get(LION).await.is_problem(401, "unauthorized");
    patch(&visitor, change.clone()).await.is_problem(401, "unauthorized");
    for account in [client::CHILD, client::PARENT, client::USER, client::VISITOR] {
        let client = visitor.sign_in(account).await;
        client.get(LION).await.is_problem(403, "forbidden");
        patch(&client, change.clone()).await.is_problem(403, "forbidden");
    }
    let admin = visitor.post("/auth", &json!({ "email": "admin@cmz.org", "password": "admin123" })).await;
    let (admin, keeper) = (visitor.with_token(admin.text("token")), zoo.keeper().await);
    assert_eq!(admin.get(LION).await.body["chatConfig"]["temperature"], 0.7);
    assert_eq!(patched(&admin, json!({ "temperature": 0.5 })).await["temperature"], 0.5);
    assert_eq!(patched(&keeper, json!({ "temperature": 0.6 })).await["temperature"], 0.6);
}

#[tokio::test]
async fn a_keeper_whose_account_is_switched_off_is_refused_with_a_token_that_is_still_good() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let user = format!("user#{}", keeper.get("/me").await.text("userId"));
    let update = json!({
        "TableName": "cmz-users",
        "Key": { "userKey": { "S": user } },
        "UpdateExpression": "SET #status = :disabled",
        "ExpressionAttributeNames": { "#status": "status" },
        "ExpressionAttributeValues": { ":disabled": { "S": "disabled" } },
    });
    assert_eq!(keeper.get(LION).await.status, 200);
    zoo.engine.call("UpdateItem", &update).await;
    keeper.get(LION).await.is_problem(403, "forbidden");
    patch(&keeper, json!({ "temperature": 1.5 })).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_document_is_the_animals_configuration_and_kept_by_no_cache() {
    let zoo = Zoo::open("").await;
    let answer = zoo.keeper().await.get(LION).await;
    assert_eq!((answer.status.as_u16(), answer.text("animalId")), (200, "lion_001"));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(tag(&answer).starts_with('"'));
    let config = answer.body["chatConfig"].as_object().unwrap();
    let names: Vec<_> = config.keys().collect();
    assert_eq!(names, ["maxTokens", "personality", "systemPrompt", "temperature"]);
    assert!(config["systemPrompt"].as_str().unwrap().starts_with("You are Leo"));
    assert_eq!((&config["temperature"], &config["maxTokens"]), (&json!(0.7), &json!(500)));
    assert_eq!(config["personality"]["traits"][0], "playful");
}

#[tokio::test]
async fn an_animal_that_is_not_there_and_a_parameter_that_is_none_are_problems() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    for (query, status, code) in [
        ("?animalId=nobody_001", 404, "not_found"),
        ("?animalId=lion%23001", 400, "bad_request"),
        ("?animalId=", 400, "bad_request"),
        ("", 400, "bad_request"),
    ] {
        let path = format!("/animal_config{query}");
        keeper.get(&path).await.is_problem(status, code);
        let body = json!({ "chatConfig": { "temperature": 0.5 } });
        let request = keeper.request(Method::PATCH, &path).json(&body);
        client::answer(request.send().await.unwrap()).await.is_problem(status, code);
    }
}

#[tokio::test]
async fn a_body_that_is_no_change_gets_its_problem() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let filler = json!({ "chatConfig": {}, "filler": "x".repeat(65 * 1024) }).to_string();
    for (content_type, body, status, code) in [
        ("application/json", "{\"chatConfig\":", 400, "bad_request"),
        ("application/json", "", 400, "bad_request"),
        ("application/json", "[]", 422, "invalid"),
        ("application/json", "null", 422, "invalid"),
        ("application/json", &filler, 413, "payload_too_large"),
        ("text/plain", "{}", 415, "unsupported_media_type"),
    ] {
        let request = keeper.request(Method::PATCH, LION).header("content-type", content_type).body(body.to_owned());
        client::answer(request.send().await.unwrap()).await.is_problem(status, code);
    }
}

#[tokio::test]
async fn a_value_against_a_rule_changes_nothing() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let before = keeper.get(LION).await;
    let entries = |entries: Value| json!({ "personality": { "traits": entries } });
    for config in [
        json!("fast"),
        json!([]),
        json!({ "systemPrompt": "" }),
        json!({ "systemPrompt": " \n\t" }),
        json!({ "systemPrompt": "🦁".repeat(8001) }),
        json!({ "systemPrompt": 7 }),
        json!({ "systemPrompt": null }),
        json!({ "temperature": -0.1 }),
        json!({ "temperature": 2.1 }),
        json!({ "temperature": "hot" }),
        json!({ "temperature": null }),
        json!({ "maxTokens": 0 }),
        json!({ "maxTokens": 1001 }),
        json!({ "maxTokens": -1 }),
        json!({ "maxTokens": 1.5 }),
        json!({ "maxTokens": null }),
        json!({ "model": "" }),
        json!({ "model": " " }),
        json!({ "model": "m".repeat(101) }),
        json!({ "model": "gpt\n4" }),
        json!({ "model": "löwe" }),
        json!({ "endpoint": 7 }),
        json!({ "personality": "playful" }),
        entries(json!("playful")),
        entries(json!([7])),
        entries(json!([""])),
        entries(json!(["é".repeat(81)])),
        entries(json!(vec!["playful"; 21])),
        json!({ "personality": { "knowledge": vec!["roaring"; 21] } }),
        json!({ "temperature": 0.1, "maxTokens": 0 }),
    ] {
        let answer = patch(&keeper, config.clone()).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!("invalid")), "{config}");
    }
    let after = keeper.get(LION).await;
    assert_eq!((tag(&after), &after.body), (tag(&before), &before.body));
}

#[tokio::test]
async fn values_at_their_limits_are_taken() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let full = json!({
        "model": "m".repeat(100),
        "systemPrompt": "🦁".repeat(8000),
        "temperature": 2.0,
        "maxTokens": 1000,
        "personality": { "traits": vec!["é".repeat(80); 20], "knowledge": vec!["k"; 20] },
    });
    assert_eq!(patched(&keeper, full.clone()).await, full);
    let least = json!({ "systemPrompt": "x", "temperature": 0.0, "maxTokens": 1, "personality": { "traits": [] } });
    let found = patched(&keeper, least).await;
    assert_eq!((&found["temperature"], &found["maxTokens"]), (&json!(0.0), &json!(1)));
    assert_eq!(found["personality"]["traits"], json!([]));
    assert_eq!(keeper.get(LION).await.body["chatConfig"], found);
}
