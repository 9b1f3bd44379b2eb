//! What is asked of the trail.

use domain::{SessionId, Timestamp, UserId, audit::EventType, ids::InvalidId};
use edge::{Code, Problem};
use reading::Sought;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// The parameters of a list.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) sought: Sought,
    pub(crate) limit: usize,
    pub(crate) next_token: Option<String>,
}

impl Query {
    /// Reads the parameters. Unknown ones are passed over.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let mut read = Self { limit: DEFAULT_LIMIT, ..Self::default() };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            let sought = &mut read.sought;
            match &*name {
                "userId" => sought.user = Some(UserId::parse(&value).map_err(invalid_id)?),
                "targetUserId" => sought.target = Some(UserId::parse(&value).map_err(invalid_id)?),
                "sessionId" => sought.session = Some(SessionId::parse(&value).map_err(invalid_id)?),
                "eventType" => {
                    let event = EventType::parse(&value).ok_or_else(|| bad("there is no such eventType"))?;
                    sought.event = Some(event);
                }
                "startDate" => sought.from = Some(day(&value, "T00:00:00Z")?),
                "endDate" => sought.to = Some(day(&value, "T23:59:59.999Z")?),
                "limit" => read.limit = limit(&value)?,
                "nextToken" => read.next_token = Some(value.into_owned()),
                _ => {}
            }
        }
        match read.sought.from.zip(read.sought.to) {
            Some((from, to)) if from > to => Err(bad("startDate is after endDate")),
            _ => Ok(read),
        }
    }
}

fn limit(text: &str) -> Result<usize, Problem> {
    text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| bad("limit is 1 to 100"))
}

/// A day such as `2026-11-21`, or a time of RFC 3339.
fn day(text: &str, rest: &str) -> Result<Timestamp, Problem> {
    let whole = if text.len() == 10 { format!("{text}{rest}") } else { text.to_owned() };
    whole.parse().map_err(|_| bad("dates are of the form 2026-11-21 or RFC 3339"))
}

fn bad(detail: &'static str) -> Problem {
    Problem::new(Code::BadRequest).with_detail(detail)
}

fn invalid_id(error: InvalidId) -> Problem {
    Problem::new(Code::BadRequest).with_detail(error.to_string())
}
