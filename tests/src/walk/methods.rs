//! Methods that a path does not have: refused, and nothing happens.

use super::{
    aims::Aim,
    cells::{Walk, plan},
    clients,
    principals::Principal,
    scene::Scene,
};
use crate::testkit::contract_routes;
use reqwest::Method;

const METHODS: [&str; 7] = ["HEAD", "OPTIONS", "GET", "POST", "PUT", "PATCH", "DELETE"];
const EVERYTHING: [Principal; 1] = [Principal::AdministratorWithReason];

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_and_changes_nothing() {
    let scene = Scene::open(&EVERYTHING).await;
    let cells = plan(&EVERYTHING);
    let walk = Walk::prepare(&scene, &cells).await;
    let client = clients(&scene).await.remove(&EVERYTHING[0]).expect("the administrator's client");
    let routes = contract_routes();
    let before = scene.engine.everything().await;
    let mut surprises = Vec::new();
    for cell in cells.iter().filter(|cell| matches!(cell.aim, Aim::Nobody | Aim::Own)) {
        let path = &walk.route(cell.operation).path;
        let has = |method: &str| routes.iter().any(|route| route.path == *path && route.method == method);
        for method in METHODS.into_iter().filter(|method| !has(method)) {
            let mut request = walk.request(cell, &client).build().unwrap();
            *request.method_mut() = method.parse::<Method>().unwrap();
            let answer = client.execute(request).await;
            // The answer to HEAD has no body to look at.
            if answer.status != 405 || (method != "HEAD" && answer.body["code"] != "method_not_allowed") {
                surprises.push(format!("{method} {path}: {} {}", answer.status, answer.body));
            }
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
    assert_eq!(scene.engine.everything().await, before);
}
