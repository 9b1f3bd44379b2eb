//! What a profile says: a name, and the sign-in name, which is an email address or what a guardian chose
//! for a child.

use crate::{store_problem, vault_problem};
use domain::{Sealed, Slot, UserId, user::Role};
use edge::Problem;
use serde::Serialize;
use store::{Store, accounts::AccountRow, users::UserRecord};
use vault::{DataKey, Label, OpenError, Vault};

/// A person as they see themselves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    user_id: UserId,
    /// The sign-in name.
    pub email: String,
    display_name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<UserId>,
}

/// What somebody is called. It does not print itself.
pub struct Contact {
    /// The name shown.
    pub display_name: String,
    /// The sign-in name.
    pub email: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(…)")
    }
}

/// Opens a person's profile.
///
/// # Errors
/// `unavailable` or `internal` where something failed; a person without a profile key is a mistake of ours.
pub async fn profile(store: &Store, vault: &Vault, user: &UserRecord) -> Result<Profile, Problem> {
    let opened = contact(store, vault, &AccountRow::from(user.clone())).await?;
    let Contact { display_name, email } = opened.ok_or_else(|| Problem::internal(&OpenError))?;
    let (user_id, parent_user_id) = (user.user_id.clone(), user.parent_user_id.clone());
    Ok(Profile { user_id, email, display_name, role: user.role, parent_user_id })
}

/// What somebody is called; of an erased account nothing is left.
///
/// # Errors
/// `unavailable` or `internal` where something failed.
pub async fn contact(store: &Store, vault: &Vault, row: &AccountRow) -> Result<Option<Contact>, Problem> {
    let kept = store.profile_key(&row.user_id).await.map_err(|error| store_problem(&error))?;
    let Some(kept) = kept else { return Ok(None) };
    let key = vault.unwrap_key(&Label::profile(&row.user_id), &kept.wrapped).await;
    let key = key.map_err(|error| vault_problem(&error))?;
    let display_name = text(&key, &row.display_name_slot(), &row.display_name)?;
    Ok(Some(Contact { display_name, email: text(&key, &row.email_slot(), &row.email)? }))
}

fn text(key: &DataKey, slot: &Slot<'_>, sealed: &Sealed) -> Result<String, Problem> {
    key.open(slot, sealed).map_err(|error| Problem::internal(&error))
}
