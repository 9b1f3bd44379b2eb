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
    /// The session was the person's and was erased.
    #[error("the session was erased")]
    Erased,
    /// The session is somebody else's.
    #[error("the session is somebody else's")]
    ForeignSession,
    /// The session is with another animal.
    #[error("the session is with another animal")]
    OtherAnimal,
    /// The turn id was used for another question.
    #[error("the turn is another question's")]
    TurnReused,
    /// There is no such turn of this person, or not any more.
    #[error("there is no such turn")]
    TurnGone,
    /// Too many questions.
    #[error("too many questions")]
    TooMany {
        /// When another one is let in.
        retry_after_seconds: u64,
    },
    /// All the questions that a child's guardian lets it ask in a day.
    #[error("no more questions today")]
    AllAsked {
        /// When the next day begins.
        retry_after_seconds: u64,
    },
    /// The person's account, session or keys changed between reading and claiming, again and again.
    #[error("something else of the same person came in between")]
    Raced,
    /// Nobody has signed in yet, so addresses cannot be told apart.
    #[error("the zoo has no key yet: somebody has to sign in first")]
    NoZooKey,
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
    /// Whether it is no fault of the question's.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self, Self::Raced | Self::NoZooKey | Self::Store(_) | Self::Vault(_) | Self::Open(_))
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::NoAccount => Problem::new(Code::Unauthorized),
            Self::MayNotConverse(cause) => not_allowed(*cause),
            Self::ForeignSession => Problem::new(Code::Forbidden),
            Self::NoAnimal => Problem::new(Code::NotFound).with_detail("there is no such animal"),
            Self::NoSession => Problem::new(Code::NotFound).with_detail("there is no such conversation"),
            Self::Erased => Problem::new(Code::Erased),
            Self::OtherAnimal => Problem::new(Code::OtherAnimal),
            Self::TurnReused => Problem::new(Code::TurnReused),
            Self::TurnGone => Problem::new(Code::TurnExpired),
            Self::TooMany { retry_after_seconds } => {
                Problem::new(Code::TooManyRequests).with_retry_after(*retry_after_seconds)
            }
            Self::AllAsked { retry_after_seconds } => Problem::new(Code::TooManyRequests)
                .with_detail("these were all your questions for today; come back tomorrow")
                .with_retry_after(*retry_after_seconds),
            Self::Raced => Problem::new(Code::Unavailable),
            Self::NoZooKey => Problem::unavailable(self),
            Self::Store(error) if error.is_unavailable() || error.is_conflict() => Problem::unavailable(error),
            Self::Vault(error @ VaultError::KeyService(_)) => Problem::unavailable(error),
            Self::Store(_) | Self::Vault(_) | Self::Open(_) => Problem::internal(self),
        }
    }
}

/// Why somebody may not talk, as clients are told.
pub(crate) fn not_allowed(cause: MayNotConverse) -> Problem {
    match cause {
        MayNotConverse::NotActive => Problem::new(Code::Forbidden),
        MayNotConverse::ConsentRequired => Problem::new(Code::ConsentRequired),
        MayNotConverse::AskAgain => Problem::new(Code::ConsentRequired)
            .with_detail("what the zoo tells parents has changed: your grown-up has to be asked again"),
        MayNotConverse::Paused => Problem::new(Code::ChatPaused),
    }
}
