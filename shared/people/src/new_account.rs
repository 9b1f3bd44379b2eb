//! New accounts, and what their names may be.

use crate::{store_problem, vault_problem, zoo::login_fingerprint};
use domain::{
    UserId,
    consent::Consent,
    user::{Controls, Role, Status},
};
use edge::{Code, Problem, clock};
use store::{Store, keys, tally::Tally, users::UserRecord};
use vault::{DataKey, Label, Vault};

/// The longest email address, in bytes (RFC 5321, erratum 1690).
const LONGEST_EMAIL: usize = 254;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// How many characters a username has.
const SHORTEST_USERNAME: usize = 3;
const LONGEST_USERNAME: usize = 32;

/// An account to be made; its parts are checked.
pub struct NewAccount<'a> {
    /// What the person signs in with: an [`email`] address or a [`username`].
    pub login: &'a str,
    /// The name shown, see [`display_name`].
    pub display_name: &'a str,
    /// What the person is to the zoo.
    pub role: Role,
    /// The guardian of a child.
    pub parent_user_id: Option<UserId>,
    /// The hash of their password.
    pub password_hash: String,
}

impl std::fmt::Debug for NewAccount<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").field("role", &self.role).finish_non_exhaustive()
    }
}

impl NewAccount<'_> {
    /// Makes the account. A guardian's consent is given separately.
    ///
    /// # Errors
    /// `taken` where another account has this sign-in name; `invalid` where the guardian can have no further
    /// child; `unavailable` or `internal` where something failed.
    pub async fn make(self, store: &Store, vault: &Vault, zoo: &DataKey, taken: Code) -> Result<UserRecord, Problem> {
        let user_id = UserId::from(clock::new_id());
        let login = login_fingerprint(zoo, self.login).map_err(|error| Problem::internal(&error))?;
        let made = vault.create(&Label::profile(&user_id)).await;
        let (key, new) = made.map_err(|error| vault_problem(&error))?;
        let seal = |attribute, text| key.seal(&keys::profile_slot(&user_id, attribute), text);
        let record = UserRecord {
            erasing_conversations: None,
            erasing_account: None,
            sessions: Tally::default(),
            role: self.role,
            status: Status::Active,
            parent_user_id: self.parent_user_id,
            consent: Consent::default(),
            consent_change: None,
            controls: Controls::default(),
            generation: 0,
            sign_ins_ended: 0,
            display_name: seal("displayName", self.display_name).map_err(|error| Problem::internal(&error))?,
            email: seal("email", self.login).map_err(|error| Problem::internal(&error))?,
            password_hash: self.password_hash,
            created_at: clock::now(),
            user_id,
        };
        match store.create_user(&record, &login, &new).await {
            Err(error) if error.is_of_guardian() => Err(family_is_full()),
            Err(error) if error.is_conflict() => Err(Problem::new(taken)),
            created => created.map(|()| record).map_err(|error| store_problem(&error)),
        }
    }
}

/// What a guardian is told who can have no further child.
#[must_use]
pub fn family_is_full() -> Problem {
    invalid("a family has at most 40 children, and a guardian whose account is in use")
}

/// An email address, without what stands around it.
///
/// # Errors
/// `invalid`.
pub fn email(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let (local, host) = text.split_once('@').unwrap_or_default();
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let is_address = !local.is_empty() && !host.is_empty() && !host.contains('@');
    if is_plain && is_address && text.len() <= LONGEST_EMAIL {
        Ok(text)
    } else {
        Err(invalid("email is not an address"))
    }
}

/// A name to sign in with that is no email address, so that it is nobody's.
///
/// # Errors
/// `invalid`.
pub fn username(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let is_long_enough = (SHORTEST_USERNAME..=LONGEST_USERNAME).contains(&text.chars().count());
    let refused = || invalid("username is 3 to 32 letters, digits, dots, hyphens and underscores");
    if is_plain && is_long_enough { Ok(text) } else { Err(refused()) }
}

/// The name that somebody goes by.
///
/// # Errors
/// `invalid`.
pub fn display_name(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let is_name = (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_name { Ok(text) } else { Err(invalid("displayName is 1 to 100 characters")) }
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_never_an_address() {
        assert_eq!(username(" leo.fan-7 ").ok(), Some("leo.fan-7"));
        assert_eq!(username("小狮子").ok(), Some("小狮子"));
        for text in ["", "ab", "a b c", "sam@cmz.org", "a#b", &"x".repeat(33)] {
            assert!(username(text).is_err(), "{text}");
        }
    }
}
