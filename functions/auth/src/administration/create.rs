//! `POST /users`: new accounts.

use super::{Row, invalid, open};
use crate::{
    Deps,
    accounts::{self, store_problem, vault_problem},
    new_password, password,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    UserId,
    user::{Consent, Role, Status},
};
use edge::{
    Code, JsonBody, Problem,
    access::{AdministerUsers, Permit},
    clock,
};
use serde::Deserialize;
use store::{keys, tally::Tally, users::UserRecord};
use vault::Label;

/// The longest email address, in bytes (RFC 5321, erratum 1690).
const LONGEST_EMAIL: usize = 254;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

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
    let (email, name) = (email(&body.email)?, display_name(&body.display_name)?);
    let family_id = family(&deps, body.role, body.parent_user_id.as_ref()).await?;
    // Without a password nobody knows it: the person takes a link to set one.
    let is_without_password = body.password.is_none();
    let password_hash = match body.password {
        Some(password) => password::hash_new(password).await?,
        None => password::hash_unknown().await?,
    };
    let user_id = UserId::from(clock::new_id());
    let zoo = accounts::zoo_key(&deps.store, &deps.vault).await?;
    let login = accounts::login_fingerprint(&zoo, email).map_err(|error| Problem::internal(&error))?;
    let made = deps.vault.create(&Label::profile(&user_id)).await;
    let (key, wrapped) = made.map_err(|error| vault_problem(&error))?;
    let seal = |attribute, text| key.seal(&keys::profile_slot(&user_id, attribute), text);
    let record = UserRecord {
        role: body.role,
        status: Status::Active,
        parent_user_id: body.parent_user_id,
        family_id: family_id.or_else(|| (body.role == Role::Parent).then(|| user_id.to_string())),
        consent: Consent::default(),
        generation: 0,
        sign_ins_ended: 0,
        display_name: seal("displayName", name).map_err(|error| Problem::internal(&error))?,
        email: seal("email", email).map_err(|error| Problem::internal(&error))?,
        password_hash,
        created_at: clock::now(),
        sessions: Tally::default(),
        user_id,
    };
    match deps.store.create_user(&record, &login, wrapped).await {
        Err(error) if error.is_conflict() => return Err(Problem::new(Code::EmailTaken)),
        created => created.map_err(|error| store_problem(&error))?,
    }
    if is_without_password {
        new_password::send(&deps, &zoo, Some(&record)).await?;
    }
    Ok((StatusCode::CREATED, Json(open(&deps, record.into()).await?)))
}

/// The family of a new child: its guardian's.
async fn family(deps: &Deps, role: Role, guardian: Option<&UserId>) -> Result<Option<String>, Problem> {
    let Some(guardian) = guardian else { return Ok(None) };
    if role != Role::User {
        return Err(invalid("only a user has a parent"));
    }
    let found = deps.store.user(guardian).await.map_err(|error| store_problem(&error))?;
    let found = found.filter(|found| found.role == Role::Parent && found.status == Status::Active);
    let found = found.ok_or_else(|| invalid("parentUserId is not the account of a parent"))?;
    Ok(Some(found.family_id.unwrap_or_else(|| found.user_id.to_string())))
}

fn email(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let (local, host) = text.split_once('@').unwrap_or_default();
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let is_address = !local.is_empty() && !host.is_empty() && !host.contains('@');
    if is_plain && is_address && text.len() <= LONGEST_EMAIL {
        Ok(text)
    } else {
        Err(invalid("email is not an address"))
    }
}

fn display_name(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let is_name = (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_name { Ok(text) } else { Err(invalid("displayName is 1 to 100 characters")) }
}
