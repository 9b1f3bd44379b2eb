//! Why something is not erased, and what a client is told.

use edge::{Code, Problem};
use store::StoreError;
use vault::{KeyServiceError, OpenError, VaultError};

/// Why something is not erased, or not yet.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// There is no such account.
    #[error("there is no such account")]
    NoSubject,
    /// The account is erased already.
    #[error("the account is erased")]
    Erased,
    /// The guardian has children, who would have nobody.
    #[error("the guardian has children")]
    HasChildren,
    /// There would be no administrator.
    #[error("this is the last administrator")]
    LastAdministrator,
    /// Somebody else has decided about it since it was read.
    #[error("somebody else has decided about it")]
    Changed,
    /// It was taken back meanwhile, or who wanted it may not any more.
    #[error("it was taken back")]
    Withdrawn,
    /// Something else of the same person came in between, again and again.
    #[error("something else of the same person came in between")]
    Raced,
    /// Something that should be gone is still there; it goes on later.
    #[error("not everything is gone yet")]
    Unfinished,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key service failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The receipt could not be signed.
    #[error(transparent)]
    Signature(#[from] KeyServiceError),
    /// Something sealed does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A receipt could not be written.
    #[error("the receipt cannot be written")]
    Receipt(#[from] serde_json::Error),
}

impl ErasureError {
    /// Whether a wish comes to nothing by it.
    pub(crate) fn ends_a_wish(&self) -> bool {
        matches!(self, Self::Withdrawn | Self::HasChildren | Self::LastAdministrator)
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::NoSubject | Self::Withdrawn => Problem::new(Code::NotFound),
            Self::Erased => Problem::new(Code::Erased).with_detail("this account was erased"),
            Self::HasChildren => Problem::new(Code::HasChildren),
            Self::LastAdministrator => Problem::new(Code::LastAdministrator),
            Self::Changed | Self::Raced | Self::Unfinished | Self::Signature(_) => Problem::unavailable(self),
            Self::Store(error) => Problem::failure(error, error.is_unavailable()),
            Self::Vault(error) => Problem::failure(error, error.is_unavailable()),
            Self::Open(_) | Self::Receipt(_) => Problem::internal(self),
        }
    }
}
