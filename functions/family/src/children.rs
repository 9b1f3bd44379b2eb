//! `POST /family/{familyId}/children`: a guardian makes an account for a child. Consent is given separately.

use crate::{
    Deps, family_id,
    members::{self, Member},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    access::Action,
    user::{Role, Status},
};
use edge::{
    Code, JsonBody, Problem,
    access::{AddChild, Permit},
};
use people::{Attempts, NewAccount, password, store_problem};
use serde::Deserialize;
use store::{attempts::Attempt, families::MOST_CHILDREN};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewChild {
    display_name: String,
    username: String,
    password: String,
}

pub(crate) async fn add(
    permit: Permit<AddChild>,
    State(deps): State<Deps>,
    id: Result<Path<String>, PathRejection>,
    JsonBody(body): JsonBody<NewChild>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    let user = permit.user();
    let guardian = deps.guardian(user, &family_id(id)?, Action::AddChild).await?;
    let (login, display_name) = (people::username(&body.username)?, people::display_name(&body.display_name)?);
    let siblings = deps.store.children(&guardian.user_id).await.map_err(|error| store_problem(&error))?;
    if siblings.len() >= MOST_CHILDREN || guardian.status != Status::Active {
        return Err(people::family_is_full());
    }
    let password_hash = password::hash_new(body.password).await?;
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let parent_user_id = Some(guardian.user_id.clone());
    let account = NewAccount { login, display_name, role: Role::User, parent_user_id, password_hash };
    let made = account.make(&deps.store, &deps.vault, &zoo, Code::UsernameTaken).await;
    if matches!(&made, Err(problem) if problem.code() == Code::UsernameTaken) {
        // To be told so again and again would tell which names there are.
        Attempts::of_user(&deps.store, &user.user_id, Attempt::Username).failed().await?;
    }
    let child = made?;
    Ok((StatusCode::CREATED, Json(members::child(&deps, user, &guardian.user_id, child).await?)))
}
