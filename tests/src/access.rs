//! Who may read whose conversations: requirement document 000, ticket 5.

use crate::testkit::{
    Client, Engine, ScriptedModel,
    client::{self, Answer},
    product,
};
use reqwest::Method;
use serde_json::json;

const KEEPER: &str = "keeper1@test.cmz.org";
const OTHER_PARENT: &str = "parent2@test.cmz.org";

async fn with_reason(client: &Client, path: &str, reason: &str) -> Answer {
    client::answer(client.request(Method::GET, path).header("x-access-reason", reason).send().await.unwrap()).await
}

fn paths(session: &str) -> [String; 2] {
    [format!("/conversations/history/{session}"), format!("/convo_history?sessionId={session}")]
}

async fn administrator(client: &Client) -> Client {
    let credentials = json!({ "email": "admin@cmz.org", "password": "admin123" });
    client.with_token(client.post("/auth", &credentials).await.text("token"))
}

#[tokio::test]
async fn c000_5_4_and_c000_6_3_a_parent_reads_a_childs_whole_conversation() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let child = client.sign_in(client::CHILD).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let parent = client.sign_in(client::PARENT).await;
    for path in paths(&session) {
        let (own, parents) = (child.get(&path).await, parent.get(&path).await);
        assert_eq!((parents.status.as_u16(), &parents.body), (200, &own.body));
    }
}

#[tokio::test]
async fn c000_5_5_a_parent_cannot_read_another_familys_child_nor_go_on_for_their_own() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let session = client.sign_in(client::CHILD).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let other = client.sign_in(OTHER_PARENT).await;
    for path in paths(&session) {
        other.get(&path).await.is_problem(403, "forbidden");
        with_reason(&other, &path, "I am curious").await.is_problem(403, "forbidden");
    }
    client.sign_in(client::PARENT).await.ask_in(&session, "Hello Leo!").await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn c000_5_6_and_c000_5_7_staff_read_with_a_reason_where_it_is_a_childs() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let childs = client.sign_in(client::CHILD).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    let adults = client.sign_in(client::USER).await.ask("Hello Leo!").await.text("sessionId").to_owned();
    for staff in [client.sign_in(KEEPER).await, administrator(&client).await] {
        for path in paths(&childs) {
            staff.get(&path).await.is_problem(428, "reason_required");
            with_reason(&staff, &path, " ").await.is_problem(422, "invalid");
            with_reason(&staff, &path, &"x".repeat(201)).await.is_problem(422, "invalid");
            assert_eq!(with_reason(&staff, &path, "A parent asked us to").await.status, 200);
        }
        for path in paths(&adults) {
            assert_eq!(staff.get(&path).await.status, 200);
        }
        staff.ask_in(&childs, "Hello Leo!").await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn c000_5_8_an_unknown_role_and_a_disabled_account_are_refused() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = engine.serve(&model.url).await;
    let user = Client::new(&server.url).sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let key = json!({ "userKey": { "S": format!("user#{}", user.get("/me").await.text("userId")) } });
    let set = async |name: &str, value: &str| {
        let body = json!({
            "TableName": "cmz-users",
            "Key": key,
            "UpdateExpression": "SET #name = :value",
            "ExpressionAttributeNames": { "#name": name },
            "ExpressionAttributeValues": { ":value": { "S": value } },
        });
        engine.call("UpdateItem", &body).await;
    };
    set("status", "disabled").await;
    for path in paths(&session) {
        user.get(&path).await.is_problem(403, "forbidden");
    }
    set("status", "active").await;
    set("role", "owner").await;
    for path in paths(&session) {
        user.get(&path).await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn the_first_systems_history_has_its_shape_and_its_parameters_only_narrow() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let user = client.sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let me = user.get("/me").await.text("userId").to_owned();
    let path = format!("/convo_history?sessionId={session}");
    let found = user.get(&format!("{path}&userId={me}&animalId=lion_001")).await;
    assert_eq!((found.text("sessionId"), found.text("userId"), found.text("animalId")), (&*session, &*me, "lion_001"));
    let turns = found.body["turns"].as_array().unwrap();
    let said: Vec<_> = turns.iter().map(|turn| (&turn["role"], &turn["content"])).collect();
    assert_eq!(said, [(&json!("user"), &json!("Hello Leo!")), (&json!("assistant"), &json!("Hello there!"))]);
    assert!(turns.iter().all(|turn| turn["timestamp"].is_string()));
    user.get(&format!("{path}&animalId=macaw_001")).await.is_problem(404, "not_found");
    user.get(&format!("{path}&userId=somebody")).await.is_problem(404, "not_found");
    user.get("/convo_history").await.is_problem(400, "bad_request");
    user.get("/convo_history?sessionId=nonsense").await.is_problem(404, "not_found");
}
