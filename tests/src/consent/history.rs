//! What was said is kept, and written down.

use super::{House, OTHER_PARENT, agree, get, history, nothing, put, scopes};
use crate::testkit::{ScriptedModel, client};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_change_is_kept_with_when_what_how_and_under_which_notice() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (_, id) = house.person(client::CHILD_WITHOUT_CONSENT).await;
    let (parent, parent_id) = house.person(OTHER_PARENT).await;
    let never = get(&parent, &id).await;
    for member in ["method", "noticeVersion", "changedAt"] {
        assert!(never.body[member].is_null(), "{never:?}");
    }
    assert_eq!((&never.body["askAgain"], &never.body["history"]), (&json!(false), &json!([])));
    agree(&parent, &id, scopes(true, true, true)).await;
    agree(&parent, &id, scopes(true, true, false)).await;
    let last = put(&parent, &id, &nothing()).await;
    assert_eq!(history(&last), [scopes(false, false, false), scopes(true, true, false), scopes(true, true, true)]);
    let changes = last.body["history"].as_array().unwrap();
    let version = never.text("currentNoticeVersion");
    for change in changes {
        assert_eq!((&change["guardianId"], &change["noticeVersion"]), (&json!(parent_id), &json!(version)));
    }
    let times: Vec<jiff::Timestamp> =
        changes.iter().map(|change| change["changedAt"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted_by(|later, earlier| later > earlier), "{times:?}");
    let methods: Vec<_> = changes.iter().map(|change| change["method"].clone()).collect();
    assert_eq!(methods, [Value::Null, json!("signed_form"), json!("signed_form")]);
    assert_eq!(last.body["changedAt"], changes[0]["changedAt"]);
    // It does not end with anything else.
    let kept = house.engine.items("cmz-audit").await;
    let kept: Vec<_> =
        kept.iter().filter(|item| item["subject"]["S"].as_str().unwrap() == format!("consent#{id}")).collect();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|item| item["ttl"].is_null() && item["eventType"].is_null()), "{kept:?}");
}

#[tokio::test]
async fn of_many_changes_at_once_all_are_kept_and_the_latest_holds() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (_, id) = house.person(client::CHILD).await;
    let (parent, _) = house.person(client::PARENT).await;
    let changes = (0..6).map(|at| agree(&parent, &id, scopes(true, at % 2 == 0, at % 3 == 0)));
    let answers = join_all(changes).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let now = get(&parent, &id).await;
    assert_eq!(history(&now).len(), 6);
    assert_eq!(history(&now)[0], now.body["scopes"]);
    let ids: BTreeSet<_> =
        now.body["history"].as_array().unwrap().iter().map(|change| change["changeId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 6);
    for (at, answer) in answers.iter().enumerate() {
        assert_eq!(answer.body["scopes"], scopes(true, at % 2 == 0, at % 3 == 0), "each is told what it said");
    }
}

#[tokio::test]
async fn each_change_and_each_refusal_stands_in_the_audit_trail() {
    let house = House::open(ScriptedModel::start([]).await).await;
    let (child, id) = house.person(client::CHILD).await;
    let (parent, parent_id) = house.person(client::PARENT).await;
    let (other, other_id) = house.person(OTHER_PARENT).await;
    let (administrator, _) = house.person("admin@cmz.org").await;
    let agreed = agree(&parent, &id, scopes(true, true, true)).await;
    put(&other, &id, &nothing()).await.is_problem(403, "forbidden");
    let list = administrator.get(&format!("/audit?targetUserId={id}&eventType=consent_changed")).await;
    let [entry] = &list.body["entries"].as_array().unwrap()[..] else { panic!("{list:?}") };
    assert_eq!(entry["logId"], agreed.body["history"][0]["changeId"]);
    assert_eq!((&entry["userId"], &entry["action"]), (&json!(parent_id), &json!("give_consent")));
    assert_eq!(
        entry["metadata"],
        json!({
            "scopes": scopes(true, true, true),
            "method": "signed_form",
            "noticeVersion": agreed.body["noticeVersion"],
        })
    );
    let refused = administrator.get(&format!("/audit?targetUserId={id}&eventType=unauthorized_access_attempt")).await;
    let [entry] = &refused.body["entries"].as_array().unwrap()[..] else { panic!("{refused:?}") };
    assert_eq!((&entry["userId"], &entry["action"]), (&json!(other_id), &json!("give_consent")));
    // The child and its guardian see that it was said, and by whom.
    for (reader, by) in [(&child, "your guardian"), (&parent, "you")] {
        let seen = reader.get("/audit?eventType=consent_changed").await;
        assert_eq!(seen.body["entries"][0]["by"], by, "{seen:?}");
    }
}
