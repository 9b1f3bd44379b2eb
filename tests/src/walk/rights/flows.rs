//! What a walk of single calls does not reach: turns that go on, roll over, end early or are asked
//! anew, and passwords that are guessed, reset and changed, families that
//! come about.

use crate::{
    testkit::{
        Client, Server,
        client::{self, Answer},
        hear, hear_until,
    },
    walk::{
        operations::PASSWORD,
        scene::{REFUSED, SLOW, STALLED, Scene},
    },
};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

const OTHER_PARENT: &str = "parent2@test.cmz.org";
const KEEPER: &str = "keeper1@test.cmz.org";

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A question under an id of its own.
fn question(message: &str) -> (String, Value) {
    let turn = format!("0190f3a1-7b2c-7def-8123-{:012x}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let body = json!({ "animalId": "lion_001", "message": message, "turnId": turn });
    (turn, body)
}

fn post(client: &Client, path: &str, body: &Value) -> RequestBuilder {
    client.request(Method::POST, path).json(body)
}

async fn send(request: RequestBuilder) -> Answer {
    client::answer(request.send().await.unwrap()).await
}

/// Somebody asks for the first time and is then looked after for the first time: keys are made.
pub(super) async fn firsts(scene: &Scene, at: impl Fn(&str) -> String) {
    let (_, body) = question("Hello Leo!");
    let one = scene.client.sign_in(client::PARENT).await;
    let asked = send(post(&one.at(&at("convo-turn")), "/convo_turn", &body)).await;
    assert_eq!(one.at(&at("history")).history(asked.text("sessionId")).await.status, 200);
    let other = scene.client.sign_in(client::USER).await;
    let path = format!("/conversations/history/{}", asked.text("sessionId"));
    let shared = one.at(&at("history")).post(&format!("{path}/shares"), &json!({})).await;
    let (_, secret) = shared.text("link").split_once("#share=").expect("a secret");
    let followed = other.at(&at("history")).request(Method::GET, &path).header("x-share", secret);
    assert_eq!(send(followed).await.status, 200);
    assert_eq!(
        hear(post(&other.at(&at("convo-stream")), "/convo_turn/stream", &body)).await.terminal().name,
        "complete"
    );
    let listed = other.at(&at("sessions")).get("/conversations/sessions").await;
    assert_eq!(listed.body["sessions"].as_array().map(Vec::len), Some(1), "{:?}", listed.body);
    let found = other.at(&at("sessions")).get("/conversations/sessions?q=hello").await;
    assert_eq!(found.body["sessions"].as_array().map(Vec::len), Some(1), "{:?}", found.body);
    let third = scene.client.sign_in(OTHER_PARENT).await;
    let asked = send(post(&third.at(&at("convo-turn")), "/convo_turn", &body)).await;
    let path = format!("/conversations/history/{}/export?format=txt", asked.text("sessionId"));
    assert_eq!(third.at(&at("exports")).get(&path).await.status, 200);
}

/// Somebody becomes a guardian, of children of several kinds, and an administrator looks at what is known of that.
pub(super) async fn families(scene: &Scene, at: impl Fn(&str) -> String) {
    let family = scene.client.at(&at("family"));
    let administrator = scene.administrator.at(&at("family"));
    let keeper = scene.client.sign_in(KEEPER).await;
    let guardian = person(scene, "guardian@zoo.example", "parent").await;
    let guardian = family.with_token(guardian.text("token"));
    for (number, reply) in ["accept", "decline"].into_iter().enumerate() {
        let email = format!("invited{number}@zoo.example");
        let invited = person(scene, &email, "user").await;
        let sent = guardian.post("/invitations", &json!({ "email": email, "kind": "child" })).await;
        assert_eq!(sent.status, 202, "{:?}", sent.body);
        let path = format!("/invitations/{}/{reply}", sent.text("invitationId"));
        let answered = send(family.with_token(invited.text("token")).request(Method::POST, &path)).await;
        assert!(answered.status.is_success(), "{:?}", answered.body);
    }
    let families = keeper.at(&at("family")).get("/family_list").await;
    assert_eq!(families.status, 200, "{:?}", families.body);
    let own = guardian.get("/family_list").await;
    let own = own.body["families"][0]["familyId"].as_str().expect("the guardian's family").to_owned();
    let child = json!({ "displayName": "Little", "username": "little.one", "password": PASSWORD });
    let made = guardian.post(&format!("/family/{own}/children"), &child).await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    // The guardian has looked at nothing so far.
    assert_eq!(guardian.get(&format!("/family/{own}/insights")).await.status, 200);
    let released = json!({ "releaseChildren": [made.text("userId")] });
    let changed = send(administrator.request(Method::PATCH, &format!("/family/{own}")).json(&released)).await;
    assert_eq!(changed.status, 200, "{:?}", changed.body);
    let audit = person(scene, "auditor@zoo.example", "administrator").await;
    let audit = scene.client.at(&at("audit")).with_token(audit.text("token"));
    let session = "0190f3a1-7b2c-7def-8123-000000000001";
    for filter in [String::new(), format!("?userId={own}"), format!("?sessionId={session}")] {
        let entries = audit.get(&format!("/audit{filter}")).await;
        assert_eq!(entries.status, 200, "{:?}", entries.body);
    }
}

/// Somebody with a new account, signed in.
async fn person(scene: &Scene, email: &str, role: &str) -> Answer {
    let account = json!({ "email": email, "displayName": "Newcomer", "role": role, "password": PASSWORD });
    let made = scene.administrator.post("/users", &account).await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    scene.client.post("/auth", &json!({ "email": email, "password": PASSWORD })).await
}

/// Turns of every kind, by either of the two routes.
pub(super) async fn turns(scene: &Scene, client: &Client, path: &str) {
    let (_, body) = question("Hello Leo!");
    let first = send(post(client, "/convo_turn", &body)).await;
    let session = first.text("sessionId").to_owned();
    let repeated = send(post(client, path, &body)).await;
    assert_eq!(repeated.status, 200, "{:?}", repeated.body);
    // Refused by the model, and asked anew under the same id.
    let (_, mut refused) = question(REFUSED);
    refused["sessionId"] = json!(session);
    for _ in 0..2 {
        drop(send(post(client, path, &refused)).await);
    }
    // Silent for a day: it goes on in a new session.
    let asked: Timestamp = first.text("timestamp").parse().unwrap();
    let earlier = format!("{:.3}", asked - SignedDuration::from_hours(25));
    let key = json!({ "sessionId": { "S": session } });
    scene.update("cmz-sessions", key, "lastActivity", json!({ "S": earlier })).await;
    for message in ["And now?", SLOW] {
        let (_, mut body) = question(message);
        body["sessionId"] = json!(session);
        let answer = send(post(client, path, &body)).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    }
}

/// Conversations and accounts are erased, at once, later and not after all: a guardian's, a child's, an
/// administrator's, with all that one may have.
pub(super) async fn erasures(scene: &Scene, url: &str) {
    let wish = json!({ "reason": "We move", "confirm": true });
    let erase = async |client: &Client, path: &str, body: &Value| {
        send(client.at(url).request(Method::DELETE, path).json(body)).await
    };
    let guardian = person(scene, "leaving.guardian@zoo.example", "parent").await;
    let (family, guardian) = (guardian.body["user"]["userId"].clone(), scene.client.with_token(guardian.text("token")));
    let family = family.as_str().unwrap();
    let child = json!({ "displayName": "Leaving", "username": "leaving.one", "password": PASSWORD });
    let child = guardian.post(&format!("/family/{family}/children"), &child).await.text("userId").to_owned();
    let waiting = erase(&guardian, &format!("/privacy/conversations/{child}"), &wish).await;
    let receipt = format!("/privacy/receipts/{}", waiting.text("receiptId"));
    assert_eq!(send(guardian.at(url).request(Method::GET, &receipt)).await.status, 200);
    assert_eq!(send(guardian.at(url).request(Method::DELETE, &receipt)).await.status, 204);
    let (_, body) = question("Hello Leo!");
    let asked = send(post(&guardian, "/convo_turn", &body)).await;
    let shares = format!("/conversations/history/{}/shares", asked.text("sessionId"));
    assert_eq!(guardian.post(&shares, &json!({})).await.status, 201);
    assert_eq!(erase(&guardian, &format!("/privacy/conversations/{family}"), &wish).await.status, 200);
    assert_eq!(erase(&guardian, &format!("/users/{family}"), &wish).await.status, 409);
    let at_once = json!({ "reason": "We move", "confirm": true, "immediate": true });
    assert_eq!(erase(&guardian, &format!("/users/{child}"), &at_once).await.status, 200);
    assert_eq!(erase(&guardian, &format!("/users/{family}"), &wish).await.status, 200);
    let administrator = person(scene, "leaving.admin@zoo.example", "administrator").await;
    let path = format!("/users/{}", administrator.body["user"]["userId"].as_str().unwrap());
    assert_eq!(erase(&scene.client.with_token(administrator.text("token")), &path, &wish).await.status, 200);
}

/// A guardian agrees for a child, and takes it back.
pub(super) async fn consent(parent: &Client, child: &str) {
    let path = format!("/privacy/consent/{child}");
    let shown = parent.get(&path).await;
    let agreed = json!({
        "scopes": { "collect": true, "third_party": true, "sharing": true },
        "method": "payment",
        "noticeVersion": shown.text("currentNoticeVersion"),
    });
    let nothing = json!({ "scopes": { "collect": false, "third_party": false, "sharing": false } });
    for body in [nothing, agreed] {
        assert_eq!(send(parent.request(Method::PUT, &path).json(&body)).await.status, 200);
    }
}

/// Streams that are followed by another reader, and cancelled.
pub(super) async fn streams(client: &Client) {
    for (message, is_cancelled) in [(SLOW, false), (STALLED, true)] {
        let (turn, body) = question(message);
        let path = format!("/convo_turn/stream/{turn}");
        let heard = hear_until(post(client, "/convo_turn/stream", &body), |events| events.len() > 1).await;
        assert_eq!(heard.status, 200, "{:?}", heard.problem);
        if is_cancelled {
            assert_eq!(send(client.request(Method::DELETE, &path)).await.status, 202);
        }
        let rest = hear(client.request(Method::GET, &path)).await;
        assert_eq!(rest.terminal().name, "complete");
    }
}

/// Somebody guesses a password, then somebody gets in, renews that, and sets a new one by a letter.
pub(super) async fn passwords(client: &Client, server: &Server, email: &str) {
    let sign_in = async |password: &str| client.post("/auth", &json!({ "email": email, "password": password })).await;
    assert_eq!(sign_in("a wrong password").await.status, 401);
    let signed_in = sign_in(PASSWORD).await;
    let renewed = client.post("/auth/refresh", &json!({ "refreshToken": signed_in.text("refreshToken") })).await;
    let ended = client.post("/auth/logout", &json!({ "refreshToken": renewed.text("refreshToken") })).await;
    assert_eq!(ended.status, 204);
    let me = client.with_token(signed_in.text("token"));
    for (current, status) in [("a wrong password", 422), (PASSWORD, 204)] {
        let body = json!({ "currentPassword": current, "newPassword": PASSWORD });
        assert_eq!(me.post("/auth/password", &body).await.status, status);
    }
    assert_eq!(client.post("/auth/password/reset", &json!({ "email": email })).await.status, 202);
    let letter = server.line().await;
    let (_, token) = letter.split_once("/reset-password#").expect("a link");
    let body = json!({ "token": token, "newPassword": PASSWORD });
    assert_eq!(client.post("/auth/password/reset/confirm", &body).await.status, 204);
}
