//! Who may agree to what, and what happens before anybody has.

use super::{House, KEEPER, OTHER_PARENT, agree, get, history, nothing, put, scopes};
use crate::testkit::{ScriptedModel, client};
use serde_json::{Value, json};

#[tokio::test]
async fn c000_12_5_without_a_guardians_consent_nothing_is_stored_and_nothing_sent() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (child, id) = house.person(client::CHILD_WITHOUT_CONSENT).await;
    let (parent, _) = house.person(OTHER_PARENT).await;
    let question = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
    // To keep it alone is not enough to talk.
    let kept = agree(&parent, &id, scopes(true, false, false)).await;
    assert_eq!((kept.status.as_u16(), &kept.body["askAgain"]), (200, &json!(false)));
    for path in ["/convo_turn", "/convo_turn/stream"] {
        let refused = child.post(path, &question).await;
        refused.is_problem(403, "consent_required");
        assert_eq!(refused.body["title"], "A grown-up who looks after you has to say yes first");
    }
    assert!(house.model.requests().is_empty());
    assert_eq!(house.conversations().await, Vec::<Value>::new());
    let agreed = agree(&parent, &id, scopes(true, true, false)).await;
    assert_eq!(agreed.body["scopes"], scopes(true, true, false));
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    assert_eq!(house.model.requests().len(), 1);
    put(&parent, &id, &nothing()).await;
    child.ask("Hello again!").await.is_problem(403, "consent_required");
    assert_eq!(house.model.requests().len(), 1);
}

#[tokio::test]
async fn only_the_guardian_agrees_and_only_those_concerned_see_it() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (child, id) = house.person(client::CHILD).await;
    let (parent, parent_id) = house.person(client::PARENT).await;
    for (email, sees) in
        [(OTHER_PARENT, 403), (KEEPER, 403), (client::SIBLING, 403), (client::VISITOR, 403), ("admin@cmz.org", 200)]
    {
        let (other, _) = house.person(email).await;
        assert_eq!(get(&other, &id).await.status, sees, "{email}");
        put(&other, &id, &nothing()).await.is_problem(403, "forbidden");
    }
    put(&child, &id, &nothing()).await.is_problem(403, "forbidden");
    assert_eq!(get(&house.client, &id).await.status, 401);
    let seen = get(&child, &id).await;
    assert_eq!(seen.body["scopes"], scopes(true, true, false), "{seen:?}");
    assert!(seen.headers["cache-control"].to_str().unwrap().contains("no-store"));
    // Neither is anybody's child, nor anybody.
    for nobody in [&*parent_id, "0190f3a1-7b2c-7def-8123-456789abcdef", "not%20an%20id"] {
        get(&parent, nobody).await.is_problem(404, "not_found");
        assert!([403, 404].contains(&put(&parent, nobody, &nothing()).await.status.as_u16()));
    }
    assert_eq!(get(&parent, &id).await.body["history"], json!([]), "whoever was refused changed nothing");
}

#[tokio::test]
async fn what_cannot_be_agreed_to_is_refused_and_says_why() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (_, id) = house.person(client::CHILD).await;
    let (parent, _) = house.person(client::PARENT).await;
    let before = get(&parent, &id).await;
    let version = before.text("currentNoticeVersion");
    let all = scopes(true, true, true);
    let cases = [
        (json!({ "scopes": all, "method": "payment" }), "noticeVersion"),
        (json!({ "scopes": all, "method": "payment", "noticeVersion": "0.90" }), "noticeVersion"),
        (json!({ "scopes": all, "method": "payment", "noticeVersion": "of no notice" }), "noticeVersion"),
        (json!({ "scopes": all, "noticeVersion": version }), "method"),
        (json!({ "scopes": all, "method": "a promise", "noticeVersion": version }), "method"),
        (json!({ "scopes": all, "method": "email_plus", "noticeVersion": version }), "sharing needs another method"),
        (
            json!({ "scopes": scopes(false, true, false), "method": "payment", "noticeVersion": version }),
            "need collect",
        ),
        (
            json!({ "scopes": scopes(false, false, true), "method": "payment", "noticeVersion": version }),
            "need collect",
        ),
        (json!({ "scopes": { "collect": true }, "method": "payment", "noticeVersion": version }), "missing"),
        (json!({ "scopes": "all", "method": "payment", "noticeVersion": version }), "missing"),
        (json!({ "scopes": scopes(false, false, false), "noticeVersion": "0.90" }), "noticeVersion"),
        (json!({}), "missing"),
    ];
    for (body, why) in cases {
        let refused = put(&parent, &id, &body).await;
        refused.is_problem(422, "invalid");
        assert!(refused.body["detail"].as_str().unwrap().contains(why), "{body}: {:?}", refused.body);
    }
    assert_eq!(get(&parent, &id).await.body, before.body);
    for method in [
        "signed_form",
        "payment",
        "phone_call",
        "video_call",
        "government_id",
        "knowledge_questions",
        "photo_id_match",
        "email_plus",
        "text_plus",
    ] {
        let body = json!({ "scopes": scopes(true, true, false), "method": method, "noticeVersion": version });
        let agreed = put(&parent, &id, &body).await;
        assert_eq!((agreed.status.as_u16(), agreed.text("method")), (200, method));
    }
    assert_eq!(history(&get(&parent, &id).await).len(), 9);
}
