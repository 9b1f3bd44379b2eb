//! The people of a family, and what of them is shown to whom.

use crate::{Deps, relation};
use domain::{
    UserId,
    access::{self, Action, Relation},
    user::{Controls, Status, User},
};
use edge::Problem;
use futures_util::{StreamExt, TryStreamExt, stream};
use people::store_problem;
use serde::Serialize;
use store::{accounts::AccountRow, users::UserRecord};

/// Profiles that are opened at the same time.
const OPENED_AT_ONCE: usize = 8;

/// A family.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Family {
    family_id: UserId,
    members: Vec<Member>,
    counts: Counts,
}

#[derive(Serialize)]
struct Counts {
    guardians: usize,
    children: usize,
}

/// Somebody of a family. Names are there for its own people and administrators, what one signs in with and
/// what is set for a child for the guardian and administrators.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    user_id: UserId,
    role: Part,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Controls>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Guardian,
    Child,
}

/// What somebody sees of a family.
#[derive(Clone, Copy)]
pub(crate) struct View {
    names: bool,
    all: bool,
}

impl View {
    pub(crate) fn of(user: &User, family: &UserId) -> Self {
        let is_administrator = access::allows(user, Action::AdministerUsers, Relation::Zoo);
        let all = is_administrator || user.user_id == *family;
        Self { names: all || relation(user, family) == Relation::Oneself, all }
    }

    /// Somebody's name, for whom it is shown.
    pub(crate) async fn name(self, deps: &Deps, row: &AccountRow) -> Result<Option<String>, Problem> {
        let contact = if self.names { people::contact(&deps.store, &deps.vault, row).await? } else { None };
        Ok(contact.map(|contact| contact.display_name))
    }
}

/// A family as somebody sees it.
pub(crate) async fn family(deps: &Deps, user: &User, guardian: UserRecord) -> Result<Family, Problem> {
    let mut children = deps.store.children(&guardian.user_id).await.map_err(|error| store_problem(&error))?;
    children.sort_by(|a, b| (a.created_at, &a.user_id).cmp(&(b.created_at, &b.user_id)));
    let counts = Counts { guardians: 1, children: children.len() };
    let family_id = guardian.user_id.clone();
    let view = View::of(user, &family_id);
    let people = [(guardian, Part::Guardian)].into_iter().chain(children.into_iter().map(|child| (child, Part::Child)));
    let members = stream::iter(people).map(|(account, part)| member(deps, view, account, part));
    Ok(Family { family_id, members: members.buffered(OPENED_AT_ONCE).try_collect().await?, counts })
}

/// A child as its guardian sees it.
pub(crate) async fn child(deps: &Deps, user: &User, family: &UserId, account: UserRecord) -> Result<Member, Problem> {
    member(deps, View::of(user, family), account, Part::Child).await
}

async fn member(deps: &Deps, view: View, account: UserRecord, role: Part) -> Result<Member, Problem> {
    let controls = Some(account.controls).filter(|_| view.all && role == Part::Child);
    let (user_id, status) = (account.user_id.clone(), account.status);
    let row = AccountRow::from(account);
    let contact = if view.names { people::contact(&deps.store, &deps.vault, &row).await? } else { None };
    let (display_name, email) = contact.map(|contact| (contact.display_name, contact.email)).unzip();
    Ok(Member { user_id, role, status, display_name, email: email.filter(|_| view.all), controls })
}
