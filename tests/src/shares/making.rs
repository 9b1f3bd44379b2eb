//! Who makes links, for how long, and where their secrets are not.

use super::{KEEPER, OTHER_PARENT, id, read, secret, session, share, shared, zoo};
use crate::testkit::{Client, Engine, Server, client, program::command};
use reqwest::Method;
use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

#[tokio::test]
async fn adults_share_their_own_and_nobody_elses() {
    let zoo = zoo().await;
    let user = zoo.client.sign_in(client::USER).await;
    let own = session(&user).await;
    let answer = share(&user, &own, &json!({ "expiresIn": 300 })).await;
    assert_eq!((answer.status.as_u16(), answer.headers["cache-control"].to_str().unwrap()), (201, "no-store"));
    assert!(!answer.text("shareId").is_empty());
    for other in [client::CHILD, client::PARENT, OTHER_PARENT, KEEPER, client::VISITOR] {
        let other = zoo.client.sign_in(other).await;
        share(&other, &own, &json!({})).await.is_problem(403, "forbidden");
    }
    share(&zoo.administrator().await, &own, &json!({})).await.is_problem(403, "forbidden");
    share(&zoo.client, &own, &json!({})).await.is_problem(401, "unauthorized");
    for staff in [zoo.client.sign_in(KEEPER).await, zoo.client.sign_in(client::PARENT).await] {
        let own = session(&staff).await;
        assert_eq!(read(&user, &own, &shared(&staff, &own).await).await.status, 200);
    }
    share(&user, "0190f3a1-7b2c-7def-8123-456789abcdef", &json!({})).await.is_problem(404, "not_found");
    share(&user, "nonsense", &json!({})).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_childs_is_shared_by_its_guardian_alone_and_only_with_consent() {
    let zoo = zoo().await;
    let (child, parent) = (zoo.client.sign_in(client::CHILD).await, zoo.client.sign_in(client::PARENT).await);
    let childs = session(&child).await;
    for agrees in [false, true] {
        zoo.agree_to_sharing(&child, agrees).await;
        let administrator = zoo.administrator().await;
        for email in [client::CHILD, client::SIBLING, client::USER, OTHER_PARENT, KEEPER, client::VISITOR] {
            share(&zoo.client.sign_in(email).await, &childs, &json!({})).await.is_problem(403, "forbidden");
        }
        share(&administrator, &childs, &json!({})).await.is_problem(403, "forbidden");
        let parents = share(&parent, &childs, &json!({})).await;
        match agrees {
            true => assert_eq!(parents.status, 201),
            false => parents.is_problem(403, "consent_required"),
        }
    }
    assert_eq!(zoo.shares().await.len(), 1);
    zoo.set_account(&id(&child).await, "status", &json!({ "S": "disabled" })).await;
    share(&parent, &childs, &json!({})).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_time_is_five_minutes_to_thirty_days_and_never_longer_than_the_sessions() {
    let zoo = zoo().await;
    let user = zoo.client.sign_in(client::USER).await;
    let own = session(&user).await;
    for wrong in [json!(299), json!(2_592_001), json!(0), json!(-300), json!(300.5), json!("300"), json!(1e12)] {
        share(&user, &own, &json!({ "expiresIn": wrong })).await.is_problem(422, "invalid");
    }
    assert!(zoo.shares().await.is_empty());
    for (asked, seconds) in [(json!(300), 300), (json!(2_592_000), 2_592_000), (Value::Null, 604_800)] {
        let answer = share(&user, &own, &json!({ "expiresIn": asked })).await;
        assert_eq!(answer.status, 201);
        let shares = zoo.shares().await;
        let kept = shares.iter().find(|kept| kept["shareId"]["S"] == answer.body["shareId"]).unwrap();
        assert_eq!(kept["expiresAt"]["S"], answer.body["expiresAt"]);
        let [created, ends] = ["createdAt", "expiresAt"].map(|name| time(&kept[name]["S"]));
        assert_eq!(ends.duration_since(created).as_secs(), seconds);
        assert_eq!(kept["ttl"]["N"], ends.as_second().to_string());
    }
    // A session that is nearly over: its end is its shares' too.
    let soon = time(&zoo.shares().await[0]["createdAt"]["S"]) + Duration::from_hours(1);
    let soon = json!({ "S": format!("{soon:.3}") });
    zoo.set("cmz-sessions", &json!({ "sessionId": { "S": own } }), "expiresAt", &soon).await;
    let answer = share(&user, &own, &json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["expiresAt"]), (201, &soon["S"]));
}

fn time(text: &Value) -> jiff::Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_bad_request_for_a_link_gets_its_problem() {
    let zoo = zoo().await;
    let user = zoo.client.sign_in(client::USER).await;
    let path = format!("/conversations/history/{}/shares", session(&user).await);
    for (content_type, body, status, code) in [
        ("application/json", "{", 400, "bad_request"),
        ("application/json", "", 400, "bad_request"),
        ("application/json", "7", 422, "invalid"),
        ("text/plain", "{}", 415, "unsupported_media_type"),
    ] {
        let request = user.request(Method::POST, &path).header("content-type", content_type).body(body);
        client::answer(request.send().await.unwrap()).await.is_problem(status, code);
    }
    let large = json!({ "filler": "x".repeat(65 * 1024) });
    user.post(&path, &large).await.is_problem(413, "payload_too_large");
}

#[tokio::test]
async fn the_secret_stands_in_the_fragment_of_the_web_apps_address_and_in_no_table() {
    let engine = Engine::start().await;
    let model = crate::testkit::ScriptedModel::start([]).await;
    for (origin, begins) in
        [("", "/history/"), ("*", "/history/"), ("https://chat.cmz.org", "https://chat.cmz.org/history/")]
    {
        let server = Server::start(&engine.program.url, &model.url, &[("WEB_ORIGIN", origin)]).await;
        let user = Client::new(&server.url).sign_in(client::USER).await;
        let own = session(&user).await;
        let answer = share(&user, &own, &json!({})).await;
        let secret = secret(&answer);
        assert_eq!(answer.text("link"), format!("{begins}{own}#share={secret}"));
        assert!(secret.len() >= 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        for table in ["cmz-tokens", "cmz-sessions", "cmz-keys", "cmz-users"] {
            assert!(!Value::from(engine.items(table).await).to_string().contains(&secret), "{table}");
        }
        // In the address it is worth nothing.
        let other = Client::new(&server.url).sign_in(client::PARENT).await;
        for parameter in ["share", "X-Share"] {
            let path = format!("/conversations/history/{own}?{parameter}={secret}");
            other.get(&path).await.is_problem(403, "forbidden");
        }
        assert_eq!(read(&other, &own, &secret).await.status, 200);
    }
}

#[tokio::test]
async fn no_secret_is_logged_also_where_it_opens_nothing() {
    let mut server = command("menagerie")
        .args(["--memory", "--port", "0", "--model-pace", "0"])
        .env("LOG_LEVEL", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = server.stderr.take().unwrap();
    let mut log = String::new();
    let reading = async { errors.read_to_string(&mut log).await.unwrap() };
    let sharing = async {
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let url = serde_json::from_str::<Value>(&line).unwrap()["url"].as_str().unwrap().to_owned();
        let client = Client::new(&url);
        let (user, other) = (client.sign_in(client::USER).await, client.sign_in(client::PARENT).await);
        let (own, another) = (session(&user).await, session(&user).await);
        let secret = shared(&user, &own).await;
        assert_eq!(read(&other, &own, &secret).await.status, 200);
        read(&other, &another, &secret).await.is_problem(403, "forbidden");
        read(&client, &own, &secret).await.is_problem(401, "unauthorized");
        server.kill().await.unwrap();
        secret
    };
    let (_, secret) = tokio::join!(reading, sharing);
    assert!(log.contains("POST /conversations/history/{sessionId}/shares"), "the log has its lines");
    assert!(!log.contains(&secret) && !log.contains("share="));
}
