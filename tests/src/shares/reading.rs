//! Who reads by a link, what, and what they may not.

use super::{KEEPER, OTHER_PARENT, read, session, share, shared, with_share, zoo};
use crate::testkit::client;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn whoever_is_signed_in_reads_by_a_link_what_the_owner_reads() {
    let zoo = zoo().await;
    let (child, _, session, secret) = zoo.shared_childs().await;
    let own = child.history(&session).await;
    for email in [client::SIBLING, client::USER, OTHER_PARENT] {
        let reader = zoo.client.sign_in(email).await;
        reader.history(&session).await.is_problem(403, "forbidden");
        let answer = read(&reader, &session, &secret).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &own.body));
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn the_link_alone_opens_nothing() {
    let zoo = zoo().await;
    let (_, _, session, secret) = zoo.shared_childs().await;
    read(&zoo.client, &session, &secret).await.is_problem(401, "unauthorized");
    let visitor = zoo.client.sign_in(client::VISITOR).await;
    read(&visitor, &session, &secret).await.is_problem(403, "forbidden");
    let reader = zoo.client.sign_in(client::USER).await;
    assert_eq!(read(&reader, &session, &secret).await.status, 200);
    zoo.set_account(&super::id(&reader).await, "status", &json!({ "S": "disabled" })).await;
    read(&reader, &session, &secret).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_shared_conversation_comes_in_pages_each_by_the_link() {
    let zoo = zoo().await;
    let (user, reader) = (zoo.client.sign_in(client::USER).await, zoo.client.sign_in(client::PARENT).await);
    let session = session(&user).await;
    for question in ["Two", "Three"] {
        assert_eq!(user.ask_in(&session, question).await.status, 200);
    }
    let secret = shared(&user, &session).await;
    let whole = user.history(&session).await;
    let (mut path, mut found) = (format!("/conversations/history/{session}?limit=4"), Vec::new());
    loop {
        let page = with_share(&reader, Method::GET, &path, &secret).await;
        found.extend(page.body["messages"].as_array().unwrap().clone());
        let Some(next) = page.body["pagination"]["nextToken"].as_str() else { break };
        path = format!("/conversations/history/{session}?limit=4&nextToken={next}");
        reader.get(&path).await.is_problem(403, "forbidden");
    }
    assert_eq!(json!(found), whole.body["messages"]);
}

#[tokio::test]
async fn any_other_secret_is_as_none() {
    let zoo = zoo().await;
    let (user, reader) = (zoo.client.sign_in(client::USER).await, zoo.client.sign_in(client::PARENT).await);
    let (one, other) = (session(&user).await, session(&user).await);
    let secret = shared(&user, &one).await;
    let without = reader.history(&one).await;
    for at in [0, secret.len() / 2, secret.len() - 1] {
        let mut tampered = secret.clone();
        tampered.replace_range(at..=at, if &secret[at..=at] == "A" { "B" } else { "A" });
        let answer = read(&reader, &one, &tampered).await;
        assert_eq!((answer.status, answer.body), (without.status, without.body.clone()));
    }
    let long = "x".repeat(5000);
    for wrong in
        ["", "x", " ", "share", "\u{1f981}", &secret[1..], &format!("{secret}x"), &format!("#share={secret}"), &long]
    {
        read(&reader, &one, wrong).await.is_problem(403, "forbidden");
    }
    read(&reader, &other, &secret).await.is_problem(403, "forbidden");
    read(&reader, "0190f3a1-7b2c-7def-8123-456789abcdef", &secret).await.is_problem(404, "not_found");
    assert_eq!(read(&reader, &one, &secret).await.status, 200, "the right one is still good");
}

#[tokio::test]
async fn whoever_may_read_anyway_is_not_affected_and_staff_still_say_why() {
    let zoo = zoo().await;
    let (child, parent, session, secret) = zoo.shared_childs().await;
    for own in [&child, &parent] {
        for given in [&*secret, "nonsense", &"x".repeat(5000)] {
            assert_eq!(read(own, &session, given).await.status, 200);
        }
    }
    for staff in [zoo.client.sign_in(KEEPER).await, zoo.administrator().await] {
        for given in [&*secret, "nonsense"] {
            read(&staff, &session, given).await.is_problem(428, "reason_required");
            let path = format!("/conversations/history/{session}");
            let request = staff.request(Method::GET, &path).header("x-share", given);
            let answer = client::answer(request.header("x-access-reason", "A parent asked us").send().await.unwrap());
            assert_eq!(answer.await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_link_lets_nobody_do_more_than_read() {
    let zoo = zoo().await;
    let (child, _, session, secret) = zoo.shared_childs().await;
    let before = child.history(&session).await;
    let reader = zoo.client.sign_in(client::USER).await;
    let history = format!("/conversations/history/{session}");
    let shares = format!("{history}/shares");
    let first_system = format!("/convo_history?sessionId={session}");
    for (method, path) in
        [(Method::DELETE, &history), (Method::GET, &first_system), (Method::POST, &shares), (Method::DELETE, &shares)]
    {
        let request = reader.request(method.clone(), path).header("x-share", &secret).json(&json!({}));
        client::answer(request.send().await.unwrap()).await.is_problem(403, "forbidden");
    }
    let turn = json!({ "animalId": "lion_001", "message": "It is me", "sessionId": session });
    for path in ["/convo_turn", "/convo_turn/stream"] {
        let request = reader.request(Method::POST, path).header("x-share", &secret).json(&turn);
        client::answer(request.send().await.unwrap()).await.is_problem(403, "forbidden");
    }
    let listed = with_share(&reader, Method::GET, "/conversations/sessions", &secret).await;
    assert_eq!(listed.body["sessions"], json!([]));
    assert_eq!(child.history(&session).await.body, before.body);
    share(&reader, &session, &json!({})).await.is_problem(403, "forbidden");
}
