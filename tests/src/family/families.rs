//! Who sees, makes, changes and ends families.

use super::{House, KEEPER, OTHER_PARENT, PASSWORD, children, delete, send};
use crate::testkit::client;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_family_sees_itself_and_staff_see_all_each_as_much_as_they_may() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let (child, child_id) = house.person(client::CHILD).await;
    let path = format!("/family/{family}");
    let own = parent.get(&path).await;
    let names: Vec<_> = own.body["members"].as_array().unwrap().iter().map(|one| one["displayName"].clone()).collect();
    assert_eq!(names, [json!("Pat"), json!("Sam"), json!("Mia")], "{own:?}");
    assert_eq!(
        (own.text("familyId"), &own.body["counts"]),
        (family.as_str(), &json!({ "guardians": 1, "children": 2 }))
    );
    let sam = own.body["members"].as_array().unwrap().iter().find(|one| one["userId"] == child_id.as_str()).unwrap();
    assert_eq!((&sam["email"], &sam["controls"]["paused"]), (&json!(client::CHILD), &json!(false)));
    for member in [&parent, &child] {
        let list = member.get("/family_list").await;
        assert_eq!(
            (list.body["families"].as_array().unwrap().len(), &list.body["pagination"]["hasMore"]),
            (1, &json!(false))
        );
        assert_eq!(list.body["families"][0]["familyId"], family.as_str());
    }
    let childs = child.get(&path).await.body.to_string();
    assert!(childs.contains("Pat") && childs.contains("Mia"));
    assert!(!childs.contains("email") && !childs.contains("controls"), "{childs}");
    let (keeper, _) = house.person(KEEPER).await;
    let seen = keeper.get(&path).await;
    assert_eq!(children(&seen), children(&own));
    for list in [seen.body.to_string(), keeper.get("/family_list").await.body.to_string()] {
        assert!(!list.contains("displayName") && !list.contains('@') && !list.contains("controls"), "{list}");
    }
    assert_eq!(house.administrator().await.get(&path).await.body, own.body);
    let (other, _) = house.person(OTHER_PARENT).await;
    other.get(&path).await.is_problem(403, "forbidden");
    let (user, user_id) = house.person(client::USER).await;
    user.get(&path).await.is_problem(403, "forbidden");
    assert_eq!(user.get("/family_list").await.body["families"], json!([]));
    for unknown in [user_id.as_str(), "nobody", "a%23b"] {
        keeper.get(&format!("/family/{unknown}")).await.is_problem(404, "not_found");
    }
    let (visitor, _) = house.person(client::VISITOR).await;
    visitor.get("/family_list").await.is_problem(403, "forbidden");
    visitor.get(&path).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_list_goes_through_all_families_once_in_pages() {
    let house = House::open().await;
    for number in 0..3 {
        house.account(&format!("guardian{number}@test.cmz.org"), "parent").await;
    }
    let (keeper, _) = house.person(KEEPER).await;
    let administrator = house.administrator().await;
    for limit in 1..=3 {
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = keeper.get(&format!("/family_list?limit={limit}{next}")).await;
            let families = page.body["families"].as_array().unwrap();
            assert!((1..=limit).contains(&families.len()), "{page:?}");
            seen.extend(families.iter().map(|family| family["familyId"].as_str().unwrap().to_owned()));
            let Some(token) = page.body["pagination"]["nextToken"].as_str() else { break };
            next = format!("&nextToken={token}");
            let foreign = administrator.get(&format!("/family_list?limit={limit}{next}")).await;
            foreign.is_problem(400, "bad_request");
        }
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((all, seen.len()), (5, 5));
    }
    for query in ["limit=0", "limit=51", "limit=x", "nextToken=x"] {
        keeper.get(&format!("/family_list?{query}")).await.is_problem(400, "bad_request");
    }
}

#[tokio::test]
async fn administrators_make_change_and_end_families_and_no_child_is_left_without_a_guardian() {
    let house = House::open().await;
    let administrator = house.administrator().await;
    let (child, child_id) = house.person(client::CHILD).await;
    let (user, user_id) = house.person(client::USER).await;
    let (_, old) = house.person(client::PARENT).await;
    assert_eq!(child.ask("Hello Leo!").await.status, 200);
    let body = json!({ "guardianId": user_id, "children": [child_id] });
    let made = administrator.post("/family", &body).await;
    assert_eq!((made.status.as_u16(), children(&made)), (201, vec![child_id.clone()]), "{made:?}");
    assert_eq!(children(&administrator.get(&format!("/family/{old}")).await).len(), 1, "the child left the other one");
    assert_eq!(user.get("/me").await.text("role"), "parent");
    // What the last guardian agreed to is gone.
    child.ask("Hello again!").await.is_problem(403, "consent_required");
    administrator.post("/family", &body).await.is_problem(409, "family_exists");
    let path = format!("/family/{user_id}");
    delete(&administrator, &path).await.is_problem(409, "has_children");
    let demoted = send(&administrator, Method::PATCH, &format!("/users/{user_id}"), &json!({ "role": "user" })).await;
    demoted.is_problem(409, "has_children");
    // Back to where it was, and the family may end.
    let back = json!({ "addChildren": [child_id] });
    let moved = send(&administrator, Method::PATCH, &format!("/family/{old}"), &back).await;
    assert_eq!(children(&moved).len(), 2, "{moved:?}");
    assert_eq!(delete(&administrator, &path).await.status, 204);
    administrator.get(&path).await.is_problem(404, "not_found");
    assert_eq!(user.get("/me").await.text("role"), "user", "no account is deleted");
    // Whoever is released is an adult.
    let released = json!({ "releaseChildren": [child_id] });
    let left = send(&administrator, Method::PATCH, &format!("/family/{old}"), &released).await;
    assert_eq!(children(&left).len(), 1);
    assert_eq!(child.ask("I am grown up!").await.status, 200);
    assert!(house.stored(&child_id).await.get("parentUserId").is_none());
    assert_eq!(delete(&administrator, &format!("/family/{old}?children=release")).await.status, 204);
    assert_eq!(house.stored(&old).await["childCount"]["N"], "0");
}

#[tokio::test]
async fn only_administrators_manage_families_and_bad_changes_change_nothing() {
    let house = House::open().await;
    let (_, user_id) = house.person(client::USER).await;
    let (_, family) = house.person(client::PARENT).await;
    let (_, other_child) = house.person(client::CHILD_WITHOUT_CONSENT).await;
    let (_, keeper_id) = house.person(KEEPER).await;
    let path = format!("/family/{family}");
    for email in [client::CHILD, client::PARENT, client::USER, client::VISITOR, KEEPER] {
        let (stranger, _) = house.person(email).await;
        stranger.post("/family", &json!({ "guardianId": user_id })).await.is_problem(403, "forbidden");
        send(&stranger, Method::PATCH, &path, &json!({ "addChildren": [user_id] })).await.is_problem(403, "forbidden");
        delete(&stranger, &format!("{path}?children=release")).await.is_problem(403, "forbidden");
    }
    let administrator = house.administrator().await;
    let before = administrator.get(&path).await.body;
    let crowd: Vec<_> = (0..41).map(|number| format!("kid{number}")).collect();
    let cases: [(Method, &str, Value, u16, &str); 14] = [
        (Method::POST, "/family", json!({}), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": "a#b" }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": "nobody" }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": keeper_id }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": other_child }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": user_id, "children": [user_id] }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": user_id, "children": [keeper_id] }), 422, "invalid"),
        (Method::POST, "/family", json!({ "guardianId": user_id, "children": crowd }), 422, "invalid"),
        (Method::PATCH, &path, json!({ "releaseChildren": crowd }), 422, "invalid"),
        (Method::PATCH, &path, json!({}), 422, "invalid"),
        (Method::PATCH, &path, json!({ "addChildren": [user_id, "nobody"] }), 422, "invalid"),
        (Method::PATCH, &path, json!({ "addChildren": [user_id], "releaseChildren": [user_id] }), 422, "invalid"),
        (Method::PATCH, &path, json!({ "releaseChildren": [other_child] }), 422, "invalid"),
        (Method::PATCH, "/family/nobody", json!({ "addChildren": [user_id] }), 404, "not_found"),
    ];
    for (method, path, body, status, code) in cases {
        send(&administrator, method, path, &body).await.is_problem(status, code);
    }
    delete(&administrator, &format!("{path}?children=sell")).await.is_problem(400, "bad_request");
    assert_eq!(administrator.get(&path).await.body, before);
}

#[tokio::test]
async fn children_who_come_while_a_family_ends_are_never_left_alone() {
    let house = House::open().await;
    let administrator = house.administrator().await;
    for round in 0..4 {
        let (_, guardian) = house.account(&format!("guardian{round}@test.cmz.org"), "parent").await;
        let (_, child) = house.account(&format!("kid{round}@test.cmz.org"), "user").await;
        let path = format!("/family/{guardian}");
        let body = json!({ "addChildren": [child] });
        let calls = (0..8).map(|number| {
            let (administrator, path, body) = (&administrator, &path, &body);
            async move {
                match number % 2 {
                    0 => send(administrator, Method::PATCH, path, body).await,
                    _ => delete(administrator, path).await,
                }
            }
        });
        for answer in join_all(calls).await {
            assert!([200, 204, 404, 409, 412].contains(&answer.status.as_u16()), "{answer:?}");
        }
        let (child, guardian) = (house.stored(&child).await, house.stored(&guardian).await);
        let has_guardian = child.get("parentUserId").is_some();
        assert_eq!(guardian["role"]["S"] == "parent", has_guardian, "{child} {guardian}");
        assert_eq!(guardian["childCount"]["N"].as_str().unwrap_or("0"), if has_guardian { "1" } else { "0" });
    }
}

#[tokio::test]
async fn a_guardian_makes_an_account_for_a_child_who_talks_once_consent_is_given() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let path = format!("/family/{family}/children");
    let body = json!({ "displayName": "Lio Canary", "username": "lio.canary", "password": PASSWORD });
    for email in [client::CHILD, OTHER_PARENT, client::USER, client::VISITOR, KEEPER] {
        house.person(email).await.0.post(&path, &body).await.is_problem(403, "forbidden");
    }
    let made = parent.post(&path, &body).await;
    assert_eq!((made.status.as_u16(), made.text("role"), made.text("displayName")), (201, "child", "Lio Canary"));
    parent
        .post(&path, &json!({ "displayName": "x", "username": "LIO.canary", "password": PASSWORD }))
        .await
        .is_problem(409, "username_taken");
    let signed_in = house.client.post("/auth", &json!({ "username": "Lio.Canary", "password": PASSWORD })).await;
    assert_eq!(signed_in.body["user"]["parentUserId"], family.as_str());
    let child = house.client.with_token(signed_in.text("token"));
    child.ask("Hello Leo!").await.is_problem(403, "consent_required");
    house.agree(made.text("userId")).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    assert_eq!(parent.history(&session).await.status, 200);
    assert_eq!(children(&parent.get(&format!("/family/{family}")).await).len(), 3);
    for table in ["cmz-users", "cmz-tokens", "cmz-keys"] {
        let items = serde_json::to_string(&house.engine.items(table).await).unwrap().to_lowercase();
        assert!(!items.contains("canary"), "{table} holds a name");
    }
    for (bad, detail) in [
        (json!({ "displayName": "", "username": "fine", "password": PASSWORD }), "displayName"),
        (json!({ "displayName": "x", "username": "a@b.org", "password": PASSWORD }), "username"),
        (json!({ "displayName": "x", "username": "ab", "password": PASSWORD }), "username"),
        (json!({ "displayName": "x", "username": "fine", "password": "short" }), "password"),
    ] {
        let answer = parent.post(&path, &bad).await;
        answer.is_problem(422, "invalid");
        assert!(answer.text("detail").contains(detail), "{answer:?}");
    }
    // Nobody writes letters to a username.
    assert_eq!(house.client.post("/auth/password/reset", &json!({ "email": "lio.canary" })).await.status, 202);
}

#[tokio::test]
async fn nobody_asks_all_day_which_usernames_there_are() {
    let house = House::open().await;
    let (parent, family) = house.person(client::PARENT).await;
    let path = format!("/family/{family}/children");
    let child = json!({ "displayName": "Leo", "username": "leo.fan", "password": PASSWORD });
    assert_eq!(parent.post(&path, &child).await.status, 201);
    let mut told = Vec::new();
    while told.len() < 12 && told.last() != Some(&429) {
        told.push(parent.post(&path, &child).await.status.as_u16());
    }
    assert!(told.len() > 2 && told.pop() == Some(429) && told.iter().all(|status| *status == 409), "{told:?}");
    let other = json!({ "displayName": "Leo", "username": "leo.fan.2", "password": PASSWORD });
    assert_eq!(parent.post(&path, &other).await.status, 201, "a name of one's own may be taken at any time");
}

#[tokio::test]
async fn no_child_comes_to_a_guardian_who_is_switched_off_however_many_leave() {
    let house = House::open().await;
    let administrator = house.administrator().await;
    let (_, family) = house.person(client::PARENT).await;
    let (_, user_id) = house.person(client::USER).await;
    let path = format!("/family/{family}");
    let leaving = children(&administrator.get(&path).await);
    assert_eq!(leaving.len(), 2);
    let off = send(&administrator, Method::PATCH, &format!("/users/{family}"), &json!({ "status": "disabled" })).await;
    assert_eq!(off.status, 200, "{off:?}");
    let change = json!({ "addChildren": [user_id], "releaseChildren": leaving });
    send(&administrator, Method::PATCH, &path, &change).await.is_problem(412, "precondition_failed");
    assert_eq!(children(&administrator.get(&path).await), leaving);
    let change = json!({ "releaseChildren": leaving });
    assert_eq!(send(&administrator, Method::PATCH, &path, &change).await.status, 200);
}
