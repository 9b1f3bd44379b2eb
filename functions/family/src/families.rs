//! `GET /family_list` (requirement document 001) and `GET /family/{familyId}`.

use crate::{
    Deps, family_id,
    members::{Family, family},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    Slot,
    access::{self, Action, Relation},
    user::{Role, User},
};
use edge::{
    Code, Problem,
    access::{Permit, ReadFamily},
    query::Parameters,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use people::store_problem;
use serde::{Deserialize, Serialize};
use store::accounts::Place;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 50;
/// Families that are read at the same time.
const READ_AT_ONCE: usize = 4;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    limit: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    families: Vec<Family>,
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

pub(crate) async fn list(
    permit: Permit<ReadFamily>,
    State(deps): State<Deps>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<Page>, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(Code::BadRequest).with_detail("limit is 1 to 50"));
    }
    let user = permit.user();
    if access::allows(user, Action::ReadFamily, Relation::Zoo) {
        return all(&deps, user, limit, query.next_token.as_deref()).await.map(Json);
    }
    let families = own(&deps, user).await?;
    Ok(Json(Page { families, pagination: Pagination { limit, has_more: false, next_token: None } }))
}

/// The family that somebody belongs to, where there is one.
async fn own(deps: &Deps, user: &User) -> Result<Vec<Family>, Problem> {
    let guardian = match user.role {
        Role::Parent => Some(&user.user_id),
        _ => user.parent_user_id.as_ref(),
    };
    let Some(guardian) = guardian else { return Ok(Vec::new()) };
    match deps.guardian(user, guardian, Action::ReadFamily).await {
        Ok(guardian) => Ok(vec![family(deps, user, guardian).await?]),
        Err(problem) if problem.code() == Code::NotFound => Ok(Vec::new()),
        Err(problem) => Err(problem),
    }
}

/// All families, the newest guardians first.
async fn all(deps: &Deps, user: &User, limit: usize, token: Option<&str>) -> Result<Page, Problem> {
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let slot = Slot {
        table: "users",
        partition: user.user_id.as_str(),
        sort: "families",
        attribute: "nextToken",
        generation: 0,
    };
    let after = token.map(|token| people::open_cursor::<Place>(&zoo, &slot, token)).transpose()?;
    let rows = deps.store.accounts(Role::Parent, None, after, limit + 1).await;
    let mut rows = rows.map_err(|error| store_problem(&error))?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| has_more);
    let next_token = last.map(|row| people::seal_cursor(&zoo, &slot, &row.place())).transpose()?;
    let families = stream::iter(rows).map(|row| async move {
        match deps.guardian(user, &row.user_id, Action::ReadFamily).await {
            Ok(guardian) => family(deps, user, guardian).await.map(Some),
            // Ended since the index was written.
            Err(problem) if problem.code() == Code::NotFound => Ok(None),
            Err(problem) => Err(problem),
        }
    });
    let families: Vec<Option<Family>> = families.buffered(READ_AT_ONCE).try_collect().await?;
    let families = families.into_iter().flatten().collect();
    Ok(Page { families, pagination: Pagination { limit, has_more, next_token } })
}

pub(crate) async fn read(
    permit: Permit<ReadFamily>,
    State(deps): State<Deps>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Family>, Problem> {
    let guardian = deps.guardian(permit.user(), &family_id(id)?, Action::ReadFamily).await?;
    family(&deps, permit.user(), guardian).await.map(Json)
}
