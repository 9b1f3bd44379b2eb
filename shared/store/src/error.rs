//! What can go wrong with the tables, without what was in them.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Errors that pass: too much at once, or the service's own trouble.
const PASSING: [&str; 8] = [
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// A failed call to DynamoDB. Its text holds an error code and never a key or a value.
#[derive(Debug, thiserror::Error)]
#[error("the database failed: {code}")]
pub struct StoreError {
    code: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Conflict,
    GuardianConflict,
    Unavailable,
    Malformed,
    Mistake,
}

impl StoreError {
    pub(crate) fn from_sdk<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Self
    where
        SdkError<E>: ProvideErrorMetadata,
    {
        let code = error.code().unwrap_or("no answer").to_owned();
        let kind = match code.as_str() {
            "ConditionalCheckFailedException" => Kind::Conflict,
            code if error.code().is_none() || PASSING.contains(&code) => Kind::Unavailable,
            _ => Kind::Mistake,
        };
        Self { code, kind }
    }

    pub(crate) fn malformed() -> Self {
        Self { code: "an item has an unknown form".to_owned(), kind: Kind::Malformed }
    }

    pub(crate) fn unprocessed() -> Self {
        Self { code: "a batch stays unprocessed".to_owned(), kind: Kind::Unavailable }
    }

    /// Others were always first; the same call may succeed later.
    #[must_use]
    pub fn contended() -> Self {
        Self { code: "others were always first".to_owned(), kind: Kind::Unavailable }
    }

    /// What this needs could not be read; the same call may succeed later.
    #[must_use]
    pub fn not_now() -> Self {
        Self { code: "something it needs could not be read".to_owned(), kind: Kind::Unavailable }
    }

    pub(crate) fn conflict() -> Self {
        Self { code: "a condition did not hold".to_owned(), kind: Kind::Conflict }
    }

    /// The conditions on a child's guardian did not hold, and no other.
    pub(crate) fn guardian_conflict() -> Self {
        Self { kind: Kind::GuardianConflict, ..Self::conflict() }
    }

    /// A condition did not hold: somebody else was there first.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind, Kind::Conflict | Kind::GuardianConflict)
    }

    /// A new child's guardian is none, or has as many children as a family may; nothing else was in the way.
    #[must_use]
    pub fn is_of_guardian(&self) -> bool {
        self.kind == Kind::GuardianConflict
    }

    /// An item is not of the form that this program knows: an account of an unknown role, say.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.kind == Kind::Malformed
    }

    /// What was to be written can never be: the same call fails for ever, and no other is concerned.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        self.is_malformed() || self.code == "ValidationException"
    }

    /// The database refused or did not answer; the same call may succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.kind == Kind::Unavailable
    }
}
