//! A stream that broke is taken up again, from any server: requirement document 000, ticket 2.

use super::{House, log_items, messages, new_turn, question, resuming, streaming, until};
use crate::testkit::{
    Client, Heard, Reply, ScriptedModel, client, hear, hear_until,
    model::said,
    sse::{Event, check_form},
};
use futures_util::future::{join, join_all};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::sleep};

const TOKENS: usize = 200;

/// The events of a stream behind the one with this id, to the byte.
fn behind(whole: &Heard, last: u64) -> String {
    let blocks = whole.text.split_inclusive("\n\n");
    blocks.zip(&whole.events).filter(|(_, event)| event.id > last).map(|(block, _)| block).collect()
}

#[tokio::test]
async fn c000_2_2_a_finished_stream_is_resumed_behind_each_of_its_ids() {
    let house = House::open(ScriptedModel::answering(|_| Reply::Words(TOKENS)).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let live = hear(streaming(&one, &question(&turn, "Hello Leo!"))).await;
    check_form(&live.events, "complete");
    assert_eq!(live.kept(), said(TOKENS));
    assert!(live.events.len() >= TOKENS, "{} events", live.events.len());
    let stored = messages(&two, live.start().unwrap()["sessionId"].as_str().unwrap()).await;
    assert_eq!(stored[1]["content"], live.kept());
    assert_eq!(hear(resuming(&two, &turn, None)).await.text, live.text);
    let last = live.terminal().id;
    for cut in 0..last {
        let rest = hear(resuming(if cut % 2 == 0 { &two } else { &one }, &turn, Some(cut))).await;
        assert_eq!(rest.status, 200);
        assert_eq!(rest.text, behind(&live, cut), "behind {cut}");
        assert_eq!(rest.terminal(), live.terminal(), "behind {cut}");
    }
    for beyond in [last, last + 1, last + 1_000] {
        assert!(hear(resuming(&two, &turn, Some(beyond))).await.terminal().name == "complete", "behind {beyond}");
    }
}

#[tokio::test]
async fn c000_2_2_a_stream_cut_again_and_again_while_it_runs_loses_nothing() {
    let model = ScriptedModel::answering(|_| Reply::Paced(TOKENS, Duration::from_millis(25))).await;
    let house = House::open(model, &[]).await;
    let clients = house.clients(client::CHILD).await;
    let (turn, mut events) = (new_turn(), Vec::<Event>::new());
    let first = hear_until(streaming(&clients[0], &question(&turn, "Hello Leo!")), |events| events.len() >= 3).await;
    events.extend(first.events.into_iter().take(3));
    let mut connections = 1;
    while !is_over(&events) {
        connections += 1;
        let (last, more) = (events.last().unwrap().id, 3 + connections % 11);
        let request = resuming(&clients[connections % 2], &turn, Some(last));
        let heard = hear_until(request, |events| events.len() >= more).await;
        assert_eq!(heard.status, 200, "{:?}", heard.problem);
        events.extend(heard.events.into_iter().take(more));
    }
    assert!(connections > 4, "it was cut while it ran");
    check_form(&events, "complete");
    let heard = Heard { events, is_ended: true, ..Heard::default() };
    assert_eq!(heard.kept(), said(TOKENS));
    let whole = hear(resuming(&clients[1], &turn, None)).await;
    assert_eq!(whole.events, heard.events);
}

fn is_over(events: &[Event]) -> bool {
    events.last().is_some_and(|event| event.name != "start" && event.name != "token")
}

#[tokio::test]
async fn a_turn_under_way_is_followed_from_the_other_server() {
    let leave = Arc::new(Semaphore::new(3));
    let gate = Arc::clone(&leave);
    let house = House::open(ScriptedModel::answering(move |_| Reply::Stepped(8, Arc::clone(&gate))).await, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turn = new_turn();
    let body = question(&turn, "Hello Leo!");
    let writing = async {
        until("words are in the log", Duration::from_secs(5), async || log_items(&house.engine, &turn).await > 0).await;
        leave.add_permits(2);
        sleep(Duration::from_millis(1500)).await;
        leave.add_permits(3);
    };
    let following = async {
        until("the turn is there", Duration::from_secs(5), async || {
            hear_until(resuming(&two, &turn, None), |events| !events.is_empty()).await.status == 200
        })
        .await;
        join_all((0..10).map(|number| hear(resuming(if number % 3 == 0 { &one } else { &two }, &turn, None)))).await
    };
    let joining = async {
        sleep(Duration::from_millis(700)).await;
        hear(streaming(&two, &body)).await
    };
    let live = hear(streaming(&one, &body));
    let ((live, ()), (followers, joined)) = join(join(live, writing), join(following, joining)).await;
    check_form(&live.events, "complete");
    assert_eq!(live.kept(), said(8));
    for follower in followers.iter().chain([&joined]) {
        assert_eq!(follower.text, live.text);
        follower.terminal();
    }
    assert_eq!(house.model.requests().len(), 1);
}

#[tokio::test]
async fn nobody_else_resumes_a_turn() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    let turn = new_turn();
    hear(streaming(&one, &question(&turn, "Hello Leo!"))).await.terminal();
    for other in [client::SIBLING, client::PARENT, client::VISITOR, "admin@cmz.org"] {
        let [_, other] = house.clients(other).await;
        refused(&hear(resuming(&other, &turn, None)).await, 404, "turn_expired");
    }
    refused(&hear(resuming(&one, &new_turn(), None)).await, 404, "turn_expired");
    refused(&hear(resuming(&Client::new(&house.one.url), &turn, None)).await, 401, "unauthorized");
}

#[tokio::test]
async fn a_malformed_last_event_id_is_a_bad_request() {
    let house = House::open(ScriptedModel::start([]).await, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    let turn = new_turn();
    hear(streaming(&one, &question(&turn, "Hello Leo!"))).await.terminal();
    for wrong in ["x", "-1", "1.5", "0x1", "99999999999999999999999999"] {
        let request = resuming(&one, &turn, None).header("last-event-id", wrong);
        refused(&hear(request).await, 400, "bad_request");
    }
}

#[track_caller]
fn refused(heard: &Heard, status: u16, code: &str) {
    assert_eq!((heard.status, heard.problem["code"].as_str()), (status, Some(code)), "{heard:?}");
}
