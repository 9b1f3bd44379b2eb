//! Models that misbehave: the question is stored, and one terminal event comes in time.

use super::{House, messages, new_turn, question, resuming, streaming};
use crate::testkit::{Heard, Reply, ScriptedModel, client, hear, model::said, sse::check_form};
use futures_util::future::join_all;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

const TIMEOUT: &str = "3000";
/// The time for an answer and the two seconds that the zoo has beyond it.
const DEADLINE: Duration = Duration::from_secs(5);

/// How a turn may end.
struct Ending {
    terminal: &'static str,
    /// `finishReason` of what is stored, or the error's code where nothing is.
    reason: &'static [&'static str],
    /// What the answer begins with, or nothing where the animal speaks for itself.
    kept: String,
}

fn ending(terminal: &'static str, reason: &'static [&'static str], kept: impl Into<String>) -> Ending {
    Ending { terminal, reason, kept: kept.into() }
}

/// Its name is the question, which it answers like this, and so the turn ends.
type BrokenModel = (&'static str, fn() -> Reply, Ending);

/// Every way in which a model can be broken, and how the turn ends then.
fn broken_models() -> Vec<BrokenModel> {
    vec![
        ("silent", || Reply::Silent, ending("complete", &["fallback"], "")),
        ("stalls before its first token", || Reply::StallsAfter(0), ending("complete", &["fallback"], "")),
        ("stalls after four tokens", || Reply::StallsAfter(4), ending("error", &["interrupted"], said(4).trim_end())),
        ("malformed at once", || Reply::MalformedAfter(0), ending("complete", &["fallback"], "")),
        ("malformed after four", || Reply::MalformedAfter(4), ending("error", &["interrupted"], said(4).trim_end())),
        ("empty", || Reply::TruncatedAfter(0), ending("complete", &["fallback"], "")),
        ("truncated after four", || Reply::TruncatedAfter(4), ending("error", &["interrupted"], said(4).trim_end())),
        ("breaks at once", || Reply::Breaks(vec![]), ending("complete", &["fallback"], "")),
        (
            "breaks after two",
            || Reply::Breaks(vec!["Half an ", "answer"]),
            ending("error", &["interrupted"], "Half an"),
        ),
        ("endless", || Reply::Endless, ending("error", &["interrupted", "length"], said(50))),
        ("always busy", || Reply::Status(503, None), ending("complete", &["fallback"], "")),
        ("always limited", || Reply::Status(429, Some(1)), ending("error", &["rate_limited"], "")),
        ("refuses", || Reply::Status(400, None), ending("complete", &["fallback"], "")),
        ("redirects", || Reply::Status(307, None), ending("complete", &["fallback"], "")),
    ]
}

#[tokio::test]
async fn c000_2_6_every_broken_model_ends_in_one_terminal_event_in_time_and_the_question_is_kept() {
    let model = ScriptedModel::answering(|question| {
        let (_, reply, _) = broken_models().into_iter().find(|(name, ..)| *name == question).expect("a broken model");
        reply()
    });
    let house = House::open(model.await, &[("CHAT_RESPONSE_TIMEOUT", TIMEOUT)]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let turns = broken_models().into_iter().map(|(name, _, ending)| {
        let turn = new_turn();
        let request = streaming(&one, &question(&turn, name));
        async move {
            let began = Instant::now();
            let heard = hear(request).await;
            (name, turn, heard, began.elapsed(), ending)
        }
    });
    for (name, turn, heard, took, ending) in join_all(turns).await {
        assert!(took < DEADLINE, "{name}: {took:?}");
        let stored = messages(&two, heard.start().expect(name)["sessionId"].as_str().unwrap()).await;
        assert_eq!(stored[0]["content"], name);
        ends_as(name, &heard, &stored, &ending);
        let failed = ending.reason == ["rate_limited"];
        let again = if failed { continue } else { hear(resuming(&two, &turn, None)).await };
        assert_eq!(again.text, heard.text, "{name}");
    }
}

#[track_caller]
fn ends_as(name: &str, heard: &Heard, stored: &[serde_json::Value], ending: &Ending) {
    let terminal = heard.terminal();
    assert_eq!(terminal.name, ending.terminal, "{name}: {terminal:?}");
    if ending.reason == ["rate_limited"] {
        assert_eq!((terminal.data["code"].as_str(), stored.len()), (Some("rate_limited"), 1), "{name}");
        return;
    }
    check_form(&heard.events, ending.terminal);
    assert_eq!(stored.len(), 2, "{name}: {stored:?}");
    let reason = stored[1]["metadata"]["finishReason"].as_str().unwrap();
    assert!(ending.reason.contains(&reason), "{name}: {reason}");
    assert_eq!(stored[1]["content"], heard.kept(), "{name}");
    assert!(heard.kept().starts_with(&ending.kept), "{name}: {}", heard.kept());
    assert!(reason != "fallback" || heard.kept().contains("Leo the Lion"), "{name}: {}", heard.kept());
}

#[tokio::test]
async fn a_model_that_is_busy_for_a_moment_is_asked_again() {
    for status in [503, 500] {
        let model = ScriptedModel::start([Reply::Status(status, None), Reply::Words(3)]).await;
        let house = House::open(model, &[]).await;
        let [one, _] = house.clients(client::CHILD).await;
        let heard = hear(streaming(&one, &question(&new_turn(), "Hello Leo!"))).await;
        assert_eq!((heard.terminal().data["finishReason"].as_str(), heard.kept()), (Some("stop"), said(3)));
        assert_eq!(house.model.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_model_is_not_asked_again_after_its_first_token() {
    let house = House::open(ScriptedModel::start([Reply::Breaks(vec!["Half an ", "answer "])]).await, &[]).await;
    let [one, _] = house.clients(client::CHILD).await;
    let heard = hear(streaming(&one, &question(&new_turn(), "Hello Leo!"))).await;
    assert_eq!(heard.terminal().name, "error");
    assert_eq!(house.model.requests().len(), 1);
}

#[tokio::test]
async fn c000_2_4_characters_cut_anywhere_by_the_network_arrive_whole() {
    const TEXT: &str = "Grüße! 狮子会吼叫。 Naïve 🦁👨‍👩‍👧 can't wait.";
    let sizes = Arc::new([1, 2, 3, 5, 7]);
    let model = ScriptedModel::answering(move |question| Reply::Chopped(TEXT, sizes[question.len() - 1])).await;
    let house = House::open(model, &[]).await;
    let [one, two] = house.clients(client::CHILD).await;
    let streams = (1..=5).map(|length| hear(streaming(&one, &question(&new_turn(), &"?".repeat(length)))));
    for heard in join_all(streams).await {
        check_form(&heard.events, "complete");
        assert_eq!(heard.kept(), TEXT);
        let stored = messages(&two, heard.start().unwrap()["sessionId"].as_str().unwrap()).await;
        assert_eq!(stored[1]["content"], TEXT);
    }
}
