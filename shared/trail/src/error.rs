//! Why the trail is not signed or verified.

use store::StoreError;
use vault::KeyServiceError;

/// The trail could not be signed or looked through.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key service failed.
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),
}

impl TrailError {
    /// The same call may succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_unavailable(),
            Self::KeyService(_) => true,
        }
    }
}
