//! Accounts that go, with all that is theirs.

use super::*;
use std::collections::BTreeSet;

const PASSWORD: &str = "a password of ten";

/// Somebody with a new account, signed in.
async fn person(house: &House, email: &str, role: &str) -> (Client, Answer) {
    let account = json!({ "email": email, "displayName": "Canarina", "role": role, "password": PASSWORD });
    let made = house.administrator().await.post("/users", &account).await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    let signed_in = house.client.post("/auth", &json!({ "email": email, "password": PASSWORD })).await;
    (house.client.with_token(signed_in.text("token")), signed_in)
}

#[tokio::test]
async fn c000_12_1_an_account_goes_with_everything_that_is_its_own() {
    let house = House::open().await;
    let email = "canarina@zoo.example";
    let (user, signed_in) = person(&house, email, "user").await;
    let me = id(&user).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    user.post(&format!("/conversations/history/{session}/shares"), &json!({})).await;
    house.client.post("/auth", &json!({ "email": email, "password": "a wrong password" })).await;
    house.client.post("/auth/password/reset", &json!({ "email": email })).await;
    let parent = house.client.sign_in(client::PARENT).await;
    let invited = parent.post("/invitations", &json!({ "email": email, "kind": "child" })).await;
    assert_eq!(invited.status, 202, "{:?}", invited.body);
    let done = erase_account(&user, &me, wish()).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_eq!(leftovers(&house.engine, &me).await, Vec::<String>::new());
    let limits = Value::from(house.engine.items("cmz-limits").await).to_string();
    assert!(!limits.contains(&me), "{limits}");
    assert!(!Value::from(house.engine.items("cmz-tokens").await).to_string().contains(invited.text("invitationId")));
    let users = house.engine.items("cmz-users").await;
    let mark = users.iter().find(|item| item["userKey"]["S"] == format!("user#{me}")).expect("a mark");
    assert_eq!(mark["status"]["S"], "erased");
    for gone in ["displayName", "email", "passwordHash", "controls", "erasingAccount", "erasingConversations"] {
        assert_eq!(mark[gone], Value::Null, "{gone}");
    }
    let leads = |item: &&Value| {
        item["userKey"]["S"].as_str().unwrap().starts_with("login#") && item["userId"]["S"] == me.as_str()
    };
    assert_eq!(users.iter().filter(leads).count(), 0);

    // Nobody gets in as them, by whatever they still hold.
    let credentials = json!({ "email": email, "password": PASSWORD });
    house.client.post("/auth", &credentials).await.is_problem(401, "invalid_credentials");
    let refresh = json!({ "refreshToken": signed_in.text("refreshToken") });
    house.client.post("/auth/refresh", &refresh).await.is_problem(401, "unauthorized");
    user.get("/me").await.is_problem(403, "forbidden");
    user.ask("Still there?").await.is_problem(403, "forbidden");
    // The receipt is in the answer, and can be read by its id: they cannot sign in any more.
    assert_eq!(verified(&house.client, done.text("receipt")).await["what"], "account");
    assert_eq!(receipt(&house.client, done.text("receiptId")).await.body["receipt"], done.body["receipt"]);
    let administrator = house.administrator().await;
    administrator.history(&session).await.is_problem(410, "erased");
    erase_account(&administrator, &me, wish()).await.is_problem(410, "erased");
    erase(&administrator, &me, wish()).await.is_problem(410, "erased");
    let listed = administrator.get("/users?role=user&limit=100").await;
    assert_eq!(listed.status, 200, "{:?}", listed.body);
    // The name is free again.
    let (anew, _) = person(&house, email, "user").await;
    assert_ne!(id(&anew).await, me);
}

#[tokio::test]
async fn a_guardian_goes_only_without_children_and_a_child_leaves_its_family() {
    let house = House::open().await;
    let parent = house.client.sign_in(client::PARENT).await;
    let guardian = id(&parent).await;
    erase_account(&parent, &guardian, wish()).await.is_problem(409, "has_children");
    let mut sessions = Vec::new();
    for child in [client::CHILD, client::SIBLING] {
        let child = house.client.sign_in(child).await;
        sessions.push(child.ask("Hello Leo!").await.text("sessionId").to_owned());
        let me = id(&child).await;
        let waiting = erase_account(&parent, &me, wish()).await;
        assert_eq!((waiting.status.as_u16(), &waiting.body["status"]), (202, &json!("pending")));
        assert_eq!(child.get("/me").await.status, 200);
        assert_eq!(erase_account(&parent, &me, at_once()).await.status, 200);
        assert_eq!(leftovers(&house.engine, &me).await, Vec::<String>::new());
    }
    for session in &sessions {
        parent.history(session).await.is_problem(410, "erased");
    }
    let family = parent.get(&format!("/family/{guardian}")).await;
    assert!(!family.body.to_string().contains("Sam"), "{:?}", family.body);
    assert_eq!(erase_account(&parent, &guardian, wish()).await.status, 200);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let house = House::open().await;
    let administrator = house.administrator().await;
    let me = id(&administrator).await;
    erase_account(&administrator, &me, wish()).await.is_problem(409, "last_administrator");
    let (other, _) = person(&house, "other.admin@zoo.example", "administrator").await;
    let both = [(administrator.clone(), me), (other.clone(), id(&other).await)];
    let going = both.iter().map(|(client, id)| erase_account(client, id, wish()));
    let gone = futures_util::future::join_all(going).await;
    let statuses: Vec<_> = gone.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "one of two stays: {statuses:?}");
}

#[tokio::test]
async fn a_receipt_is_verified_with_the_published_keys_whichever_of_the_two_signs_now() {
    let house = House::open().await;
    let changed_over = [("SIGNING_KEY_ID", "alias/cmz-signing-next")];
    let next = Server::start(&house.engine.program.url, &house.model.url, &changed_over).await;
    let (before, after) = (house.client.clone(), Client::new(&next.url));
    let mut receipts = Vec::new();
    for client in [&before, &after] {
        let user = client.sign_in(client::USER).await;
        let erased = erase(&user, &id(&user).await, wish()).await;
        assert_eq!(erased.status, 200, "{:?}", erased.body);
        receipts.push(erased.text("receipt").to_owned());
    }
    let signers: BTreeSet<_> =
        receipts.iter().map(|receipt| jsonwebtoken::decode_header(receipt).unwrap().kid.unwrap()).collect();
    assert_eq!(signers.len(), 2, "each was signed with a key of its own");
    for receipt in &receipts {
        verified(&before, receipt).await;
        verified(&after, receipt).await;
    }
}
