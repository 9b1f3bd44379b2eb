//! Every operation of the contract has a handler, under each of its prefixes.

use crate::testkit::{ScriptedModel, contract_routes, product, read};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn every_operation_is_answered_under_every_prefix() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    for route in contract_routes() {
        for prefix in ["", "/v1", "/api"] {
            let method: Method = route.method.parse().unwrap();
            let path = format!("{prefix}{}", route.path.replace("{sessionId}", "x"));
            let status = client.request(method, &path).send().await.unwrap().status();
            let expected = match (route.needs_token, route.method.as_str()) {
                (true, _) => 401,
                (false, "POST") => 415,
                (false, _) => 200,
            };
            assert_eq!(status, expected, "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn other_routes_and_methods_are_problems() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    client.get("/api/nothing").await.is_problem(404, "not_found");
    client.get("/v1/nothing").await.is_problem(404, "not_found");
    client.get("/convo_turn").await.is_problem(405, "method_not_allowed");
    client.get("/api/auth").await.is_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn the_animal_list_is_open_and_kept_by_its_tag() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let list = client.get("/animal_list").await;
    let animals = list.body.as_array().unwrap();
    assert_eq!(animals.len(), 8);
    for animal in animals {
        assert!(animal["facts"].as_array().unwrap().len() >= 8);
        assert!(animal["facts"].as_array().unwrap().iter().all(|fact| fact["source"]["url"].is_string()));
        assert!(animal.get("chatConfig").is_none(), "how an animal is asked is not for visitors");
    }
    let tag = list.headers["etag"].clone();
    let again = client.request(Method::GET, "/animal_list").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[test]
fn browsers_may_send_every_header_of_the_contract_from_another_origin() {
    let contract: Value = serde_saphyr::from_str(&read("openapi.yaml")).unwrap();
    let template: Value = serde_saphyr::from_str(&read("template.yaml")).unwrap();
    let allowed = template["Resources"]["Api"]["Properties"]["Cors"]["AllowHeaders"].as_str().unwrap();
    let allowed: Vec<_> = allowed.trim_matches('\'').split(',').collect();
    let mut found = Vec::new();
    headers(&contract, &mut found);
    assert!(found.contains(&"X-Share") && found.contains(&"X-Access-Reason"));
    for header in found {
        assert!(allowed.contains(&header), "{header} is not allowed in template.yaml");
    }
}

/// The names of all parameters that are headers.
fn headers<'a>(part: &'a Value, found: &mut Vec<&'a str>) {
    if part["in"] == "header" {
        found.extend(part["name"].as_str());
    }
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| headers(part, found)),
        Value::Object(parts) => parts.values().for_each(|part| headers(part, found)),
        _ => {}
    }
}
