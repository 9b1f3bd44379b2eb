//! `POST /users`: new accounts.

use super::{Row, invalid, open};
use crate::{Deps, new_password};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    UserId,
    user::{Role, Status},
};
use edge::{
    Code, JsonBody, Problem,
    access::{AdministerUsers, Permit},
};
use people::{password, store_problem};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewAccount {
    email: String,
    display_name: String,
    role: Role,
    password: Option<String>,
    parent_user_id: Option<UserId>,
}

pub(crate) async fn create(
    _: Permit<AdministerUsers>,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<NewAccount>,
) -> Result<(StatusCode, Json<Row>), Problem> {
    let (login, display_name) = (people::email(&body.email)?, people::display_name(&body.display_name)?);
    check_guardian(&deps, body.role, body.parent_user_id.as_ref()).await?;
    // Without a password nobody knows it: the person takes a link to set one.
    let is_without_password = body.password.is_none();
    let password_hash = match body.password {
        Some(password) => password::hash_new(password).await?,
        None => password::hash_unknown().await?,
    };
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let (role, parent_user_id) = (body.role, body.parent_user_id);
    let account = people::NewAccount { login, display_name, role, parent_user_id, password_hash };
    let record = account.make(&deps.store, &deps.vault, &zoo, Code::EmailTaken).await?;
    if is_without_password {
        new_password::send(&deps, &zoo, Some(&record)).await?;
    }
    Ok((StatusCode::CREATED, Json(open(&deps, record.into()).await?)))
}

/// A child is a user, and its guardian a parent.
async fn check_guardian(deps: &Deps, role: Role, guardian: Option<&UserId>) -> Result<(), Problem> {
    let Some(guardian) = guardian else { return Ok(()) };
    if role != Role::User {
        return Err(invalid("only a user has a parent"));
    }
    let found = deps.store.user(guardian).await.map_err(|error| store_problem(&error))?;
    let is_guardian = found.is_some_and(|found| found.role == Role::Parent && found.status == Status::Active);
    if is_guardian { Ok(()) } else { Err(invalid("parentUserId is not the account of a parent")) }
}
