//! A turn that nobody wants any more is stopped, wherever it runs.

use super::{House, cancel, messages, new_turn, question, question_in, resuming, streaming, until};
use crate::testkit::{
    Client, Heard, Reply, ScriptedModel, client, hear,
    model::said,
    sse::{Stream, check_form},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How soon a turn ends that was cancelled, and what slow machines may add.
const SOON: Duration = Duration::from_secs(2);
const MARGIN: Duration = Duration::from_secs(1);

/// Cancels a turn under way on the first server from the second, and gives its stream to the end.
async fn cancelled(house: &House, [one, two]: &[Client; 2], turn: &str, heard_before: usize) -> Heard {
    let request = streaming(one, &question(turn, "One"));
    let mut stream = Stream::new(request.send().await.unwrap());
    let mut events = Vec::new();
    while events.len() < heard_before {
        events.push(stream.next().await.expect("the turn is under way"));
    }
    until("the model is asked", SOON, async || house.model.answers().open() == 1).await;
    let answer = cancel(two, turn).await;
    assert_eq!((answer.status.as_u16(), &answer.body), (202, &json!("")));
    let asked = Instant::now();
    events.extend(timeout(SOON + MARGIN, stream.rest()).await.expect("it ends soon"));
    println!("cancelled after {:?}", asked.elapsed());
    until("the model's connection is closed", SOON, async || house.model.answers().open() == 0).await;
    assert_eq!(house.model.answers().abandoned(), 1);
    check_form(&events, "complete");
    assert_eq!(events.last().unwrap().data["finishReason"], "cancelled");
    Heard { events, is_ended: true, ..Heard::default() }
}

#[tokio::test]
async fn c000_2_3_a_cancelled_turn_ends_while_its_model_is_silent_and_keeps_what_was_said() {
    let house = House::open(ScriptedModel::start([Reply::StallsAfter(4)]).await, &[]).await;
    let clients = house.clients(client::CHILD).await;
    let turn = new_turn();
    // The last word waits for what comes after it.
    let heard = cancelled(&house, &clients, &turn, 4).await;
    let session = heard.start().unwrap()["sessionId"].as_str().unwrap();
    assert!(said(4).starts_with(&heard.kept()) && heard.kept().contains("word003"), "{:?}", heard.kept());
    let stored = messages(&clients[1], session).await;
    assert_eq!(stored.len(), 2, "{stored:?}");
    assert_eq!(stored[1]["content"], heard.kept());
    assert_eq!(stored[1]["metadata"]["finishReason"], "cancelled");
    assert_eq!(hear(resuming(&clients[1], &turn, None)).await.events, heard.events);

    let next = clients[1].post("/convo_turn", &question_in(session, &new_turn(), "Two")).await;
    assert_eq!(next.text("finishReason"), "stop");
    assert_eq!(house.model.last_messages()[1..], ["user: One", "user: Two"]);
}

#[tokio::test]
async fn a_turn_is_cancelled_before_its_first_token() {
    let house = House::open(ScriptedModel::start([Reply::Silent]).await, &[]).await;
    let clients = house.clients(client::CHILD).await;
    let turn = new_turn();
    let heard = cancelled(&house, &clients, &turn, 1).await;
    assert_eq!(heard.kept(), "");
    let stored = messages(&clients[0], heard.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!((&stored[0]["content"], &stored[0]["sender"]), (&json!("One"), &json!("user")));
    assert!(stored[1..].iter().all(|message| message["content"] == ""), "{stored:?}");
    assert_eq!(hear(resuming(&clients[1], &turn, None)).await.events, heard.events);
}

#[tokio::test]
async fn a_turn_may_be_cancelled_twice_and_after_its_end() {
    let house = House::open(ScriptedModel::start([Reply::StallsAfter(3)]).await, &[]).await;
    let clients = house.clients(client::CHILD).await;
    let turn = new_turn();
    let heard = cancelled(&house, &clients, &turn, 2).await;
    unchanged(&clients, &turn, &heard).await;

    let done = new_turn();
    let heard = hear(streaming(&clients[0], &question(&done, "Two"))).await;
    assert_eq!(heard.terminal().data["finishReason"], "stop");
    unchanged(&clients, &done, &heard).await;
}

/// Cancelling a turn that is over changes nothing.
async fn unchanged(clients: &[Client; 2], turn: &str, heard: &Heard) {
    let session = heard.start().unwrap()["sessionId"].as_str().unwrap();
    let before = clients[0].history(session).await.body;
    for client in clients {
        assert_eq!(cancel(client, turn).await.status, 202);
        assert_eq!(hear(resuming(client, turn, None)).await.events, heard.events);
    }
    assert_eq!(clients[0].history(session).await.body, before);
}

#[tokio::test]
async fn nobody_cancels_somebody_elses_turn() {
    let house = House::open(ScriptedModel::start([Reply::StallsAfter(3)]).await, &[]).await;
    let clients = house.clients(client::CHILD).await;
    let turn = new_turn();
    let mut stream = Stream::new(streaming(&clients[0], &question(&turn, "One")).send().await.unwrap());
    stream.next().await.unwrap();
    for other in [client::SIBLING, client::PARENT, client::VISITOR, "admin@cmz.org"] {
        cancel(&house.clients(other).await[1], &turn).await.is_problem(404, "turn_expired");
    }
    cancel(&Client::new(&house.one.url), &turn).await.is_problem(401, "unauthorized");
    cancel(&clients[1], &new_turn()).await.is_problem(404, "turn_expired");
    assert_eq!(house.model.answers().open(), 1, "it runs on");
    assert_eq!(cancel(&clients[0], &turn).await.status, 202);
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.name.as_str(), &last.data["finishReason"]), ("complete", &Value::from("cancelled")));
}

#[tokio::test]
async fn a_turn_asked_for_in_one_piece_is_cancelled_too() {
    let house = House::open(ScriptedModel::start([Reply::Silent]).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let (turn, body) = (new_turn(), question(&new_turn(), "One"));
    let body = json!({ "turnId": turn, "animalId": body["animalId"], "message": body["message"] });
    let asking = one.post("/convo_turn", &body);
    let cancelling = async {
        until("the model is asked", SOON, async || house.model.answers().open() == 1).await;
        assert_eq!(cancel(&two, &turn).await.status, 202);
        Instant::now()
    };
    let (answer, asked) = tokio::join!(asking, cancelling);
    assert!(asked.elapsed() < SOON + MARGIN);
    assert_eq!((answer.status.as_u16(), answer.text("finishReason")), (200, "cancelled"));
}
