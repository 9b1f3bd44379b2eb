//! Who may ask, what they have to say, and what a guardian may think again about.

use super::*;
use jiff::Timestamp;

#[tokio::test]
async fn c000_12_1_an_adults_own_conversations_are_gone_at_once_and_the_receipt_says_so() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let first = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    user.ask_in(&first, "How are you?").await;
    let second = user.ask("Are you there?").await.text("sessionId").to_owned();
    let done = erase(&user, &me, wish()).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    assert_eq!(done.body["deleted"], 2);
    assert!(done.text("timestamp").parse::<Timestamp>().is_ok());
    assert_eq!(conversations_left(&house.engine, &me).await, Vec::<String>::new());
    for session in [&first, &second] {
        user.history(session).await.is_problem(410, "erased");
    }
    let listed = user.get("/conversations/sessions").await;
    assert_eq!(
        (listed.body["sessions"].as_array().map(Vec::len), &listed.body["pagination"]["totalSessions"]),
        (Some(0), &Value::from(0)),
        "{:?}",
        listed.body
    );

    let claims = verified(&house.client, done.text("receipt")).await;
    assert_eq!((&claims["what"], &claims["generation"]), (&json!("conversations"), &json!(0)));
    assert_eq!(claims["counts"], json!({ "messages": 6, "sessions": 2, "turns": 3, "keys": 3 }));
    assert_eq!((&claims["keysDestroyed"], &claims["receiptId"]), (&json!(3), &done.body["receiptId"]));
    assert!(!claims.to_string().contains(&me), "a receipt names nobody");
    let read = receipt(&user, done.text("receiptId")).await;
    assert_eq!(
        (read.status.as_u16(), &read.body["status"], &read.body["receipt"]),
        (200, &json!("completed"), &done.body["receipt"])
    );

    // The person goes on, and what they say now is theirs again.
    let anew = user.ask("Hello again!").await;
    assert_eq!(anew.status, 200, "{:?}", anew.body);
    assert_eq!(user.history(anew.text("sessionId")).await.body["statistics"]["totalMessages"], 2);
    let again = erase(&user, &me, wish()).await;
    assert_eq!((again.status.as_u16(), &again.body["deleted"]), (200, &json!(1)));
    assert_ne!(again.body["receiptId"], done.body["receiptId"]);
    assert_eq!(verified(&house.client, again.text("receipt")).await["generation"], 1);
}

#[tokio::test]
async fn a_receipt_is_no_access_token() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    let done = erase(&user, &id(&user).await, wish()).await;
    let thief = house.client.with_token(done.text("receipt"));
    thief.get("/me").await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn nothing_is_erased_without_a_reason_and_a_yes() {
    let house = House::open().await;
    let user = house.client.sign_in(client::USER).await;
    let me = id(&user).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    for wish in [
        json!({}),
        json!({ "reason": "I want to" }),
        json!({ "reason": "I want to", "confirm": false }),
        json!({ "confirm": true }),
        json!({ "reason": "   ", "confirm": true }),
        json!({ "reason": "x".repeat(201), "confirm": true }),
        json!({ "reason": 5, "confirm": true }),
        json!({ "reason": "I want to", "confirm": "yes" }),
    ] {
        erase(&user, &me, wish.clone()).await.is_problem(422, "invalid");
        erase_account(&user, &me, wish).await.is_problem(422, "invalid");
    }
    assert_eq!(user.history(&session).await.status, 200);
}

#[tokio::test]
async fn only_whose_it_is_their_guardian_and_administrators_may_ask() {
    let house = House::open().await;
    let child = house.client.sign_in(client::CHILD).await;
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    for other in [client::SIBLING, client::USER, client::VISITOR, OTHER_PARENT, KEEPER] {
        let other = house.client.sign_in(other).await;
        erase(&other, &me, at_once()).await.is_problem(403, "forbidden");
        erase_account(&other, &me, at_once()).await.is_problem(403, "forbidden");
    }
    let administrator = house.administrator().await;
    erase(&administrator, &me, at_once()).await.is_problem(428, "reason_required");
    assert_eq!(child.history(&session).await.status, 200);
    let path = format!("/privacy/conversations/{me}");
    let request = administrator.request(Method::DELETE, &path).header("x-access-reason", "The guardian wrote to us");
    let done = client::answer(request.json(&at_once()).send().await.unwrap()).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    child.history(&session).await.is_problem(410, "erased");
    erase(&administrator, "nobody-of-that-name", wish()).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_child_asks_and_nothing_happens_until_its_guardian_confirms() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let asked = erase(&child, &me, at_once()).await;
    assert_eq!((asked.status.as_u16(), &asked.body["status"]), (202, &json!("asked")), "{:?}", asked.body);
    assert_eq!(asked.body["destroyAt"], Value::Null);
    let again = erase(&child, &me, wish()).await;
    assert_eq!(again.body["receiptId"], asked.body["receiptId"], "asked twice is asked once");
    assert_eq!(child.history(&session).await.status, 200);
    // The child may take it back, and ask again.
    assert_eq!(withdraw(&child, asked.text("receiptId")).await.status, 204);
    receipt(&child, asked.text("receiptId")).await.is_problem(404, "not_found");
    let asked = erase(&child, &me, wish()).await;
    let confirmed = erase(&parent, &me, wish()).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["status"]), (202, &json!("pending")));
    assert_eq!(confirmed.body["receiptId"], asked.body["receiptId"]);
    withdraw(&child, asked.text("receiptId")).await.is_problem(403, "forbidden");
    let done = erase(&parent, &me, at_once()).await;
    assert_eq!((done.status.as_u16(), &done.body["receiptId"]), (200, &asked.body["receiptId"]));
    child.history(&session).await.is_problem(410, "erased");
    parent.history(&session).await.is_problem(410, "erased");
}

#[tokio::test]
async fn a_guardian_has_seven_days_to_think_again_and_conversations_stay_as_they_are() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let session = child.ask("Hello Leo!").await.text("sessionId").to_owned();
    let waiting = erase(&parent, &me, wish()).await;
    assert_eq!((waiting.status.as_u16(), &waiting.body["status"]), (202, &json!("pending")), "{:?}", waiting.body);
    let read = receipt(&parent, waiting.text("receiptId")).await;
    let [asked, due] = ["requestedAt", "destroyAt"].map(|time| read.text(time).parse::<Timestamp>().unwrap());
    assert_eq!(due.duration_since(asked), jiff::SignedDuration::from_hours(7 * 24));
    assert_eq!(read.text("destroyAt"), waiting.text("destroyAt"));
    assert_eq!(child.history(&session).await.status, 200);
    assert_eq!(child.ask_in(&session, "Still there?").await.status, 200);
    let again = erase(&parent, &me, wish()).await;
    assert_eq!(again.body, waiting.body, "the same wish once more changes nothing");
    for other in [KEEPER, OTHER_PARENT, client::SIBLING] {
        receipt(&house.client.sign_in(other).await, waiting.text("receiptId")).await.is_problem(403, "forbidden");
        withdraw(&house.client.sign_in(other).await, waiting.text("receiptId")).await.is_problem(403, "forbidden");
    }
    assert_eq!(receipt(&child, waiting.text("receiptId")).await.status, 200);
    receipt(&house.client, waiting.text("receiptId")).await.is_problem(401, "unauthorized");
    assert_eq!(withdraw(&parent, waiting.text("receiptId")).await.status, 204);
    receipt(&parent, waiting.text("receiptId")).await.is_problem(404, "not_found");
    let anew = erase(&parent, &me, wish()).await;
    assert_ne!(anew.body["receiptId"], waiting.body["receiptId"]);
    let done = erase(&parent, &me, at_once()).await;
    assert_eq!((done.status.as_u16(), &done.body["receiptId"]), (200, &anew.body["receiptId"]));
    withdraw(&parent, done.text("receiptId")).await.is_problem(409, "erasure_begun");
    verified(&house.client, done.text("receipt")).await;
}

#[tokio::test]
async fn each_deletion_is_put_down_to_whoever_wanted_it_and_gives_no_alarm() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let (me, guardian) = (id(&child).await, id(&parent).await);
    child.ask("Hello Leo!").await;
    // The streams tell of the messages only after they are gone again.
    assert_eq!(erase(&parent, &me, at_once()).await.status, 200);
    let administrator = house.administrator().await;
    let mut entries = Vec::new();
    for _ in 0..60 {
        let found = administrator.get(&format!("/audit?targetUserId={me}&limit=100")).await;
        let all = administrator.get("/audit?eventType=conversation_changed&limit=100").await;
        entries = [found.body["entries"].as_array().unwrap().clone(), all.body["entries"].as_array().unwrap().clone()]
            .concat();
        if entries.iter().filter(|entry| entry["action"] == "remove").count() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let removed: Vec<_> = entries.iter().filter(|entry| entry["action"] == "remove").collect();
    assert_eq!(removed.len(), 2, "{entries:#?}");
    assert!(removed.iter().all(|entry| entry["userId"] == guardian.as_str()), "{removed:#?}");
    let of = |event: &str| entries.iter().filter(|entry| entry["eventType"] == event).count();
    assert_eq!(
        (of("deletion_requested"), of("conversation_deleted"), of("erasure_completed")),
        (1, 1, 1),
        "{entries:#?}"
    );
    assert_eq!(of("unattributed_change"), 0);
    assert_eq!(administrator.get("/alerts").await.body["alerts"], json!([]));
    // Why, in the guardian's own words, is sealed.
    let request = entries.iter().find(|entry| entry["eventType"] == "deletion_requested").unwrap();
    assert_eq!(request["accessReason"], "We move away", "{request}");
    assert!(!house.engine.everything().await.contains("We move away"));
}

#[tokio::test]
async fn who_is_close_finds_what_is_open_wherever_it_was_asked_for() {
    let house = House::open().await;
    let (child, parent) = (house.client.sign_in(client::CHILD).await, house.client.sign_in(client::PARENT).await);
    let me = id(&child).await;
    let path = format!("/privacy/erasures/{me}");
    let open = async |client: &Client| {
        let found = client.get(&path).await;
        assert_eq!(found.status, 200, "{:?}", found.body);
        found.body["erasures"].as_array().unwrap().clone()
    };
    assert_eq!(open(&parent).await, Vec::<Value>::new());
    let asked = erase(&child, &me, wish()).await;
    let going = erase_account(&parent, &me, wish()).await;
    for client in [&child, &parent, &house.administrator().await] {
        let found = open(client).await;
        assert_eq!(
            (&found[0]["receiptId"], &found[1]["receiptId"]),
            (&asked.body["receiptId"], &going.body["receiptId"])
        );
        assert_eq!((&found[0]["status"], &found[0]["what"]), (&json!("asked"), &json!("conversations")));
        assert_eq!((&found[1]["status"], &found[1]["what"]), (&json!("pending"), &json!("account")));
        assert!(found[1]["destroyAt"].is_string() && found[0].get("destroyAt").is_none());
    }
    for other in [client::SIBLING, OTHER_PARENT, KEEPER] {
        house.client.sign_in(other).await.get(&path).await.is_problem(403, "forbidden");
    }
    assert_eq!(withdraw(&parent, asked.text("receiptId")).await.status, 204);
    assert_eq!(withdraw(&parent, going.text("receiptId")).await.status, 204);
    assert_eq!(open(&child).await, Vec::<Value>::new());
    assert_eq!(erase(&parent, &me, at_once()).await.status, 200);
    assert_eq!(open(&parent).await, Vec::<Value>::new(), "what is done is open no more");
}
