//! The zoo's own key, and what sign-in names are looked up by.

use crate::{store_problem, vault_problem};
use edge::Problem;
use store::Store;
use vault::{DataKey, Label, OpenError, Vault};

/// The zoo's own key, made by whoever needs it first.
///
/// # Errors
/// `unavailable` when the database or the key service does not answer.
pub async fn zoo_key(store: &Store, vault: &Vault) -> Result<DataKey, Problem> {
    let kept = store.zoo_key().await.map_err(|error| store_problem(&error))?;
    let kept = if let Some(kept) = kept {
        kept
    } else {
        let (_, new) = vault.create(&Label::zoo()).await.map_err(|error| vault_problem(&error))?;
        store.keep_zoo_key(&new).await.map_err(|error| store_problem(&error))?
    };
    vault.unwrap_key(&Label::zoo(), &kept.wrapped).await.map_err(|error| vault_problem(&error))
}

/// What a sign-in name is looked up by; upper and lower case are one.
///
/// # Errors
/// [`OpenError`] when the system refuses the digest.
pub fn login_fingerprint(zoo: &DataKey, name: &str) -> Result<String, OpenError> {
    zoo.login_fingerprint(name)
}
