//! Why a turn does not begin, and what a client is told.

use domain::user::MayNotConverse;
use edge::{Code, Problem};
use store::StoreError;
use vault::{OpenError, VaultError};

/// Why a turn does not begin. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// There is no such account any more.
    #[error("the account is gone")]
    NoAccount,
    /// The person may not talk.
    #[error(transparent)]
    MayNotConverse(#[from] MayNotConverse),
    /// There is no such animal.
    #[error("there is no such animal")]
    NoAnimal,
    /// There is no such session, or not any more.
    #[error("there is no such session")]
    NoSession,
    /// The session is somebody else's.
    #[error("the session is somebody else's")]
    ForeignSession,
    /// The session is with another animal.
    #[error("the session is with another animal")]
    OtherAnimal,
    /// The turn id was used before.
    #[error("the turn exists")]
    TurnExists,
    /// The person's account or keys changed between reading and claiming, again and again.
    #[error("something else of the same person came in between")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key service failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Something sealed does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl TurnError {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::NoAccount => Problem::new(Code::Unauthorized),
            Self::MayNotConverse(MayNotConverse::NotActive) | Self::ForeignSession => Problem::new(Code::Forbidden),
            Self::MayNotConverse(MayNotConverse::ConsentRequired) => Problem::new(Code::ConsentRequired),
            Self::NoAnimal => Problem::new(Code::NotFound).with_detail("there is no such animal"),
            Self::NoSession => Problem::new(Code::NotFound).with_detail("there is no such conversation"),
            Self::OtherAnimal => Problem::new(Code::OtherAnimal),
            Self::TurnExists => Problem::new(Code::TurnExists),
            Self::Raced => Problem::new(Code::Unavailable),
            Self::Store(error) if error.is_unavailable() => Problem::unavailable(error),
            Self::Vault(error @ VaultError::KeyService(_)) => Problem::unavailable(error),
            Self::Store(_) | Self::Vault(_) | Self::Open(_) => Problem::internal(self),
        }
    }
}
