//! Everything that takes words, used with canaries.

use super::{Secrets, canary};
use crate::testkit::{
    Client, Reply, Route,
    client::{self, Answer, answer},
    contract_routes, hear,
};
use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

/// How much is done at once.
const AT_ONCE: usize = 8;
/// Headers that routes read.
const HEADERS: [&str; 6] =
    ["x-access-reason", "x-share", "idempotency-key", "last-event-id", "if-none-match", "user-agent"];
const PASSWORD: &str = "canary7qpassword is long";

/// What the model says: the question is in it, and a canary of its own.
pub(super) fn reply(asked: &str) -> Reply {
    match asked {
        asked if asked.contains("refused") => Reply::Status(500, None),
        asked if asked.contains("broken") => Reply::Breaks(vec!["canary7qbroken ", "answer "]),
        asked if asked.contains("malformed") => Reply::MalformedAfter(1),
        _ => Reply::Text(vec!["canary7qanswer ", "is what I say."]),
    }
}

async fn sign_in(client: &Client, secrets: &mut Secrets, name: &str, password: &str) -> Client {
    let signed_in = client.post("/auth", &json!({ "email": name, "password": password })).await;
    if signed_in.status != 200 {
        return client.with_token("canary7qtoken.canary7qtoken.canary7qtoken");
    }
    let renewed = client.post("/auth/refresh", &json!({ "refreshToken": signed_in.text("refreshToken") })).await;
    for (what, answer) in [("signed in", &signed_in), ("renewed", &renewed)] {
        for part in ["token", "refreshToken"] {
            secrets.keep(&format!("{part}, {what}"), answer.body[part].as_str().unwrap_or("canary7qnothing"));
        }
    }
    client.with_token(signed_in.text("token"))
}

/// Somebody looks at somebody's conversation and says why.
async fn look(client: &Client, path: &str) -> Answer {
    let request = client.request(Method::GET, path).header("x-access-reason", canary("reason"));
    answer(request.header("user-agent", canary("agent")).send().await.unwrap()).await
}

/// All that goes well while everything works. Nothing is asserted but that it did where it should.
pub(super) async fn live(client: &Client, secrets: &mut Secrets, works: bool) {
    let administrator = sign_in(client, secrets, "admin@cmz.org", "admin123").await;
    let email = format!("{}@test.cmz.org", canary("mail"));
    let account = |email: &str, role| json!({ "email": email, "displayName": canary("Name"), "role": role, "password": PASSWORD });
    let made = administrator.post("/users", &account(&email, "parent")).await;
    assert!(!works || made.status == 201, "{:?}", made.body);
    administrator.post("/users", &account(&format!("2{email}"), "user")).await;
    let parent = sign_in(client, secrets, &email, PASSWORD).await;
    let family = made.body["userId"].as_str().unwrap_or("canary7qfamily").to_owned();
    let child = json!({ "displayName": canary("Child"), "username": canary("child"), "password": PASSWORD });
    let added = parent.post(&format!("/family/{family}/children"), &child).await;
    assert!(!works || added.status == 201, "{:?}", added.body);
    sign_in(client, secrets, &canary("child"), PASSWORD).await;
    for invited in [
        json!({ "email": format!("2{email}"), "kind": "child" }),
        json!({ "email": format!("3{email}"), "kind": "child" }),
    ] {
        let invitation = parent.post("/invitations", &invited).await;
        assert!(!works || invitation.status == 202, "{:?}", invitation.body);
    }
    parent.get("/invitations").await;
    administrator.get("/users").await;
    administrator.get("/family_list").await;
    passwords(client, &parent, &email).await;
    talk(client, secrets, works).await;
}

async fn passwords(client: &Client, parent: &Client, email: &str) {
    client.post("/auth", &json!({ "email": email, "password": canary("wrong password") })).await;
    client.post("/auth", &json!({ "email": canary("nobody"), "password": PASSWORD })).await;
    client.post("/auth/password/reset", &json!({ "email": email })).await;
    let confirmed = json!({ "token": canary("letter"), "newPassword": PASSWORD });
    client.post("/auth/password/reset/confirm", &confirmed).await;
    parent.post("/auth/password", &json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD })).await;
}

async fn talk(client: &Client, secrets: &mut Secrets, works: bool) {
    let [child, parent, keeper] = [client::CHILD, client::PARENT, "keeper1@test.cmz.org"];
    let child = sign_in(client, secrets, child, client::PASSWORD).await;
    let asked = child.ask(&canary(" asks something")).await;
    assert!(!works || asked.status == 200, "{:?}", asked.body);
    let session = asked.body["sessionId"].as_str().unwrap_or("canary7qsession").to_owned();
    child.ask_in(&session, &canary(" asks again")).await;
    // Where calls are repeated until they are given up, less is more.
    for fate in if works { &["", " refused", " broken", " malformed"][..] } else { &[" broken"] } {
        let body = json!({ "animalId": "lion_001", "message": canary(fate) });
        hear(child.request(Method::POST, "/convo_turn/stream").json(&body)).await;
        child.post("/convo_turn", &body).await;
    }
    let keeper = sign_in(client, secrets, keeper, client::PASSWORD).await;
    let history = format!("/conversations/history/{session}");
    let exports = ["json", "txt", "pdf"].map(|format| format!("{history}/export?format={format}"));
    for path in [&history, &format!("/conversations/sessions?q={}", canary("")), &exports[0], &exports[1], &exports[2]]
    {
        child.get(path).await;
        look(&keeper, path).await;
    }
    let parent = sign_in(client, secrets, parent, client::PASSWORD).await;
    look(&parent, &history).await;
    let shared = child.post(&format!("{history}/shares"), &json!({})).await;
    if let Some((_, secret)) = shared.body["link"].as_str().and_then(|link| link.split_once("#share=")) {
        secrets.keep("share", secret);
        let followed = keeper.request(Method::GET, &history).header("x-share", secret);
        followed.send().await.unwrap();
    }
    look(&keeper, "/audit").await;
}

/// Every route, with canaries in all places where it does not expect them, by somebody who is signed in and by
/// nobody.
pub(super) async fn abuse(client: &Client, secrets: &mut Secrets) {
    let administrator = sign_in(client, secrets, "admin@cmz.org", "admin123").await;
    let forged = client.with_token("eyJhbGciOiJub25lIn0.canary7qclaims.canary7qsignature");
    let callers = [&administrator, &forged, client];
    let calls = contract_routes().into_iter().flat_map(|route| {
        let bodies = if route.has_body { bodies() } else { vec![String::new()] };
        let each = bodies.into_iter().flat_map(move |body| callers.map(|caller| (caller, body.clone())));
        each.map(move |(caller, body)| abused(caller, &route, body))
    });
    let statuses: Vec<_> = stream::iter(calls).buffer_unordered(AT_ONCE).collect().await;
    assert!(statuses.iter().all(|status| *status != 500), "{statuses:?}");
    assert!([200, 401, 404, 422].iter().all(|status| statuses.contains(status)), "{statuses:?}");
}

fn abused(client: &Client, route: &Route, body: String) -> impl Future<Output = u16> + use<> {
    let part = |part: &str| if part.starts_with('{') { canary("part") } else { part.to_owned() };
    let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
    let query = ["q", "userId", "nextToken", "animalId", "sessionId"].map(|name| format!("{name}={}", canary("query")));
    let request = client.request(route.method.parse().unwrap(), &format!("{path}?{}", query.join("&")));
    let request = HEADERS.iter().fold(request, |request, name| request.header(*name, canary("header")));
    let request = request.header("content-type", "application/json").body(body);
    async {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        drop(response.text().await);
        status
    }
}

/// Bodies that nobody understands, or that break a rule.
fn bodies() -> Vec<String> {
    let known = [
        "message",
        "displayName",
        "email",
        "username",
        "password",
        "newPassword",
        "currentPassword",
        "token",
        "refreshToken",
        "kind",
        "role",
        "animalId",
        "sessionId",
        "turnId",
    ];
    let words: Value =
        known.iter().map(|name| ((*name).to_owned(), json!(canary("value")))).collect::<serde_json::Map<_, _>>().into();
    let mut numbers = words.clone();
    numbers["message"] = json!({ canary("member"): 1 });
    numbers["password"] = json!([canary("list")]);
    numbers["email"] = json!({ canary("member"): 1 });
    let long = json!({ "animalId": "lion_001", "message": canary("long").repeat(200) });
    vec![
        words.to_string(),
        numbers.to_string(),
        long.to_string(),
        format!("{{\"message\": \"{}\", ", canary("cut off")),
        canary("no json"),
    ]
}
