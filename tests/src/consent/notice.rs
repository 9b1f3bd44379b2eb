//! The notice changes, and what was agreed to under the old one counts for nothing until it is asked again.

use super::{House, agree, get, put, scopes};
use crate::testkit::{ScriptedModel, Server, client};
use serde_json::json;

#[tokio::test]
async fn when_the_notice_changes_a_child_does_not_talk_until_its_guardian_is_asked_again() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (child, id) = house.person(client::CHILD).await;
    let (parent, _) = house.person(client::PARENT).await;
    let old = agree(&parent, &id, scopes(true, true, true)).await.text("noticeVersion").to_owned();
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let shares = format!("/conversations/history/{session}/shares");
    let link = parent.post(&shares, &json!({})).await;
    let secret = link.text("link").split_once("#share=").unwrap().1.to_owned();
    // The zoo wants to keep conversations for longer, and says so to parents.
    let variables = [("CONVERSATION_TTL_DAYS", "365")];
    let server = Server::start(&house.engine.program.url, &house.model.url, &variables).await;
    let [child, parent] = [&child, &parent].map(|client| client.at(&server.url));
    let asked = house.model.requests().len();
    let refused = child.ask("And now?").await;
    refused.is_problem(403, "consent_required");
    assert!(refused.text("detail").contains("asked again"), "{refused:?}");
    assert_eq!(house.model.requests().len(), asked);
    let shown = get(&parent, &id).await;
    assert_eq!((&shown.body["askAgain"], shown.text("noticeVersion")), (&json!(true), &*old), "{shown:?}");
    let new = shown.text("currentNoticeVersion").to_owned();
    assert_ne!(new, old);
    let reader = house.client.at(&server.url).sign_in(client::USER).await;
    let follow = async || {
        let request = reader.request(reqwest::Method::GET, &format!("/conversations/history/{session}"));
        request.header("x-share", &secret).send().await.unwrap().status().as_u16()
    };
    assert_eq!(follow().await, 403, "nor is anything shown to others");
    assert_eq!(parent.history(&session).await.status, 200, "what was stored is its guardian's to read");
    let again =
        |version: &str| json!({ "scopes": scopes(true, true, true), "method": "payment", "noticeVersion": version });
    put(&parent, &id, &again(&old)).await.is_problem(422, "invalid");
    let agreed = put(&parent, &id, &again(&new)).await;
    assert_eq!((agreed.status.as_u16(), &agreed.body["askAgain"]), (200, &json!(false)));
    assert_eq!(child.ask("And now?").await.status, 200);
    assert_eq!(follow().await, 200);
    // Where the notice is still the old one, the new one is none.
    put(&parent.at(&house.server.url), &id, &again(&new)).await.is_problem(422, "invalid");
}
