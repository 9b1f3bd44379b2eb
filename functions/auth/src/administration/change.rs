//! `PATCH /users/{userId}`: roles, switching off and on.

use super::{Row, invalid, open};
use crate::Deps;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    UserId,
    user::{Role, Status},
};
use edge::{
    Code, JsonBody, Problem,
    access::{AdministerUsers, Permit},
    clock,
};
use people::store_problem;
use serde::Deserialize;
use store::accounts::AccountChange;

#[derive(Deserialize)]
pub(crate) struct Change {
    role: Option<Role>,
    status: Option<Switch>,
}

/// Erasing is another matter than switching off.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    Active,
    Disabled,
}

pub(crate) async fn change(
    permit: Permit<AdministerUsers>,
    State(deps): State<Deps>,
    user_id: Result<Path<String>, PathRejection>,
    JsonBody(body): JsonBody<Change>,
) -> Result<Json<Row>, Problem> {
    let not_found = || Problem::new(Code::NotFound);
    let user_id = user_id.ok().and_then(|Path(id)| UserId::parse(&id).ok()).ok_or_else(not_found)?;
    let mut change = AccountChange {
        by: permit.user_id(),
        user: &user_id,
        attempt: clock::new_id(),
        role: body.role,
        has_no_children: false,
        status: body.status.map(|switch| match switch {
            Switch::Active => Status::Active,
            Switch::Disabled => Status::Disabled,
        }),
    };
    if change.role.is_none() && change.status.is_none() {
        return Err(invalid("role or status is needed"));
    }
    let is_worse =
        change.role.is_some_and(|role| role != Role::Administrator) || change.status == Some(Status::Disabled);
    if user_id == *permit.user_id() && is_worse {
        return Err(Problem::new(Code::OwnAccount));
    }
    let user = deps.store.user(&user_id).await.map_err(|error| store_problem(&error))?.ok_or_else(not_found)?;
    if user.parent_user_id.is_some() && change.role.is_some_and(|role| role != Role::User) {
        return Err(invalid("a child stays a user"));
    }
    // A child is never left without a guardian.
    change.has_no_children = user.role == Role::Parent && change.role.is_some_and(|role| role != Role::Parent);
    match deps.store.change_account(change).await {
        Err(error) if error.is_conflict() && !is_administrator(&deps, permit.user_id()).await? => {
            Err(Problem::new(Code::Forbidden))
        }
        Err(error) if error.is_conflict() && change.has_no_children => Err(Problem::new(Code::HasChildren)),
        Err(error) if error.is_conflict() => Err(not_found()),
        Err(error) => Err(store_problem(&error)),
        Ok(changed) => open(&deps, changed.into()).await.map(Json),
    }
}

/// Whether somebody is one still.
async fn is_administrator(deps: &Deps, user: &UserId) -> Result<bool, Problem> {
    let user = deps.store.user(user).await.map_err(|error| store_problem(&error))?;
    Ok(user.is_some_and(|user| user.role == Role::Administrator && user.status == Status::Active))
}
