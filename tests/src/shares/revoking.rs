//! When links end: by time, by revocation, and because something they rest on is gone.

use super::{KEEPER, OTHER_PARENT, Zoo, id, read, revoke, session, share, shared, zoo};
use crate::testkit::{Client, client};
use reqwest::Method;
use serde_json::{Value, json};

/// Sets when the one share there is ends.
async fn ends_at(zoo: &Zoo, time: &str) {
    let shares = zoo.shares().await;
    assert_eq!(shares.len(), 1);
    let key = json!({ "tokenKey": shares[0]["tokenKey"] });
    zoo.set("cmz-tokens", &key, "expiresAt", &json!({ "S": time })).await;
}

#[tokio::test]
async fn a_link_that_is_over_is_as_none_though_its_item_is_still_there() {
    let zoo = zoo().await;
    let (user, reader) = (zoo.client.sign_in(client::USER).await, zoo.client.sign_in(client::PARENT).await);
    let session = session(&user).await;
    let secret = shared(&user, &session).await;
    let created = zoo.shares().await[0]["createdAt"]["S"].as_str().unwrap().to_owned();
    let without = reader.history(&session).await;
    ends_at(&zoo, &created).await;
    let over = read(&reader, &session, &secret).await;
    assert_eq!((over.status, over.body), (without.status, without.body));
    assert_eq!(zoo.shares().await.len(), 1);
    ends_at(&zoo, "9999-01-01T00:00:00.000Z").await;
    assert_eq!(read(&reader, &session, &secret).await.status, 200, "nothing but the time was in the way");
}

#[tokio::test]
async fn revoking_ends_all_links_of_the_session_and_no_others() {
    let zoo = zoo().await;
    let (user, reader) = (zoo.client.sign_in(client::USER).await, zoo.client.sign_in(client::PARENT).await);
    let (one, other) = (session(&user).await, session(&user).await);
    let secrets = [shared(&user, &one).await, shared(&user, &one).await];
    let others = shared(&user, &other).await;
    assert_ne!(secrets[0], secrets[1]);
    for secret in &secrets {
        assert_eq!(read(&reader, &one, secret).await.status, 200);
    }
    for _ in 0..2 {
        let revoked = revoke(&user, &one).await;
        assert_eq!((revoked.status.as_u16(), revoked.body.as_str()), (204, Some("")));
        for secret in &secrets {
            read(&reader, &one, secret).await.is_problem(403, "forbidden");
        }
    }
    assert_eq!(read(&reader, &other, &others).await.status, 200);
    let again = shared(&user, &one).await;
    assert_eq!(read(&reader, &one, &again).await.status, 200, "another link is a new one");
    // Going on with the conversation revives nothing.
    assert_eq!(user.ask_in(&one, "Still there?").await.status, 200);
    read(&reader, &one, &secrets[0]).await.is_problem(403, "forbidden");
    assert_eq!(read(&reader, &one, &again).await.body["statistics"]["totalMessages"], 4);
}

#[tokio::test]
async fn who_may_share_may_revoke_also_without_consent() {
    let zoo = zoo().await;
    let (child, parent, session, secret) = zoo.shared_childs().await;
    let reader = zoo.client.sign_in(client::USER).await;
    for email in [client::CHILD, client::SIBLING, client::USER, OTHER_PARENT, KEEPER, client::VISITOR] {
        revoke(&zoo.client.sign_in(email).await, &session).await.is_problem(403, "forbidden");
    }
    revoke(&zoo.administrator().await, &session).await.is_problem(403, "forbidden");
    revoke(&zoo.client, &session).await.is_problem(401, "unauthorized");
    revoke(&parent, "0190f3a1-7b2c-7def-8123-456789abcdef").await.is_problem(404, "not_found");
    assert_eq!(read(&reader, &session, &secret).await.status, 200, "none of them revoked anything");
    zoo.agree_to_sharing(&child, false).await;
    assert_eq!(revoke(&parent, &session).await.status, 204);
    zoo.agree_to_sharing(&child, true).await;
    read(&reader, &session, &secret).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn withdrawn_consent_ends_a_childs_links_at_once() {
    let zoo = zoo().await;
    let (child, parent, session, secret) = zoo.shared_childs().await;
    let reader = zoo.client.sign_in(client::USER).await;
    assert_eq!(read(&reader, &session, &secret).await.status, 200);
    zoo.agree_to_sharing(&child, false).await;
    read(&reader, &session, &secret).await.is_problem(403, "forbidden");
    share(&parent, &session, &json!({})).await.is_problem(403, "consent_required");
    for own in [child, parent] {
        assert_eq!(read(&own, &session, &secret).await.status, 200, "their own reading needs no consent to sharing");
    }
}

/// Whether a change of an account ends a link, and whether its undoing shows that nothing else did.
async fn ends_while(zoo: &Zoo, account: &str, name: &str, [then, before]: [Value; 2], reads: [&str; 2]) {
    let reader = zoo.client.sign_in(client::USER).await;
    assert_eq!(read(&reader, reads[0], reads[1]).await.status, 200);
    zoo.set_account(account, name, &then).await;
    read(&reader, reads[0], reads[1]).await.is_problem(403, "forbidden");
    zoo.set_account(account, name, &before).await;
    assert_eq!(read(&reader, reads[0], reads[1]).await.status, 200, "{name} is as it was");
}

#[tokio::test]
async fn links_end_with_the_accounts_they_rest_on() {
    let zoo = zoo().await;
    let (child, parent, session, secret) = zoo.shared_childs().await;
    let (child, parent) = (id(&child).await, id(&parent).await);
    let reads = [&*session, &*secret];
    let active = json!({ "S": "active" });
    for status in ["disabled", "erased"] {
        for account in [&child, &parent] {
            ends_while(&zoo, account, "status", [json!({ "S": status }), active.clone()], reads).await;
        }
    }
    let other = id(&zoo.client.sign_in(OTHER_PARENT).await).await;
    let guardians = [json!({ "S": other }), json!({ "S": parent })];
    ends_while(&zoo, &child, "parentUserId", guardians, reads).await;
    let roles = [json!({ "S": "visitor" }), json!({ "S": "parent" })];
    ends_while(&zoo, &parent, "role", roles, reads).await;
    let unknown = [json!({ "S": "owner" }), json!({ "S": "parent" })];
    ends_while(&zoo, &parent, "role", unknown, reads).await;
}

#[tokio::test]
async fn an_adults_links_end_with_their_account() {
    let zoo = zoo().await;
    let keeper = zoo.client.sign_in(KEEPER).await;
    let session = session(&keeper).await;
    let secret = shared(&keeper, &session).await;
    let keeper = id(&keeper).await;
    for status in ["disabled", "erased"] {
        let change = [json!({ "S": status }), json!({ "S": "active" })];
        ends_while(&zoo, &keeper, "status", change, [&session, &secret]).await;
    }
}

async fn delete(client: &Client, session: &str) -> u16 {
    let path = format!("/conversations/history/{session}");
    client.request(Method::DELETE, &path).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_deleted_or_expired_session_has_no_links() {
    let zoo = zoo().await;
    let (user, reader) = (zoo.client.sign_in(client::USER).await, zoo.client.sign_in(client::PARENT).await);
    let (deleted, expired) = (session(&user).await, session(&user).await);
    let secrets = [shared(&user, &deleted).await, shared(&user, &expired).await];
    assert_eq!(delete(&user, &deleted).await, 204);
    let key = json!({ "sessionId": { "S": expired } });
    zoo.set("cmz-sessions", &key, "expiresAt", &json!({ "S": "2026-01-01T00:00:00.000Z" })).await;
    // What a mark says is its owner's: whoever has a link to what was deleted is as much a stranger as anybody.
    let cases = [(&deleted, (403, "forbidden"), (410, "erased")), (&expired, (404, "not_found"), (404, "not_found"))];
    for ((session, others, owners), secret) in cases.into_iter().zip(&secrets) {
        read(&reader, session, secret).await.is_problem(others.0, others.1);
        share(&user, session, &json!({})).await.is_problem(owners.0, owners.1);
        revoke(&user, session).await.is_problem(owners.0, owners.1);
    }
}
