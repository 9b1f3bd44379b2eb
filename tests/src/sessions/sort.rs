//! `sort`.

use super::{House, days_ago, ids, pages, user_id};
use crate::testkit::{Client, client};
use serde_json::{Value, json};

/// Opens a session of so many questions.
async fn talk(house: &House, client: &Client, animal: &str, questions: usize, days: i64) -> String {
    let session = house.session(client, animal, "Hello", &days_ago(days, 0)).await;
    for _ in 1..questions {
        let body = json!({ "animalId": animal, "message": "And?", "sessionId": session });
        // It is its start that says whether a session is over, but last activity as well.
        house.move_to(&session, &days_ago(0, 0)).await;
        assert_eq!(client.post("/convo_turn", &body).await.text("sessionId"), session);
    }
    house.move_to(&session, &days_ago(days, 0)).await;
    session
}

#[tokio::test]
async fn sessions_sort_by_animal_and_by_length_the_latest_first_among_equals() {
    let house = House::open().await;
    let (parent, child) = (house.client(client::PARENT).await, house.client(client::CHILD).await);
    // Leo the Lion, and whatever the macaw is called.
    let old_lion = talk(&house, &parent, "lion_001", 1, 5).await;
    let macaw = talk(&house, &child, "macaw_001", 2, 1).await;
    let lion = talk(&house, &child, "lion_001", 2, 4).await;
    let long = talk(&house, &parent, "macaw_001", 3, 6).await;
    let animals = parent.get("/animal_list").await;
    let name = |id: &str| {
        let animals = animals.body.as_array().unwrap().iter();
        animals.clone().find(|animal| animal["animalId"] == id).unwrap()["name"].as_str().unwrap().to_lowercase()
    };
    let (lions, macaws) = ([lion.clone(), old_lion.clone()], [macaw.clone(), long.clone()]);
    let by_animal = if name("lion_001") < name("macaw_001") { [lions, macaws] } else { [macaws, lions] }.concat();
    let by_count = [long.clone(), macaw.clone(), lion.clone(), old_lion.clone()];
    for limit in [1, 2, 3, 4, 20] {
        assert_eq!(pages(&parent, &format!("sort=animal&limit={limit}")).await, by_animal, "limit {limit}");
        assert_eq!(pages(&parent, &format!("sort=messageCount&limit={limit}")).await, by_count, "limit {limit}");
    }
    assert_eq!(pages(&parent, "sort=lastActivity").await, pages(&parent, "").await);
    let of_child = format!("userId={}", user_id(&child).await);
    assert_eq!(pages(&parent, &format!("sort=messageCount&{of_child}")).await, [macaw.clone(), lion.clone()]);
    let keeper = house.client(super::KEEPER).await;
    assert_eq!(pages(&keeper, &format!("sort=messageCount&limit=1&{of_child}")).await, [macaw.clone(), lion.clone()]);
    let filtered = format!("sort=messageCount&animalId=lion_001&endDate={}", days_ago(4, 1));
    assert_eq!(pages(&parent, &filtered).await, [lion, old_lion]);
    let row = parent.get("/conversations/sessions?sort=messageCount&limit=1").await;
    assert_eq!(row.body["sessions"][0]["firstMessage"], "Hello");
    assert_eq!(row.body["pagination"]["sortedAmong"], Value::Null);
}

#[tokio::test]
async fn more_than_five_hundred_are_sorted_among_the_latest_and_the_answer_says_so() {
    let house = House::open().await;
    let user = house.client(client::USER).await;
    let own = house.session(&user, "lion_001", "Hello", &days_ago(1, 0)).await;
    house.plant(499).await;
    let page = user.get("/conversations/sessions?sort=messageCount&limit=100").await;
    assert_eq!(page.body["pagination"]["sortedAmong"], Value::Null, "five hundred are all");
    house.plant(600).await;
    let page = user.get("/conversations/sessions?sort=messageCount&limit=100").await;
    assert_eq!((ids(&page).len(), &page.body["pagination"]["sortedAmong"]), (100, &json!(500)));
    let all = pages(&user, "sort=messageCount&limit=100").await;
    assert_eq!((all.len(), &all[0]), (500, &own));
    let lately = format!("sort=messageCount&startDate={}", days_ago(2, 0));
    let page = user.get(&format!("/conversations/sessions?{lately}")).await;
    assert_eq!((ids(&page).len(), &page.body["pagination"]["sortedAmong"]), (1, &Value::Null));
}
