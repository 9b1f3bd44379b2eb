//! Invitations to be family: one invites, the other confirms or declines. Nothing tells the inviter whether
//! anybody has the name that was typed.

use crate::{Deps, invalid};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use cloud::mail::{InvitationLetter, SENT_WITHIN};
use domain::{
    Timestamp, UserId,
    family::{self, INVITED_DAYS, Kind},
    user::{Status, User},
};
use edge::{
    Code, JsonBody, Problem,
    access::{Invite, Permit},
    clock,
};
use people::{Attempts, Contact, store_problem, vault_problem};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{
    accounts::AccountRow,
    attempts::Attempt,
    families::{FamilyChange, Guardian, Joining},
    invitations::{InvitationRecord, MOST_OPEN, Side},
};
use uuid::Uuid;
use vault::{DataKey, Label, OpenError};

/// The longest name that is looked at, in bytes.
const LONGEST_NAME: usize = 254;
/// Whoever is invited is told by then, counted from the request, or not at all.
const TOLD_WITHIN: Duration = SENT_WITHIN.saturating_add(Duration::from_millis(500));
/// No answer comes sooner, so that its time says nothing of whether somebody has the name and a letter was sent.
const ANSWERED_AFTER: Duration = TOLD_WITHIN.saturating_add(Duration::from_millis(200));

#[derive(Deserialize)]
pub(crate) struct NewInvitation {
    username: Option<String>,
    email: Option<String>,
    kind: Kind,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invited {
    invitation_id: Uuid,
    expires_at: Timestamp,
}

pub(crate) async fn invite(
    permit: Permit<Invite>,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<NewInvitation>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let user = permit.user();
    crate::permit(family::may_invite(user, body.kind))?;
    let name = body.username.or(body.email).ok_or_else(|| invalid("username or email is needed"))?;
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(invalid("username or email is needed"));
    }
    let now = clock::now();
    let open = deps.store.invitations(Side::Sent(&user.user_id), now).await;
    if open.map_err(|error| store_problem(&error))?.len() >= MOST_OPEN {
        return Err(invalid("too many invitations are open"));
    }
    Attempts::of_user(&deps.store, &user.user_id, Attempt::Invite).failed().await?;
    let until = tokio::time::Instant::now() + TOLD_WITHIN;
    let kept = keep(&deps, user, (name, body.kind), now, until);
    let (kept, ()) = tokio::join!(kept, tokio::time::sleep(ANSWERED_AFTER));
    kept.map(|invited| (StatusCode::ACCEPTED, Json(invited)))
}

/// Keeps an invitation, and writes a letter where somebody has the name, to their account's own address.
async fn keep(
    deps: &Deps,
    user: &User,
    (name, kind): (&str, Kind),
    now: Timestamp,
    until: tokio::time::Instant,
) -> Result<Invited, Problem> {
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let login = people::login_fingerprint(&zoo, name).map_err(|error| Problem::internal(&error))?;
    let (id, expires_at) = (clock::new_id(), now.plus_days(INVITED_DAYS));
    let slot_id = id.to_string();
    let sealed =
        profile_key(deps, &user.user_id).await?.seal(&InvitationRecord::name_slot(&user.user_id, &slot_id), name);
    let invitation = InvitationRecord {
        invitation_id: id,
        inviter: user.user_id.clone(),
        invited: login.clone(),
        kind,
        name: sealed.map_err(|error| Problem::internal(&error))?,
        created_at: now,
        expires_at,
        ttl: expires_at.as_seconds(),
    };
    deps.store.keep_invitation(&invitation).await.map_err(|error| store_problem(&error))?;
    // The invitation is there, whether or not there is a letter: what fails now fails only where somebody has
    // the name, and would say so.
    match tokio::time::timeout_at(until, tell(deps, &login)).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => tracing::error!(code = problem.code().name(), "nobody was told of an invitation"),
        Err(_) => tracing::error!("telling of an invitation took too long"),
    }
    Ok(Invited { invitation_id: id, expires_at })
}

async fn tell(deps: &Deps, login: &str) -> Result<(), Problem> {
    match Attempts::of_login(&deps.store, login, Attempt::Invite).failed().await {
        // Whoever is invited again and again gets no further letter.
        Err(problem) if problem.code() == Code::TooManyRequests => return Ok(()),
        counted => counted?,
    }
    let found = deps.store.user_by_login(login).await.map_err(|error| store_problem(&error))?;
    let Some(found) = found.filter(|found| found.status == Status::Active) else { return Ok(()) };
    let Some(contact) = people::contact(&deps.store, &deps.vault, &AccountRow::from(found)).await? else {
        return Ok(());
    };
    // A child's username is no address.
    if contact.email.contains('@')
        && let Err(cause) = deps.mailer.send(InvitationLetter { to: contact.email.into() }).await
    {
        tracing::error!(%cause, "a letter was not sent");
    }
    Ok(())
}

#[derive(Serialize)]
pub(crate) struct Invitations {
    received: Vec<Received>,
    sent: Vec<Sent>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    invitation_id: Uuid,
    kind: Kind,
    /// The name of who invites.
    from: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    invitation_id: Uuid,
    kind: Kind,
    /// What was typed.
    to: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

pub(crate) async fn list(permit: Permit<Invite>, State(deps): State<Deps>) -> Result<Json<Invitations>, Problem> {
    let user = permit.user();
    let (now, login) = (clock::now(), own_login(&deps, user).await?);
    let (received, sent) = tokio::try_join!(
        deps.store.invitations(Side::Received(&login), now),
        deps.store.invitations(Side::Sent(&user.user_id), now),
    )
    .map_err(|error| store_problem(&error))?;
    let received = futures_util::future::try_join_all(received.into_iter().map(|one| opened(&deps, one))).await?;
    let key = profile_key(&deps, &user.user_id).await?;
    let sent = sent.into_iter().map(|one| {
        let InvitationRecord { invitation_id, kind, created_at, expires_at, .. } = one;
        let id = invitation_id.to_string();
        let to = key.open(&InvitationRecord::name_slot(&user.user_id, &id), &one.name)?;
        Ok(Sent { invitation_id, kind, to, created_at, expires_at })
    });
    let sent = sent.collect::<Result<_, OpenError>>().map_err(|error| Problem::internal(&error))?;
    Ok(Json(Invitations { received: received.into_iter().flatten().collect(), sent }))
}

/// An invitation with the name of who invites; none of somebody who is gone.
async fn opened(deps: &Deps, invitation: InvitationRecord) -> Result<Option<Received>, Problem> {
    let inviter = deps.store.user(&invitation.inviter).await.map_err(|error| store_problem(&error))?;
    let Some(inviter) = inviter.filter(|inviter| inviter.status == Status::Active) else { return Ok(None) };
    let contact = people::contact(&deps.store, &deps.vault, &AccountRow::from(inviter)).await?;
    let InvitationRecord { invitation_id, kind, created_at, expires_at, .. } = invitation;
    Ok(contact.map(|Contact { display_name: from, .. }| Received { invitation_id, kind, from, created_at, expires_at }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    family_id: UserId,
}

type Id = Result<Path<String>, PathRejection>;

pub(crate) async fn accept(
    permit: Permit<Invite>,
    State(deps): State<Deps>,
    id: Id,
) -> Result<Json<Accepted>, Problem> {
    let user = permit.user();
    let invitation = received(&deps, user, id).await?;
    let cannot_be = || invalid("these two accounts cannot be family now");
    let inviter = deps.store.user(&invitation.inviter).await.map_err(|error| store_problem(&error))?;
    let inviter = inviter.ok_or(Problem::new(Code::NotFound))?.user();
    let bond = family::bond(&inviter, user, invitation.kind).ok_or_else(cannot_be)?;
    let joins = [Joining { child: bond.child, from: None }];
    let change = FamilyChange {
        guardian: &bond.guardian,
        how: Guardian::Stays,
        joins: &joins,
        leaves: &[],
        invitation: Some(&invitation),
        attempt: clock::new_id(),
        at: clock::now(),
    };
    match deps.store.change_family(&change).await {
        Err(error) if error.is_conflict() => Err(cannot_be()),
        done => done.map(|()| Json(Accepted { family_id: bond.guardian })).map_err(|error| store_problem(&error)),
    }
}

pub(crate) async fn decline(permit: Permit<Invite>, State(deps): State<Deps>, id: Id) -> Result<StatusCode, Problem> {
    let user = permit.user();
    let invitation = received(&deps, user, id).await?;
    throw_away(&deps, &invitation).await
}

pub(crate) async fn withdraw(permit: Permit<Invite>, State(deps): State<Deps>, id: Id) -> Result<StatusCode, Problem> {
    let user = permit.user();
    let invitation = found(&deps, id).await?.filter(|invitation| invitation.inviter == user.user_id);
    throw_away(&deps, &invitation.ok_or(Problem::new(Code::NotFound))?).await
}

async fn throw_away(deps: &Deps, invitation: &InvitationRecord) -> Result<StatusCode, Problem> {
    match deps.store.drop_invitation(invitation, clock::new_id()).await {
        Err(error) if error.is_conflict() => Err(Problem::new(Code::NotFound)),
        done => done.map(|()| StatusCode::NO_CONTENT).map_err(|error| store_problem(&error)),
    }
}

/// An invitation to the caller. Of others' nothing is told.
async fn received(deps: &Deps, user: &User, id: Id) -> Result<InvitationRecord, Problem> {
    let login = own_login(deps, user).await?;
    let invitation = found(deps, id).await?.filter(|invitation| invitation.invited == login);
    invitation.ok_or(Problem::new(Code::NotFound))
}

/// An invitation whose time is not over.
async fn found(deps: &Deps, id: Id) -> Result<Option<InvitationRecord>, Problem> {
    let id = id.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok()).ok_or(Problem::new(Code::NotFound))?;
    let invitation = deps.store.invitation(id).await.map_err(|error| store_problem(&error))?;
    Ok(invitation.filter(|invitation| clock::now() < invitation.expires_at))
}

/// The fingerprint of somebody's own sign-in name.
async fn own_login(deps: &Deps, user: &User) -> Result<String, Problem> {
    let account = deps.store.user(&user.user_id).await.map_err(|error| store_problem(&error))?;
    let account = account.ok_or(Problem::new(Code::Unauthorized))?;
    let contact = people::contact(&deps.store, &deps.vault, &AccountRow::from(account)).await?;
    let contact = contact.ok_or(Problem::new(Code::Forbidden))?;
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    people::login_fingerprint(&zoo, &contact.email).map_err(|error| Problem::internal(&error))
}

async fn profile_key(deps: &Deps, user: &UserId) -> Result<DataKey, Problem> {
    let kept = deps.store.profile_key(user).await.map_err(|error| store_problem(&error))?;
    let kept = kept.ok_or(Problem::new(Code::Forbidden))?;
    let key = deps.vault.unwrap_key(&Label::profile(user), &kept.wrapped).await;
    key.map_err(|error| vault_problem(&error))
}
