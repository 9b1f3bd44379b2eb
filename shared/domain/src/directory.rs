//! What saying who calls needs to know of the tables, as a trait: the edge that asks and the store that
//! answers stand on one floor and do not know each other.

use crate::{UserId, token::PublicKey, user::User};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Where accounts and the public keys of access tokens are read.
pub trait Directory: Send + Sync {
    /// All public keys that tokens may be signed with.
    fn public_keys(&self) -> impl Future<Output = Result<Vec<PublicKey>, Unread>> + Send;

    /// An account as it is now, read consistently.
    fn account(&self, user: &UserId) -> impl Future<Output = Result<Option<Account>, Unread>> + Send;
}

/// An account that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// One that the rules know.
    Known(User),
    /// One of a role or standing that they do not know: it may do nothing, and is never guessed at.
    Strange,
}

/// Why the directory does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It may later.
    #[error("the directory does not answer")]
    Unavailable(#[source] Cause),
    /// It will not.
    #[error("the directory cannot be read")]
    Broken(#[source] Cause),
}
