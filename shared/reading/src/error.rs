//! Why something is not opened, and what a client is told.

use domain::share::MayNotShare;
use edge::{Code, Problem};
use store::StoreError;
use vault::{OpenError, VaultError};

/// Why something is not opened.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such account any more.
    #[error("the account is gone")]
    NoAccount,
    /// Not the person's to do.
    #[error("this is not theirs to do")]
    Forbidden,
    /// A child's guardian has to agree first.
    #[error("a guardian has to agree first")]
    ConsentRequired,
    /// Staff have to say why.
    #[error("a reason is needed")]
    ReasonRequired,
    /// The cursor is not of this list and this caller.
    #[error("the cursor is of another list")]
    ForeignCursor,
    /// The sessions of everybody are neither sorted nor searched.
    #[error("nobody is named")]
    NobodyNamed,
    /// There is no such session, or not any more.
    #[error("there is no such session")]
    NoSession,
    /// There is no such child.
    #[error("there is no such child")]
    NoChild,
    /// The session was erased.
    #[error("the session was erased")]
    Erased,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The access could not be written down.
    #[error("the access was not written down")]
    Untraced(#[source] StoreError),
    /// The key service failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Something sealed does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<MayNotShare> for ReadError {
    fn from(why: MayNotShare) -> Self {
        match why {
            MayNotShare::Forbidden => Self::Forbidden,
            MayNotShare::ConsentRequired => Self::ConsentRequired,
        }
    }
}

impl ReadError {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::NoAccount => Problem::new(Code::Unauthorized),
            Self::Forbidden => Problem::new(Code::Forbidden),
            Self::ConsentRequired => Problem::new(Code::ConsentRequired),
            Self::ReasonRequired => Problem::new(Code::ReasonRequired),
            Self::ForeignCursor => Problem::new(Code::BadRequest).with_detail("nextToken is not of this list"),
            Self::NobodyNamed => Problem::new(Code::Invalid)
                .with_detail("sessions of everybody are neither sorted nor searched: name somebody with userId"),
            Self::NoSession | Self::NoChild => Problem::new(Code::NotFound),
            Self::Erased => Problem::new(Code::Erased),
            Self::Store(error) => Problem::failure(error, error.is_unavailable()),
            Self::Untraced(error) => Problem::unavailable(error),
            Self::Vault(error) => Problem::failure(error, error.is_unavailable()),
            Self::Open(error) => Problem::internal(error),
        }
    }
}
