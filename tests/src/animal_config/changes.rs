//! What a change leaves as it is, what two changes at once leave, and who sees it.

use super::{LION, Zoo, patch, patch_of, patched, tag};
use crate::testkit::{Client, client};
use serde_json::{Value, json};

#[tokio::test]
async fn a_change_is_merged_member_by_member_and_null_takes_one_away() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let before = keeper.get(LION).await.body["chatConfig"].clone();
    let found = patched(&keeper, json!({ "model": "lion-1", "personality": { "traits": [" sleepy "] } })).await;
    let mut expected = before.clone();
    expected["model"] = json!("lion-1");
    expected["personality"]["traits"] = json!(["sleepy"]);
    assert_eq!(found, expected);
    let found = patched(&keeper, json!({ "model": null, "personality": { "traits": null } })).await;
    expected.as_object_mut().unwrap().remove("model");
    expected["personality"]["traits"] = json!([]);
    assert_eq!(found, expected);
    assert_eq!(keeper.get(LION).await.body["chatConfig"], expected);
}

#[tokio::test]
async fn an_animal_without_its_configuration_speaks_for_itself_until_it_has_one_again() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let before = keeper.get(LION).await.body["chatConfig"].clone();
    assert_eq!(patched(&keeper, Value::Null).await, Value::Null);
    assert_eq!(keeper.get(LION).await.body, json!({ "animalId": "lion_001", "chatConfig": null }));
    assert_eq!(zoo.asked_afresh().await.text("finishReason"), "fallback");
    assert!(zoo.model.requests().is_empty());
    // A part of a configuration is none.
    patch(&keeper, json!({ "temperature": 0.5 })).await.is_problem(422, "invalid");
    assert_eq!(patched(&keeper, before.clone()).await, before);
    assert_eq!(zoo.asked_afresh().await.text("reply"), "Hello there!");
    let lion = zoo.stored_lion().await;
    assert!(lion["name"]["S"].is_string() && lion["facts"]["L"].is_array(), "the rest of him is left alone");
}

#[tokio::test]
async fn keys_and_other_members_that_do_not_belong_are_never_stored() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let config = json!({
        "model": "lion-1",
        "apiKey": "canary7291",
        "headers": { "Authorization": "Bearer canary7291" },
        "personality": { "secret": "canary7291" },
    });
    let body = json!({ "chatConfig": config, "animalId": "canary7291", "name": "canary7291" });
    let answer = patch_of(&keeper, None, &body).await;
    assert_eq!((answer.status.as_u16(), &answer.body["chatConfig"]["model"]), (200, &json!("lion-1")));
    assert_eq!(answer.text("animalId"), "lion_001");
    let stored = serde_json::to_string(&zoo.engine.items("cmz-animals").await).unwrap();
    assert!(stored.contains("lion-1"));
    assert!(!stored.contains("canary7291") && !answer.body.to_string().contains("canary7291"));
}

#[tokio::test]
async fn changes_at_the_same_time_lose_nothing_of_each_other() {
    let zoo = Zoo::open("").await;
    let other = zoo.fresh_server().await;
    let keeper = zoo.keeper().await;
    let elsewhere = Client::new(&other.url).sign_in(super::KEEPER).await;
    for round in 1..=3 {
        let prompt = format!("You are Leo, for the {round}. time.");
        let model = format!("lion-{round}");
        let (a, b, c, d) = tokio::join!(
            patched(&keeper, json!({ "systemPrompt": prompt })),
            patched(&elsewhere, json!({ "model": model })),
            patched(&keeper, json!({ "maxTokens": 100 + round })),
            patched(&elsewhere, json!({ "personality": { "traits": [model] } })),
        );
        assert!([&a, &b, &c, &d].iter().all(|found| found.is_object()));
        let found = keeper.get(LION).await.body["chatConfig"].clone();
        assert_eq!((&found["systemPrompt"], &found["model"]), (&json!(prompt), &json!(model)));
        assert_eq!((&found["maxTokens"], &found["personality"]["traits"]), (&json!(100 + round), &json!([model])));
    }
}

#[tokio::test]
async fn of_two_changes_made_from_one_revision_the_second_is_refused() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let read = keeper.get(LION).await;
    let (a, b) = (json!({ "chatConfig": { "model": "a" } }), json!({ "chatConfig": { "model": "b" } }));
    let (one, other) = tokio::join!(patch_of(&keeper, Some(tag(&read)), &a), patch_of(&keeper, Some(tag(&read)), &b));
    let (made, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!(made.status, 200, "{:?}", made.body);
    refused.is_problem(412, "precondition_failed");
    assert_ne!(tag(&made), tag(&read));
    let now = keeper.get(LION).await;
    assert_eq!((tag(&now), &now.body), (tag(&made), &made.body));
    assert_eq!(patch_of(&keeper, Some(tag(&now)), &a).await.status, 200);
    assert_eq!(patch_of(&keeper, Some("*"), &b).await.status, 200);
    patch_of(&keeper, Some("\"of another time\""), &a).await.is_problem(412, "precondition_failed");
}

#[tokio::test]
async fn a_change_raises_the_version_of_the_animals_and_none_leaves_it() {
    let zoo = Zoo::open("").await;
    let keeper = zoo.keeper().await;
    let before = zoo.version().await;
    let changed = patch(&keeper, json!({ "model": "lion-1" })).await;
    assert_eq!((changed.status.as_u16(), zoo.version().await), (200, before + 1));
    for body in [json!({}), json!({ "chatConfig": {} }), json!({ "chatConfig": { "model": "lion-1" } })] {
        let unchanged = patch_of(&keeper, None, &body).await;
        assert_eq!((unchanged.status.as_u16(), tag(&unchanged)), (200, tag(&changed)), "{body}");
    }
    patch(&keeper, json!({ "maxTokens": 0 })).await.is_problem(422, "invalid");
    assert_eq!(zoo.version().await, before + 1);
}

#[tokio::test]
async fn a_change_on_one_server_is_read_on_another_and_spoken_by_a_fresh_one() {
    let zoo = Zoo::open("").await;
    let other = zoo.fresh_server().await;
    let config = json!({ "systemPrompt": "You are Leo and always in a hurry.", "temperature": 1.25, "maxTokens": 77 });
    let found = patched(&zoo.keeper().await, config).await;
    let elsewhere = Client::new(&other.url).sign_in(super::KEEPER).await;
    assert_eq!(elsewhere.get(LION).await.body["chatConfig"], found);
    assert_eq!(zoo.asked_afresh().await.text("reply"), "Hello there!");
    assert!(zoo.model.last_messages()[0].starts_with("system: You are Leo and always in a hurry."));
    let request = zoo.model.requests().pop().unwrap();
    assert_eq!((&request["temperature"], &request["max_tokens"]), (&json!(1.25), &json!(77)));
    let list = Client::new(&other.url).sign_in(client::CHILD).await.get("/animal_list").await;
    assert!(!list.body.to_string().contains("in a hurry"), "how an animal is asked is not for visitors");
}
