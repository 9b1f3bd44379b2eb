//! How one becomes family: one invites, the other confirms.

use super::{House, KEEPER, OTHER_PARENT, bare_post, children, delete};
use crate::testkit::{Client, Engine, ScriptedModel, client, client::Answer, program::command};
use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::{Instant, timeout},
};

async fn invite(client: &Client, email: &str, kind: &str) -> Answer {
    client.post("/invitations", &json!({ "email": email, "kind": kind })).await
}

fn received(list: &Answer) -> Vec<String> {
    let received = list.body["received"].as_array().unwrap_or_else(|| panic!("{list:?}"));
    received.iter().map(|one| one["invitationId"].as_str().unwrap().to_owned()).collect()
}

/// Items of invitations as they lie in the table.
async fn stored(house: &House) -> Vec<Value> {
    let is_one = |item: &Value| item["tokenKey"]["S"].as_str().unwrap().starts_with("invit");
    house.engine.items("cmz-tokens").await.into_iter().filter(is_one).collect()
}

#[tokio::test]
async fn whoever_confirms_becomes_a_child_and_talks_once_its_guardian_agrees() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let (user, user_id) = house.person(client::USER).await;
    let session = user.ask("A secret of mine").await.text("sessionId").to_owned();
    let answer = invite(&parent, "User1@test.cmz.org", "child").await;
    assert_eq!(answer.status, 202, "{answer:?}");
    parent.history(&session).await.is_problem(403, "forbidden");
    let list = user.get("/invitations").await;
    assert_eq!(list.body["received"][0]["from"], "Pat");
    assert_eq!((received(&list), list.body["sent"].clone()), (vec![answer.text("invitationId").to_owned()], json!([])));
    assert_eq!(parent.get("/invitations").await.body["sent"][0]["to"], "User1@test.cmz.org");
    let path = format!("/invitations/{}", answer.text("invitationId"));
    for (email, expected) in [(OTHER_PARENT, 404), (client::PARENT, 404), (client::CHILD, 403), (KEEPER, 403)] {
        let (stranger, _) = house.person(email).await;
        assert_eq!(bare_post(&stranger, &format!("{path}/accept")).await.status, expected, "{email}");
        assert_eq!(bare_post(&stranger, &format!("{path}/decline")).await.status, expected, "{email}");
    }
    let accepted = bare_post(&user, &format!("{path}/accept")).await;
    assert_eq!((accepted.status.as_u16(), accepted.text("familyId")), (200, family.as_str()), "{accepted:?}");
    assert!(children(&parent.get(&format!("/family/{family}")).await).contains(&user_id));
    assert_eq!(parent.history(&session).await.status, 200);
    user.ask("Hello?").await.is_problem(403, "consent_required");
    assert!(stored(&house).await.is_empty(), "an invitation that was answered is forgotten");
    // A child invites nobody and answers no further invitation.
    bare_post(&user, &format!("{path}/accept")).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn nothing_tells_whether_anybody_has_the_name_that_was_invited() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let arguments = ["serve", "--engine", &engine.program.url, "--port", "0", "--model-url", &model.url];
    let mut server = command("menagerie").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    let client = Client::new(line["url"].as_str().unwrap());
    let parent = client.sign_in(client::PARENT).await;
    let mut shapes = Vec::new();
    for name in ["nobody-canary@test.cmz.org", client::USER] {
        let began = Instant::now();
        let answer = invite(&parent, name, "child").await;
        assert!(began.elapsed() >= Duration::from_millis(500));
        let members: Vec<_> = answer.body.as_object().unwrap().keys().cloned().collect();
        shapes.push((answer.status.as_u16(), members));
    }
    assert_eq!(shapes[0], shapes[1]);
    assert_eq!(shapes[0].0, 202);
    let letter = timeout(Duration::from_secs(5), lines.next_line()).await.unwrap().unwrap().unwrap();
    assert!(letter.starts_with("An invitation to be family: http://127.0.0.1:"), "{letter}");
    assert!(timeout(Duration::from_millis(300), lines.next_line()).await.is_err(), "nobody else gets a letter");
    let items = serde_json::to_string(&engine.items("cmz-tokens").await).unwrap();
    assert!(!items.contains("canary") && !items.contains('@'), "a name lies in the table");
    assert_eq!(parent.get("/invitations").await.body["sent"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn invitations_are_declined_taken_back_and_over_after_fourteen_days() {
    let house = House::open().await;
    let (parent, _) = house.person(client::PARENT).await;
    let (user, _) = house.person(client::USER).await;
    let declined = invite(&parent, client::USER, "child").await;
    let path = format!("/invitations/{}", declined.text("invitationId"));
    assert_eq!(bare_post(&user, &format!("{path}/decline")).await.status, 204);
    bare_post(&user, &format!("{path}/accept")).await.is_problem(404, "not_found");
    let withdrawn = invite(&parent, client::USER, "child").await;
    let path = format!("/invitations/{}", withdrawn.text("invitationId"));
    delete(&user, &path).await.is_problem(404, "not_found");
    assert_eq!(delete(&parent, &path).await.status, 204);
    delete(&parent, &path).await.is_problem(404, "not_found");
    assert!(stored(&house).await.is_empty());
    let over = invite(&parent, client::USER, "child").await;
    for item in stored(&house).await {
        let days = |item: &Value| item["ttl"]["N"].as_str().unwrap().parse::<i64>().unwrap() / 86_400;
        let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap() / 86_400;
        assert_eq!(days(&item) - now, 14);
        let update = json!({
            "TableName": "cmz-tokens",
            "Key": { "tokenKey": item["tokenKey"] },
            "UpdateExpression": "SET expiresAt = :past",
            "ExpressionAttributeValues": { ":past": { "S": "2026-01-01T00:00:00.000Z" } },
        });
        house.engine.call("UpdateItem", &update).await;
    }
    // Its time is exact, whenever the database removes it.
    let path = format!("/invitations/{}", over.text("invitationId"));
    for answer in ["accept", "decline"] {
        bare_post(&user, &format!("{path}/{answer}")).await.is_problem(404, "not_found");
    }
    assert!(!stored(&house).await.is_empty());
    assert_eq!(parent.get("/invitations").await.body["sent"], json!([]));
    assert_eq!(stored(&house).await, Vec::<Value>::new(), "the address that was typed is forgotten");
    assert_eq!(received(&user.get("/invitations").await), Vec::<String>::new());
}

#[tokio::test]
async fn who_has_a_guardian_or_is_staff_is_nobodys_to_invite_and_the_first_answer_counts() {
    let house = House::open().await;
    let (parent, _) = house.person(client::PARENT).await;
    let (other, other_id) = house.person(OTHER_PARENT).await;
    let (user, user_id) = house.person(client::USER).await;
    for email in [client::CHILD, client::VISITOR, KEEPER] {
        let (person, _) = house.person(email).await;
        for kind in ["child", "guardian"] {
            invite(&person, client::USER, kind).await.is_problem(403, "forbidden");
        }
        person.get("/invitations").await.is_problem(403, "forbidden");
    }
    invite(&house.administrator().await, client::USER, "child").await.is_problem(403, "forbidden");
    invite(&parent, client::USER, "guardian").await.is_problem(403, "forbidden");
    invite(&user, client::PARENT, "child").await.is_problem(403, "forbidden");
    for bad in
        [json!({ "kind": "child" }), json!({ "email": " ", "kind": "child" }), json!({ "email": "x", "kind": "pet" })]
    {
        parent.post("/invitations", &bad).await.is_problem(422, "invalid");
    }
    // Another parent cannot become a child.
    let misfit = invite(&parent, OTHER_PARENT, "child").await;
    let path = format!("/invitations/{}/accept", misfit.text("invitationId"));
    bare_post(&other, &path).await.is_problem(422, "invalid");
    // Two want the same one, one of whom was asked by the user themselves.
    let first = invite(&user, OTHER_PARENT, "guardian").await;
    let second = invite(&parent, client::USER, "child").await;
    let accepted = bare_post(&other, &format!("/invitations/{}/accept", first.text("invitationId"))).await;
    assert_eq!((accepted.status.as_u16(), accepted.text("familyId")), (200, other_id.as_str()));
    assert_eq!(house.stored(&user_id).await["parentUserId"]["S"], other_id.as_str());
    let late = bare_post(&user, &format!("/invitations/{}/accept", second.text("invitationId"))).await;
    late.is_problem(403, "forbidden");
    for id in ["x", "0190f3a1-7b2c-7def-8123-456789abcdef"] {
        bare_post(&parent, &format!("/invitations/{id}/accept")).await.is_problem(404, "not_found");
    }
}
