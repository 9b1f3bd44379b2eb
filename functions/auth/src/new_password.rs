//! New passwords: by who knows the old one, and by a link that is good once, for thirty minutes.

use crate::{Deps, LONGEST_FIELD};
use axum::{extract::State, http::StatusCode};
use cloud::mail::{PasswordLetter, SENT_WITHIN};
use domain::{UserId, retention::RESET_MINUTES, user::Status};
use edge::{
    Code, JsonBody, Problem,
    access::{Open, Permit, UseAccount},
    clock,
};
use people::{Attempts, password, store_problem};
use serde::Deserialize;
use std::time::Duration;
use store::{accounts::PasswordBefore, attempts::Attempt, reset_links::ResetLink, users::UserRecord};
use vault::DataKey;

/// Every answer about a link comes then, so that its time says nothing of whether somebody has the name and a letter was
/// sent.
const ANSWERED_AFTER: Duration = SENT_WITHIN.saturating_add(Duration::from_millis(700));

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    current_password: String,
    new_password: String,
}

pub(crate) async fn change(
    permit: Permit<UseAccount>,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<Change>,
) -> Result<StatusCode, Problem> {
    let is_wrong = || Problem::new(Code::Invalid).with_detail("currentPassword is not right");
    let user = deps.store.user(permit.user_id()).await.map_err(|error| store_problem(&error))?;
    let user = user.ok_or(Problem::new(Code::Unauthorized))?;
    password::check(&body.new_password)?;
    let attempts = Attempts::of_user(&deps.store, &user.user_id, Attempt::SignIn);
    attempts.check().await?;
    let is_long = body.current_password.len() > LONGEST_FIELD;
    if is_long || !password::verify(body.current_password, Some(user.password_hash.clone())).await {
        attempts.failed().await?;
        return Err(is_wrong());
    }
    attempts.succeeded().await?;
    let hash = password::hash_new(body.new_password).await?;
    let before = PasswordBefore::Hash(&user.password_hash);
    let changed = match deps.store.set_password(&user.user_id, before, &hash).await {
        // Another one was set meanwhile.
        Err(error) if error.is_conflict() => return Err(is_wrong()),
        changed => changed.map_err(|error| store_problem(&error))?,
    };
    if let Some(family) = permit.sign_in() {
        let kept = deps.store.keep_token_family(family, &changed).await;
        kept.map_err(|error| store_problem(&error))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct Forgotten {
    email: String,
}

pub(crate) async fn request(
    _: Open,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<Forgotten>,
) -> Result<StatusCode, Problem> {
    if body.email.trim().is_empty() || body.email.len() > LONGEST_FIELD {
        return Err(Problem::new(Code::Invalid).with_detail("email is needed"));
    }
    let asked = tokio::time::timeout(ANSWERED_AFTER, ask_for_link(&deps, &body.email));
    let (asked, ()) = tokio::join!(asked, tokio::time::sleep(ANSWERED_AFTER));
    asked.unwrap_or_else(|_| {
        tracing::error!("asking for a link to set a new password took too long");
        Ok(())
    })?;
    Ok(StatusCode::ACCEPTED)
}

/// Fails in what is done for everybody only.
async fn ask_for_link(deps: &Deps, email: &str) -> Result<(), Problem> {
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let login = people::login_fingerprint(&zoo, email).map_err(|error| Problem::internal(&error))?;
    match Attempts::of_login(&deps.store, &login, Attempt::Reset).failed().await {
        // Whoever asks again and again gets no further letter, and is not told.
        Err(problem) if problem.code() == Code::TooManyRequests => return Ok(()),
        counted => counted?,
    }
    let found = people::known(deps.store.user_by_login(&login).await)?;
    send(deps, &zoo, found.filter(|user| user.status == Status::Active).as_ref()).await
}

/// Sends a link. For nobody the same is done, but for the letter itself; whatever becomes of that is logged alone.
pub(crate) async fn send(deps: &Deps, zoo: &DataKey, user: Option<&UserRecord>) -> Result<(), Problem> {
    let token = vault::random_token().map_err(|error| Problem::internal(&error))?;
    let expires_at = clock::now().plus_seconds(RESET_MINUTES * 60);
    let nobody = || UserId::from(clock::new_id());
    let link = ResetLink {
        user_id: user.map_or_else(nobody, |user| user.user_id.clone()),
        sign_ins_ended: user.map_or(0, |user| user.sign_ins_ended),
        expires_at,
        ttl: expires_at.as_seconds(),
    };
    let kept = deps.store.keep_reset_link(&fingerprint(zoo, &token)?, &link).await;
    kept.map_err(|error| store_problem(&error))?;
    if let Some(user) = user {
        write(deps, user, token).await;
    }
    Ok(())
}

/// To the address of the account and never to what was typed: two addresses may look up as one.
async fn write(deps: &Deps, user: &UserRecord, token: String) {
    let name = match people::profile(&deps.store, &deps.vault, user).await {
        Ok(profile) => profile.email,
        Err(problem) => return tracing::error!(code = problem.code().name(), "a letter has no address"),
    };
    // A child's username is no address; the guardian's own account gives a new password.
    if !name.contains('@') {
        return;
    }
    if let Err(cause) = deps.mailer.send(PasswordLetter { to: name.into(), token: token.into() }).await {
        tracing::error!(%cause, "a letter was not sent");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Confirm {
    token: String,
    new_password: String,
}

pub(crate) async fn confirm(
    _: Open,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<Confirm>,
) -> Result<StatusCode, Problem> {
    let is_over = || Problem::new(Code::LinkExpired);
    password::check(&body.new_password)?;
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let fingerprint = fingerprint(&zoo, &body.token)?;
    let link = deps.store.reset_link(&fingerprint).await.map_err(|error| store_problem(&error))?;
    let link = link.filter(|link| clock::now() < link.expires_at).ok_or_else(is_over)?;
    let hash = password::hash_new(body.new_password).await?;
    // A new password counts the sign-ins up, so that of two that come with one link one is too late.
    let before = PasswordBefore::SignInsEnded(link.sign_ins_ended);
    match deps.store.set_password(&link.user_id, before, &hash).await {
        Err(error) if error.is_conflict() => return Err(is_over()),
        changed => changed.map_err(|error| store_problem(&error))?,
    };
    deps.store.drop_reset_link(&fingerprint).await.map_err(|error| store_problem(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn fingerprint(zoo: &DataKey, token: &str) -> Result<String, Problem> {
    zoo.fingerprint("reset link", token).map_err(|error| Problem::internal(&error))
}
