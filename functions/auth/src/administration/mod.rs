//! Accounts as administrators look after them: the list, new ones, roles, switching off.

mod change;
mod create;
mod list;

pub(crate) use change::change;
pub(crate) use create::create;
pub(crate) use list::list;

use crate::{
    Deps,
    accounts::{store_problem, vault_problem},
};
use domain::{
    Timestamp, UserId,
    user::{Role, Status},
};
use edge::{Code, Problem};
use serde::Serialize;
use store::accounts::AccountRow;
use vault::Label;

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
    let kept = deps.store.profile_key(&row.user_id).await.map_err(|error| store_problem(&error))?;
    let (mut display_name, mut email) = (None, None);
    if let Some(kept) = kept {
        let key = deps.vault.unwrap_key(&Label::profile(&row.user_id), &kept.wrapped).await;
        let key = key.map_err(|error| vault_problem(&error))?;
        let text = |slot, sealed| key.open(&slot, sealed).map_err(|error| Problem::internal(&error));
        display_name = Some(text(row.display_name_slot(), &row.display_name)?);
        email = Some(text(row.email_slot(), &row.email)?);
    }
    let AccountRow { user_id, role, status, parent_user_id, created_at, .. } = row;
    Ok(Row { user_id, display_name, email, role, status, parent_user_id, created_at })
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}
