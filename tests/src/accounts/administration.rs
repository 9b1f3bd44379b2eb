//! Accounts as administrators look after them.

use crate::testkit::{Client, Engine, Program, ScriptedModel, client, client::Answer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const STRANGERS: [&str; 5] = ["keeper1@test.cmz.org", client::PARENT, client::CHILD, client::USER, client::VISITOR];

struct Zoo {
    engine: Engine,
    _server: Program,
    client: Client,
    admin: Client,
    admin_id: String,
}

async fn zoo() -> Zoo {
    let engine = Engine::start().await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let client = Client::new(&server.url);
    let answer = client.administrator().await;
    let admin_id = answer.body["user"]["userId"].as_str().unwrap().to_owned();
    Zoo { engine, _server: server, admin: client.with_token(answer.text("token")), client, admin_id }
}

async fn change(client: &Client, user: &str, body: &Value) -> Answer {
    let request = client.request(Method::PATCH, &format!("/users/{user}")).json(body);
    client::answer(request.send().await.unwrap()).await
}

fn emails(page: &Answer) -> Vec<String> {
    let users = page.body["users"].as_array().unwrap_or_else(|| panic!("{page:?}"));
    users.iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_goes_through_all_accounts_once_in_pages() {
    let zoo = zoo().await;
    let whole = zoo.admin.get("/users").await;
    assert_eq!((whole.body["pagination"].clone(), emails(&whole).len()), (json!({ "limit": 20, "hasMore": false }), 9));
    let first = &whole.body["users"][0];
    assert_eq!(
        (&first["displayName"], &first["role"], &first["status"]),
        (&json!("Alex"), &json!("administrator"), &json!("active"))
    );
    assert!(
        first["createdAt"].is_string() && first.get("parentUserId").is_none() && first.get("passwordHash").is_none()
    );
    for limit in 1..=4 {
        let (mut seen, mut next) = (Vec::new(), None::<String>);
        loop {
            let after = next.map_or(String::new(), |token| format!("&nextToken={token}"));
            let page = zoo.admin.get(&format!("/users?limit={limit}{after}")).await;
            let found = emails(&page);
            assert!((1..=limit).contains(&found.len()), "{page:?}");
            seen.extend(found);
            let pagination = &page.body["pagination"];
            assert_eq!(pagination["hasMore"], pagination.get("nextToken").is_some());
            next = pagination.get("nextToken").map(|token| token.as_str().unwrap().to_owned());
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, emails(&whole), "limit {limit}");
    }
}

#[tokio::test]
async fn the_list_takes_a_role_and_a_status() {
    let zoo = zoo().await;
    let parents = emails(&zoo.admin.get("/users?role=parent").await);
    assert_eq!(
        parents.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        [client::PARENT, "parent2@test.cmz.org"].into()
    );
    assert_eq!(zoo.admin.get("/users?status=disabled").await.body["users"], json!([]));
    let child = zoo.admin.get("/users?role=user").await;
    let child =
        child.body["users"].as_array().unwrap().iter().find(|user| user["email"] == client::CHILD).unwrap().clone();
    assert!(child["parentUserId"].is_string());
    let id = child["userId"].as_str().unwrap();
    assert_eq!(change(&zoo.admin, id, &json!({ "status": "disabled" })).await.status, 200);
    assert_eq!(emails(&zoo.admin.get("/users?status=disabled&limit=1").await), [client::CHILD]);
    assert_eq!(emails(&zoo.admin.get("/users?role=user&status=active").await).len(), 3);
}

#[tokio::test]
async fn only_administrators_look_after_accounts() {
    let zoo = zoo().await;
    let account = json!({ "email": "x@cmz.org", "displayName": "X", "role": "administrator" });
    for email in STRANGERS {
        let stranger = zoo.client.sign_in(email).await;
        stranger.get("/users").await.is_problem(403, "forbidden");
        stranger.post("/users", &account).await.is_problem(403, "forbidden");
        change(&stranger, &zoo.admin_id, &json!({ "status": "disabled" })).await.is_problem(403, "forbidden");
        change(&stranger, "nobody", &json!({ "role": "user" })).await.is_problem(403, "forbidden");
    }
    zoo.client.get("/users").await.is_problem(401, "unauthorized");
    zoo.client.post("/users", &account).await.is_problem(401, "unauthorized");
    assert_eq!(zoo.engine.items("cmz-users").await.len(), 18);
}

#[tokio::test]
async fn malformed_questions_and_foreign_cursors_are_refused() {
    let zoo = zoo().await;
    for query in
        ["limit=0", "limit=101", "limit=-1", "limit=abc", "role=owner", "status=gone", "nextToken=x", "nextToken="]
    {
        zoo.admin.get(&format!("/users?{query}")).await.is_problem(400, "bad_request");
    }
    let page = zoo.admin.get("/users?limit=1").await;
    let token = page.body["pagination"]["nextToken"].as_str().unwrap().to_owned();
    zoo.admin.get(&format!("/users?limit=1&role=parent&nextToken={token}")).await.is_problem(400, "bad_request");
    let changed = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    zoo.admin.get(&format!("/users?limit=1&nextToken={changed}")).await.is_problem(400, "bad_request");
    let second = json!({ "email": "second@cmz.org", "displayName": "Bo", "role": "administrator", "password": "a second password" });
    assert_eq!(zoo.admin.post("/users", &second).await.status, 201);
    let signed_in =
        zoo.client.post("/auth", &json!({ "email": "second@cmz.org", "password": "a second password" })).await;
    let other = zoo.client.with_token(signed_in.text("token"));
    other.get(&format!("/users?limit=1&nextToken={token}")).await.is_problem(400, "bad_request");
}

#[tokio::test]
async fn a_new_account_signs_in_and_its_address_is_its_own() {
    let zoo = zoo().await;
    let parent = zoo.client.open_account(client::PARENT).await.body["user"]["userId"].clone();
    let body = json!({
        "email": "  New.Child@cmz.org ", "displayName": " Lía ", "role": "user", "password": "ten letters", "parentUserId": parent,
    });
    let made = zoo.admin.post("/users", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!((made.text("email"), made.text("displayName")), ("New.Child@cmz.org", "Lía"));
    assert_eq!(
        (&made.body["parentUserId"], &made.body["role"], &made.body["status"]),
        (&parent, &json!("user"), &json!("active"))
    );
    let signed_in = zoo.client.post("/auth", &json!({ "email": "new.child@CMZ.org", "password": "ten letters" })).await;
    assert_eq!(signed_in.body["user"]["userId"], made.body["userId"]);
    // A guardian has not agreed to anything yet.
    zoo.client.with_token(signed_in.text("token")).ask("Hello").await.is_problem(403, "consent_required");
    zoo.admin.post("/users", &body).await.is_problem(409, "email_taken");
    let silent = json!({ "email": "silent@cmz.org", "displayName": "Si", "role": "zookeeper" });
    assert_eq!(zoo.admin.post("/users", &silent).await.status, 201);
    let guess = json!({ "email": "silent@cmz.org", "password": "" });
    zoo.client.post("/auth", &guess).await.is_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn bad_accounts_are_not_made() {
    let zoo = zoo().await;
    let child = zoo.client.open_account(client::CHILD).await.body["user"]["userId"].clone();
    let parent = zoo.client.open_account(client::PARENT).await.body["user"]["userId"].clone();
    for (what, changed) in [
        ("role", json!("owner")),
        ("role", Value::Null),
        ("email", json!("nobody")),
        ("email", json!("@cmz.org")),
        ("email", json!("a b@cmz.org")),
        ("email", json!(format!("{}@cmz.org", "x".repeat(250)))),
        ("displayName", json!(" ")),
        ("displayName", json!("x".repeat(101))),
        ("displayName", json!("a\nb")),
        ("password", json!("ninechars")),
        ("password", json!("x".repeat(129))),
        ("parentUserId", json!("nobody")),
        ("parentUserId", child),
        ("parentUserId", json!("a#b")),
    ] {
        let mut body = json!({ "email": "x@cmz.org", "displayName": "X", "role": "user" });
        body[what] = changed;
        zoo.admin.post("/users", &body).await.is_problem(422, "invalid");
    }
    let body = json!({ "email": "x@cmz.org", "displayName": "X", "role": "zookeeper", "parentUserId": parent });
    zoo.admin.post("/users", &body).await.is_problem(422, "invalid");
    assert_eq!(zoo.engine.items("cmz-users").await.len(), 18);
}

#[tokio::test]
async fn who_is_switched_off_is_out_at_the_next_request_and_comes_back_only_by_signing_in() {
    let zoo = zoo().await;
    let account = zoo.client.open_account(client::USER).await;
    let (user, id) = (zoo.client.with_token(account.text("token")), account.body["user"]["userId"].as_str().unwrap());
    assert_eq!(change(&zoo.admin, id, &json!({ "status": "disabled" })).await.body["status"], "disabled");
    user.get("/me").await.is_problem(403, "forbidden");
    user.ask("Hello").await.is_problem(403, "forbidden");
    let refresh = json!({ "refreshToken": account.text("refreshToken") });
    zoo.client.post("/auth/refresh", &refresh).await.is_problem(401, "unauthorized");
    let sign_in = json!({ "email": client::USER, "password": client::PASSWORD });
    zoo.client.post("/auth", &sign_in).await.is_problem(401, "invalid_credentials");
    assert_eq!(change(&zoo.admin, id, &json!({ "status": "active" })).await.body["status"], "active");
    zoo.client.post("/auth/refresh", &refresh).await.is_problem(401, "unauthorized");
    assert_eq!(zoo.client.post("/auth", &sign_in).await.status, 200);
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    let zoo = zoo().await;
    let account = zoo.client.open_account(client::USER).await;
    let (user, id) = (zoo.client.with_token(account.text("token")), account.body["user"]["userId"].as_str().unwrap());
    assert_eq!(change(&zoo.admin, id, &json!({ "role": "administrator" })).await.body["role"], "administrator");
    assert_eq!(user.get("/users").await.status, 200);
    assert_eq!(change(&user, &zoo.admin_id, &json!({ "role": "visitor" })).await.status, 200);
    zoo.admin.get("/users").await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn of_two_administrators_who_switch_each_other_off_at_once_one_stays() {
    let zoo = zoo().await;
    for (round, body) in [json!({ "status": "disabled" }), json!({ "role": "user" })].iter().cycle().take(8).enumerate()
    {
        let email = format!("rival{round}@zoo.example");
        let rival =
            json!({ "email": email, "displayName": "Rival", "role": "administrator", "password": client::PASSWORD });
        let rival = zoo.admin.post("/users", &rival).await.text("userId").to_owned();
        let rivals = zoo.client.sign_in(&email).await;
        let (one, other) = tokio::join!(change(&zoo.admin, &rival, body), change(&rivals, &zoo.admin_id, body));
        let mut won = [one.status.as_u16(), other.status.as_u16()];
        won.sort_unstable();
        assert_eq!(won, [200, 403], "{:?} {:?}", one.body, other.body);
        // Whoever stayed takes the other one back.
        if other.status == 200 {
            let back = json!({ "status": "active", "role": "administrator" });
            assert_eq!(change(&rivals, &zoo.admin_id, &back).await.status, 200);
            return;
        }
    }
}

#[tokio::test]
async fn administrators_keep_their_own_account_and_children_stay_users() {
    let zoo = zoo().await;
    for body in
        [json!({ "status": "disabled" }), json!({ "role": "zookeeper" }), json!({ "role": "user", "status": "active" })]
    {
        change(&zoo.admin, &zoo.admin_id, &body).await.is_problem(409, "own_account");
    }
    assert_eq!(
        change(&zoo.admin, &zoo.admin_id, &json!({ "status": "active", "role": "administrator" })).await.status,
        200
    );
    let child = zoo.client.open_account(client::CHILD).await.body["user"]["userId"].as_str().unwrap().to_owned();
    change(&zoo.admin, &child, &json!({ "role": "zookeeper" })).await.is_problem(422, "invalid");
    for body in [json!({}), json!({ "status": "erased" }), json!({ "role": "owner" }), json!({ "status": 1 })] {
        change(&zoo.admin, &child, &body).await.is_problem(422, "invalid");
    }
    change(&zoo.admin, "nobody", &json!({ "role": "user" })).await.is_problem(404, "not_found");
    change(&zoo.admin, "a%23b", &json!({ "role": "user" })).await.is_problem(404, "not_found");
}
