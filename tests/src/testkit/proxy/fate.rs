//! What may become of a call.

use super::{
    call::{Call, Service},
    wire::Response,
};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::time::Duration;

const DATABASE: &str = "com.amazonaws.dynamodb.v20120810#";

/// What a rule says becomes of a call.
pub(crate) enum Fate {
    Forward,
    /// Forwarded when this time is over.
    Delay(Duration),
    /// Not forwarded, but answered with an error of the service.
    Refuse(Refusal),
    /// Forwarded and answered by the engine, but the connection breaks before the answer.
    LoseAnswer,
    /// The connection breaks before the call.
    LoseCall,
    /// A batch of which only the first half is written or read.
    Partial,
    /// Something happens, and there is never an answer.
    Happen(Then, BoxFuture<'static, ()>),
}

/// Whether something happens before or after the engine did what the call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    BeforeCommit,
    AfterCommit,
}

/// An error as the services say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Throttled,
    ThroughputExceeded,
    /// Another transaction holds an item. Only of writes; anything else is forwarded.
    Conflict,
    Broken,
}

pub(super) enum Verdict {
    Forward { after: Duration },
    Answer(Response),
    Lose { forwarded: bool },
    Partial,
    Run { forwarded: bool, action: BoxFuture<'static, ()> },
}

impl Fate {
    pub(super) fn verdict(self, call: &Call) -> Verdict {
        match self {
            Self::Delay(after) => Verdict::Forward { after },
            Self::Refuse(refusal) => match refusal.response(call) {
                Some(response) => Verdict::Answer(response),
                None => Verdict::Forward { after: Duration::ZERO },
            },
            Self::LoseAnswer => Verdict::Lose { forwarded: true },
            Self::LoseCall => Verdict::Lose { forwarded: false },
            Self::Partial if ["BatchWriteItem", "BatchGetItem"].contains(&call.operation.as_str()) => Verdict::Partial,
            // Only a batch can be done in part.
            Self::Forward | Self::Partial => Verdict::Forward { after: Duration::ZERO },
            Self::Happen(then, action) => Verdict::Run { forwarded: then == Then::AfterCommit, action },
        }
    }
}

impl Refusal {
    fn response(self, call: &Call) -> Option<Response> {
        let is_database = call.service == Service::Database;
        let (status, name) = match self {
            Self::ThroughputExceeded if is_database => (400, "ProvisionedThroughputExceededException"),
            Self::Throttled | Self::ThroughputExceeded => (400, "ThrottlingException"),
            Self::Broken if is_database => (500, "InternalServerError"),
            Self::Broken => (500, "KMSInternalException"),
            Self::Conflict => return conflict(call),
        };
        Some(problem(status, if is_database { DATABASE } else { "" }, name))
    }
}

fn problem(status: u16, namespace: &str, name: &str) -> Response {
    Response { status, body: json!({ "__type": format!("{namespace}{name}"), "message": "a test says so" }) }
}

fn conflict(call: &Call) -> Option<Response> {
    match call.operation.as_str() {
        "TransactWriteItems" => {
            let items = call.body["TransactItems"].as_array().map_or(0, Vec::len);
            let reason = |at| json!({ "Code": if at == 0 { "TransactionConflict" } else { "None" } });
            let reasons: Vec<Value> = (0..items).map(reason).collect();
            let mut response = problem(400, DATABASE, "TransactionCanceledException");
            response.body["CancellationReasons"] = Value::Array(reasons);
            response.body["Message"] = response.body["message"].take();
            Some(response)
        }
        // No transaction ever holds an item of the limits.
        "PutItem" | "UpdateItem" | "DeleteItem" if call.tables() != ["cmz-limits"] => {
            Some(problem(400, DATABASE, "TransactionConflictException"))
        }
        _ => None,
    }
}
