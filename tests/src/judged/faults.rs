//! What llmock does to a call, and what should come of it.

use serde_json::{Value, json};

/// What the model says where it can.
pub(super) const TEXT: &str = "One two three four five six seven eight nine ten eleven twelve.";

/// The terminal event, and `finishReason` of what is stored, or the error's code where nothing is.
type Ending = (&'static str, &'static str);

const FINE: Ending = ("complete", "stop");
const FALLBACK: Ending = ("complete", "fallback");
const LIMITED: Ending = ("error", "rate_limited");
pub(super) const INTERRUPTED: Ending = ("error", "interrupted");

/// A way to break.
pub(super) struct Fault {
    /// By which calls are told apart.
    pub(super) question: &'static str,
    /// As llmock's `POST /_llmock/scenario` takes them.
    pub(super) behaviors: Value,
    /// How many calls are made.
    pub(super) calls: usize,
    pub(super) ending: Ending,
    /// What the judge finds in it although it is meant so.
    pub(super) finding: Option<&'static str>,
}

/// All of them.
pub(super) fn faults() -> Vec<Fault> {
    [before_the_first_token(), refusals(), in_mid_stream()].into_iter().flatten().collect()
}

fn fault(question: &'static str, behavior: Value, calls: usize, ending: Ending) -> Fault {
    let behaviors = Value::Array(vec![behavior, json!({ "type": "reply", "text": TEXT, "times": null })]);
    Fault { question, behaviors, calls, ending, finding: None }
}

fn before_the_first_token() -> Vec<Fault> {
    let fail = |status: u16, times: Option<u32>| json!({ "type": "fail", "status": status, "times": times });
    let limit =
        |wait: u32, times: Option<u32>| json!({ "type": "fail", "status": 429, "retry_after": wait, "times": times });
    let slow = |seconds: u32| json!({ "type": "slow_first_token", "seconds": seconds });
    // Someone is watching: a wait of more than two seconds is not waited for but told to them.
    let far_too_many = fault("far too many", limit(30, Some(1)), 1, LIMITED);
    vec![
        fault("fails once", fail(500, Some(1)), 2, FINE),
        fault("too many once", limit(1, Some(1)), 2, FINE),
        fault("too many for ever", limit(1, None), 3, LIMITED),
        Fault { finding: Some("gave_up"), ..far_too_many },
        fault("busy twice", fail(503, Some(2)), 3, FINE),
        fault("busy for ever", fail(503, None), 3, FALLBACK),
        fault("slow", slow(2), 1, FINE),
        fault("far too slow", slow(20), 1, FALLBACK),
    ]
}

/// They refuse for ever: who asks again is heard of.
fn refusals() -> Vec<Fault> {
    let refusal = |(question, status): (&'static str, u16)| {
        fault(question, json!({ "type": "fail", "status": status, "times": null }), 1, FALLBACK)
    };
    [("bad", 400), ("unauthorized", 401), ("forbidden", 403), ("not found", 404), ("unprocessable", 422)]
        .map(refusal)
        .into()
}

/// After its first token a model is not asked again, as a visitor has seen the beginning, who is
/// told that the answer broke off. The judge sees no more than that there is no second call. What
/// it concludes, that half an answer was taken for a whole one and a broken event was passed over,
/// is refuted by the ending and by a call that is hung up.
fn in_mid_stream() -> Vec<Fault> {
    let kinds = [
        ("disconnect", Some("gave_up")),
        ("truncate", Some("truncated_stream_accepted")),
        ("malformed", Some("malformed_chunk_ignored")),
        ("stall", None),
    ];
    let broken = kinds.map(|(kind, finding)| {
        // The role and three words, then this.
        let behavior = json!({ "type": "stream_fault", "kind": kind, "after_chunks": 4, "stall_seconds": 30 });
        Fault { finding, ..fault(kind, behavior, 1, INTERRUPTED) }
    });
    broken.into()
}
