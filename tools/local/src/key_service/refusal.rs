//! Why the service does not do what it is asked, in KMS's own names.

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    AlreadyExists,
    /// The key is switched off.
    Disabled,
    /// The key is ending, or not in the state that the call is for.
    InvalidState,
    InvalidCiphertext,
    /// Another key wrapped it than the one that the call names.
    IncorrectKey,
    /// A key that signs wraps nothing, and the other way round.
    InvalidKeyUsage,
    Validation,
    UnknownOperation,
    Internal,
}

impl Refusal {
    /// KMS's own name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotFound => "NotFoundException",
            Self::AlreadyExists => "AlreadyExistsException",
            Self::Disabled => "DisabledException",
            Self::InvalidState => "KMSInvalidStateException",
            Self::InvalidCiphertext => "InvalidCiphertextException",
            Self::IncorrectKey => "IncorrectKeyException",
            Self::InvalidKeyUsage => "InvalidKeyUsageException",
            Self::Validation => "ValidationException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Internal => "KMSInternalException",
        }
    }
}
