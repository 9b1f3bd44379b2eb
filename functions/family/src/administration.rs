//! Families as administrators make, change and end them. Accounts stay: a child goes to another guardian or
//! leaves as an adult, and never stays behind.

use crate::{
    Deps, family_id, invalid,
    members::{Family, family},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    UserId,
    access::Action,
    user::{Role, Status},
};
use edge::{
    Code, JsonBody, Problem,
    access::{ManageFamily, Permit},
    clock,
    query::Parameters,
};
use people::store_problem;
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{
    families::{FamilyChange, Guardian, Joining, MOST_CHILDREN},
    users::UserRecord,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFamily {
    guardian_id: UserId,
    #[serde(default)]
    children: BTreeSet<UserId>,
}

pub(crate) async fn create(
    permit: Permit<ManageFamily>,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<NewFamily>,
) -> Result<(StatusCode, Json<Family>), Problem> {
    let guardian = account(&deps, &body.guardian_id).await?;
    let guardian = guardian.ok_or_else(|| invalid("guardianId is not the account of an adult"))?;
    if guardian.role == Role::Parent {
        return Err(Problem::new(Code::FamilyExists));
    }
    let is_adult = guardian.role == Role::User && guardian.parent_user_id.is_none();
    if !is_adult || guardian.status != Status::Active {
        return Err(invalid("guardianId is not the account of an adult"));
    }
    let joins = joining(&deps, &guardian, &body.children).await?;
    change_family(&deps, &guardian.user_id, Guardian::Begins, &joins, &[]).await?;
    let now = account(&deps, &guardian.user_id).await?.ok_or(Problem::new(Code::NotFound))?;
    Ok((StatusCode::CREATED, Json(family(&deps, permit.user(), now).await?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    #[serde(default)]
    add_children: BTreeSet<UserId>,
    #[serde(default)]
    release_children: BTreeSet<UserId>,
}

pub(crate) async fn change(
    permit: Permit<ManageFamily>,
    State(deps): State<Deps>,
    id: Result<Path<String>, PathRejection>,
    JsonBody(body): JsonBody<Change>,
) -> Result<Json<Family>, Problem> {
    let guardian = deps.guardian(permit.user(), &family_id(id)?, Action::ReadFamily).await?;
    let Change { add_children, release_children } = body;
    if add_children.is_empty() && release_children.is_empty() {
        return Err(invalid("addChildren or releaseChildren is needed"));
    }
    if add_children.len() + release_children.len() > MOST_CHILDREN {
        return Err(invalid("at most 40 children come and leave at once"));
    }
    if !add_children.is_disjoint(&release_children) {
        return Err(invalid("a child does not come and leave at once"));
    }
    let joins = joining(&deps, &guardian, &add_children).await?;
    let leaves = leaving(&deps, &guardian, release_children).await?;
    if !joins.is_empty() || !leaves.is_empty() {
        change_family(&deps, &guardian.user_id, Guardian::Stays, &joins, &leaves).await?;
    }
    family(&deps, permit.user(), guardian).await.map(Json)
}

#[derive(Deserialize)]
pub(crate) struct End {
    children: Option<Leave>,
}

/// What becomes of the children of a family that ends.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Leave {
    /// They need no guardian any more.
    Release,
}

pub(crate) async fn end(
    permit: Permit<ManageFamily>,
    State(deps): State<Deps>,
    id: Result<Path<String>, PathRejection>,
    Parameters(query): Parameters<End>,
) -> Result<StatusCode, Problem> {
    let guardian = deps.guardian(permit.user(), &family_id(id)?, Action::ReadFamily).await?.user_id;
    let children = deps.store.children(&guardian).await.map_err(|error| store_problem(&error))?;
    let children: Vec<_> = children.into_iter().map(|child| child.user_id).collect();
    match query.children {
        None if !children.is_empty() => return Err(Problem::new(Code::HasChildren)),
        None | Some(Leave::Release) => {}
    }
    change_family(&deps, &guardian, Guardian::Ends, &[], &children).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn account(deps: &Deps, id: &UserId) -> Result<Option<UserRecord>, Problem> {
    deps.store.user(id).await.map_err(|error| store_problem(&error))
}

/// The accounts that come into a family: users who are no guardian of anybody, wherever they were before.
async fn joining(deps: &Deps, guardian: &UserRecord, ids: &BTreeSet<UserId>) -> Result<Vec<Joining>, Problem> {
    if ids.len() > MOST_CHILDREN {
        return Err(invalid("a family has at most 40 children"));
    }
    let found = futures_util::future::try_join_all(ids.iter().map(|id| account(deps, id))).await?;
    let mut joins = Vec::new();
    for child in found {
        let child = child.filter(|child| child.role == Role::User && child.status == Status::Active);
        let child = child.filter(|child| child.user_id != guardian.user_id);
        let child = child.ok_or_else(|| invalid("a child is not the account of a user"))?;
        if child.parent_user_id.as_ref() != Some(&guardian.user_id) {
            joins.push(Joining { child: child.user_id, from: child.parent_user_id });
        }
    }
    Ok(joins)
}

async fn leaving(deps: &Deps, guardian: &UserRecord, ids: BTreeSet<UserId>) -> Result<Vec<UserId>, Problem> {
    let found = futures_util::future::try_join_all(ids.iter().map(|id| account(deps, id))).await?;
    let is_child = |child: &Option<UserRecord>| {
        child.as_ref().and_then(|child| child.parent_user_id.as_ref()) == Some(&guardian.user_id)
    };
    if found.iter().all(is_child) {
        Ok(ids.into_iter().collect())
    } else {
        Err(invalid("a child is not of this family"))
    }
}

async fn change_family(
    deps: &Deps,
    guardian: &UserId,
    how: Guardian,
    joins: &[Joining],
    leaves: &[UserId],
) -> Result<(), Problem> {
    let (invitation, attempt, at) = (None, clock::new_id(), clock::now());
    let change = FamilyChange { guardian, how, joins, leaves, invitation, attempt, at };
    match deps.store.change_family(&change).await {
        // Somebody came, left or was switched off since all of them were read, or there are too many.
        Err(error) if error.is_conflict() => Err(Problem::new(Code::PreconditionFailed)),
        changed => changed.map_err(|error| store_problem(&error)),
    }
}
