//! What a person has used, and what the whole zoo has (seed 002, ticket 8).

use axum::{Json, extract::State, response::IntoResponse, response::Response};
use domain::{
    Timestamp, UserId,
    access::{self, Action, Relation},
    limits::{Account, Limits},
    user::User,
};
use edge::{
    Code, Problem,
    access::{Permit, ReadUsage},
    clock,
    query::Parameters,
};
use serde::{Deserialize, Serialize};
use store::{StoreError, keys, limits::DayUsage};
use turn::Turns;

/// The longest span of days at once.
const MOST_DAYS: u64 = 92;
const MILLIS_PER_DAY: u64 = 24 * 60 * 60 * 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    user_id: Option<String>,
    scope: Option<Scope>,
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Own,
    Zoo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PersonUsage {
    user_id: UserId,
    day: Day,
    month: Month,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Day {
    date: String,
    requests: u64,
    requests_limit: u64,
    tokens: u64,
    tokens_limit: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Month {
    month: String,
    requests: u64,
    tokens: u64,
    tokens_limit: u64,
}

#[derive(Serialize)]
struct ZooUsage {
    days: Vec<ZooDay>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ZooDay {
    date: String,
    turns: u64,
    prompt_tokens: u64,
    completion_tokens: u64,
}

pub(crate) async fn usage(
    permit: Permit<ReadUsage>,
    State(turns): State<Turns>,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Problem> {
    let user = permit.into_user();
    if query.scope == Some(Scope::Zoo) {
        check(&user, Relation::Zoo)?;
        let (from, to) = span(&query)?;
        return zoo(&turns, from, to).await.map(|days| Json(ZooUsage { days }).into_response());
    }
    let of = query.user_id.as_deref().map(UserId::parse).transpose();
    let of = of.map_err(|error| Problem::new(Code::BadRequest).with_detail(error.to_string()))?;
    let of = of.unwrap_or_else(|| user.user_id.clone());
    check(&user, if of == user.user_id { Relation::Oneself } else { Relation::OtherAdult })?;
    if turns.store().user(&of).await.map_err(|error| store_problem(&error))?.is_none() {
        return Err(Problem::new(Code::NotFound));
    }
    let account = turns.store().account(&keys::person(&of)).await.map_err(|error| store_problem(&error))?;
    Ok(Json(PersonUsage::new(of, account, &turns.config().person, clock::now())).into_response())
}

fn check(user: &User, relation: Relation) -> Result<(), Problem> {
    if access::allows(user, Action::ReadUsage, relation) { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

/// The days asked for, from the first to the last; this month so far where nothing is asked.
fn span(query: &Query) -> Result<(Timestamp, Timestamp), Problem> {
    let invalid = |detail| Problem::new(Code::BadRequest).with_detail(detail);
    let day = |text: String| text.parse::<Timestamp>().map_err(|_| invalid("dates are of the form 2026-11-21"));
    let today = clock::now().date();
    let first = query.start_date.clone().unwrap_or_else(|| format!("{}-01", &today[..7]));
    let last = query.end_date.clone().unwrap_or(today);
    let (from, to) = (day(format!("{first}T00:00:00Z"))?, day(format!("{last}T00:00:00Z"))?);
    if from > to {
        return Err(invalid("startDate is after endDate"));
    }
    if to.millis_since(from) >= MOST_DAYS * MILLIS_PER_DAY {
        return Err(invalid("at most 92 days at once"));
    }
    Ok((from, to))
}

/// One query for each month of the span.
async fn zoo(turns: &Turns, from: Timestamp, to: Timestamp) -> Result<Vec<ZooDay>, Problem> {
    let mut months = Vec::new();
    let mut day = from;
    while day <= to {
        months.push(day.month());
        day = day.plus_days(1);
    }
    months.dedup();
    let found = months.iter().map(|month| turns.store().usage(month));
    let found = futures_util::future::try_join_all(found).await.map_err(|error| store_problem(&error))?;
    let span = from.date()..=to.date();
    let days = found.into_iter().flatten().filter(|(date, _)| span.contains(date));
    Ok(days.map(ZooDay::from).collect())
}

impl From<(String, DayUsage)> for ZooDay {
    fn from((date, usage): (String, DayUsage)) -> Self {
        let DayUsage { turns, prompt_tokens, completion_tokens } = usage;
        Self { date, turns, prompt_tokens, completion_tokens }
    }
}

impl PersonUsage {
    fn new(user_id: UserId, account: Option<Account>, limits: &Limits, now: Timestamp) -> Self {
        let account = account.unwrap_or_else(|| Account::new(limits, now)).at(limits, now);
        Self {
            user_id,
            day: Day {
                date: account.day,
                requests: account.day_requests,
                requests_limit: limits.per_day,
                tokens: account.day_tokens,
                tokens_limit: limits.tokens_per_day,
            },
            month: Month {
                month: account.month,
                requests: account.month_requests,
                tokens: account.month_tokens,
                tokens_limit: limits.tokens_per_month,
            },
        }
    }
}

fn store_problem(error: &StoreError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}
