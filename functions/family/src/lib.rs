//! Families: who belongs together, how one becomes family, what guardians set for their children and see of
//! their talks.
//!
//! Who belongs together stands in the children's own accounts. Knows no text but through `reading`.

mod administration;
mod children;
mod controls;
mod families;
mod insights;
mod invitations;
mod members;
mod topics;

use axum::{
    Router,
    extract::{FromRef, Path, rejection::PathRejection},
};
use cloud::mail::Mailer;
use domain::{
    UserId,
    access::{self, Action, Relation},
    settings::Settings,
    user::{Role, Status, User},
};
use edge::{
    Authenticator, Code, Problem,
    routing::{Routes, delete, get, post},
};
use people::store_problem;
use reading::{Reading, service::Service};
use store::{Store, users::UserRecord};
use vault::Vault;

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Deps {
    store: Store,
    vault: Vault,
    reading: Reading,
    authenticator: Authenticator,
    mailer: Mailer,
}

/// This function's routes, with letters through SES.
///
/// # Errors
/// When a setting is missing or malformed.
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let mailer = Mailer::connect(&settings).await?;
    routes_with_mail(settings, mailer).await
}

/// This function's routes, with another way to send letters.
///
/// # Errors
/// As for [`routes`].
pub async fn routes_with_mail(settings: Settings, mailer: Mailer) -> Result<Router, edge::lambda::Error> {
    let deps = Deps::connect(&settings, mailer).await?;
    let routes = Routes::new()
        .route("/family_list", get(families::list))
        .route("/family", post(administration::create))
        .route("/family/{familyId}", get(families::read).patch(administration::change).delete(administration::end))
        .route("/family/{familyId}/children", post(children::add))
        .route("/family/{familyId}/children/{userId}/controls", get(controls::read).put(controls::set))
        .route("/family/{familyId}/insights", get(insights::read))
        .route("/invitations", get(invitations::list).post(invitations::invite))
        .route("/invitations/{invitationId}", delete(invitations::withdraw))
        .route("/invitations/{invitationId}/accept", post(invitations::accept))
        .route("/invitations/{invitationId}/decline", post(invitations::decline))
        .with_state(deps);
    Ok(routes.merge(edge::health("family")))
}

impl Deps {
    async fn connect(settings: &Settings, mailer: Mailer) -> Result<Self, edge::lambda::Error> {
        let Service { reading, authenticator } = Service::connect(settings).await?;
        let keys = vault::Config::read(settings)?;
        let vault = Vault::new(vault::connect(&keys).await, &keys);
        Ok(Self { store: reading.store().clone(), vault, reading, authenticator, mailer })
    }

    /// The guardian of a family, if the caller may do this with it.
    async fn guardian(&self, user: &User, family: &UserId, action: Action) -> Result<UserRecord, Problem> {
        let guardian = self.store.user(family).await.map_err(|error| store_problem(&error))?;
        let guardian = guardian.filter(|guardian| guardian.role == Role::Parent && guardian.status != Status::Erased);
        let guardian = guardian.ok_or(Problem::new(Code::NotFound))?;
        permit(access::allows(user, action, relation(user, family))).map(|()| guardian)
    }
}

/// What somebody is to a family: one of its own, or not.
fn relation(user: &User, family: &UserId) -> Relation {
    let is_own = user.user_id == *family || user.parent_user_id.as_ref() == Some(family);
    if is_own { Relation::Oneself } else { Relation::OtherAdult }
}

fn permit(may: bool) -> Result<(), Problem> {
    if may { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

/// The id of a family: its guardian's.
fn family_id(path: Result<Path<String>, PathRejection>) -> Result<UserId, Problem> {
    path.ok().and_then(|Path(id)| UserId::parse(&id).ok()).ok_or(Problem::new(Code::NotFound))
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}
