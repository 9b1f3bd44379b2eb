//! `GET` and `PUT /family/{familyId}/children/{userId}/controls`: what a guardian sets for a child. It holds
//! from the next question on, and a pause also for an answer under way.

use crate::{Deps, invalid, permit};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::{
    UserId,
    access::{self, Action, Relation},
    user::{Controls, Status, User},
};
use edge::{
    Code, JsonBody, Problem,
    access::{Permit, SetControls},
};
use people::store_problem;
use serde::{Deserialize, Serialize};
use store::users::UserRecord;

/// The most questions a day that can be set; the zoo's own limit holds besides.
const MOST_QUESTIONS: u32 = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    paused: bool,
    daily_limit: Option<u32>,
}

/// What is set; without a limit of the child's own it is `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Set {
    paused: bool,
    daily_limit: Option<u32>,
}

impl From<Controls> for Set {
    fn from(Controls { paused, daily_limit }: Controls) -> Self {
        Self { paused, daily_limit }
    }
}

type Ids = Result<Path<(String, String)>, PathRejection>;

pub(crate) async fn read(
    permit: Permit<SetControls>,
    State(deps): State<Deps>,
    ids: Ids,
) -> Result<Json<Set>, Problem> {
    Ok(Json(child(&deps, permit.user(), ids).await?.controls.into()))
}

pub(crate) async fn set(
    permit: Permit<SetControls>,
    State(deps): State<Deps>,
    ids: Ids,
    JsonBody(body): JsonBody<Wanted>,
) -> Result<Json<Set>, Problem> {
    let child = child(&deps, permit.user(), ids).await?;
    if body.daily_limit.is_some_and(|limit| !(1..=MOST_QUESTIONS).contains(&limit)) {
        return Err(invalid("dailyLimit is 1 to 1000, or null"));
    }
    let controls = Controls { paused: body.paused, daily_limit: body.daily_limit };
    let guardian = child.parent_user_id.ok_or(Problem::new(Code::NotFound))?;
    match deps.store.set_controls(&child.user_id, &guardian, controls).await {
        // The child went to another family meanwhile.
        Err(error) if error.is_conflict() => Err(Problem::new(Code::NotFound)),
        done => done.map(|()| Json(controls.into())).map_err(|error| store_problem(&error)),
    }
}

/// A child of the family, if the caller sets things for it.
async fn child(deps: &Deps, user: &User, ids: Ids) -> Result<UserRecord, Problem> {
    let not_found = || Problem::new(Code::NotFound);
    let Path((family, child)) = ids.map_err(|_| not_found())?;
    let ids = (UserId::parse(&family), UserId::parse(&child));
    let (Ok(family), Ok(child)) = ids else { return Err(not_found()) };
    let child = deps.store.user(&child).await.map_err(|error| store_problem(&error))?;
    let child = child.filter(|child| child.parent_user_id.as_ref() == Some(&family));
    let child = child.filter(|child| child.status != Status::Erased).ok_or_else(not_found)?;
    let relation = Relation::of(user, &child.user_id, child.parent_user_id.as_ref());
    permit(access::allows(user, Action::SetControls, relation)).map(|()| child)
}
