//! Accounts as this function opens them: the zoo's own key, sign-in names, profiles.

use domain::{UserId, user::Role};
use edge::Problem;
use serde::Serialize;
use store::{Store, StoreError, users::UserRecord};
use vault::{DataKey, Label, OpenError, Vault, VaultError};

/// A person as they see themselves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    user_id: UserId,
    pub(crate) email: String,
    display_name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<UserId>,
}

/// The zoo's own key, made by whoever needs it first.
///
/// # Errors
/// `unavailable` when the database or the key service does not answer.
pub async fn zoo_key(store: &Store, vault: &Vault) -> Result<DataKey, Problem> {
    let kept = store.zoo_key().await.map_err(|error| store_problem(&error))?;
    let kept = if let Some(kept) = kept {
        kept
    } else {
        let (_, wrapped) = vault.create(&Label::zoo()).await.map_err(|error| vault_problem(&error))?;
        store.keep_zoo_key(wrapped).await.map_err(|error| store_problem(&error))?
    };
    vault.unwrap_key(&Label::zoo(), &kept.wrapped).await.map_err(|error| vault_problem(&error))
}

/// What a sign-in name is looked up by; upper and lower case are one.
///
/// # Errors
/// [`OpenError`] when the system refuses the digest.
pub fn login_fingerprint(zoo: &DataKey, name: &str) -> Result<String, OpenError> {
    zoo.fingerprint("login", &name.trim().to_lowercase())
}

/// Opens a person's profile.
pub(crate) async fn profile(store: &Store, vault: &Vault, user: &UserRecord) -> Result<Profile, Problem> {
    let key = store.profile_key(&user.user_id).await.map_err(|error| store_problem(&error))?;
    let key = key.ok_or_else(|| Problem::internal(&OpenError))?;
    let label = Label::profile(&user.user_id);
    let key = vault.unwrap_key(&label, &key.wrapped).await.map_err(|error| vault_problem(&error))?;
    let open = |slot, sealed| key.open(&slot, sealed).map_err(|error| Problem::internal(&error));
    Ok(Profile {
        user_id: user.user_id.clone(),
        email: open(user.email_slot(), &user.email)?,
        display_name: open(user.display_name_slot(), &user.display_name)?,
        role: user.role,
        parent_user_id: user.parent_user_id.clone(),
    })
}

/// An account that was looked for. One of a role or standing that the rules do not know signs in nowhere and gets
/// no letters: it is as if there were none.
pub(crate) fn known(found: Result<Option<UserRecord>, StoreError>) -> Result<Option<UserRecord>, Problem> {
    match found {
        Err(error) if error.is_malformed() => Ok(None),
        found => found.map_err(|error| store_problem(&error)),
    }
}

pub(crate) fn store_problem(error: &StoreError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}

pub(crate) fn vault_problem(error: &VaultError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}
