//! People's accounts: how they are made, what they are found by, and what their profiles say. What the
//! function that signs people in and the one that looks after families have in common.
//!
//! Knows no route, no token and no conversation.

mod attempts;
mod cursor;
mod new_account;
pub mod password;
mod profile;
mod zoo;

pub use attempts::Attempts;
pub use cursor::{open_cursor, seal_cursor};
pub use new_account::{NewAccount, display_name, email, family_is_full, username};
pub use profile::{Contact, Profile, contact, profile};
pub use zoo::{login_fingerprint, zoo_key};

use edge::Problem;
use store::{StoreError, users::UserRecord};
use vault::VaultError;

/// An account that was looked for. One of a role or standing that the rules do not know signs in nowhere and
/// gets no letters: it is as if there were none.
///
/// # Errors
/// A problem where the database failed.
pub fn known(found: Result<Option<UserRecord>, StoreError>) -> Result<Option<UserRecord>, Problem> {
    match found {
        Err(error) if error.is_malformed() => Ok(None),
        found => found.map_err(|error| store_problem(&error)),
    }
}

/// What a client is told where the database failed.
#[must_use]
pub fn store_problem(error: &StoreError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}

/// What a client is told where the key service failed.
#[must_use]
pub fn vault_problem(error: &VaultError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}
