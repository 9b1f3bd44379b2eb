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
    routing::{delete, get, post},
};
use cloud::mail::Mailer;
use domain::{
    UserId,
    access::{self, Action, Relation},
    settings::Settings,
    user::{Role, Status, User},
};
use edge::{Authenticator, Caller, Code, Problem};
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

/// This function's routes, where there is no way to send mail.
///
/// # Errors
/// When a setting is missing or malformed.
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    routes_with_mail(settings, Mailer::none()).await
}

/// This function's routes.
///
/// # Errors
/// As for [`routes`].
pub async fn routes_with_mail(settings: Settings, mailer: Mailer) -> Result<Router, edge::lambda::Error> {
    let deps = Deps::connect(&settings, mailer).await?;
    let routes = Router::new()
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

    /// Who is calling, as their account says now.
    async fn user(&self, caller: &Caller) -> Result<User, Problem> {
        let user = match self.store.user(&caller.user_id).await {
            // An account of an unknown role or standing may do nothing.
            Err(error) if error.is_malformed() => return Err(Problem::new(Code::Forbidden)),
            found => found.map_err(|error| store_problem(&error))?.ok_or(Problem::new(Code::Unauthorized))?.user(),
        };
        if user.status == Status::Active { Ok(user) } else { Err(Problem::new(Code::Forbidden)) }
    }

    /// The guardian of a family, if the caller may do this with it.
    async fn guardian(&self, user: &User, family: &UserId, action: Action) -> Result<UserRecord, Problem> {
        let guardian = self.store.user(family).await.map_err(|error| store_problem(&error))?;
        let guardian = guardian.filter(|guardian| guardian.role == Role::Parent && guardian.status != Status::Erased);
        // Who has no family of any kind is told so before being told which there are.
        let may_ever =
            access::allows(user, action, Relation::Oneself) || access::allows(user, action, Relation::OtherAdult);
        permit(may_ever)?;
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
