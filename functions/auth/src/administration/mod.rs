//! Accounts as administrators look after them: the list, new ones, roles, switching off.

mod change;
mod create;
mod list;

pub(crate) use change::change;
pub(crate) use create::create;
pub(crate) use list::list;

use crate::Deps;
use domain::{
    Timestamp, UserId,
    user::{Role, Status},
};
use edge::{Code, Problem};
use serde::Serialize;
use store::accounts::AccountRow;

/// An account; of an erased one the name and the address are gone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    role: Role,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<UserId>,
    created_at: Timestamp,
}

async fn open(deps: &Deps, row: AccountRow) -> Result<Row, Problem> {
    let contact = people::contact(&deps.store, &deps.vault, &row).await?;
    let (display_name, email) = contact.map(|contact| (contact.display_name, contact.email)).unzip();
    let AccountRow { user_id, role, status, parent_user_id, created_at, .. } = row;
    Ok(Row { user_id, display_name, email, role, status, parent_user_id, created_at })
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}
