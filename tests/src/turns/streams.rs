//! Many streams at once: requirement document 000, ticket 2.

use super::{House, TALKERS, from, messages, new_turn, place, question, question_in, streaming};
use crate::testkit::{Heard, Reply, ScriptedModel, client, hear, sse::check_form};
use futures_util::future::join_all;
use std::time::Duration;

#[tokio::test]
async fn c000_2_7_a_hundred_streams_at_once_are_each_what_is_stored() {
    let model = ScriptedModel::answering(|question| Reply::Paced(5 + question.len(), Duration::from_millis(15))).await;
    let house = House::open(model, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let shared = one.post("/convo_turn", &question(&new_turn(), "Hello Leo!")).await;
    let shared = shared.text("sessionId");
    let mut people = vec![[one, two]];
    for email in TALKERS {
        people.push(house.clients(email).await);
    }
    let places = [place(1), place(2)];
    let streams = (0..100).map(|number| {
        // Answers of different lengths; the first ten are in one session.
        let (turn, asked) = (new_turn(), "Roar".repeat(1 + number % 7));
        let (person, body) = match number {
            0..10 => (0, question_in(shared, &turn, &asked)),
            _ => (number % people.len(), question(&turn, &asked)),
        };
        let client = &people[person][number % 2];
        let request = from(&places[number % places.len()], streaming(client, &body));
        async move { (client, hear(request).await) }
    });
    for (client, heard) in join_all(streams).await {
        assert_eq!(heard.status, 200, "{heard:?}");
        check_form(&heard.events, "complete");
        let messages = messages(client, session_of(&heard)).await;
        let stored = messages.iter().find(|message| message["messageId"] == heard.terminal().data["messageId"]);
        assert_eq!(stored.expect("a stored answer")["content"], heard.kept());
    }
    assert_eq!(messages(&people[0][1], shared).await.len(), 22);
}

fn session_of(heard: &Heard) -> &str {
    heard.start().unwrap()["sessionId"].as_str().unwrap()
}
