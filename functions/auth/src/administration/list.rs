//! `GET /users`: the accounts, role by role, the newest of each role first.

use super::{Row, open};
use crate::{
    Deps,
    accounts::{self, store_problem},
};
use axum::{Json, extract::State};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    Sealed, Slot, UserId,
    user::{Role, Status},
};
use edge::{
    Code, Problem,
    access::{AdministerUsers, Permit},
    query::Parameters,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use store::accounts::{AccountRow, Place};
use vault::DataKey;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// Rows whose names are opened at the same time.
const OPENED_AT_ONCE: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    role: Option<Role>,
    status: Option<Status>,
    limit: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    users: Vec<Row>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    limit: usize,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// Where a page ended: roles come one after the other.
#[derive(Serialize, Deserialize)]
struct Cursor {
    role: Role,
    place: Place,
}

pub(crate) async fn list(
    permit: Permit<AdministerUsers>,
    State(deps): State<Deps>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<Page>, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(Code::BadRequest).with_detail("limit is 1 to 100"));
    }
    let zoo = accounts::zoo_key(&deps.store, &deps.vault).await?;
    let filter = serde_json::to_string(&(query.role, query.status)).map_err(|error| Problem::internal(&error))?;
    let slot = cursor_slot(permit.user_id(), &filter);
    let after = query.next_token.as_deref().map(|token| opened(&zoo, &slot, token)).transpose()?;
    let mut rows = rows(&deps, query.role, query.status, after, limit + 1).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| has_more).map(|row| Cursor { role: row.role, place: row.place() });
    let next_token = last.map(|cursor| sealed(&zoo, &slot, &cursor)).transpose()?;
    let opening = stream::iter(rows).map(|row| open(&deps, row)).buffered(OPENED_AT_ONCE);
    Ok(Json(Page { users: opening.try_collect().await?, pagination: Pagination { limit, has_more, next_token } }))
}

async fn rows(
    deps: &Deps,
    role: Option<Role>,
    status: Option<Status>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<AccountRow>, Problem> {
    let (first, mut place) = after.map_or((None, None), |cursor| (Some(cursor.role), Some(cursor.place)));
    let asked = Role::ALL.into_iter().filter(|found| role.is_none_or(|role| role == *found));
    let mut found = Vec::new();
    for role in asked.skip_while(|role| first.is_some_and(|first| first != *role)) {
        if found.len() == limit {
            break;
        }
        let more = deps.store.accounts(role, status, place.take(), limit - found.len()).await;
        found.extend(more.map_err(|error| store_problem(&error))?);
    }
    Ok(found)
}

/// A cursor is good for who got it and for the same question only.
fn cursor_slot<'a>(caller: &'a UserId, filter: &'a str) -> Slot<'a> {
    let partition = caller.as_str();
    Slot { table: "users", partition, sort: filter, attribute: "nextToken", generation: 0 }
}

fn sealed(zoo: &DataKey, slot: &Slot<'_>, cursor: &Cursor) -> Result<String, Problem> {
    let text = serde_json::to_string(cursor).map_err(|error| Problem::internal(&error))?;
    let sealed = zoo.seal(slot, &text).map_err(|error| Problem::internal(&error))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
}

fn opened(zoo: &DataKey, slot: &Slot<'_>, token: &str) -> Result<Cursor, Problem> {
    let open = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        serde_json::from_str(&zoo.open(slot, &Sealed::from_bytes(bytes)).ok()?).ok()
    };
    open().ok_or_else(|| Problem::new(Code::BadRequest).with_detail("nextToken is not one of this list"))
}
