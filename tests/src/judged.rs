//! Our calls to models before an outside judge: llmock plays a model that breaks, sees every call
//! made to it, and says what a careful client would not have done. Needs the path of llmock in
//! `LLMOCK`; `make test-models` gives it.

mod faults;
mod llmock;

use crate::testkit::{Client, Heard, Program, client, hear};
use faults::{Fault, INTERRUPTED, TEXT, faults};
use llmock::Judge;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// The time for an answer, and limits that this test does not mean to meet.
const VARIABLES: [(&str, &str); 4] = [
    ("CHAT_RESPONSE_TIMEOUT", "4000"),
    ("CHAT_RATE_LIMIT_PER_MINUTE", "100"),
    ("CHAT_MAX_TOKENS_PER_DAY", "100000000"),
    ("CHAT_MAX_TOKENS_PER_MONTH", "100000000"),
];
/// That time and the two seconds that the zoo has beyond it.
const DEADLINE: Duration = Duration::from_secs(6);

#[tokio::test]
async fn calls_to_models_that_break_stand_up_before_an_outside_judge() {
    let judge = Judge::start().await;
    let model = format!("{}/v1", judge.url);
    let zoo = Program::menagerie_with(&["--memory", "--port", "0", "--model-url", &model], &VARIABLES).await;
    let client = Client::new(&zoo.url).sign_in(client::CHILD).await;
    let faults = faults();
    for fault in &faults {
        judge.script(&fault.behaviors).await;
        ask(&client, fault).await;
    }
    check_calls(&judge.calls().await, &faults);
    check_findings(&judge, &faults).await;
}

async fn ask(client: &Client, fault: &Fault) {
    let name = fault.question;
    let question = json!({ "animalId": "lion_001", "message": name });
    let began = Instant::now();
    let heard = hear(client.request(Method::POST, "/convo_turn/stream").json(&question)).await;
    let took = began.elapsed();
    assert!(took < DEADLINE, "{name}: {took:?}");
    let session = heard.start().expect(name)["sessionId"].as_str().unwrap();
    let history = client.history(session).await;
    check_answer(fault, &heard, history.body["messages"].as_array().unwrap());
}

#[track_caller]
fn check_answer(fault: &Fault, heard: &Heard, stored: &[Value]) {
    let name = fault.question;
    assert_eq!(stored[0]["content"], name);
    let (terminal, kept) = (heard.terminal(), heard.kept());
    let (answer, reason) = match stored.get(1) {
        Some(answer) => (answer["content"].as_str().unwrap(), &answer["metadata"]["finishReason"]),
        None => ("", &terminal.data["code"]),
    };
    assert_eq!((terminal.name.as_str(), reason.as_str().unwrap()), fault.ending, "{name}: {terminal:?}");
    assert_eq!(answer, kept, "{name}");
    match fault.ending.1 {
        "stop" => assert_eq!(kept, TEXT, "{name}"),
        "fallback" => assert!(kept.contains("Leo the Lion"), "{name}: {kept}"),
        "interrupted" => {
            assert!(kept.starts_with("One two three") && TEXT.starts_with(kept.as_str()), "{name}: {kept}");
        }
        _ => assert_eq!(kept, "", "{name}"),
    }
}

/// As many calls as there should be, and none that was read on after it broke.
#[track_caller]
fn check_calls(calls: &[llmock::Call], faults: &[Fault]) {
    for fault in faults {
        let own: Vec<_> = calls.iter().filter(|call| call.question == fault.question).collect();
        assert_eq!(own.len(), fault.calls, "{own:?}");
        let last = own.last().unwrap();
        assert!(fault.ending != INTERRUPTED || !last.is_read_to_its_end, "{last:?}");
    }
    assert_eq!(calls.len(), faults.iter().map(|fault| fault.calls).sum::<usize>());
}

/// The judge finds what the list of faults says, and nothing else.
async fn check_findings(judge: &Judge, faults: &[Fault]) {
    let report = judge.report().await;
    println!("{report}");
    let expected = faults.iter().filter_map(|fault| Some((fault.question.to_owned(), fault.finding?.to_owned())));
    let (mut expected, mut found) = (expected.collect::<Vec<_>>(), judge.findings().await);
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "{report}");
}
