//! What a list is asked for.

use domain::{AnimalId, Timestamp, UserId, ids::InvalidId, search::Needle};
use edge::{Code, Problem};
use reading::{Order, Wanted};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// More animals than any zoo page offers to choose.
const MOST_ANIMALS: usize = 50;

/// The parameters of a list.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) wanted: Wanted,
    pub(crate) limit: usize,
    pub(crate) next_token: Option<String>,
}

impl Query {
    /// Reads the parameters. Unknown ones are passed over; `animalId` may be there more than once.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let mut wanted = Wanted { user: None, animals: Vec::new(), from: None, to: None, order: Order::Latest };
        let (mut limit, mut next_token, mut needle) = (DEFAULT_LIMIT, None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "userId" => wanted.user = Some(UserId::parse(&value).map_err(invalid_id)?),
                "animalId" => wanted.animals.push(AnimalId::parse(&value).map_err(invalid_id)?),
                "startDate" => wanted.from = Some(day(&value, "T00:00:00Z")?),
                "endDate" => wanted.to = Some(day(&value, "T23:59:59.999Z")?),
                "limit" => limit = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)).ok_or_else(bad_limit)?,
                "nextToken" => next_token = Some(value.into_owned()),
                "sort" => wanted.order = order(&value)?,
                "q" => needle = Some(Needle::parse(&value).map_err(|error| invalid(format!("q: {error}")))?),
                _ => {}
            }
        }
        if let Some(needle) = needle {
            if wanted.order != Order::Latest {
                return Err(invalid("what q finds is sorted by lastActivity only"));
            }
            wanted.order = Order::Holding(needle);
        }
        if wanted.from.zip(wanted.to).is_some_and(|(from, to)| from > to) {
            return Err(bad("startDate is after endDate"));
        }
        if wanted.animals.len() > MOST_ANIMALS {
            return Err(bad("at most 50 animals"));
        }
        Ok(Self { wanted, limit, next_token })
    }
}

fn order(name: &str) -> Result<Order, Problem> {
    match name {
        "lastActivity" => Ok(Order::Latest),
        "animal" => Ok(Order::Animal),
        "messageCount" => Ok(Order::MessageCount),
        _ => Err(bad("sort is lastActivity, animal or messageCount")),
    }
}

/// A day such as `2026-11-21`, or a time of RFC 3339.
fn day(text: &str, rest: &str) -> Result<Timestamp, Problem> {
    let whole = if text.len() == 10 { format!("{text}{rest}") } else { text.to_owned() };
    whole.parse().map_err(|_| bad("dates are of the form 2026-11-21 or RFC 3339"))
}

fn bad(detail: &'static str) -> Problem {
    Problem::new(Code::BadRequest).with_detail(detail)
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}

fn bad_limit() -> Problem {
    bad("limit is 1 to 100")
}

fn invalid_id(error: InvalidId) -> Problem {
    Problem::new(Code::BadRequest).with_detail(error.to_string())
}
